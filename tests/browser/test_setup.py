"""Setting up a campaign in Chromium: the path of steps, the calendar, and the targets' grid by keyboard."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.actions.target_row import TargetEntry, save_target_row
from campaigns.calendar import local_day
from campaigns.enums import CampaignStatus, IndicatorKind, Role
from campaigns.models import Campaign, Indicator, Target
from tests.factories import (
    make_area,
    make_bloc,
    make_campaign,
    make_indicator,
    make_participant,
    make_person,
    make_unit,
)

expect.set_options(timeout=15_000)  # rows are saved one after the other
# What a script does on a page is the same on both databases.
pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def officer():
    return make_person(Role.INTERNAL_AFFAIRS, unit=make_unit("PNV", name="Phòng Nội vụ"), full_name="Đỗ Thị Én")


@pytest.fixture
def preparing() -> Campaign:
    """A campaign with an area, three indicators and three wards; no targets and no calendar yet."""
    starts_on = local_day(timezone.now()) + dt.timedelta(days=20)
    campaign = make_campaign("PT-MOI", starts_on=starts_on, status=CampaignStatus.PREPARATION, periods=False)
    bloc, area = make_bloc(campaign, "KP"), make_area(campaign, 1)
    for number in range(3):
        make_participant(campaign, unit=make_unit(f"P{number}", name=f"Phường số {number}"), bloc=bloc)
    make_indicator(area, "CT1", name="Tỷ lệ hồ sơ đúng hạn", kind=IndicatorKind.INCREASE)
    make_indicator(area, "CT2", name="Số vụ vi phạm", kind=IndicatorKind.DECREASE)
    make_indicator(area, "CT3", name="Ban hành kế hoạch", kind=IndicatorKind.MILESTONE)
    return campaign


def grid_of(campaign) -> str:
    return f"/admin/campaigns/campaign/{campaign.pk}/giao-chi-tieu/"


def box(page: Page, letter: str, indicator: str, unit: str):
    row = page.locator(f"#chi-tieu-{Indicator.objects.get(code=indicator).pk}")
    key = Campaign.objects.get().participants.get(code=unit).pk
    return row.locator(f'input[name="{letter}-{key}"]')


def state(page: Page, indicator: str):
    return page.locator(f"#chi-tieu-{Indicator.objects.get(code=indicator).pk} [data-save-state]")


def goals() -> dict[tuple[str, str], tuple[str, str]]:
    rows = Target.objects.values_list("indicator__code", "participant__code", "baseline", "goal")
    return {(code, unit): (str(baseline), str(goal)) for code, unit, baseline, goal in rows}


def test_rows_of_targets_are_typed_by_keyboard_and_save_themselves(preparing, officer, sign_in, accessibility):
    page: Page = sign_in(officer)
    page.goto(grid_of(preparing))
    box(page, "b", "CT1", "P0").focus()
    page.keyboard.type("1236,83")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("40")
    page.keyboard.press("ArrowDown")
    expect(box(page, "g", "CT1", "P1")).to_be_focused()
    page.keyboard.type("50")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(box(page, "g", "CT1", "P0")).to_be_focused()
    page.keyboard.type("1.500,5")
    page.keyboard.press("Enter")  # down, into the next indicator: the row is left and saves itself
    expect(box(page, "b", "CT2", "P0")).to_be_focused()
    expect(state(page, "CT1")).to_have_attribute("data-state", "saved")
    assert goals() == {("CT1", "P0"): ("1236.8300", "1500.5000"), ("CT1", "P1"): ("40.0000", "50.0000")}
    assert accessibility() == []
    page.reload()
    expect(box(page, "b", "CT1", "P0")).to_have_value("1236,83")


def test_what_breaks_a_kind_stands_beside_its_box_and_the_rest_is_saved(preparing, officer, sign_in):
    page: Page = sign_in(officer)
    page.goto(grid_of(preparing))
    box(page, "b", "CT2", "P0").fill("10")
    box(page, "g", "CT2", "P0").fill("12")  # a decrease must fall
    box(page, "b", "CT2", "P1").fill("10")
    box(page, "g", "CT2", "P1").fill("8")
    box(page, "g", "CT2", "P2").fill("1.234")  # two readings
    page.keyboard.press("Control+s")
    expect(state(page, "CT2")).to_have_attribute("data-state", "failed")
    wrong = box(page, "g", "CT2", "P0")
    expect(wrong).to_have_value("12")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong.locator("xpath=following-sibling::p")).to_contain_text("thấp hơn số gốc")
    expect(box(page, "g", "CT2", "P2").locator("xpath=following-sibling::p")).to_contain_text("1,234")
    assert goals() == {("CT2", "P1"): ("10.0000", "8.0000")}
    page.problems.clear()  # the browser notes the 422 itself
    wrong.fill("7")
    box(page, "g", "CT2", "P2").fill("")
    box(page, "d", "CT3", "P0").focus()
    expect(state(page, "CT2")).to_have_attribute("data-state", "saved")
    assert goals()["CT2", "P0"] == ("10.0000", "7.0000")


def test_a_block_from_excel_is_pasted_and_a_milestone_takes_a_day(preparing, officer, sign_in):
    page: Page = sign_in(officer)
    page.goto(grid_of(preparing))
    box(page, "b", "CT1", "P0").focus()
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/plain", "10\\t20\\t30\\n11\\t22\\t33\\n");
          const options = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
        }"""
    )
    box(page, "d", "CT3", "P2").fill(f"{preparing.ends_on:%d/%m/%Y}")
    page.keyboard.press("Control+s")
    expect(state(page, "CT3")).to_have_attribute("data-state", "saved")
    expect(state(page, "CT1")).to_have_attribute("data-state", "saved")
    found = goals()
    assert found["CT1", "P2"] == ("30.0000", "33.0000")
    assert Target.objects.get(indicator__code="CT3").due_on == preparing.ends_on
    assert len(found) == 4


def test_two_officers_on_one_row_never_overwrite_each_other(preparing, officer, sign_in):
    page: Page = sign_in(officer)
    page.goto(grid_of(preparing))
    other = make_person(Role.INTERNAL_AFFAIRS, full_name="Vũ Văn Giang")
    indicator = Indicator.objects.get(code="CT1")
    units = {row.code: row.pk for row in preparing.participants.all()}
    typed = TargetEntry(baseline=None, goal=70, due_on=None, version=0)  # type: ignore[arg-type]  # 70 is 70
    save_target_row(
        indicator_id=indicator.pk, entries={units["P0"]: typed, units["P1"]: typed}, by=other, now=timezone.now()
    )
    box(page, "g", "CT1", "P0").fill("60")
    box(page, "g", "CT1", "P2").fill("90")
    page.keyboard.press("Control+s")
    expect(state(page, "CT1")).to_have_attribute("data-state", "failed")
    page.problems.clear()  # the browser notes the 409 itself
    mine = box(page, "g", "CT1", "P0")
    expect(mine).to_have_value("60")
    expect(mine.locator("xpath=following-sibling::p")).to_contain_text("70")
    expect(box(page, "g", "CT1", "P1")).to_have_value("70")  # untouched here: what is stored shows
    assert {key[1]: row[1] for key, row in goals().items()} == {"P0": "70.0000", "P1": "70.0000", "P2": "90.0000"}
    mine.focus()
    page.keyboard.press("End")
    page.keyboard.type("1")
    page.keyboard.press("Control+s")
    expect(state(page, "CT1")).to_have_attribute("data-state", "saved")
    assert goals()["CT1", "P0"][1] == "601.0000"


def test_a_dead_network_keeps_the_row_and_saves_it_when_it_is_back(preparing, officer, sign_in):
    page: Page = sign_in(officer)
    page.goto(grid_of(preparing))
    page.context.set_offline(True)
    box(page, "g", "CT1", "P0").fill("55")
    page.keyboard.press("Control+s")
    expect(state(page, "CT1")).to_have_attribute("data-state", "failed")
    expect(box(page, "g", "CT1", "P0")).to_have_value("55")
    page.problems.clear()
    page.context.set_offline(False)
    expect(state(page, "CT1")).to_have_attribute("data-state", "saved")
    assert goals()["CT1", "P0"][1] == "55.0000"
    page.problems.clear()


def test_the_path_leads_through_the_calendar_to_the_opening(preparing, officer, sign_in, accessibility):
    page: Page = sign_in(officer)
    page.goto(f"/admin/campaigns/campaign/{preparing.pk}/thiet-lap/")
    assert accessibility() == []
    page.get_by_role("link", name="Làm tiếp: Giao chỉ tiêu").click()
    for unit in ("P0", "P1", "P2"):
        box(page, "g", "CT1", unit).fill("50")
        box(page, "b", "CT2", unit).fill("9")
        box(page, "g", "CT2", unit).fill("8")
        box(page, "d", "CT3", unit).fill(f"{preparing.ends_on:%d/%m/%Y}")
    page.keyboard.press("Control+s")
    expect(state(page, "CT3")).to_have_attribute("data-state", "saved")
    expect(state(page, "CT1")).to_have_attribute("data-state", "saved")
    expect(state(page, "CT2")).to_have_attribute("data-state", "saved")
    path = page.get_by_role("navigation", name="Các bước thiết lập")
    path.get_by_role("link", name="Lịch báo cáo").click()
    page.get_by_role("button", name="Xem trước lịch").click()
    expect(page.locator("[data-change=new]")).not_to_have_count(0)
    assert not preparing.periods.exists()
    assert accessibility() == []
    page.get_by_role("button", name="Ghi lịch này").click()
    expect(path.locator("li").nth(5)).to_have_class("step-done")
    assert preparing.periods.exists()
    path.get_by_role("link", name="Mở phong trào").click()
    for choice in page.get_by_role("checkbox").all():
        choice.check()
    page.get_by_role("button", name="Mở phong trào").click()
    page.locator("#confirm-dialog button[value=yes]").click()
    expect(path.locator("li.step-done")).to_have_count(8)
    preparing.refresh_from_db()
    assert preparing.status == CampaignStatus.OPEN
    # A row saves itself a second after a key: on a slow machine half-typed, which is refused until the rest is there.
    page.problems[:] = [words for words in page.problems if "422" not in words]  # type: ignore[attr-defined]


def test_the_grid_works_on_a_phone_and_without_scripts(preparing, officer, client, browser, live_server, settings):
    client.force_login(officer)
    name = settings.SESSION_COOKIE_NAME
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url, "httpOnly": True}])
    page = context.new_page()
    page.goto(grid_of(preparing))
    box(page, "g", "CT1", "P0").fill("50")
    page.locator(f"#chi-tieu-{Indicator.objects.get(code='CT1').pk} button[type=submit]").click()
    expect(page.locator(".messagelist")).to_contain_text("Đã lưu")
    box(page, "g", "CT2", "P0").fill("50")
    page.locator(f"#chi-tieu-{Indicator.objects.get(code='CT2').pk} button[type=submit]").click()
    expect(box(page, "g", "CT2", "P0")).to_have_value("50")
    expect(page.locator(".target-error")).to_contain_text("thấp hơn số gốc")
    context.close()
    assert list(goals()) == [("CT1", "P0")]
