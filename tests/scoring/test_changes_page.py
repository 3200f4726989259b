"""The page of changes: between which days, of which units, for whom."""

from __future__ import annotations

import pytest
from django.test import Client

from campaigns.models import Campaign, Participant, User
from scoring.enums import RunStatus
from scoring.models import ScoreRun
from tests.cast import client_of
from tests.factories import at, day, make_area, make_indicator, make_measurement, make_target

from .test_views import score_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(campaign: Campaign, participant_a: Participant, participant_b: Participant) -> Campaign:
    """Days 9 to 11: unit A's value is verified on day 10; unit A sent another that waits."""
    indicator = make_indicator(make_area(campaign, 1), "CT1.1", name="Chi tiêu chung")
    for participant in (participant_a, participant_b):
        make_target(indicator, participant, baseline=0, goal=100)
    target = participant_a.targets.get()
    make_measurement(target, value=60, sent_at=at(9), verdict="accepted", verdict_at=at(10))
    make_measurement(target, value="77.7777", sent_at=at(11))
    for number in (9, 10, 11):
        score_day(campaign, number)
    return campaign


def text(client: Client, query: str, status: int = 200) -> str:
    response = client.get(f"/thay-doi/{query}")
    assert response.status_code == status
    return response.content.decode()


def test_two_days_are_compared_with_their_causes(scored: Campaign, leader_b: User) -> None:
    client = client_of(leader_b)
    found = text(client, f"?ngay={day(10)}")
    assert "+60,00" in found
    assert "Chi tiêu chung" in found
    assert "+60,00" not in text(client, "")  # nothing moved from day 10 to day 11
    assert "+60,00" in text(client, f"?tu={day(9)}&ngay={day(11)}")
    assert "+60,00" in text(client, f"?tu={day(9)}&don-vi=P-A")


@pytest.mark.parametrize("query", ["?tu=x", "?tu=2001-01-01", "?khoi=x", "?don-vi=x", "?ngay=x"])
def test_what_is_not_there_is_not_found(scored: Campaign, staff: User, query: str) -> None:
    text(client_of(staff), query, 404)


def test_days_the_wrong_way_round_fall_back_to_the_day_before(scored: Campaign, staff: User) -> None:
    assert "+60,00" in text(client_of(staff), f"?tu={day(11)}&ngay={day(10)}")


def test_waiting_values_are_compared_for_those_who_may_see_them(
    scored: Campaign, leader_a: User, leader_b: User, staff: User
) -> None:
    query = "?co-so=tam-tinh"
    assert "77,7777" in text(client_of(staff), query)
    assert "77,7777" in text(client_of(leader_a), query + "&don-vi=P-A")
    text(client_of(leader_a), query, 404)
    text(client_of(leader_b), query + "&don-vi=P-A", 404)
    assert "77,7777" not in text(client_of(leader_b), "")


def test_one_scored_day_says_there_is_nothing_to_compare(scored: Campaign, staff: User) -> None:
    assert "<table" not in text(client_of(staff), f"?ngay={day(9)}")


def test_home_says_what_moved_overnight(scored: Campaign, staff: User, leader_a: User, leader_b: User) -> None:
    ScoreRun.objects.filter(day=day(11)).update(status=RunStatus.FAILED)  # so the latest scored day is the tenth
    assert "don-vi=P-A" in client_of(staff).get("/").content.decode()
    assert "don-vi=P-B" not in client_of(staff).get("/").content.decode()  # it moved nowhere
    assert "don-vi=P-A" in client_of(leader_a).get("/").content.decode()
    assert "don-vi=P-A" not in client_of(leader_b).get("/").content.decode()


def test_of_many_units_those_that_moved_most_come_first(
    scored: Campaign, participant_b: Participant, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scoring.views.blocs.ROWS", 1)
    monkeypatch.setattr("scoring.views.blocs.DEAR_ROWS", 1)
    client, days = client_of(staff), f"tu={day(9)}&ngay={day(11)}"
    first = text(client, f"?{days}")
    assert ("+60,00" in first, f">{participant_b.name}</a>" in first) == (True, False)
    assert "Đơn vị 1–1 trên 2" in first
    second = text(client, f"?{days}&page=2")
    assert ("+60,00" in second, f">{participant_b.name}</a>" in second) == (False, True)
