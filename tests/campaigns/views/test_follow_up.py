"""The board, what a unit lacks, reminding by hand, announcements: over HTTP."""

import datetime as dt
import html
import re

import pytest
import time_machine
from django.urls import reverse

from campaigns.enums import CampaignStatus, Role
from campaigns.models import Announcement, Notice, Participant, Reminder
from campaigns.queries.follow_board import owing, read_board
from campaigns.queries.report_sums import read_sums
from tests.factories import (
    at,
    make_area,
    make_bloc,
    make_indicator,
    make_measurement,
    make_participant,
    make_person,
    make_report,
    make_report_waiver,
    make_target,
    make_unit,
)

pytestmark = pytest.mark.django_db
BOARD = reverse("campaigns:follow_board")


@pytest.fixture(autouse=True)
def _tuesday_of_the_second_week():
    with time_machine.travel(at(9), tick=False):
        yield


@pytest.fixture
def periods(campaign):
    return list(campaign.periods.order_by("ends_on"))


@pytest.fixture
def indicator(campaign):
    return make_indicator(make_area(campaign, 1), "CT1.1", name="Thu ngân sách")


@pytest.fixture
def target(indicator, participant_a):
    return make_target(indicator, participant_a)


@pytest.fixture
def as_staff(client, staff):
    client.force_login(staff)
    return client


def text_of(response):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def shown(campaign, participant):
    """The states of a unit's cells by period code."""
    [row] = [row for row in read_board(campaign=campaign, now=at(9)).rows if row.participant == participant]
    return {cell.period.code: cell.shown for cell in row.cells}


# --- the states -------------------------------------------------------------------------------------------


def test_only_periods_that_have_begun_are_there_the_newest_first(target, campaign):
    board = read_board(campaign=campaign, now=at(9))
    assert [period.code for period in board.periods] == ["K02", "K01"]


def test_each_state(campaign, bloc, target, indicator, participant_a, periods):
    def unit(code):
        return make_target(indicator, make_participant(campaign, unit=make_unit(code), bloc=bloc))

    drafted, sent, back, done = unit("NHAP"), unit("GUI"), unit("TRA"), unit("DUYET")
    report = make_report(drafted.participant, periods[1])
    report.drafts.create(target=drafted, kind="number", typed="63")
    make_measurement(sent, periods[0], sent_at=at(9, 9))
    make_measurement(back, periods[0], verdict="returned")
    make_measurement(done, periods[0], verdict="accepted")
    waived = unit("MIEN")
    make_report_waiver(waived.participant, periods[0])
    assert shown(campaign, participant_a) == {"K01": "overdue", "K02": "not_started"}
    assert shown(campaign, drafted.participant)["K02"] == "draft"
    assert shown(campaign, sent.participant)["K01"] == "submitted"
    assert shown(campaign, back.participant)["K01"] == "returned"
    assert shown(campaign, done.participant)["K01"] == "verified"
    assert shown(campaign, waived.participant)["K01"] == "waived"
    [cell] = [c for c in read_board(campaign=campaign, now=at(9)).cells if c.participant == sent.participant][1:]
    assert cell.was_late
    assert cell.is_in("late")
    locked = read_board(campaign=campaign, now=at(12))
    assert {c.shown for c in locked.cells if c.participant == participant_a and c.period.code == "K01"} == {"missing"}


def test_a_data_provider_answers_for_all_units_values(campaign, provider_participant, participant_a, periods):
    taxed = make_indicator(make_area(campaign, 2), "CT2", provider=provider_participant)
    make_target(taxed, participant_a)
    rows = read_board(campaign=campaign, now=at(9)).rows
    assert [row.participant for row in rows] == [provider_participant]


@pytest.mark.parametrize(("units", "weeks"), [(1, 2), (40, 13)])
def test_the_board_costs_the_same_whatever_its_size(
    campaign, bloc, indicator, client, staff, units, weeks, django_assert_num_queries
):
    for number in range(units):
        target = make_target(indicator, make_participant(campaign, unit=make_unit(f"DV{number:02d}"), bloc=bloc))
        make_measurement(target, campaign.periods.first())
    with time_machine.travel(at(weeks * 7 - 1), tick=False):
        with django_assert_num_queries(9):
            board = read_board(campaign=campaign, now=at(weeks * 7 - 1))
        assert (len(board.rows), len(board.periods)) == (units, weeks)
        client.force_login(staff)
        client.get(BOARD)
        with django_assert_num_queries(17):
            assert client.get(BOARD).status_code == 200


# --- the pages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status", "may_remind"),
    [
        ("staff", 200, 200),
        ("chairman", 200, 403),
        ("auditor", 200, 403),
        ("leader_a", 404, 404),
        ("council_member", 404, 404),
        ("publisher", 404, 404),
        ("viewer", 404, 404),
        ("superuser", 404, 404),
    ],
)
def test_who_follows_up(client, request, target, periods, who, status, may_remind):
    client.force_login(request.getfixturevalue(who))
    assert client.get(BOARD).status_code == status
    assert client.get(reverse("campaigns:follow_unit", args=[target.participant_id])).status_code == status
    assert client.get(reverse("campaigns:follow_nudge", args=[periods[0].pk])).status_code == may_remind


def test_the_board_says_states_in_words_and_narrows(as_staff, campaign, target, indicator, periods, participant_a):
    other = make_target(
        indicator, make_participant(campaign, unit=make_unit("XA", name="Xã Đông Hà"), bloc=make_bloc(campaign, "XA"))
    )
    make_measurement(other, periods[0], verdict="accepted")
    page = text_of(as_staff.get(BOARD))
    assert "2/2 đơn vị" in page
    assert "Quá hạn" in page
    assert "Xã Đông Hà" in page
    narrowed = text_of(as_staff.get(BOARD, {"trang_thai": "overdue"}))
    assert "Phường Hoà An" in narrowed
    assert "Xã Đông Hà" not in narrowed
    by_bloc = text_of(as_staff.get(BOARD, {"khoi": other.participant.bloc_id}))
    assert "Phường Hoà An" not in by_bloc
    assert as_staff.get(BOARD, {"khoi": "x", "trang_thai": "nonsense"}).status_code == 200


def test_the_board_has_pages_and_sums_of_all(as_staff, campaign, bloc, indicator, periods, monkeypatch):
    units = [
        make_participant(campaign, unit=make_unit(code, name=f"Phường {code}"), bloc=bloc)
        for code in ("A1", "A2", "A3")
    ]
    for unit in units:
        make_target(indicator, unit)
    monkeypatch.setattr("campaigns.views.follow_up.ROWS", 2)
    monkeypatch.setattr("campaigns.views.follow_up.LARGE_ROWS", 2)
    first, second = (as_staff.get(f"/theo-doi/bao-cao/?page={page}").content.decode() for page in (1, 2))
    assert [f">{unit.name}</a>" in first for unit in units] == [True, True, False]
    assert [f">{unit.name}</a>" in second for unit in units] == [False, False, True]
    assert "0/3" in first
    assert "0/3" in second


def test_a_citys_board_shows_a_few_periods_at_a_time(as_staff, campaign, bloc, indicator, periods, monkeypatch):
    units = [make_participant(campaign, unit=make_unit(code), bloc=bloc) for code in ("A1", "A2")]
    sent = make_measurement(make_target(indicator, units[0]), periods[0])
    make_target(indicator, units[1])
    every = text_of(as_staff.get(BOARD))
    assert {f"Kỳ {periods[0].code}" in every, f"Kỳ {periods[1].code}" in every} == {True}
    monkeypatch.setattr("campaigns.views.follow_up.ROWS", 1)
    monkeypatch.setattr("campaigns.views.follow_up.LARGE_PERIODS", 1)
    newest = as_staff.get(BOARD, {"khoi": bloc.pk})
    assert f"Kỳ {periods[0].code}" not in text_of(newest).partition("Đơn vị")[2]
    assert f'href="?khoi={bloc.pk}&amp;ky=2"' in newest.content.decode()  # the bloc stays chosen
    older = text_of(as_staff.get(BOARD, {"ky": 2}))
    assert "Các kỳ mới hơn" in older
    assert "1/2" in older  # one of two units has reported in full
    # A state is looked for in what is shown: the unit that lacks nothing here is not found.
    narrowed = text_of(as_staff.get(BOARD, {"ky": 2, "trang_thai": "overdue"}))
    assert (units[1].name in narrowed, sent.target.participant.name in narrowed) == (True, False)
    assert as_staff.get(BOARD, {"ky": "x"}).status_code == 200


def test_a_units_page_names_what_is_missing_and_who_answers(as_staff, target, leader_a, reporter_a, periods):
    page = text_of(as_staff.get(reverse("campaigns:follow_unit", args=[target.participant_id])))
    assert "CT1.1 Thu ngân sách" in page
    assert leader_a.full_name in page
    assert "Chưa gửi nhắc lần nào" in page


def test_a_reminder_is_previewed_sent_and_shown(as_staff, target, leader_a, reporter_a, periods, staff):
    address = reverse("campaigns:follow_nudge", args=[periods[0].pk])
    response = as_staff.get(address, {"don-vi": target.participant_id})
    page = text_of(response)
    assert f"Phường Hoà An: còn 1 số liệu kỳ {periods[0].code} cần gửi" in page
    assert leader_a.full_name in page
    assert "1. Phường Hoà An: 1 số liệu" in page  # the text for a chat group
    key = re.search(r'name="form_key" value="([^"]+)"', response.content.decode())[1]
    sent = as_staff.post(address, {"units": [target.participant_id], "message": "", "form_key": key}, follow=True)
    assert "Đã nhắc 1 đơn vị" in text_of(sent)
    assert set(Reminder.objects.values_list("person", flat=True)) == {leader_a.pk, reporter_a.pk}
    shown_text = Notice.objects.get(person=leader_a).text
    assert "CT1.1 Thu ngân sách" in shown_text
    unit_page = text_of(as_staff.get(reverse("campaigns:follow_unit", args=[target.participant_id])))
    assert staff.full_name in unit_page


def test_nothing_chosen_is_said_beside_the_form(as_staff, target, periods, leader_a):
    address = reverse("campaigns:follow_nudge", args=[periods[0].pk])
    response = as_staff.post(address, {"message": "", "form_key": "x" * 24})
    assert response.status_code == 422
    assert "Chọn ít nhất một đơn vị" in text_of(response)


def test_the_chat_text_holds_no_persons_and_no_notes(as_staff, target, leader_a, reporter_a, periods):
    page = as_staff.get(reverse("campaigns:follow_nudge", args=[periods[0].pk])).content.decode()
    chat = re.search(r"<textarea[^>]*chat-text[^>]*>(.*?)</textarea>", page, re.S)[1]
    assert "Phường Hoà An" in chat
    assert leader_a.full_name not in chat


# --- announcements ----------------------------------------------------------------------------------------


def publish(client, **said):
    address = reverse("campaigns:announcement_new")
    key = re.search(r'name="form_key" value="([^"]+)"', client.get(address).content.decode())[1]
    data = {"title": "Họp giao ban", "text": "8 giờ thứ Sáu tại phòng họp A.", "form_key": key, **said}
    return client.post(address, data), data


@pytest.mark.parametrize("who", ["publisher", "staff"])
def test_an_announcement_is_told_to_every_units_people_once(client, request, target, leader_a, reporter_a, who):
    client.force_login(request.getfixturevalue(who))
    response, data = publish(client)
    assert response.status_code == 302
    client.post(reverse("campaigns:announcement_new"), data)
    row = Announcement.objects.get()
    assert row.published_by == request.getfixturevalue(who)
    assert set(Notice.objects.values_list("person", "title")) == {
        (leader_a.pk, "Họp giao ban"),
        (reporter_a.pk, "Họp giao ban"),
    }
    client.force_login(leader_a)
    assert "8 giờ thứ Sáu" in text_of(client.get(reverse("campaigns:announcements")))


def test_others_read_and_do_not_publish(client, target, leader_a):
    client.force_login(leader_a)
    assert client.get(reverse("campaigns:announcements")).status_code == 200
    assert client.get(reverse("campaigns:announcement_new")).status_code == 403


def test_mending_an_announcement_tells_nobody_again_and_meets_the_others_version(client, publisher, target, leader_a):
    client.force_login(publisher)
    publish(client)
    row = Announcement.objects.get()
    address = reverse("campaigns:announcement_edit", args=[row.pk])
    page = client.get(address).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    data = {"title": "Họp giao ban tuần", "text": row.text, "form_key": "x" * 24, "seen": seen}
    assert client.post(address, data).status_code == 302
    assert Notice.objects.filter(person=leader_a).count() == 1
    stale = client.post(address, {**data, "title": "Hoãn họp"})
    assert stale.status_code == 409
    assert "Họp giao ban tuần" in text_of(stale)
    assert "Hoãn họp" in stale.content.decode()


def test_an_announcement_of_a_campaign_in_preparation_is_told_to_nobody(client, staff, target, leader_a, campaign):
    campaign.status = CampaignStatus.PREPARATION
    campaign.save()
    client.force_login(staff)
    publish(client)
    assert Announcement.objects.count() == 1
    assert not Notice.objects.exists()


def test_roles_of_another_campaign_are_not_told(client, staff, target, campaign):
    stranger = make_person(Role.UNIT_LEADER, unit=make_unit("KHAC"))
    client.force_login(staff)
    publish(client)
    assert not Notice.objects.filter(person=stranger).exists()


def test_the_sums_of_a_city_are_those_of_its_board(
    campaign, bloc, indicator, periods, provider_participant, participant_a
):
    """Counted in the database, cell by cell the same as what the board reads."""
    monthly = make_indicator(make_area(campaign, 3), "CT3", frequency="monthly")
    taxed = make_indicator(make_area(campaign, 2), "CT2", provider=provider_participant)
    units = [make_participant(campaign, unit=make_unit(f"DV{number}"), bloc=bloc) for number in range(5)]
    targets = [make_target(indicator, unit) for unit in units]
    make_target(monthly, units[0])
    taxes = [make_target(taxed, unit) for unit in (units[0], participant_a)]
    make_target(monthly, units[1], starts_on=periods[1].starts_on)
    make_measurement(targets[0], periods[0], verdict="accepted")
    make_measurement(targets[1], periods[0], verdict="returned")
    make_measurement(targets[2], periods[0], verdict="returned")
    make_measurement(targets[2], periods[0])
    make_measurement(taxes[0], periods[0])
    make_measurement(taxes[0], periods[1])
    Participant.objects.filter(pk=units[4].pk).update(valid_to=periods[0].ends_on)
    for moment in (at(3), at(9), at(12), at(20)):
        board = read_board(campaign=campaign, now=moment)
        assert board.sums()
        every = owing(campaign)
        assert read_sums(campaign=campaign, now=moment, periods=board.periods, units=every) == board.sums()


def test_the_sums_of_a_city_take_what_was_sent_last_of_what_is_reported(campaign, bloc, indicator, periods):
    """Rows need not come in the order of sending, and what is out of use asks nobody for anything."""
    unused = make_indicator(make_area(campaign, 4), "CT4", is_active=False)
    first, second = (make_participant(campaign, unit=make_unit(f"DV{number}"), bloc=bloc) for number in range(2))
    for number, unit in ((5, first), (6, second)):
        make_target(make_indicator(make_area(campaign, number), f"CT{number}"), unit)
    sent_again = make_target(indicator, first)
    make_target(indicator, second)
    make_measurement(sent_again, periods[0], sent_at=at(5))
    make_measurement(sent_again, periods[0], sent_at=at(4), verdict="returned")  # written later, sent before
    make_measurement(make_target(unused, second), periods[0], verdict="returned")
    moment = periods[0].due_at + dt.timedelta(hours=1)
    board = read_board(campaign=campaign, now=moment)
    assert [one.late for one in board.sums()][-1] == 2
    assert read_sums(campaign=campaign, now=moment, periods=board.periods, units=owing(campaign)) == board.sums()
