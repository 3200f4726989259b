"""Verification in Chromium: values by keyboard, one key an accepted one; two officers; a phone; without JavaScript."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.actions.verification import give_verdict
from campaigns.calendar import local_day
from campaigns.enums import Role, VerdictOutcome
from campaigns.models import Measurement
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

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUEUE = "/admin/campaigns/measurement/tham-dinh/"


@pytest.fixture
def officer():
    return make_person(Role.INTERNAL_AFFAIRS, unit=make_unit("PNV", name="Phòng Nội vụ"), full_name="Đỗ Thị Én")


@pytest.fixture
def values() -> list[Measurement]:
    """Six values of six units, each with two earlier ones, in a campaign that runs now."""
    return waiting_values(6)


def waiting_values(count: int) -> list[Measurement]:
    campaign = make_campaign(starts_on=local_day(timezone.now()) - dt.timedelta(days=30))
    bloc, indicator = make_bloc(campaign), make_indicator(make_area(campaign), "CT1.1", name="Tỷ lệ hồ sơ đúng hạn")
    periods = list(campaign.periods.order_by("ends_on")[:3])
    found = []
    for number in range(count):
        unit = make_unit(f"P{number}", name=f"Phường số {number}")
        target = make_target(indicator, make_participant(campaign, unit=unit, bloc=bloc), baseline=40)
        for index, period in enumerate(periods[:2]):
            make_measurement(target, period, value=50 + index, verdict="accepted", verified_value=50 + index)
        found.append(make_measurement(target, periods[2], value=60 + number % 30))
    return found


def verdicts() -> list[str]:
    return list(
        Measurement.objects.order_by("pk").filter(corrects=None, value__gte=60).values_list("verdict", flat=True)
    )


def test_values_are_verified_by_keyboard_and_the_place_is_kept(values, officer, sign_in, live_server):
    page: Page = sign_in(officer)
    page.goto(QUEUE)
    cards = page.locator("[data-verify-item]")
    expect(cards).to_have_count(6)
    expect(cards.nth(0)).to_be_focused()
    page.keyboard.press("a")  # one key an accepted value
    expect(cards.nth(0)).to_contain_text("Đỗ Thị Én")
    expect(cards.nth(1)).to_be_focused()
    page.keyboard.press("a")
    expect(cards.nth(2)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(cards.nth(2)).to_be_focused()
    page.keyboard.press("d")
    page.keyboard.type("61,5")
    page.keyboard.press("Tab")
    page.keyboard.type("Theo hồ sơ lưu")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(cards.nth(2)).to_contain_text("61,5")
    expect(cards.nth(3)).to_be_focused()
    page.keyboard.press("t")
    page.keyboard.type("Thiếu biên bản")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(cards.nth(3)).to_contain_text("Thiếu biên bản")
    expect(cards.nth(4)).to_be_focused()
    assert verdicts() == ["accepted", "accepted", "adjusted", "returned", "", ""]
    expect(page.locator("[data-verify-left]").first).to_have_text("2")


@pytest.mark.sqlite
def test_sixty_values_take_one_key_each_whatever_the_page(officer, sign_in, live_server):
    waiting_values(60)
    page: Page = sign_in(officer)
    page.goto(QUEUE)
    left = page.locator("[data-verify-left]").first
    for number in range(60):
        # The next value has the focus before the next key: also where a page of thirty ends.
        expect(page.locator("[data-verify-item][data-open]:focus")).to_have_count(1)
        page.keyboard.press("a")  # three keys a value are allowed, moving on included: this is the only one
        expect(left).to_have_text(str(59 - number))
    assert verdicts() == ["accepted"] * 60


@pytest.mark.sqlite
def test_a_refused_box_keeps_what_was_typed_and_says_why(values, officer, sign_in, live_server):
    page: Page = sign_in(officer)
    page.goto(QUEUE)
    page.problems.clear()
    page.keyboard.press("d")
    page.keyboard.type("1.234")
    page.keyboard.press("Tab")
    page.keyboard.type("Sai số")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    card = page.locator("[data-verify-item]").first
    expect(card.locator(".errorlist")).to_contain_text("1,234")
    expect(card.locator("input[name=verified_value]")).to_have_value("1.234")
    expect(card.locator("textarea[name=reason]").nth(0)).to_have_value("Sai số")
    expect(card.locator("input[name=verified_value]")).to_be_focused()  # it comes back once the card has settled
    page.keyboard.press("Escape")
    expect(card).to_be_focused()
    assert verdicts() == [""] * 6
    page.problems.clear()  # the browser notes the 422 itself


def test_the_second_officer_sees_who_was_first(values, officer, sign_in, live_server):
    page: Page = sign_in(officer)
    page.goto(QUEUE)
    other = make_person(Role.INTERNAL_AFFAIRS, full_name="Vũ Văn Giang")
    give_verdict(
        measurement_id=values[0].pk, outcome=VerdictOutcome.RETURNED, reason="Chưa khớp", by=other, now=timezone.now()
    )
    page.keyboard.press("a")
    card = page.locator("[data-verify-item]").first
    expect(card.locator("[data-verify-error]")).to_contain_text("Vũ Văn Giang")
    assert verdicts()[0] == "returned"
    page.problems.clear()  # the browser notes the 409 itself


@pytest.mark.sqlite
@pytest.mark.parametrize("width", [390, 1440])
def test_the_queue_and_its_summary_are_accessible_and_fit(values, officer, sign_in, accessibility, width, live_server):
    page: Page = sign_in(officer)
    page.set_viewport_size({"width": width, "height": 900})
    for address in (QUEUE, f"{QUEUE}chap-nhan/", "/admin/campaigns/auditentry/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert accessibility() == []


@pytest.mark.sqlite
def test_it_works_without_javascript(values, officer, browser, client, live_server, settings):
    client.force_login(officer)
    name = settings.SESSION_COOKIE_NAME
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{QUEUE}?state=waiting")
    page.locator("[data-verify-item]").first.get_by_role("button", name="Chấp nhận").click()
    expect(page.locator("[data-verify-item]")).to_have_count(5)
    card = page.locator("[data-verify-item]").first
    returning = card.locator("details", has=page.locator("summary", has_text="Trả lại"))
    returning.locator("summary").click()
    returning.locator("textarea").fill("Thiếu biên bản")
    returning.locator("button").click()
    expect(page.locator("[data-verify-item]")).to_have_count(4)
    assert verdicts()[:2] == ["accepted", "returned"]
    context.close()
