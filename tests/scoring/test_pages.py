"""The pages of scores: who sees what, what they ask of the database, and the history of runs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from campaigns.models import Campaign, Participant, User
from scoring.board import read_board
from scoring.enums import Basis
from scoring.models import ScoreRun
from scoring.snapshots import snapshots
from scoring.unit_page import read_unit_page
from tests.factories import (
    at,
    day,
    make_area,
    make_indicator,
    make_measurement,
    make_participant,
    make_points,
    make_target,
    make_unit,
)
from tests.scoring.loading import run

pytestmark = pytest.mark.django_db
SECRET = "Ghi chú kín của phường Hoà An"
PAPER = "Lý do kín của phường Hoà An"


@pytest.fixture
def scored(campaign: Campaign, participant_a: Participant, participant_b: Participant, staff: User) -> Campaign:
    """Two units, two targets; unit A has a note, a paper, a verified value and one that waits."""
    area = make_area(campaign)
    for participant in (participant_a, participant_b):
        for code in ("CT1", "CT2"):
            indicator = campaign.indicators.filter(code=code).first() or make_indicator(area, code)
            make_target(indicator, participant)
    first, second = participant_a.targets.order_by("indicator__code")
    period = campaign.periods.order_by("ends_on")[0]
    make_measurement(first, period, value=80, note=SECRET, verdict="accepted", verdict_by=staff)
    make_measurement(second, period, value="61.7")
    make_points(participant_a, 150, reason=PAPER)
    score_days(campaign, 20, 21)
    return campaign


def score_days(campaign: Campaign, *numbers: int) -> None:
    for number in numbers:
        done = run(campaign, day(number))
        done.status, done.finished_at = "done", at(number + 1, 0, 20)
        done.save()


def queries(client: Client, url: str) -> int:
    client.get(url)  # the session's own writes
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def page(client: Client, user: User, url: str, status: int = 200) -> str:
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


UNIT_A, WHY_A = "/don-vi/P-A/", "/don-vi/P-A/giai-trinh-diem/"


def test_everybody_sees_the_board_of_official_and_provisional_totals(
    client: Client, scored: Campaign, leader_b: User, viewer: User
) -> None:
    official = page(client, leader_b, "/bang-xep-hang/")
    assert "Phường Hoà An" in official
    assert "40,50" in official  # (80 + 0) / 2, 1,5 bonus points, less 1 for the second period's missing report
    provisional = page(client, viewer, "/bang-xep-hang/?co-so=tam-tinh")
    assert "tạm tính" in provisional.lower()


def test_the_own_unit_and_those_in_charge_see_people_notes_and_papers(
    client: Client, scored: Campaign, leader_a: User, chairman: User, staff: User, auditor: User
) -> None:
    for user in (leader_a, chairman, staff, auditor):
        text = page(client, user, WHY_A)
        assert SECRET in text
        assert PAPER in text
        assert "Đỗ Thị Én" in text


def test_others_see_official_values_only(client: Client, scored: Campaign, leader_b: User, viewer: User) -> None:
    for user in (leader_b, viewer):
        text = page(client, user, WHY_A) + page(client, user, UNIT_A)
        assert "80" in text
        assert [secret for secret in (SECRET, PAPER, "Đỗ Thị Én", "61,7") if secret in text] == []


def test_unverified_values_of_another_unit_do_not_exist(
    client: Client, scored: Campaign, participant_a: Participant, leader_a: User, leader_b: User
) -> None:
    fragment = f"/diem-tam-tinh/{participant_a.pk}/"
    assert "61,7" in page(client, leader_a, f"{WHY_A}?co-so=tam-tinh")
    assert "điểm" in page(client, leader_a, fragment)
    for url in (f"{WHY_A}?co-so=tam-tinh", f"{UNIT_A}?co-so=tam-tinh", fragment):
        page(client, leader_b, url, status=404)


@pytest.mark.parametrize("query", ["?ngay=2020-01-01", "?ngay=x", "?co-so=khac", "?dot=KHAC", "?khoi=KHAC"])
def test_what_is_not_there_is_not_found(client: Client, scored: Campaign, viewer: User, query: str) -> None:
    page(client, viewer, f"/bang-xep-hang/{query}", status=404)


def test_an_unknown_unit_is_not_found(client: Client, scored: Campaign, staff: User) -> None:
    page(client, staff, "/don-vi/KHAC/", status=404)
    page(client, staff, "/don-vi/KHAC/giai-trinh-diem/", status=404)


def test_a_campaign_without_scores_says_so(
    client: Client, campaign: Campaign, participant_a: Participant, viewer: User
) -> None:
    assert "Chưa có điểm" in page(client, viewer, "/bang-xep-hang/")
    assert "Chưa có điểm" in page(client, viewer, UNIT_A)
    page(client, viewer, WHY_A, status=404)


def test_an_earlier_day_is_shown_as_it_was(client: Client, scored: Campaign, viewer: User) -> None:
    earlier = page(client, viewer, f"/bang-xep-hang/?ngay={day(20).isoformat()}")
    assert f"00:00 {day(21):%d/%m/%Y}" in earlier


def test_a_page_asks_the_same_of_the_database_for_three_and_for_forty_units(
    client: Client, scored: Campaign, participant_a: Participant, leader_a: User
) -> None:
    client.force_login(leader_a)
    urls = ("/bang-xep-hang/", UNIT_A, WHY_A)
    few = [queries(client, url) for url in urls]
    indicator = scored.indicators.get(code="CT1")
    for number in range(38):
        other = make_participant(scored, unit=make_unit(f"X{number}"), bloc=participant_a.bloc)
        target = make_target(indicator, other)
        make_measurement(target, verdict="accepted")
    score_days(scored, 22)
    assert [queries(client, url) for url in urls] == few


def test_board_and_unit_page_keep_their_budgets(
    scored: Campaign, participant_a: Participant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):
        newest = snapshots(scored)[0]
        read_board(campaign=scored, day=newest.day, basis=Basis.OFFICIAL)
    participant = Participant.objects.select_related("campaign").get(pk=participant_a.pk)
    with django_assert_num_queries(5):
        read_unit_page(participant=participant, snapshot=newest, basis=Basis.OFFICIAL)


def test_runs_are_read_by_staff_and_auditors_and_asked_for_by_staff(
    client: Client, scored: Campaign, staff: User, auditor: User, chairman: User, leader_a: User
) -> None:
    done = ScoreRun.objects.latest("pk")
    listing, again = "/admin/scoring/scorerun/", f"/admin/scoring/scorerun/{done.pk}/tinh-lai/"
    for user, may_read, may_ask in ((staff, 200, 302), (auditor, 200, 403), (chairman, 403, 403), (leader_a, 403, 403)):
        user.is_staff = True
        user.save()
        client.force_login(user)
        assert client.get(listing).status_code == may_read
        assert client.get(f"{listing}{done.pk}/change/").status_code == may_read
        assert client.get(again).status_code == 405
        assert client.post(again).status_code == may_ask
    assert ScoreRun.objects.filter(requested_by=staff, day=done.day, status="done").count() == 1
    assert ScoreRun.objects.exclude(requested_by=None).exclude(requested_by=staff).count() == 0
