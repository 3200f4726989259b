"""Typing and sending a report: who may, when, what becomes of it, and what two people or two clicks do."""

import datetime as dt
import threading
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from campaigns.actions.campaign import close_campaign
from campaigns.actions.drafts import ReportingRefused, ReportTexts, StaleDraft, StaleTexts, save_texts
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.reporting import ChecksFailed, ShownChanged
from campaigns.enums import CampaignStatus, EntryKind, Frequency, IndicatorKind, ReportingMode
from campaigns.models import (
    AuditEntry,
    Campaign,
    DraftValue,
    LateException,
    Measurement,
    OutboxMessage,
    Reopening,
    Submission,
    Target,
)
from campaigns.workflow import IllegalTransition
from tests.factories import (
    at,
    attach,
    authorise,
    make_area,
    make_file,
    make_indicator,
    make_measurement,
    make_participant,
    make_target,
)

from .reports import NOW, TEXTS, Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def period(campaign):
    return campaign.periods.order_by("ends_on").first()


@pytest.fixture
def area(campaign):
    return make_area(campaign, 1)


@pytest.fixture
def target(area, participant_a):
    return make_target(make_indicator(area, "CT1"), participant_a)


@pytest.fixture
def desk(participant_a, period, leader_a):
    return Desk(participant_a, period, leader_a)


# --- who --------------------------------------------------------------------------------------------------


def test_reporter_drafts_and_only_the_leader_sends(desk, target, reporter_a):
    mine = replace(desk, by=reporter_a)
    mine.type(target)
    with pytest.raises(PermissionDenied):
        mine.send()
    assert Measurement.objects.count() == 0
    assert desk.send().sent_by == desk.by


def test_authorised_reporter_sends_in_its_days(desk, target, reporter_a, leader_a, unit_a):
    today = NOW.date()
    authorise(reporter_a, unit=unit_a, leader=leader_a, valid_from=today, valid_to=today)
    mine = replace(desk, by=reporter_a)
    mine.type(target)
    with pytest.raises(PermissionDenied):
        replace(mine, now=at(4)).send()
    assert mine.send().sent_by == reporter_a


@pytest.mark.parametrize(
    "who", ["leader_b", "staff", "chairman", "auditor", "viewer", "superuser", "deactivated", "provider"]
)
def test_nobody_else_types_or_sends(desk, target, who, request):
    desk.type(target)
    other = replace(desk, by=request.getfixturevalue(who))
    with pytest.raises(PermissionDenied):
        other.type(target, "70")
    with pytest.raises(PermissionDenied):
        other.send()
    assert (Measurement.objects.count(), DraftValue.objects.get().typed) == (0, "60")


# --- what becomes of it -----------------------------------------------------------------------------------


def test_sending_makes_records_and_clears_the_drafts(desk, target, area, participant_a, period, campaign):
    milestone = make_target(
        make_indicator(area, "CT2", kind=IndicatorKind.MILESTONE), participant_a, goal=1, due_on=at(9).date()
    )
    count = make_target(make_indicator(area, "CT3", mode=ReportingMode.INCREMENT, unit_of_measure="hộ"), participant_a)
    untouched = make_target(make_indicator(area, "CT4"), participant_a)
    desk.type(target, "", kind=EntryKind.SHARE, numerator="1", denominator="3", note="  Ghi chú ")
    desk.type(milestone, "1", completed_on=at(2).date())
    desk.type(count, "", kind=EntryKind.NOTHING)
    submission = desk.send(texts=TEXTS)
    rows = {row.target_id: row for row in Measurement.objects.all()}
    assert set(rows) == {target.pk, milestone.pk, count.pk}
    first = rows[target.pk]
    assert (first.value, first.numerator, first.denominator) == (Decimal("33.3333"), 1, 3)
    assert (first.note, first.sent_by, first.sent_at, first.submission) == ("Ghi chú", desk.by, NOW, submission)
    assert (first.period_start, first.period_end) == (period.starts_on, period.ends_on)
    assert (rows[milestone.pk].value, rows[milestone.pk].completed_on) == (1, at(2).date())
    assert (rows[count.pk].nothing, rows[count.pk].value) == (True, None)
    assert submission.number == "BN-PT-90-K01-P-A-01"
    assert (submission.results, submission.difficulties, submission.proposals) == ("Kết quả", "Khó khăn", "Kiến nghị")
    assert {draft.kind for draft in DraftValue.objects.all()} == {EntryKind.EMPTY}
    assert not DraftValue.objects.filter(target=untouched).exists()
    message = OutboxMessage.objects.get()
    assert (message.topic, message.key) == ("score.refresh", str(campaign.pk))
    assert message.available_at == NOW + dt.timedelta(seconds=30)
    entry = AuditEntry.objects.get(action="report.submitted")
    assert (entry.actor, entry.participant, entry.subject_id) == (desk.by, participant_a, submission.pk)


def test_receipts_are_numbered_and_long_codes_fall_back_to_keys(desk, target, campaign):
    desk.type(target, "60")
    desk.send(key="a" * 20)
    desk.type(target, "61")
    assert desk.send(key="b" * 20).number == "BN-PT-90-K01-P-A-02"
    Campaign.objects.update(code="P" * 40)
    desk.type(target, "62")
    number = desk.send(key="c" * 20).number
    assert number == f"BN-{campaign.pk}-{desk.period.pk}-{desk.participant.pk}-03"


def test_evidence_goes_with_the_value(desk, target, participant_a):
    desk.type(target)
    file = make_file(participant_a)
    DraftValue.objects.get().files.add(file)
    desk.send()
    assert [use.file for use in Measurement.objects.get().evidence.all()] == [file]
    assert DraftValue.objects.get().files.count() == 0


def test_a_value_sent_before_the_lock_may_be_replaced(desk, target):
    desk.type(target, "60")
    desk.send(key="a" * 20)
    desk.type(target, "61")
    replace(desk, now=at(4)).send(key="b" * 20)
    assert [row.value for row in Measurement.objects.order_by("sent_at")] == [60, 61]


def test_provider_reports_for_every_unit(
    area, participant_a, participant_b, provider_participant, provider, desk, leader_a
):
    indicator = make_indicator(area, "THU", provider=provider_participant)
    targets = [make_target(indicator, unit) for unit in (participant_a, participant_b)]
    theirs = Desk(provider_participant, desk.period, provider)
    for number, target in enumerate(targets):
        theirs.type(target, str(10 + number))
    theirs.send()
    assert [row.value for row in Measurement.objects.order_by("target")] == [10, 11]
    with pytest.raises(Target.DoesNotExist):
        desk.type(targets[0], "99")


def test_targets_that_are_not_the_units_are_not_there(desk, area, participant_b, participant_a):
    foreign = make_target(make_indicator(area, "CT8"), participant_b)
    retired = make_target(make_indicator(area, "CT9", is_active=False), participant_a)
    ended = make_target(
        make_indicator(area, "CT7"), participant_a, ends_from=desk.period.ends_on, end_reason="Hủy giao"
    )
    for target in (foreign, retired, ended):
        with pytest.raises(Target.DoesNotExist):
            desk.type(target)


# --- when -------------------------------------------------------------------------------------------------


def test_doors_of_a_period(desk, target, period):
    tick = dt.timedelta(microseconds=1)
    with pytest.raises(ReportingRefused):
        replace(desk, now=at(1, 0) - tick).type(target)
    desk.type(target)
    with pytest.raises(ReportingRefused):
        replace(desk, now=period.locks_at).send()
    assert replace(desk, now=period.locks_at - tick).send().sent_at == period.locks_at - tick


def test_late_exception_opens_and_closes_itself(desk, target, period, staff):
    late = replace(desk, now=period.locks_at + dt.timedelta(hours=1))
    with pytest.raises(ReportingRefused):
        late.type(target)
    LateException.objects.create(
        participant=desk.participant,
        period=period,
        reason="Mất điện",
        ends_at=late.now + dt.timedelta(hours=1),
        approved_by=staff,
        approved_at=period.locks_at,
    )
    late.type(target)
    with pytest.raises(ReportingRefused):
        replace(late, now=late.now + dt.timedelta(hours=1)).send()
    assert late.send()


def test_only_returned_values_reopen_and_once_sent_they_are_shut(desk, target, area, participant_a, period, staff):
    other = make_target(make_indicator(area, "CT2"), participant_a)
    first = make_measurement(
        target, period, value=40, sent_at=at(2), verdict="returned", verdict_by=staff, verdict_at=at(12)
    )
    file = make_file(participant_a)
    attach(first, file)
    make_measurement(other, period, value=41, sent_at=at(2))
    later = replace(desk, now=at(13))
    with pytest.raises(ReportingRefused):
        later.type(target)
    Reopening.objects.create(measurement=first, until=at(14))
    later.type(target, "55")
    assert list(DraftValue.objects.get(target=target).files.all()) == [file]
    with pytest.raises(ReportingRefused):
        later.type(other, "56")
    later.send()
    with pytest.raises(ReportingRefused):
        later.type(target, "57")
    assert [row.value for row in target.measurements.order_by("sent_at")] == [40, 55]


@pytest.mark.parametrize("status", [CampaignStatus.CLOSED, CampaignStatus.PREPARATION])
def test_nothing_outside_a_running_campaign(desk, target, campaign, status):
    desk.type(target)
    seen = desk.seen()
    closed = status == CampaignStatus.CLOSED
    Campaign.objects.filter(pk=campaign.pk).update(
        status=status, closed_at=NOW if closed else None, closing_day=NOW.date() if closed else None
    )
    with pytest.raises(ReportingRefused):
        desk.send(seen=seen)  # the desk still holds the campaign as it was
    desk.participant.refresh_from_db()
    with pytest.raises(ReportingRefused):
        desk.type(target, "61")
    assert Measurement.objects.count() == 0


def test_unit_that_has_ended_owes_nothing(desk, target):
    desk.participant.valid_to = desk.period.ends_on - dt.timedelta(days=1)
    desk.participant.save()
    with pytest.raises(Target.DoesNotExist):
        desk.type(target)


# --- checks -----------------------------------------------------------------------------------------------


def test_blocking_value_stops_everything(desk, target, area, participant_a):
    fine = make_target(make_indicator(area, "CT2"), participant_a)
    desk.type(target, "1.234")
    desk.type(fine, "12")
    with pytest.raises(ChecksFailed) as failed:
        desk.send()
    assert set(failed.value.findings) == {target.pk}
    assert (Measurement.objects.count(), Submission.objects.count(), OutboxMessage.objects.count()) == (0, 0, 0)


def test_note_written_while_reviewing_counts(desk, target):
    desk.type(target, "150")  # over 120 % of the goal
    with pytest.raises(ChecksFailed):
        desk.send()
    desk.send(notes={target.pk: "Bổ sung nguồn thu đột xuất"})
    assert Measurement.objects.get().note == "Bổ sung nguồn thu đột xuất"


def test_required_evidence_is_required(area, participant_a, desk):
    target = make_target(make_indicator(area, "CT2", evidence_required=True), participant_a)
    desk.type(target)
    with pytest.raises(ChecksFailed):
        desk.send()
    DraftValue.objects.get().files.add(make_file(participant_a))
    assert desk.send()


def test_empty_report_is_refused(desk, target):
    with pytest.raises(ReportingRefused):
        desk.send()
    desk.type(target)
    desk.type(target, "", kind=EntryKind.EMPTY)
    with pytest.raises(ReportingRefused):
        desk.send()


def test_last_report_needs_its_texts(area, participant_a, leader_a, campaign):
    last = campaign.periods.order_by("ends_on").last()
    target = make_target(make_indicator(area, "CT5", frequency=Frequency.AT_END), participant_a)
    desk = Desk(participant_a, last, leader_a, at(88))
    desk.type(target)
    with pytest.raises(ReportingRefused):
        desk.send(texts=ReportTexts(results="Chỉ có kết quả"))
    assert desk.send(texts=TEXTS).results == "Kết quả"


# --- two people, two clicks -------------------------------------------------------------------------------


def test_second_typist_is_told_and_nothing_is_overwritten(desk, target, reporter_a):
    desk.type(target, "60", version=0)
    with pytest.raises(StaleDraft) as stale:
        replace(desk, by=reporter_a).type(target, "70", version=0)
    assert (stale.value.current.typed, stale.value.current.updated_by, stale.value.typed.typed) == ("60", desk.by, "70")
    assert DraftValue.objects.get().typed == "60"
    replace(desk, by=reporter_a).type(target, "70", version=stale.value.current.version)
    assert DraftValue.objects.get().typed == "70"


def test_repeated_autosave_is_harmless(desk, target):
    first = desk.type(target, "60", version=0)
    again = desk.type(target, "60", version=0)
    assert first.version == again.version == 1


def test_version_goes_on_after_sending(desk, target):
    desk.type(target, "60", version=0)
    desk.send()
    with pytest.raises(StaleDraft):
        desk.type(target, "61", version=1)  # a page opened before the sending


def test_texts_know_two_typists(desk, target):
    save = {"participant": desk.participant, "period": desk.period, "by": desk.by, "now": NOW}
    report = save_texts(texts=TEXTS, version=0, **save)
    with pytest.raises(StaleTexts) as stale:
        save_texts(texts=ReportTexts("Khác"), version=report.version - 1, **save)
    assert stale.value.current.results == "Kết quả"
    assert save_texts(texts=ReportTexts("Khác"), version=report.version, **save).results == "Khác"


def test_same_form_twice_is_one_report(desk, target):
    desk.type(target)
    seen = desk.seen()
    first, second = desk.send(seen=seen), desk.send(seen=seen)
    assert first == second
    assert (Submission.objects.count(), Measurement.objects.count()) == (1, 1)
    with pytest.raises(IdempotencyMismatch):
        desk.send(seen=seen, texts=TEXTS)


def test_refused_form_keeps_its_key_free(desk, target):
    desk.type(target, "150")
    with pytest.raises(ChecksFailed):
        desk.send()
    assert desk.send(notes={target.pk: "Giải trình"})


def test_what_was_not_shown_is_not_sent(desk, target):
    desk.type(target, "60")
    seen = desk.seen()
    desk.type(target, "65")
    with pytest.raises(ShownChanged):
        desk.send(seen=seen)
    assert Measurement.objects.count() == 0


# --- races ------------------------------------------------------------------------------------------------


def _together(*acts):
    """Run acts at once, each with a connection of its own; return what each returned or raised."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            barrier.wait(10)
            results[place] = act()
        except Exception as error:  # noqa: BLE001  # whatever it raised is what the test looks at
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_are_one_report(desk, target):
    desk.type(target)
    seen = desk.seen()
    results = _together(*[lambda: desk.send(seen=seen)] * 10)
    assert {getattr(result, "pk", result) for result in results} == {Submission.objects.get().pk}
    assert Measurement.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_typists_at_once_never_overwrite_silently(desk, target):
    results = _together(*[lambda text=text: desk.type(target, text, version=0) for text in ("60", "61", "62", "63")])
    kept = [result for result in results if isinstance(result, DraftValue)]
    assert len(kept) == 1
    assert sum(isinstance(result, StaleDraft) for result in results) == 3
    assert DraftValue.objects.get().typed == kept[0].typed


@pytest.mark.django_db(transaction=True)
def test_closing_the_campaign_and_sending_exclude_each_other(campaign, area, unit_a, leader_a, staff, bloc):
    """Either the report is in and the campaign waits for its verdict, or the campaign is closed and takes nothing."""
    target = make_target(make_indicator(area, "CT1"), make_participant(campaign, unit=unit_a, bloc=bloc))
    last = campaign.periods.order_by("ends_on").last()
    desk = Desk(target.participant, last, leader_a, at(92, 9))
    desk.type(target)
    seen = desk.seen()
    sent, closed = _together(
        lambda: desk.send(seen=seen, texts=TEXTS),
        lambda: close_campaign(campaign_id=campaign.pk, by=staff, now=at(92, 18)),
    )
    campaign.refresh_from_db()
    in_time = isinstance(sent, Submission)
    assert in_time or isinstance(sent, ReportingRefused), sent
    assert isinstance(closed, IllegalTransition if in_time else Campaign), closed
    assert (campaign.status == CampaignStatus.CLOSED) is not in_time, closed
    assert Measurement.objects.count() == (1 if in_time else 0)
