"""The pages of scores on earlier days, who sees the people and papers behind a score, and the queries of a page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from campaigns.enums import Role
from campaigns.models import Campaign, Participant, User
from scoring.board import read_board
from scoring.enums import Basis
from scoring.snapshots import snapshots
from scoring.unit_page import read_unit_page
from tests.awards.makers import make_run, make_score
from tests.factories import (
    at,
    day,
    make_area,
    make_bloc,
    make_campaign,
    make_indicator,
    make_measurement,
    make_participant,
    make_person,
    make_points,
    make_target,
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


def page(client: Client, user: User, url: str, status: int = 200) -> str:
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


UNIT_A, WHY_A = "/don-vi/P-A/", "/don-vi/P-A/giai-trinh-diem/"


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


def test_an_earlier_day_is_shown_as_it_was(client: Client, scored: Campaign, viewer: User) -> None:
    earlier = page(client, viewer, f"/bang-xep-hang/?ngay={day(20).isoformat()}")
    assert f"hết ngày {day(20):%d/%m/%Y}" in earlier  # the running night ends at midnight


def test_board_and_unit_page_keep_their_budgets(
    scored: Campaign, participant_a: Participant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):
        newest = snapshots(scored)[0]
        read_board(campaign=scored, day=newest.day, basis=Basis.OFFICIAL)
    participant = Participant.objects.select_related("campaign").get(pk=participant_a.pk)
    with django_assert_num_queries(6):
        read_unit_page(participant=participant, snapshot=newest, basis=Basis.OFFICIAL)


def test_a_board_of_many_units_begins_with_ones_own_bloc_and_has_pages(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scoring.views.blocs.ROWS", 3)
    campaign = make_campaign("TD-LON")
    newest = make_run(campaign, day(20))
    blocs = [make_bloc(campaign, code) for code in ("A", "B")]
    units = [make_participant(campaign, bloc=blocs[number > 0]) for number in range(6)]
    for place, unit in enumerate(units, start=1):
        make_score(unit, newest, rank=place)
    client.force_login(make_person(Role.UNIT_LEADER, unit=units[3].unit))
    address = reverse("scoring:leaderboard")
    page = client.get(address).content.decode()
    assert [unit.name in page for unit in units] == [False, True, True, True, False, False]
    page = client.get(address, {"khoi": "B", "page": "2"}).content.decode()
    assert [unit.name in page for unit in units] == [False, False, False, False, True, True]
    client.force_login(make_person(Role.VIEWER))
    page = client.get(address).content.decode()
    assert [unit.name in page for unit in units] == [True, False, False, False, False, False]
