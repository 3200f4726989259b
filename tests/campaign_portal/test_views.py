"""Home of each role, the chosen campaign, and the address a monitor asks."""

from __future__ import annotations

import datetime as dt
from unittest.mock import patch

import pytest
from django.db import DatabaseError
from django.test import Client

from campaigns.enums import CampaignStatus
from campaigns.models import Campaign, Participant, User
from tests.factories import START, make_area, make_campaign, make_indicator, make_measurement, make_target

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(campaign: Campaign, participant_a: Participant, participant_b: Participant) -> Campaign:
    """One value of unit A waits for a verdict."""
    target = make_target(make_indicator(make_area(campaign), "CT1"), participant_a)
    make_measurement(target)
    return campaign


def home(client: Client, user: User, query: str = "") -> str:
    client.force_login(user)
    response = client.get(f"/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_everybody_who_may_sign_in_has_a_home(client: Client, running: Campaign, cast: dict[str, User]) -> None:
    for name, user in cast.items():
        if name != "deactivated":
            assert user.get_short_name() in home(client, user)


def test_a_unit_sees_its_own_report_and_not_another_units(
    client: Client, running: Campaign, leader_a: User, leader_b: User
) -> None:
    assert "Phường Hoà An" in home(client, leader_a)
    of_b = home(client, leader_b)
    assert "Phường Hòa Bình" in of_b
    assert "Phường Hoà An" not in of_b


def test_staff_see_what_waits_for_a_verdict(client: Client, running: Campaign, staff: User, viewer: User) -> None:
    assert "Số liệu chờ thẩm định" in home(client, staff)
    assert "Số liệu chờ thẩm định" not in home(client, viewer)


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    response = client.get("/")
    assert (response.status_code, response.headers["Location"]) == (302, "/accounts/login/?next=/")


def test_the_running_campaign_is_shown_until_another_is_chosen(client: Client, running: Campaign, viewer: User) -> None:
    earlier = START - dt.timedelta(days=365)
    closed = make_campaign("PT-NT", starts_on=earlier, status=CampaignStatus.CLOSED, name="Phong trào năm trước")
    board = "/bang-xep-hang/"
    client.force_login(viewer)
    assert running.name in client.get(board).content.decode()
    assert closed.name in client.get(f"{board}?dot=PT-NT").content.decode()
    assert closed.name in client.get(board).content.decode()  # remembered
    assert running.name in client.get(f"{board}?dot={running.code}").content.decode()
    assert running.name in client.get(board).content.decode()


def test_a_campaign_in_preparation_does_not_exist_for_participants(
    client: Client, running: Campaign, leader_a: User, staff: User
) -> None:
    make_campaign("PT-DT", status=CampaignStatus.PREPARATION)
    for user, status in ((leader_a, 404), (staff, 200)):
        client.force_login(user)
        assert client.get("/bang-xep-hang/?dot=PT-DT").status_code == status


def test_the_monitor_is_told_whether_the_database_answers(client: Client) -> None:
    answer = client.get("/suc-khoe/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    with patch("campaign_portal.views.monitor.connection.cursor", side_effect=DatabaseError("secret")):
        answer = client.get("/suc-khoe/")
    assert (answer.status_code, answer.json()) == (503, {"status": "database"})
