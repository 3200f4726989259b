"""Verdicts and corrections: who, when, once, and everything an act leaves behind."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections

from campaigns.actions.audit import stored
from campaigns.actions.corrections import correct_measurement
from campaigns.actions.verdicts_together import accept_many
from campaigns.actions.verification import VerdictGiven, VerdictRefused, give_verdict
from campaigns.calendar import local_moment
from campaigns.enums import CampaignStatus, IndicatorKind, Role, VerdictOutcome
from campaigns.models import AuditEntry, Holiday, Measurement, Notice, OutboxMessage, Reopening
from campaigns.permissions import access_of
from campaigns.queries.verdict_cases import VerdictDesk
from campaigns.queries.verification_queue import in_order, inspect, scope_of_verifier
from tests.cast import CAST
from tests.factories import (
    START,
    at,
    attach,
    day,
    give_role,
    make_indicator,
    make_measurement,
    make_participant,
    make_person,
    make_revision,
    make_target,
    make_unit,
)

pytestmark = pytest.mark.django_db

NOW = at(8)
ACCEPTED, ADJUSTED, RETURNED = VerdictOutcome.ACCEPTED, VerdictOutcome.ADJUSTED, VerdictOutcome.RETURNED


@pytest.fixture
def target(participant_a):
    return make_target(participant=participant_a, baseline=40, goal=100)


@pytest.fixture
def value(target, reporter_a) -> Measurement:
    """50, sent by unit A's reporter at 10:00 on the campaign's seventh day."""
    return make_measurement(target, value=50, sent_by=reporter_a)


def give(value, outcome=ACCEPTED, *, by, now=NOW, **said):
    return give_verdict(measurement_id=value.pk, outcome=outcome, by=by, now=now, **said)


# --- who -------------------------------------------------------------------------------------


def test_of_the_whole_cast_only_staff_verify_a_value_nobody_else_is_named_for(value, cast):
    outcomes = {}
    for name in CAST:
        try:
            give(value, by=cast[name])
            outcomes[name] = "given"
        except PermissionDenied:
            outcomes[name] = "refused"
        except VerdictGiven:
            outcomes[name] = "late"
    assert {name for name, outcome in outcomes.items() if outcome != "refused"} == {"staff", "staff_two"}
    assert (outcomes["staff"], outcomes["staff_two"]) == ("given", "late")


def test_nobody_verifies_what_they_sent(target, staff):
    sent = make_measurement(target, sent_by=staff)
    with pytest.raises(PermissionDenied):
        give(sent, by=staff)
    assert Measurement.objects.get(pk=sent.pk).verdict == ""


def test_staff_who_belong_to_a_party_verify_neither_its_values_nor_what_it_reports(
    value, campaign, staff, unit_a, provider_participant, provider_unit
):
    give_role(staff, Role.UNIT_REPORTER, unit=unit_a)
    with pytest.raises(PermissionDenied):
        give(value, by=staff)
    elsewhere = make_target(make_indicator(value.target.indicator.area, provider=provider_participant))
    provided = make_measurement(elsewhere)
    give_role(staff, Role.UNIT_REPORTER, unit=provider_unit)
    with pytest.raises(PermissionDenied):
        give(provided, by=staff)


def test_the_substitute_unit_verifies_internal_affairs_own_values(campaign, staff_participant, staff, staff_two):
    office = make_unit("VP", name="Văn phòng")
    leader = make_person(Role.UNIT_LEADER, unit=office)
    own = make_measurement(make_target(participant=staff_participant))
    for officer in (staff, staff_two, leader):
        with pytest.raises(PermissionDenied):
            give(own, by=officer)
    campaign.substitute_verifier = office
    campaign.save()
    assert give(own, by=leader).verdict_by == leader
    assert entry_of(own)["after"]["seat"] == "substitute"


def test_a_verifying_unit_comes_first_and_staff_after_three_working_days_with_a_reason(
    value, staff, provider, provider_participant
):
    make_indicator(value.target.indicator.area)
    value.target.indicator.verifier = provider_participant
    value.target.indicator.save()
    # Sent on Sunday the 8th: Monday to Wednesday belong to the verifying unit.
    with pytest.raises(VerdictRefused, match="11/03/2026"):
        give(value, by=staff, reason="Gấp", now=local_moment(dt.date(2026, 3, 11), dt.time(23)))
    late = local_moment(dt.date(2026, 3, 12), dt.time(8))
    with pytest.raises(VerdictRefused):
        give(value, by=staff, now=late)
    Holiday.objects.create(day=dt.date(2026, 3, 10), name="Nghỉ bù")
    with pytest.raises(VerdictRefused, match="12/03/2026"):
        give(value, by=staff, now=late, reason="Chi cục chưa trả lời")
    Holiday.objects.all().delete()
    given = give(value, by=staff, now=late, reason="Chi cục chưa trả lời")
    assert (given.verdict, given.verdict_reason) == (ACCEPTED, "Chi cục chưa trả lời")
    other = make_measurement(value.target, value=51)
    assert give(other, by=provider).verdict_by == provider


# --- when, and what --------------------------------------------------------------------------


@pytest.mark.parametrize("status", [CampaignStatus.PREPARATION, CampaignStatus.CLOSED])
def test_no_verdict_while_the_campaign_is_not_open(value, campaign, staff, status):
    closed = {"closed_at": NOW, "closing_day": day(8)} if status == CampaignStatus.CLOSED else {}
    type(campaign).objects.filter(pk=campaign.pk).update(status=status, **closed)
    with pytest.raises(VerdictRefused):
        give(value, by=staff)


def test_no_verdict_before_the_sending(value, staff):
    with pytest.raises(VerdictRefused):
        give(value, by=staff, now=value.sent_at - dt.timedelta(seconds=1))


def test_an_accepted_value_is_verified_as_sent(value, staff):
    give(value, by=staff)
    row = Measurement.objects.get(pk=value.pk)
    assert (row.verdict, row.verified_value, row.verdict_by, row.verdict_at) == (ACCEPTED, Decimal(50), staff, NOW)
    assert not Notice.objects.exists()


def test_an_adjustment_keeps_what_was_sent_and_tells_the_unit(value, staff, leader_a, reporter_a, leader_b):
    give(value, ADJUSTED, by=staff, verified_value=Decimal("45.5"), reason="Theo xác nhận của Chi cục")
    row = Measurement.objects.get(pk=value.pk)
    assert (row.value, row.verified_value, row.verdict_reason) == (50, Decimal("45.5"), "Theo xác nhận của Chi cục")
    assert {notice.person for notice in Notice.objects.all()} == {leader_a, reporter_a}
    notice = Notice.objects.first()
    assert "45,5" in notice.title
    assert notice.url == f"/bao-cao/{value.target.participant_id}/ky/{value.period_id}/"
    assert notice.text == "Theo xác nhận của Chi cục"


def test_a_return_opens_the_value_for_two_working_days_and_tells_who_reports(value, staff, leader_a, reporter_a):
    give(value, RETURNED, by=staff, reason="Thiếu biên bản")
    reopening = Reopening.objects.get(measurement=value)
    assert reopening.until == local_moment(dt.date(2026, 3, 12))  # Monday the 9th: Tuesday and Wednesday
    assert {notice.person for notice in Notice.objects.all()} == {leader_a, reporter_a}


def test_a_returned_value_of_a_provider_goes_to_the_provider(
    campaign, provider_participant, provider, leader_a, staff, participant_a
):
    sent = make_measurement(
        make_target(
            make_indicator(make_target(participant=participant_a).indicator.area, provider=provider_participant),
            participant_a,
        )
    )
    give(sent, RETURNED, by=staff, reason="Chưa khớp")
    assert {notice.person for notice in Notice.objects.all()} == {provider}
    other = make_measurement(sent.target, sent_at=at(7, 12))
    give(other, ADJUSTED, by=staff, verified_value=Decimal(1), reason="Chưa khớp")
    assert {notice.person for notice in Notice.objects.filter(key=f"verdict:{other.pk}")} == {provider, leader_a}


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (RETURNED, {}),
        (RETURNED, {"reason": "   "}),
        (ADJUSTED, {"verified_value": Decimal(1)}),
        (ADJUSTED, {"reason": "Sai"}),
        (ADJUSTED, {"reason": "Sai", "verified_value": Decimal(50)}),
        (ADJUSTED, {"reason": "Sai", "verified_value": Decimal(10**9)}),
        (ADJUSTED, {"reason": "Sai", "verified_value": Decimal("1.23456")}),
    ],
)
def test_a_ruling_that_does_not_fit_writes_nothing(value, staff, outcome, said):
    with pytest.raises(VerdictRefused):
        give(value, outcome, by=staff, **said)
    assert Measurement.objects.get(pk=value.pk).verdict == ""
    assert not AuditEntry.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_a_milestone_adjusted_to_done_needs_its_day(participant_a, staff):
    milestone = make_target(
        make_indicator(make_target(participant=participant_a).indicator.area, kind=IndicatorKind.MILESTONE),
        participant_a,
        goal=1,
        due_on=day(30),
    )
    sent = make_measurement(milestone, value=0)
    with pytest.raises(VerdictRefused):
        give(sent, ADJUSTED, by=staff, verified_value=Decimal(1), reason="Đã xong")
    given = give(sent, ADJUSTED, by=staff, verified_value=Decimal(1), verified_completed_on=day(5), reason="Đã xong")
    assert given.verified_completed_on == day(5)


def test_a_verdict_leaves_one_entry_and_asks_for_a_score(value, campaign, staff):
    give(value, ADJUSTED, by=staff, verified_value=Decimal(45), reason="Theo hồ sơ")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.participant, entry.subject_id) == (
        "measurement.adjusted",
        staff,
        value.target.participant,
        value.pk,
    )
    said = entry_of(value)
    assert said["before"]["value"] == "50.0000"
    assert said["after"] == {"verdict": "adjusted", "verified_value": "45", "seat": "staff"}
    assert said["reason"] == "Theo hồ sơ"
    message = OutboxMessage.objects.get()
    assert (message.topic, message.key, message.available_at) == (
        "score.refresh",
        str(campaign.pk),
        NOW + dt.timedelta(seconds=30),
    )


# --- once ------------------------------------------------------------------------------------


def test_the_second_officer_is_told_who_was_first_and_when(value, staff, staff_two):
    give(value, RETURNED, by=staff, reason="Thiếu biên bản")
    with pytest.raises(VerdictGiven) as raised:
        give(value, by=staff_two)
    assert staff.full_name in str(raised.value)
    assert "10:00 09/03/2026" in str(raised.value)
    assert Measurement.objects.get(pk=value.pk).verdict == RETURNED


def test_saying_the_same_again_changes_nothing(value, staff):
    give(value, RETURNED, by=staff, reason="Thiếu biên bản")
    give(value, RETURNED, by=staff, reason="Thiếu biên bản", now=NOW + dt.timedelta(minutes=1))
    assert AuditEntry.objects.count() == 1
    with pytest.raises(VerdictGiven):
        give(value, by=staff)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_once_one_gives_the_verdict(value, staff, staff_two):
    officers = (staff, staff_two)
    start, outcomes = threading.Barrier(len(officers) * 4), []

    def act(officer, outcome):
        try:
            start.wait(10)
            reason = "" if outcome == ACCEPTED else "Thiếu biên bản"
            given = give(value, outcome, by=officer, reason=reason)
            outcomes.append(("given", given.verdict, officer.pk))
        except VerdictGiven as late:
            outcomes.append(("late", late.measurement.verdict, late.measurement.verdict_by_id))
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=act, args=(officer, outcome))
        for officer in officers
        for outcome in (ACCEPTED, RETURNED, ACCEPTED, RETURNED)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    row = Measurement.objects.get(pk=value.pk)
    told = {(verdict, who) for _outcome, verdict, who in outcomes}
    assert len(outcomes) == len(threads)
    assert told == {(row.verdict, row.verdict_by_id)}  # the winners and the losers say the same
    assert AuditEntry.objects.count() == 1
    assert Reopening.objects.count() == (row.verdict == RETURNED)
    assert OutboxMessage.objects.count() == 1


# --- many at once ----------------------------------------------------------------------------


def test_what_passes_every_check_is_accepted_and_the_rest_left_with_the_reason(
    value, campaign, staff, participant_b, reporter_a
):
    indicator = value.target.indicator
    falling = make_target(indicator, participant_b, goal=100)
    periods = list(campaign.periods.order_by("ends_on")[:2])
    make_measurement(falling, periods[0], value=60, verdict=ACCEPTED, verified_value=60)
    fallen = make_measurement(falling, periods[1], value=30, note="Rà soát lại")
    own = make_measurement(make_target(indicator, make_participant(campaign)), sent_by=staff)
    done = accept_many(campaign_id=campaign.pk, measurement_ids=[value.pk, fallen.pk, own.pk], by=staff, now=at(15))
    assert [row.pk for row in done.accepted] == [value.pk]
    assert {row.pk for row, _why in done.left} == {fallen.pk, own.pk}
    assert AuditEntry.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


def test_values_of_another_campaign_are_not_touched(value, staff):
    stranger = make_measurement()
    accept_many(campaign_id=value.target.campaign_id, measurement_ids=[value.pk, stranger.pk], by=staff, now=NOW)
    assert Measurement.objects.get(pk=stranger.pk).verdict == ""


def test_accepting_many_takes_a_verifier(value, leader_b):
    with pytest.raises(PermissionDenied):
        accept_many(campaign_id=value.target.campaign_id, measurement_ids=[value.pk], by=leader_b, now=NOW)


# --- corrections -----------------------------------------------------------------------------


def test_a_correction_is_entered_by_one_officer_and_verified_by_another(value, staff, staff_two):
    give(value, by=staff)
    new = correct_measurement(
        measurement_id=value.pk, value=Decimal(48), reason="Nhập nhầm", by=staff, now=NOW + dt.timedelta(days=1)
    )
    assert (new.corrects, new.sent_by, new.verdict, new.period) == (value, staff, "", value.period)
    later = NOW + dt.timedelta(days=2)
    with pytest.raises(PermissionDenied):
        give(new, by=staff, now=later)
    assert give(new, by=staff_two, now=later).verified_value == 48
    assert Measurement.objects.get(pk=value.pk).verified_value == 50
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == [
        "measurement.accepted",
        "measurement.corrected",
        "workflow.refused",  # of who entered it
        "measurement.accepted",
    ]


def test_a_returned_correction_opens_nothing_for_the_unit(value, staff, staff_two):
    give(value, by=staff)
    new = correct_measurement(measurement_id=value.pk, value=Decimal(48), reason="Nhầm", by=staff, now=NOW)
    give(new, RETURNED, by=staff_two, reason="Số cũ đúng")
    assert not Reopening.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {"value": Decimal(50), "reason": "Nhầm"},  # what holds already
        {"value": Decimal(48), "reason": " "},
        {"value": None, "reason": "Nhầm"},
        {"value": Decimal(48), "nothing": True, "reason": "Nhầm"},
        {"value": Decimal(48), "completed_on": day(3), "reason": "Nhầm"},
    ],
)
def test_a_correction_that_does_not_fit_is_refused(value, staff, said):
    give(value, by=staff)
    with pytest.raises(VerdictRefused):
        correct_measurement(measurement_id=value.pk, by=staff, now=NOW, **said)
    assert Measurement.objects.count() == 1


def test_only_the_value_that_holds_is_corrected(value, staff, staff_two):
    with pytest.raises(VerdictRefused):
        correct_measurement(measurement_id=value.pk, value=Decimal(1), reason="Nhầm", by=staff, now=NOW)
    give(value, by=staff)
    correct_measurement(measurement_id=value.pk, value=Decimal(48), reason="Nhầm", by=staff, now=NOW)
    with pytest.raises(VerdictRefused):
        correct_measurement(measurement_id=value.pk, value=Decimal(47), reason="Nhầm", by=staff_two, now=NOW)


def test_a_unit_corrects_nothing(value, staff, leader_a, leader_b):
    give(value, by=staff)
    for person in (leader_a, leader_b):
        with pytest.raises(PermissionDenied):
            correct_measurement(measurement_id=value.pk, value=Decimal(48), reason="Nhầm", by=person, now=NOW)


# --- the queue -------------------------------------------------------------------------------


def test_a_value_stands_with_its_history_terms_files_and_checks(value, campaign, staff):
    target, periods = value.target, list(campaign.periods.order_by("ends_on")[:3])
    make_revision(target, effective_from=day(10), baseline=45, goal=90)
    make_measurement(target, periods[1], value=55, verdict=RETURNED)
    last = make_measurement(target, periods[2], value=200, sent_at=at(21))
    file = attach(last).file
    rows = list(in_order(Measurement.objects.filter(pk=last.pk)))
    item = inspect(rows, now=at(22), desk=VerdictDesk.of(staff, now=at(22)))[0]
    assert (item.baseline, item.goal) == (45, 90)
    assert item.trend_points == [500_000, 2_000_000]
    assert item.files == [file]
    assert [finding.check for finding in item.failing] == ["over_three_times", "over_goal"]
    assert item.may_judge
    assert not item.is_clean


def test_a_value_that_was_sent_again_is_marked(value, campaign):
    newer = make_measurement(value.target, value=51, sent_at=at(7, 12))
    older, fresh = inspect(list(in_order(Measurement.objects.all())), now=NOW)
    assert (older.measurement, older.superseded, older.is_clean) == (value, True, False)
    assert (fresh.measurement, fresh.superseded, fresh.is_clean) == (newer, False, True)


def test_a_verifying_units_queue_holds_its_own_field_and_nothing_else(
    value, provider, provider_participant, participant_b, leader_b
):
    indicator = make_indicator(value.target.indicator.area, verifier=provider_participant)
    mine = make_measurement(make_target(indicator, participant_b))
    own = make_measurement(make_target(indicator, provider_participant))
    assert access_of(provider).own_units == {provider_participant.unit_id}
    assert set(scope_of_verifier(VerdictDesk.of(provider, now=NOW))) == {mine}
    assert own not in scope_of_verifier(VerdictDesk.of(provider, now=NOW))
    assert not scope_of_verifier(VerdictDesk.of(leader_b, now=NOW)).exists()


@pytest.mark.parametrize("count", [1, 30])
def test_the_queue_asks_the_same_number_of_questions_whatever_its_size(
    value, campaign, staff, count, django_assert_num_queries
):
    for _number in range(count - 1):
        make_measurement(make_target(value.target.indicator, make_participant(campaign)))
    with django_assert_num_queries(
        4 + 5
    ):  # the person, roles, staff units, holidays; the values and what is beside them
        desk = VerdictDesk.of(type(staff).objects.get(pk=staff.pk), now=NOW)
        items = inspect(list(in_order(Measurement.objects.all())), now=NOW, desk=desk)
    assert len(items) == count


def entry_of(measurement) -> dict:
    """The payload of the measurement's last entry."""
    entry = AuditEntry.objects.filter(subject_id=measurement.pk).latest("sequence")
    return stored(entry.payload.content)


def test_the_campaign_of_these_tests_starts_on_a_monday():
    assert START.weekday() == 0
