"""The board of the briefing in Chromium: from unit to unit by keyboard, and what changed fetched into a unit's page."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.calendar import local_day
from campaigns.enums import Role
from scoring.enums import RunStatus
from tests.factories import (
    make_area,
    make_bloc,
    make_campaign,
    make_indicator,
    make_measurement,
    make_participant,
    make_person,
    make_target,
    make_unit,
)
from tests.scoring.loading import run

# What a script does on a page is the same on both databases.
pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def chairman():
    """Two units scored on the last two days; the second one's value was verified in between."""
    today = local_day(timezone.now())
    campaign = make_campaign("PT-90", starts_on=today - dt.timedelta(days=20))
    bloc = make_bloc(campaign, "K1", name="Khối các phường")
    indicator = make_indicator(make_area(campaign), "CT1", name="Tỷ lệ hồ sơ đúng hạn")
    for code, name, value in (("P-A", "Phường Hoà An", 70), ("P-B", "Phường Bình Yên", 60)):
        unit = make_participant(campaign, bloc=bloc, unit=make_unit(code, name=name))
        moment = timezone.now() - dt.timedelta(days=1 if code == "P-B" else 3)
        target = make_target(indicator, unit, baseline=0, goal=100)
        make_measurement(target, value=value, sent_at=moment, verdict="accepted", verdict_at=moment)
    for back in (2, 1):
        done = run(campaign, today - dt.timedelta(days=back))
        done.status, done.finished_at = RunStatus.DONE, timezone.now()
        done.save()
    return make_person(Role.CHAIRMAN, full_name="Đặng Văn Long")


def test_the_keyboard_goes_from_unit_to_unit(chairman, sign_in, live_server, accessibility):
    page: Page = sign_in(chairman)
    page.goto(f"{live_server.url}/bang-xep-hang/giao-ban/")
    links = page.locator("[data-briefing-unit]")
    expect(links).to_have_text(["Phường Bình Yên", "Phường Hoà An"])  # the lower total first
    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("j")  # there is no further one
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(links.nth(0)).to_be_focused()
    assert accessibility() == []
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Phường Bình Yên")
    card = page.locator("#thay-doi")
    expect(card).to_contain_text("+60,00")
    expect(card).to_contain_text("Tỷ lệ hồ sơ đúng hạn")
    assert accessibility() == []
