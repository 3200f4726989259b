"""Signing in through the form, in Chromium, under the portal's own policy."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories import make_user

# What a script does on a page is the same on both databases.
pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


def test_the_form_lets_a_person_in_and_a_wrong_password_does_not(page: Page, live_server):
    make_user("lan", password="bốn con voi đi bộ")
    page.goto("/accounts/login/?next=/accounts/password/change/")
    assert page.locator("html").get_attribute("lang") == "vi"
    page.locator("[name=login]").fill("lan")
    page.locator("[name=password]").fill("sai mật khẩu")
    page.locator("form button[type=submit]").first.click()
    expect(page.locator("[name=password]")).to_be_visible()
    page.locator("[name=login]").fill("lan")
    page.locator("[name=password]").fill("bốn con voi đi bộ")
    page.locator("form button[type=submit]").first.click()
    page.wait_for_url("**/accounts/password/change/")
    assert any(cookie["name"] == "sid" and cookie["httpOnly"] for cookie in page.context.cookies())


def test_a_violated_policy_is_noticed(page: Page):
    page.goto("/accounts/login/")
    page.evaluate("() => { const s = document.createElement('script'); s.textContent = '1'; document.body.append(s) }")
    page.wait_for_timeout(100)
    assert [problem for problem in page.problems if "Content Security Policy" in problem] != []
    page.problems.clear()
