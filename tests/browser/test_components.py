"""The components page in Chromium: accessible, no violation of the policy, no sideways scrolling on a phone."""

import pytest
from playwright.sync_api import Page, expect

from campaigns.enums import Role
from tests.factories import make_person

# What a script does on a page is the same on both databases.
pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def staff_page(sign_in, live_server) -> Page:
    page = sign_in(make_person(Role.INTERNAL_AFFAIRS))
    page.goto("/thanh-phan/")
    return page


@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_is_accessible_and_fits(staff_page: Page, accessibility, width):
    staff_page.set_viewport_size({"width": width, "height": 900})
    assert accessibility() == []
    assert staff_page.evaluate("document.documentElement.scrollWidth") == width


def test_a_confirmation_can_be_refused_and_given(staff_page: Page):
    button = staff_page.locator("#actions .btn-danger")
    button.click()
    dialog = staff_page.locator("#confirm-dialog")
    expect(dialog).to_contain_text("Không phê duyệt đề nghị này?")
    dialog.get_by_role("button", name="Hủy").click()
    expect(dialog).to_be_hidden()
    assert staff_page.url.endswith("/thanh-phan/")
    button.click()
    dialog.get_by_role("button", name="Không phê duyệt").click()
    staff_page.wait_for_url("**/thanh-phan/?")


def test_a_refused_form_takes_the_reader_to_what_is_wrong(staff_page: Page):
    staff_page.goto("/thanh-phan/?errors=1")
    expect(staff_page.locator("[data-error-summary]")).to_be_focused()
    staff_page.get_by_role("link", name="Tên thành tích").click()
    expect(staff_page.locator("#id_title")).to_be_focused()


def test_the_account_menu_closes_with_escape(staff_page: Page):
    summary = staff_page.locator("details.menu > summary")
    summary.click()
    expect(staff_page.get_by_role("button", name="Đăng xuất")).to_be_visible()
    staff_page.keyboard.press("Escape")
    expect(staff_page.get_by_role("button", name="Đăng xuất")).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_keyboard_reaches_the_content_first(staff_page: Page):
    staff_page.keyboard.press("Tab")
    skip = staff_page.get_by_role("link", name="Đến nội dung chính")
    expect(skip).to_be_focused()
    skip.press("Enter")
    expect(staff_page.locator("#main")).to_be_focused()
