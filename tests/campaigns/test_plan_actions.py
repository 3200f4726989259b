"""The plan: edited in preparation, frozen once open, then changed by dated acts only."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from campaigns.actions.plan import remove_plan_row, save_campaign, save_plan_row
from campaigns.actions.plan_changes import add_target, end_participant, end_target, revise_target, terms_on
from campaigns.actions.records import PlanRefused, StaleRecord, digest_of_record
from campaigns.enums import CampaignStatus, IndicatorKind
from campaigns.models import AuditEntry, OutboxMessage, Target, TargetRevision
from tests.cast import CAST
from tests.factories import (
    at,
    day,
    make_area,
    make_campaign,
    make_indicator,
    make_measurement,
    make_participant,
    make_target,
    make_unit,
)

pytestmark = pytest.mark.django_db

NOW, TODAY = at(10), day(10)


@pytest.fixture
def target(participant_a) -> Target:
    return make_target(participant=participant_a, baseline=40, goal=100)


def revise(target, *, by, effective_from=TODAY, reason="Điều chỉnh", now=NOW, version=None, **terms):
    version = Target.objects.get(pk=target.pk).version if version is None else version
    return revise_target(
        target_id=target.pk, effective_from=effective_from, reason=reason, version=version, by=by, now=now, **terms
    )


# --- revisions -------------------------------------------------------------------------------


def test_a_revision_keeps_what_it_leaves_empty_and_ends_the_one_before(target, staff):
    first = revise(target, by=staff, goal=Decimal(90))
    assert (first.baseline, first.goal, first.superseded_from) == (40, 90, None)
    second = revise(target, by=staff, effective_from=day(20), baseline=Decimal(45))
    assert (second.baseline, second.goal) == (45, 90)
    assert TargetRevision.objects.get(pk=first.pk).superseded_from == day(20)
    assert [terms_on(target, day(n)).goal for n in (9, 10, 19, 20)] == [100, 90, 90, 90]
    assert terms_on(target, day(20)).baseline == 45
    assert OutboxMessage.objects.count() == 1  # the two coalesce


@pytest.mark.parametrize(
    ("effective_from", "terms", "reason"),
    [
        (day(9), {"goal": Decimal(90)}, "Lý do"),  # in the past
        (day(15), {"goal": Decimal(90)}, "Lý do"),  # not after the last one
        (day(16), {}, "Lý do"),  # changes nothing
        (day(16), {"goal": Decimal(95)}, "Lý do"),  # changes nothing
        (day(16), {"goal": Decimal(90)}, "  "),
    ],
)
def test_a_revision_that_does_not_fit_is_refused(target, staff, effective_from, terms, reason):
    revise(target, by=staff, effective_from=day(15), goal=Decimal(95))
    with pytest.raises(PlanRefused):
        revise(target, by=staff, effective_from=effective_from, reason=reason, **terms)
    assert TargetRevision.objects.count() == 1


def test_a_revision_keeps_the_condition_of_the_kind(participant_a, staff):
    area = make_area(participant_a.campaign)
    fewer = make_target(make_indicator(area, kind=IndicatorKind.DECREASE), participant_a, baseline=40, goal=36)
    with pytest.raises(PlanRefused):
        revise(fewer, by=staff, goal=Decimal(40))
    assert revise(fewer, by=staff, goal=Decimal(39)).goal == 39


def test_the_second_editor_of_a_target_sees_what_is_stored(target, staff, staff_two):
    seen = target.version
    revise(target, by=staff, version=seen, goal=Decimal(90))
    with pytest.raises(StaleRecord) as stale:
        revise(target, by=staff_two, version=seen, effective_from=day(11), goal=Decimal(80))
    assert Decimal(90) in [stored for _field, stored, _typed in stale.value.rows]
    assert TargetRevision.objects.count() == 1


def test_only_staff_change_a_plan(target, cast):
    allowed = set()
    for name in CAST:
        try:
            revise(target, by=cast[name], effective_from=day(20), goal=Decimal(90))
            allowed.add(name)
        except PermissionDenied:
            continue
        except PlanRefused:
            allowed.add(name)  # may, but the first one has done it
    assert allowed == {"staff", "staff_two"}


@pytest.mark.parametrize("status", [CampaignStatus.PREPARATION, CampaignStatus.CLOSED])
def test_revisions_belong_to_a_running_campaign(target, staff, campaign, status):
    closed = {"closed_at": NOW, "closing_day": TODAY} if status == CampaignStatus.CLOSED else {}
    type(campaign).objects.filter(pk=campaign.pk).update(status=status, **closed)
    with pytest.raises(PlanRefused):
        revise(target, by=staff, goal=Decimal(90))


# --- added and ended targets -----------------------------------------------------------------


def test_a_target_is_added_from_today_on(target, participant_b, staff):
    shared = {"indicator_id": target.indicator_id, "participant_id": participant_b.pk, "by": staff, "now": NOW}
    for wrong in ({"starts_on": day(9), "reason": "Bổ sung"}, {"starts_on": TODAY, "reason": ""}):
        with pytest.raises(PlanRefused):
            add_target(goal=Decimal(50), **wrong, **shared)
    added = add_target(goal=Decimal(50), starts_on=TODAY, reason="Bổ sung", **shared)
    assert (added.starts_on, added.added_reason, added.goal) == (TODAY, "Bổ sung", 50)
    with pytest.raises(PlanRefused):
        add_target(goal=Decimal(60), starts_on=TODAY, reason="Lần nữa", **shared)


def test_a_target_ends_from_today_on_and_once(target, staff):
    def end(ends_from, *, now=NOW):
        version = Target.objects.get(pk=target.pk).version
        return end_target(target_id=target.pk, ends_from=ends_from, reason="Hủy", version=version, by=staff, now=now)

    with pytest.raises(PlanRefused):
        end(day(9))
    assert end(day(12)).ends_from == day(12)
    assert end(day(14)).ends_from == day(14)  # still to come, so it may be moved
    with pytest.raises(PlanRefused):
        revise(target, by=staff, effective_from=day(14), goal=Decimal(90))
    with pytest.raises(PlanRefused):
        end(day(20), now=at(15))


def test_a_unit_ends_with_a_successor(participant_a, participant_b, staff):
    shared = {"participant_id": participant_a.pk, "version": 1, "reason": "Sáp nhập", "by": staff, "now": NOW}
    with pytest.raises(PlanRefused):
        end_participant(valid_to=day(9), **shared)
    with pytest.raises(PlanRefused):
        end_participant(valid_to=TODAY, successor_id=make_participant().pk, **shared)
    ended = end_participant(valid_to=TODAY, successor_id=participant_b.pk, **shared)
    assert (ended.valid_to, ended.successor) == (TODAY, participant_b)
    with pytest.raises(StaleRecord):
        end_participant(valid_to=day(12), **shared)


# --- in preparation --------------------------------------------------------------------------


def test_the_plan_is_edited_in_preparation_and_frozen_afterwards(staff, leader_a):
    campaign = make_campaign(status=CampaignStatus.PREPARATION)
    area = make_area(campaign)
    area.name = "Kinh tế"
    with pytest.raises(PermissionDenied):
        save_plan_row(row=area, by=leader_a, now=NOW)
    save_plan_row(row=area, by=staff, now=NOW)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.campaign) == ("area.edited", campaign)
    type(campaign).objects.filter(pk=campaign.pk).update(status=CampaignStatus.OPEN, opened_at=NOW)
    area.name = "Xã hội"
    with pytest.raises(PlanRefused):
        save_plan_row(row=area, by=staff, now=NOW)
    with pytest.raises(PlanRefused):
        remove_plan_row(row=area, by=staff, now=NOW)
    area.refresh_from_db()
    assert area.name == "Kinh tế"


def test_two_editors_of_one_row_never_overwrite_each_other(staff, staff_two):
    campaign = make_campaign(status=CampaignStatus.PREPARATION)
    area = make_area(campaign, name="Kinh tế")
    seen = digest_of_record(area)
    mine, theirs = type(area).objects.get(pk=area.pk), type(area).objects.get(pk=area.pk)
    mine.name, theirs.name = "Kinh tế và ngân sách", "Phát triển kinh tế"
    save_plan_row(row=mine, seen=seen, by=staff, now=NOW)
    with pytest.raises(StaleRecord) as stale:
        save_plan_row(row=theirs, seen=seen, by=staff_two, now=NOW)
    assert ("Kinh tế và ngân sách", "Phát triển kinh tế") in [(old, new) for _f, old, new in stale.value.rows]


def test_a_part_of_another_campaign_is_refused(staff):
    campaign = make_campaign(status=CampaignStatus.PREPARATION)
    indicator = make_indicator(make_area(campaign))
    indicator.area = make_area(make_campaign(status=CampaignStatus.PREPARATION))
    with pytest.raises(PlanRefused):
        save_plan_row(row=indicator, by=staff, now=NOW)


def test_the_days_of_a_period_stay_once_something_was_sent_for_it(staff):
    campaign = make_campaign(status=CampaignStatus.PREPARATION)
    period = campaign.periods.order_by("ends_on").first()
    make_measurement(make_target(make_indicator(make_area(campaign))), period)
    period.ends_on -= dt.timedelta(days=1)
    with pytest.raises(PlanRefused):
        save_plan_row(row=period, by=staff, now=NOW)


def test_what_something_refers_to_is_not_taken_out(staff):
    campaign = make_campaign(status=CampaignStatus.PREPARATION)
    indicator = make_indicator(make_area(campaign))
    with pytest.raises(PlanRefused):
        remove_plan_row(row=indicator.area, by=staff, now=NOW)
    remove_plan_row(row=indicator, by=staff, now=NOW)
    assert not campaign.indicators.exists()


def test_of_an_open_campaign_only_a_few_fields_change(campaign, staff):
    campaign.substitute_verifier = make_unit("VP")
    save_campaign(campaign=campaign, by=staff, now=NOW)
    campaign.cap_bp = 20000
    with pytest.raises(PlanRefused):
        save_campaign(campaign=campaign, by=staff, now=NOW)
    assert type(campaign).objects.get(pk=campaign.pk).cap_bp == 11000
