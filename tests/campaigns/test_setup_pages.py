"""The pages of the set-up: as many queries whatever the size, rows saved over HTTP, what is refused in words."""

import json

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.enums import CampaignStatus
from campaigns.models import AuditEntry, Campaign, Target
from tests.factories import (
    at,
    make_area,
    make_bloc,
    make_campaign,
    make_indicator,
    make_participant,
    make_target,
    make_unit,
)

pytestmark = pytest.mark.django_db
PAGES = ("setup", "targets", "calendar", "check", "registrations", "change")


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def preparing() -> Campaign:
    campaign = make_campaign("PT-MOI", status=CampaignStatus.PREPARATION)
    unit = make_participant(campaign, unit=make_unit("P0"), bloc=make_bloc(campaign))
    make_target(make_indicator(make_area(campaign), "CT0"), unit, baseline=1, goal=10)
    return campaign


def page_of(campaign, name) -> str:
    return reverse(f"admin:campaigns_campaign_{name}", args=[campaign.pk])


def queries(client, url) -> int:
    client.get(url)  # warm
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_every_page_asks_as_often_of_one_unit_as_of_thirty(preparing, staff, client):
    client.force_login(staff)
    before = {name: queries(client, page_of(preparing, name)) for name in PAGES}
    bloc = preparing.blocs.get()
    for number in range(1, 30):
        unit = make_participant(preparing, unit=make_unit(f"P{number}"), bloc=bloc)
        make_target(make_indicator(preparing.areas.get(), f"CT{number}"), unit, baseline=1, goal=10)
    assert {name: queries(client, page_of(preparing, name)) for name in PAGES} == before


def test_a_row_sent_back_untouched_changes_nothing_and_a_strange_one_is_no_request_of_ours(preparing, staff, client):
    client.force_login(staff)
    target = Target.objects.get()
    url = reverse("admin:campaigns_campaign_target_row", args=[preparing.pk, target.indicator_id])
    unit = str(target.participant_id)
    seen = json.dumps({unit: [1, "1", "10", ""]})
    assert client.post(url, {"seen": seen, f"b-{unit}": "1", f"g-{unit}": "10"}).status_code == 302
    target.refresh_from_db()
    assert target.version == 1
    for strange in ("", "[]", "{", json.dumps({unit: [True, "1", "10", ""]}), json.dumps({unit: ["1"]})):
        assert client.post(url, {"seen": strange, f"g-{unit}": "11"}).status_code == 400
    assert client.post(url, {"seen": seen, f"b-{unit}": "1", f"g-{unit}": "11"}).status_code == 302
    target.refresh_from_db()
    assert (target.goal, target.version) == (11, 2)


def test_a_campaign_is_closed_with_its_ground_in_the_trail(campaign, staff, client):
    client.force_login(staff)
    with time_machine.travel(at(120), tick=False):
        client.force_login(staff)
        url = page_of(campaign, "close")
        assert client.post(url, {"day": "29/06/2026"}).status_code == 422  # no ground
        assert client.post(url, {"day": "29/06/2026", "reason": "Thông báo 15/TB-UBND"}).status_code == 302
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.CLOSED
    assert "15/TB-UBND" in AuditEntry.objects.get(action="campaign.closed").payload.content
