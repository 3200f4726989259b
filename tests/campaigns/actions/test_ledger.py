"""The incident ledger and activity entries: who records, what is refused, that nothing is changed afterwards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from campaigns.actions.activities import ActivityEntry, file_activity, withdraw_activity
from campaigns.actions.drafts import DraftEntry, save_draft
from campaigns.actions.ledger import record_incident, withdraw_incident
from campaigns.actions.threads import SentFile, ThreadRefused
from campaigns.enums import CampaignStatus, EntryKind, IndicatorKind, ReportingMode
from campaigns.models import Activity, AuditEntry, Incident, Period, Target, User
from campaigns.queries.ledgers import LedgerFigures, read_ledgers
from campaigns.queries.reporting_grid import read_grid
from campaigns.report_checks import Check
from campaigns.thread_rules import ThreadRefusal
from campaigns.visibility import visible_to
from tests.campaigns.files import corpus
from tests.factories import at, day, make_area, make_indicator, make_revision, make_target

pytestmark = pytest.mark.django_db
NOW = at(60)


@pytest.fixture
def limit(campaign, participant_a) -> Target:
    indicator = make_indicator(make_area(campaign, 5), "CT5", kind=IndicatorKind.MAINTAIN, mode=ReportingMode.INCREMENT)
    return make_target(indicator, participant_a, goal=0)


def incident(target: Target, by: User, number: int = 45, **changes: Any) -> Incident:
    said = {"happened_on": day(number), "count": 1, "key": f"{number:020}", "now": NOW, **changes}
    return record_incident(target_id=target.pk, by=by, **said)


def refusal(call) -> ThreadRefusal:
    with pytest.raises(ThreadRefused) as refused:
        call()
    return refused.value.code


def test_the_units_people_record_and_withdraw(limit, reporter_a, leader_a):
    first = incident(limit, reporter_a, description="Xây dựng không phép tại tổ 5")
    assert incident(limit, reporter_a, description="Xây dựng không phép tại tổ 5") == first  # the same form again
    incident(limit, leader_a, 46, count=2)  # nothing told
    withdraw_incident(incident_id=first.pk, text="Ghi nhầm phường", by=leader_a, now=NOW)
    first.refresh_from_db()
    assert (first.withdrawn_by, first.withdrawn_at, first.withdrawal_reason) == (leader_a, NOW, "Ghi nhầm phường")
    again = {"incident_id": first.pk, "text": "Lần nữa", "by": leader_a, "now": NOW}
    assert refusal(lambda: withdraw_incident(**again)) is ThreadRefusal.WITHDRAWN_ALREADY
    acts = AuditEntry.objects.order_by("sequence").values_list("action", flat=True)
    assert list(acts) == ["incident.recorded", "incident.recorded", "incident.withdrawn"]


@pytest.mark.parametrize("name", ["leader_b", "staff", "chairman", "auditor", "viewer", "provider"])
def test_others_record_nothing(request, limit, reporter_a, name):
    person, row = request.getfixturevalue(name), incident(limit, reporter_a)
    with pytest.raises(PermissionDenied):
        incident(limit, person, 46)
    with pytest.raises(PermissionDenied):
        withdraw_incident(incident_id=row.pk, text="Nhầm", by=person, now=NOW)
    assert Incident.objects.count() == 1


def test_where_a_unit_provides_the_figure_it_keeps_the_ledger(limit, reporter_a, provider, provider_participant):
    limit.indicator.provider = provider_participant
    limit.indicator.save()
    incident(limit, provider)
    with pytest.raises(PermissionDenied):
        incident(limit, reporter_a, 46)
    assert visible_to(provider, Incident).exists()
    assert visible_to(reporter_a, Incident).exists()


def test_what_is_not_recorded(limit, reporter_a, campaign):
    assert refusal(lambda: incident(limit, reporter_a, 61)) is ThreadRefusal.DAY_AHEAD
    assert refusal(lambda: incident(limit, reporter_a, 0)) is ThreadRefusal.DAY_OUTSIDE
    assert refusal(lambda: incident(limit, reporter_a, count=0)) is ThreadRefusal.COUNT_OUT_OF_RANGE
    row = incident(limit, reporter_a)
    assert refusal(lambda: withdraw_incident(incident_id=row.pk, text=" ", by=reporter_a, now=NOW)) is (
        ThreadRefusal.TEXT_MISSING
    )
    make_revision(limit, effective_from=day(50), goal=3)  # no longer to be held at zero
    assert refusal(lambda: incident(limit, reporter_a, 46)) is ThreadRefusal.NOT_A_LEDGER
    campaign.status, campaign.closed_at, campaign.closing_day = CampaignStatus.CLOSED, NOW, day(60)
    campaign.save()
    assert refusal(lambda: incident(limit, reporter_a, 46)) is ThreadRefusal.CAMPAIGN_NOT_OPEN


def test_the_sum_for_a_periods_box_follows_the_reporting_mode(limit, reporter_a, campaign):
    periods = list(campaign.periods.order_by("ends_on"))
    seventh = periods[6]  # days 43 to 49
    for number in (10, 44, 45):
        incident(limit, reporter_a, number)
    gone = incident(limit, reporter_a, 46)
    withdraw_incident(incident_id=gone.pk, text="Nhầm", by=reporter_a, now=NOW)

    def figure(period: Period, goal: int = 0) -> Decimal | None:
        return LedgerFigures([limit]).figure(limit, goal=Decimal(goal), start=period.starts_on, end=period.ends_on)

    assert (figure(seventh), figure(periods[0])) == (2, 0)
    limit.indicator.mode = ReportingMode.CUMULATIVE
    assert figure(seventh) == 3
    assert figure(seventh, goal=2) is None


def test_the_box_takes_the_ledgers_figure_and_asks_about_another(limit, reporter_a, participant_a, campaign):
    period = campaign.periods.order_by("ends_on")[8]  # days 57 to 63
    grid = {"participant": participant_a, "period": period, "now": NOW}
    assert read_grid(**grid).boxes[0].proposed is None  # a zero is stated by the reporter
    incident(limit, reporter_a, 58, count=2)
    (box,) = read_grid(**grid).boxes
    assert (box.proposed, box.facts.ledger) == (2, 2)

    def typed(entry: DraftEntry, version: int) -> list[Check]:
        save_draft(target=limit.pk, entry=entry, version=version, by=reporter_a, **grid)
        (box,) = read_grid(**grid).boxes
        assert box.proposed is None
        return [finding.check for finding in box.unexplained]

    assert Check.LEDGER_DIFFERS not in typed(DraftEntry(kind=EntryKind.NUMBER, typed="2"), 0)
    assert Check.LEDGER_DIFFERS in typed(DraftEntry(kind=EntryKind.NUMBER, typed="1"), 1)
    assert Check.LEDGER_DIFFERS in typed(DraftEntry(kind=EntryKind.NOTHING), 2)
    assert typed(DraftEntry(kind=EntryKind.NUMBER, typed="3", note="Một vụ chưa ghi sổ"), 3) == []


def test_a_ledger_says_for_how_many_days_nothing_happened(
    limit, reporter_a, leader_b, staff, campaign, django_assert_num_queries
):
    (ledger,) = read_ledgers(user=reporter_a, campaign=campaign, now=NOW)
    assert (ledger.total, ledger.days, ledger.of, ledger.is_reporter) == (0, 60, 90, True)
    incident(limit, reporter_a, 48, count=2)
    (ledger,) = read_ledgers(user=staff, campaign=campaign, now=NOW)
    assert (ledger.total, ledger.last_on, ledger.days, ledger.is_reporter) == (2, day(48), 47, False)
    assert read_ledgers(user=leader_b, campaign=campaign, now=NOW) == []
    with django_assert_num_queries(3):
        read_ledgers(user=staff, campaign=campaign, now=NOW)


# --- activities ------------------------------------------------------------------------------------------


def file(unit, by: User, **changes: Any) -> Activity:
    entry = {"title": "Ra quân tổng vệ sinh", "held_on": day(40), "people": 120, "text": "Toàn phường"}
    options = {"files": (), "key": "k" * 20, "now": NOW}
    said = {name: changes.get(name, value) for name, value in entry.items()}
    rest = {name: changes.get(name, value) for name, value in options.items()}
    return file_activity(participant_id=unit.pk, entry=ActivityEntry(**said), by=by, **rest)


def test_a_unit_files_what_it_did_with_a_picture(participant_a, reporter_a, leader_a, evidence_root):
    row = file(participant_a, reporter_a, files=[SentFile("anh.jpg", corpus.jpg())])
    assert file(participant_a, reporter_a, files=[SentFile("anh.jpg", corpus.jpg())]) == row
    assert (row.people, row.files.get().content_type) == (120, "image/jpeg")
    withdraw_activity(activity_id=row.pk, text="Nhập trùng", by=leader_a, now=NOW)
    again = {"activity_id": row.pk, "text": "Lần nữa", "by": leader_a, "now": NOW}
    assert refusal(lambda: withdraw_activity(**again)) is ThreadRefusal.WITHDRAWN_ALREADY
    acts = AuditEntry.objects.order_by("sequence").values_list("action", flat=True)
    assert list(acts) == ["activity.filed", "activity.withdrawn"]


@pytest.mark.parametrize("name", ["leader_b", "staff", "chairman", "auditor", "viewer"])
def test_others_file_nothing_for_a_unit_and_see_it_only_when_in_charge(request, participant_a, reporter_a, name):
    row, person = file(participant_a, reporter_a), request.getfixturevalue(name)
    with pytest.raises(PermissionDenied):
        file(participant_a, person, key="o" * 20)
    with pytest.raises(PermissionDenied):
        withdraw_activity(activity_id=row.pk, text="Nhầm", by=person, now=NOW)
    assert visible_to(person, Activity).exists() is (name in {"staff", "chairman", "auditor"})


def test_what_is_not_filed(participant_a, reporter_a, campaign):
    assert refusal(lambda: file(participant_a, reporter_a, title=" ")) is ThreadRefusal.TEXT_MISSING
    assert refusal(lambda: file(participant_a, reporter_a, held_on=day(61))) is ThreadRefusal.DAY_AHEAD
    assert refusal(lambda: file(participant_a, reporter_a, held_on=day(0))) is ThreadRefusal.DAY_OUTSIDE
    assert refusal(lambda: file(participant_a, reporter_a, people=-1)) is ThreadRefusal.COUNT_OUT_OF_RANGE
    campaign.status, campaign.closed_at, campaign.closing_day = CampaignStatus.CLOSED, NOW, day(60)
    campaign.save()
    assert refusal(lambda: file(participant_a, reporter_a)) is ThreadRefusal.CAMPAIGN_NOT_OPEN
    assert not Activity.objects.exists()
