"""One period reported on a phone: typed, asked back, checked, sent, and nothing lost on the way."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.calendar import local_day
from campaigns.enums import IndicatorKind, ReportingMode, Role
from campaigns.models import DraftValue, Measurement, Submission
from tests.campaigns.files import corpus
from tests.factories import (
    make_area,
    make_campaign,
    make_indicator,
    make_measurement,
    make_participant,
    make_person,
    make_target,
    make_unit,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def report(page: Page, sign_in, evidence_root):
    """A leader on a phone, on the second day of the second week; last week's values are official."""
    page.set_viewport_size({"width": 390, "height": 844})
    campaign = make_campaign("PT-90", starts_on=local_day(timezone.now()) - timedelta(days=8))
    first, second = campaign.periods.order_by("ends_on")[:2]
    unit = make_participant(campaign, unit=make_unit("P-A", name="Phường Hoà An"))
    leader = make_person(Role.UNIT_LEADER, unit=unit.unit, full_name="Nguyễn Thị Ánh")
    area = make_area(campaign, 3, name="Thu, chi ngân sách")
    targets = {
        "CT1": make_target(make_indicator(area, "CT1", unit_of_measure="tỷ đồng"), unit, goal=2000),
        "CT2": make_target(make_indicator(area, "CT2", mode=ReportingMode.INCREMENT, unit_of_measure="hộ"), unit),
        "CT3": make_target(
            make_indicator(area, "CT3", kind=IndicatorKind.MILESTONE, evidence_required=True),
            unit,
            goal=1,
            due_on=campaign.ends_on,
        ),
    }
    for code in ("CT1", "CT2"):
        make_measurement(targets[code], first, value=30, sent_at=timezone.now() - timedelta(days=2), verdict="accepted")
    sign_in(leader)
    page.goto(f"/bao-cao/{unit.pk}/ky/{second.pk}/")
    page.targets = targets  # type: ignore[attr-defined]  # what the test types into
    return page


def box(page: Page, code: str):
    return page.locator(f"#o{page.targets[code].pk}")  # type: ignore[attr-defined]


def state(page: Page, code: str):
    return box(page, code).locator("[data-save-state]")


def test_report_a_period_on_a_phone(report: Page, accessibility):
    page = report
    number = box(page, "CT1").get_by_label(re.compile("^Số lũy kế"))
    number.fill("1.234")
    expect(box(page, "CT1").locator(".choices")).to_be_visible()
    box(page, "CT1").get_by_role("button", name="1234", exact=True).click()
    expect(number).to_have_value("1234")
    expect(box(page, "CT1").locator(".finding-warn")).to_be_visible()  # over three times the last
    box(page, "CT1").locator("textarea").fill("Thu từ đấu giá đất tháng 11")
    expect(box(page, "CT1").locator(".finding-warn")).not_to_contain_text("Đề nghị giải trình")

    box(page, "CT2").get_by_label("Không phát sinh").check()
    expect(state(page, "CT2")).to_have_attribute("data-state", "saved")

    # The findings that come with each answer move what stands below them: no click before they are there.
    with page.expect_response(re.compile(r"/chi-tieu/\d+/$")):
        box(page, "CT3").get_by_label("Đã hoàn thành").check()
    with page.expect_response(re.compile(r"/chi-tieu/\d+/$")):
        box(page, "CT3").get_by_label("Ngày hoàn thành").fill(f"{local_day(timezone.now()):%d/%m/%Y}")
    box(page, "CT3").get_by_role("link", name="Minh chứng").click()
    expect(box(page, "CT3").locator(".evidence-panel:not(.htmx-added)")).to_be_visible()
    refused = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"<html></html>"}
    box(page, "CT3").locator("input[type=file][multiple]").set_input_files(refused)
    expect(box(page, "CT3").locator(".evidence-panel .finding-bad")).to_contain_text("Chỉ nhận tệp PDF")
    expect(box(page, "CT3").locator(".evidence-panel:not(.htmx-added)")).to_be_visible()
    taken = {"name": "Biên bản.pdf", "mimeType": "application/pdf", "buffer": corpus.pdf()}
    box(page, "CT3").locator("input[type=file][multiple]").set_input_files(taken)
    expect(box(page, "CT3").locator(".file-list")).to_contain_text("Biên bản.pdf")
    expect(state(page, "CT3")).to_have_attribute("data-state", "saved")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert accessibility() == []

    page.reload()  # drafts live on the server
    expect(number).to_have_value("1234")
    page.get_by_role("button", name="Kiểm tra và gửi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kiểm tra và gửi")
    page.get_by_label("Kết quả nổi bật").fill("Hoàn thành sớm")
    assert accessibility() == []
    page.get_by_role("button", name="Gửi 3 số liệu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Biên nhận báo cáo")
    submission = Submission.objects.get()
    expect(page.locator(".receipt-number")).to_have_text(submission.number)
    assert submission.results == "Hoàn thành sớm"
    sent = {row.target.indicator.code: row for row in Measurement.objects.filter(submission=submission)}
    assert (sent["CT1"].value, sent["CT1"].note) == (1234, "Thu từ đấu giá đất tháng 11")
    assert (sent["CT2"].nothing, sent["CT3"].completed_on) == (True, local_day(timezone.now()))
    assert [use.file.name for use in sent["CT3"].evidence.all()] == ["Biên bản.pdf"]
    assert accessibility() == []
    _forget_expected(page)


def test_what_is_typed_without_a_network_is_sent_when_it_is_back(report: Page):
    page = report
    page.context.set_offline(True)
    number = box(page, "CT2").get_by_label(re.compile("^Số trong kỳ"))
    number.fill("12")
    expect(state(page, "CT2")).to_have_attribute("data-state", "waiting")
    expect(page.locator("#grid-state")).to_be_visible()
    assert DraftValue.objects.count() == 0
    page.context.set_offline(False)
    expect(state(page, "CT2")).to_have_attribute("data-state", "saved")
    assert DraftValue.objects.get().typed == "12"
    _forget_expected(page)


def test_what_was_typed_before_the_session_ended_comes_back(report: Page, sign_in, client):
    page = report
    leader = page.targets["CT1"].participant.unit.roles.get().user  # type: ignore[attr-defined]
    client.logout()
    number = box(page, "CT2").get_by_label(re.compile("^Số trong kỳ"))
    number.fill("15")
    expect(state(page, "CT2")).to_have_attribute("data-state", "waiting")
    expect(page.locator("#grid-state")).to_contain_text("đăng nhập lại")
    sign_in(leader)
    page.reload()
    expect(number).to_have_value("15")
    expect(state(page, "CT2")).to_have_attribute("data-state", "saved")
    assert DraftValue.objects.get().typed == "15"
    _forget_expected(page)


def _forget_expected(page: Page) -> None:
    """Answers 422 and a dead network were provoked on purpose; anything else still fails the test."""
    provoked = re.compile(r"422|403|ERR_INTERNET_DISCONNECTED|Failed to load resource|htmx:(sendError|afterRequest)")
    page.problems[:] = [words for words in page.problems if not provoked.search(words)]  # type: ignore[attr-defined]
