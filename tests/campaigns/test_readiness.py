"""What blocks opening and what is only odd: one case a finding, on a campaign that is otherwise in order."""

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from django.db.models import Q

from campaigns.calendar import local_moment
from campaigns.enums import CampaignStatus, IndicatorKind
from campaigns.models import Area, Bloc, Campaign, Indicator, Participant, Period, Target
from campaigns.queries.readiness import Code, Severity, blocking, odd, readiness
from tests.database import as_owner
from tests.factories import (
    day,
    make_area,
    make_bloc,
    make_campaign,
    make_indicator,
    make_participant,
    make_revision,
    make_target,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    """Two units of one bloc, one area, one indicator given to both: nothing to find."""
    campaign = make_campaign(status=CampaignStatus.PREPARATION)
    bloc = make_bloc(campaign=campaign)
    indicator = make_indicator(area=make_area(campaign=campaign, number=1), code="A1", kind=IndicatorKind.INCREASE)
    for code in ("P1", "P2"):
        participant = make_participant(campaign=campaign, bloc=bloc, code=code)
        make_target(indicator=indicator, participant=participant, baseline=50, goal=100)
    return campaign


def periods(campaign):
    return Period.objects.filter(campaign=campaign).order_by("ends_on")


def shift(period, **days):
    for name, count in days.items():
        setattr(period, name, getattr(period, name) + dt.timedelta(days=count))
    period.save()


def no_area(campaign):
    Area.objects.update(is_active=False)


def no_target(campaign):
    Indicator.objects.update(is_active=False)


def no_period(campaign):
    with as_owner():
        Period.objects.all().delete()


def gap(campaign):
    shift(periods(campaign)[1], starts_on=1)


def overlap(campaign):
    shift(periods(campaign)[1], starts_on=-1)


def starts_late(campaign):
    shift(periods(campaign)[0], starts_on=1)


def ends_early(campaign):
    Campaign.objects.update(ends_on=campaign.ends_on + dt.timedelta(days=1))


def ends_after(campaign):
    Campaign.objects.update(ends_on=campaign.ends_on - dt.timedelta(days=1))


def broken_rule(campaign):
    Indicator.objects.update(kind=IndicatorKind.DECREASE)
    Target.objects.filter(participant__code="P2").update(goal=Decimal(10))


BLOCKING = [
    (no_area, {Code.NO_ACTIVE_AREA, Code.NO_TARGET}),
    (no_target, {Code.NO_TARGET}),
    (no_period, {Code.NO_PERIOD}),
    (gap, {Code.PERIOD_GAP}),
    (overlap, {Code.PERIOD_OVERLAP}),
    (starts_late, {Code.CALENDAR_STARTS_LATE}),
    (ends_early, {Code.CALENDAR_ENDS_EARLY}),
    (ends_after, {Code.PERIOD_AFTER_END}),
    (broken_rule, {Code.RULE_BROKEN}),
]


@pytest.mark.parametrize(("spoil", "codes"), BLOCKING, ids=lambda case: getattr(case, "__name__", ""))
def test_what_blocks(campaign, spoil, codes):
    spoil(campaign)
    campaign.refresh_from_db()
    assert {finding.code for finding in blocking(readiness(campaign))} == codes


def test_nothing_to_find(campaign):
    assert readiness(campaign) == []


def area_without_indicators(campaign):
    make_area(campaign=campaign, number=2)


def inactive_area_is_no_matter(campaign):
    make_area(campaign=campaign, number=8, is_active=False)


def indicator_without_targets(campaign):
    make_indicator(area=Area.objects.get(), code="A2")


def indicator_in_inactive_area(campaign):
    make_indicator(area=make_area(campaign=campaign, number=8, is_active=False), code="A8")


def unit_without_targets(campaign):
    make_participant(campaign=campaign, bloc=Bloc.objects.get(), code="P3")


def provider_without_targets_is_no_matter(campaign):
    provider = make_participant(campaign=campaign, bloc=Bloc.objects.get(), code="CCT")
    Indicator.objects.update(provider=provider)


def supporter_without_targets_is_no_matter(campaign):
    make_participant(campaign=campaign, bloc=Bloc.objects.get(), code="MTTQ", competes=False)


def baselines_for_some(campaign):
    Target.objects.filter(participant__code="P2").update(baseline=None)


def goal_near(campaign):
    Target.objects.filter(participant__code="P2").update(baseline=Decimal("95.25"))


def goal_just_not_near(campaign):
    Target.objects.filter(participant__code="P2").update(baseline=Decimal("95.23"))


def due_outside(campaign):
    Target.objects.filter(participant__code="P2").update(due_on=day(91))


def due_before_period_ends(campaign):
    period = periods(campaign)[2]
    period.due_at = local_moment(period.ends_on - dt.timedelta(days=1), dt.time(17))
    period.locks_at = None
    period.save()


def closing_too_early(campaign):
    Campaign.objects.update(proposed_closing_day=campaign.ends_on)


def alone(campaign):
    Participant.objects.filter(code="P2").update(competes=False)


def empty_bloc(campaign):
    make_bloc(campaign=campaign, code="TRONG")


ODD = [
    (area_without_indicators, {Code.AREA_WITHOUT_INDICATORS}),
    (inactive_area_is_no_matter, set()),
    (indicator_without_targets, {Code.INDICATOR_WITHOUT_TARGETS}),
    (indicator_in_inactive_area, {Code.INDICATOR_IN_INACTIVE_AREA}),
    (unit_without_targets, {Code.UNIT_WITHOUT_TARGETS}),
    (provider_without_targets_is_no_matter, set()),
    (supporter_without_targets_is_no_matter, set()),
    (baselines_for_some, {Code.BASELINES_FOR_SOME}),
    (goal_near, {Code.GOAL_NEAR_BASELINE}),
    (goal_just_not_near, set()),
    (due_outside, {Code.DUE_OUTSIDE_CAMPAIGN}),
    (due_before_period_ends, {Code.DUE_BEFORE_PERIOD_ENDS}),
    (closing_too_early, {Code.CLOSING_BEFORE_LAST_DUE}),
    (alone, {Code.BLOC_OF_ONE}),
    (empty_bloc, {Code.BLOC_EMPTY}),
]


@pytest.mark.parametrize(("change", "codes"), ODD, ids=lambda case: getattr(case, "__name__", ""))
def test_what_is_odd(campaign, change, codes):
    change(campaign)
    campaign.refresh_from_db()
    findings = readiness(campaign)
    assert {finding.code for finding in odd(findings)} == codes
    assert blocking(findings) == []


GOALS = ("0", "0.0001", "1", "94.99", "95", "95.0001", "100", "105", "105.0001", "-95", "-100")
BASELINES = (None, "0", "1", "100", "-100", "0.0001")


@pytest.mark.parametrize("kind", IndicatorKind.values)
def test_what_the_database_leaves_out_no_rule_would_name(campaign, kind, monkeypatch):
    """Of a city's targets only those are read that a rule may name; here all are, and nothing more is found."""
    indicator = make_indicator(area=Area.objects.get(), code="A2", kind=kind)
    dates = (None, campaign.starts_on, campaign.ends_on, day(91), campaign.starts_on - dt.timedelta(days=1))
    for at, (goal, baseline) in enumerate(itertools.product(GOALS, BASELINES)):
        unit = make_participant(campaign=campaign, bloc=Bloc.objects.get(), code=f"Q{at}")
        target = make_target(indicator, unit, baseline=baseline, goal=goal, due_on=dates[at % 5])
        make_revision(target, baseline=baseline, goal=GOALS[-1 - at % 11], due_on=dates[at // 5 % 5])
    found = readiness(campaign)
    monkeypatch.setattr("campaigns.queries.readiness._suspect", lambda campaign, to_target: Q(pk__gt=0))
    assert found == readiness(campaign)
    assert {Code.DUE_OUTSIDE_CAMPAIGN, Code.GOAL_NEAR_BASELINE, Code.RULE_BROKEN} & {one.code for one in found}


def test_every_finding_has_a_case():
    found = set().union(*(codes for _spoil, codes in (*BLOCKING, *ODD)))
    assert found == set(Code)


def test_findings_say_where_and_what(campaign):
    goal_near(campaign)
    gap(campaign)
    first, second = readiness(campaign)
    codes = list(periods(campaign)[:2].values_list("code", flat=True))
    assert (first.severity, first.where) == (Severity.BLOCKS, " – ".join(codes))
    assert str(first).endswith("Giữa hai kỳ có những ngày không thuộc kỳ nào.")
    assert str(second) == "A1: Mức giao chênh không quá 5 phần trăm so với số gốc: P2."
