"""Reminders: the right people, once, on working days, until it is done; nudges by hand; every one recorded."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail as outbox
from django.core.exceptions import PermissionDenied
from django.db import connections

from campaigns.actions import outbox_work
from campaigns.actions.reminder_rules import give_default_ladder, remove_reminder_rule, save_reminder_rule
from campaigns.actions.reminders import NudgeRefused, ask_for_reminders, nudge, send_reminders
from campaigns.enums import CampaignStatus, ReminderAudience, Role
from campaigns.models import (
    AuditEntry,
    Holiday,
    LateException,
    Notice,
    Reminder,
    ReminderRule,
    ReminderRun,
    Reopening,
)
from campaigns.queries.reminders import read_plan
from tests.factories import (
    at,
    day,
    give_role,
    make_area,
    make_indicator,
    make_measurement,
    make_participant,
    make_person,
    make_report_waiver,
    make_target,
    make_unit,
)

pytestmark = pytest.mark.django_db

# Period 1 ends on Sunday, the 7th day; it is due on Monday, the 8th, at 17:00 and locks on Thursday, the 11th.
MONDAY, TUESDAY, THURSDAY, FRIDAY = at(8, 7, 30), at(9, 7, 30), at(11, 7, 30), at(12, 7, 30)


@pytest.fixture
def period(campaign):
    return campaign.periods.order_by("ends_on").first()


@pytest.fixture(autouse=True)
def _ladder(campaign):
    give_default_ladder(campaign)


@pytest.fixture
def indicator(campaign):
    return make_indicator(make_area(campaign, 1), "CT1.1", name="Thu ngân sách")


@pytest.fixture
def target(indicator, participant_a):
    return make_target(indicator, participant_a)


def notices_of(person):
    return list(Notice.objects.filter(person=person).order_by("pk"))


# --- whom, when, what -------------------------------------------------------------------------------------


def test_the_units_leader_and_reporter_are_told_exactly_what_is_missing(target, leader_a, reporter_a, leader_b, staff):
    assert send_reminders(now=MONDAY) == "2 people reminded of 2 reports."
    [notice] = notices_of(leader_a)
    assert notice.title == "Báo cáo: còn 1 số liệu cần gửi"
    assert "Phường Hoà An – Kỳ" in notice.text
    assert "- CT1.1 Thu ngân sách" in notice.text
    assert "17:00 09/03/2026" in notice.text
    assert notice.url == f"/bao-cao/{target.participant_id}/ky/{target.campaign.periods.order_by('ends_on')[0].pk}/"
    assert notice.url in notice.text
    assert len(notices_of(reporter_a)) == 1
    assert notices_of(leader_b) == notices_of(staff) == []


def test_a_weekend_is_quiet_and_its_reminder_comes_on_monday_together_with_mondays(target, leader_a):
    for quiet in (at(6, 7, 30), at(7, 7, 30)):
        assert "quiet" in send_reminders(now=quiet)
    send_reminders(now=MONDAY)
    assert len(notices_of(leader_a)) == 1
    assert sorted(Reminder.objects.values_list("days_from_due", flat=True)) == [-1, 0]


def test_a_public_holiday_is_quiet(target, leader_a):
    Holiday.objects.create(day=day(8), name="Giỗ Tổ")
    assert "quiet" in send_reminders(now=MONDAY)
    send_reminders(now=TUESDAY)
    assert sorted(Reminder.objects.values_list("days_from_due", flat=True)) == [-1, 0, 1]
    assert len(notices_of(leader_a)) == 1


def test_the_day_is_the_local_one(target, leader_a):
    sunday = dt.datetime(2026, 3, 8, 16, 59, tzinfo=dt.UTC)
    assert "2026-03-08 is quiet" in send_reminders(now=sunday)
    assert send_reminders(now=sunday + dt.timedelta(minutes=1)).startswith("1 people")
    assert Reminder.objects.first().day == day(8)


def test_each_day_of_the_ladder_speaks_once(target, leader_a, staff):
    for number in range(1, 15):
        send_reminders(now=at(number, 7, 30))
    days = [notice.created_at for notice in notices_of(leader_a)]
    assert days == [MONDAY, TUESDAY]
    assert [notice.created_at for notice in notices_of(staff)] == [THURSDAY]


def test_staff_are_told_which_units_lack_what(target, participant_b, indicator, leader_a, staff, period):
    make_measurement(make_target(indicator, participant_b), period)
    send_reminders(now=THURSDAY)
    [notice] = notices_of(staff)
    assert notice.title == "1 báo cáo còn thiếu số liệu"
    assert "Phường Hoà An: còn 1/1 số liệu chưa gửi" in notice.text
    assert "Hòa Bình" not in notice.text
    assert f"/theo-doi/bao-cao/ky/{period.pk}/nhac/" in notice.text
    assert notice.url == "/theo-doi/bao-cao/"


def test_the_ladder_is_data(target, leader_a, staff, campaign):
    ReminderRule.objects.all().delete()
    assert send_reminders(now=MONDAY).startswith("0 people")
    rule = ReminderRule(campaign=campaign, days_from_due=2, audience=ReminderAudience.UNIT)
    save_reminder_rule(rule=rule, by=staff, now=MONDAY)
    send_reminders(now=TUESDAY)
    assert notices_of(leader_a) == []
    send_reminders(now=at(10, 7, 30))
    assert len(notices_of(leader_a)) == 1
    with pytest.raises(PermissionDenied):
        remove_reminder_rule(rule=rule, by=leader_a, now=MONDAY)
    remove_reminder_rule(rule=rule, by=staff, now=MONDAY)
    assert set(AuditEntry.objects.filter(action__startswith="reminder_rule").values_list("action", flat=True)) == {
        "reminder_rule.created",
        "reminder_rule.removed",
    }


# --- it stops ---------------------------------------------------------------------------------------------


def test_it_stops_once_everything_is_sent(target, period, leader_a):
    send_reminders(now=MONDAY)
    make_measurement(target, period, sent_at=at(8, 16))
    send_reminders(now=TUESDAY)
    assert len(notices_of(leader_a)) == 1


def test_it_stops_at_a_waiver(target, period, leader_a, staff):
    make_report_waiver(target.participant, period)
    for moment in (MONDAY, TUESDAY, THURSDAY):
        send_reminders(now=moment)
    assert not Reminder.objects.exists()


def test_a_locked_period_asks_the_unit_for_nothing_unless_an_exception_opens_it(
    target, period, leader_a, campaign, staff
):
    ReminderRule.objects.filter(audience=ReminderAudience.UNIT).delete()
    ReminderRule.objects.create(campaign=campaign, days_from_due=4, audience=ReminderAudience.UNIT)
    send_reminders(now=FRIDAY)
    assert notices_of(leader_a) == []
    LateException.objects.create(
        participant=target.participant,
        period=period,
        reason="Cán bộ nghỉ ốm",
        ends_at=at(13),
        approved_by=staff,
        approved_at=at(11),
    )
    send_reminders(now=FRIDAY)
    assert len(notices_of(leader_a)) == 1


def test_a_returned_value_that_is_open_again_is_asked_for(target, period, leader_a):
    back = make_measurement(target, period, sent_at=at(7), verdict="returned")
    Reopening.objects.create(measurement=back, until=at(10))
    send_reminders(now=MONDAY)
    [notice] = notices_of(leader_a)
    assert "Bị trả lại, cần gửi lại:\n- CT1.1 Thu ngân sách (trước 10:00 11/03/2026)" in notice.text
    assert "Chưa gửi" not in notice.text
    make_measurement(target, period, sent_at=at(8))
    send_reminders(now=TUESDAY)
    assert len(notices_of(leader_a)) == 1


def test_a_campaign_that_is_not_running_reminds_nobody(target, leader_a, campaign):
    campaign.status = CampaignStatus.PREPARATION
    campaign.save()
    assert send_reminders(now=MONDAY).startswith("0 people")


# --- once -------------------------------------------------------------------------------------------------


def test_who_answers_for_several_units_and_is_staff_gets_one_message(
    target, indicator, participant_b, unit_b, leader_a, campaign
):
    make_target(indicator, participant_b)
    give_role(leader_a, Role.UNIT_REPORTER, unit=unit_b)
    give_role(leader_a, Role.INTERNAL_AFFAIRS)
    ReminderRule.objects.create(campaign=campaign, days_from_due=0, audience=ReminderAudience.STAFF)
    send_reminders(now=MONDAY)
    [notice] = notices_of(leader_a)
    assert notice.title == "Báo cáo: còn 2 số liệu cần gửi · 2 báo cáo còn thiếu số liệu"
    assert notice.url == "/bao-cao/"


def test_running_again_the_same_day_reminds_nobody_again(target, leader_a):
    send_reminders(now=MONDAY)
    assert send_reminders(now=MONDAY + dt.timedelta(hours=3)) == "0 people reminded of 0 reports."
    assert (Notice.objects.count(), Reminder.objects.count()) == (1, 2)
    run = ReminderRun.objects.get()
    assert (run.day, run.people, run.reminders) == (day(8), 1, 1)


def test_two_beats_and_a_repeated_message_send_one_letter(target, leader_a):
    leader_a.email = "anh@example.gov.vn"
    leader_a.save()
    for _ in range(2):
        ask_for_reminders(now=MONDAY)
    outbox_work.drain(clock=lambda: MONDAY)
    ask_for_reminders(now=MONDAY)
    outbox_work.drain(clock=lambda: MONDAY)
    outbox_work.drain(clock=lambda: MONDAY + dt.timedelta(minutes=5))
    [letter] = outbox.outbox
    assert "- CT1.1 Thu ngân sách" in letter.body


def test_somebody_new_is_not_reminded_of_old_periods(target, unit_a):
    for number in range(1, 30):
        send_reminders(now=at(number, 7, 30))
    late = make_person(Role.UNIT_LEADER, unit=unit_a)
    send_reminders(now=at(30, 7, 30))
    assert {row.period.ends_on for row in Reminder.objects.filter(person=late)} <= {day(28)}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_remind_once(target, leader_a, reporter_a):
    start = threading.Barrier(2)

    def run(_number: int) -> str:
        try:
            start.wait()
            return send_reminders(now=MONDAY)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(run, range(2)))
    assert said == ["0 people reminded of 0 reports.", "2 people reminded of 2 reports."]
    assert (Notice.objects.count(), Reminder.objects.count()) == (2, 4)
    assert ReminderRun.objects.get().people == 2


@pytest.mark.parametrize("count", [1, 30])
def test_the_plan_costs_the_same_whatever_the_number_of_units(campaign, indicator, count, django_assert_num_queries):
    for number in range(count):
        unit = make_unit(f"DV{number}")
        make_person(Role.UNIT_LEADER, unit=unit)
        make_target(indicator, make_participant(campaign, unit=unit))
    with django_assert_num_queries(15):
        assert len(read_plan(on=day(8), now=MONDAY).letters) == count


# --- by hand ----------------------------------------------------------------------------------------------


def remind(period, staff, *participants, key="mot-lan-bam-nut", **more):
    return nudge(
        campaign=period.campaign,
        period=period,
        participants=[participant.pk for participant in participants],
        key=key,
        by=staff,
        now=more.pop("now", TUESDAY),
        **more,
    )


def test_a_nudge_says_what_is_missing_and_is_recorded(target, participant_a, period, leader_a, reporter_a, staff):
    assert remind(period, staff, participant_a, message="Đề nghị gửi trong sáng nay.") == [participant_a.pk]
    [notice] = notices_of(leader_a)
    assert notice.title == f"Phường Hoà An: còn 1 số liệu kỳ {period.code} cần gửi"
    assert notice.text.startswith("Đề nghị gửi trong sáng nay.\n\nPhường Hoà An – Kỳ")
    rows = Reminder.objects.all()
    assert {(row.person, row.sent_by, row.days_from_due) for row in rows} == {
        (leader_a, staff, None),
        (reporter_a, staff, None),
    }
    entry = AuditEntry.objects.get(action="reminder.sent")
    assert (entry.actor, entry.participant) == (staff, participant_a)


def test_the_same_form_twice_reminds_once(target, participant_a, period, leader_a, staff):
    assert remind(period, staff, participant_a) == remind(period, staff, participant_a)
    assert len(notices_of(leader_a)) == 1
    remind(period, staff, participant_a, key="mot-lan-bam-khac")
    assert len(notices_of(leader_a)) == 2


def test_a_unit_that_has_sent_everything_meanwhile_is_left_out(
    target, participant_a, participant_b, indicator, period, leader_a, leader_b, staff
):
    make_target(indicator, participant_b)
    make_measurement(target, period, sent_at=at(8))
    assert remind(period, staff, participant_a, participant_b) == [participant_b.pk]
    assert notices_of(leader_a) == []
    with pytest.raises(NudgeRefused):
        remind(period, staff, participant_a, key="mot-lan-bam-khac")


def test_a_unit_without_people_reminds_nobody(target, participant_a, period, staff):
    with pytest.raises(NudgeRefused):
        remind(period, staff, participant_a)
    assert not Reminder.objects.exists()


def test_a_closed_campaign_is_not_nudged(target, participant_a, period, leader_a, staff, campaign):
    campaign.status = CampaignStatus.PREPARATION
    campaign.save()
    with pytest.raises(NudgeRefused, match="không diễn ra"):
        remind(period, staff, participant_a)


@pytest.mark.parametrize("who", ["leader_a", "chairman", "auditor", "publisher", "superuser"])
def test_only_staff_nudge(request, target, participant_a, period, who):
    with pytest.raises(PermissionDenied):
        remind(period, request.getfixturevalue(who), participant_a)
