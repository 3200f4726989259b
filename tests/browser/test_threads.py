"""Explanations and appeals in Chromium: asked, answered and closed; lodged and settled by another officer."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.calendar import local_day
from campaigns.enums import Role
from campaigns.models import Appeal, Explanation
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
def people():
    """A unit's leader, the chairman, and two officers, the first of whom verified the unit's value."""
    campaign = make_campaign("PT-90", starts_on=local_day(timezone.now()) - dt.timedelta(days=20))
    unit = make_participant(campaign, unit=make_unit("P-A", name="Phường Hoà An"))
    office = make_unit("PNV", name="Phòng Nội vụ")
    first = make_person(Role.INTERNAL_AFFAIRS, unit=office, full_name="Đỗ Thị Én")
    target = make_target(make_indicator(make_area(campaign), "CT1", name="Tỷ lệ hồ sơ đúng hạn"), unit)
    return {
        "target": target,
        "value": make_measurement(target, verdict="adjusted", verified_value=41, verdict_by=first),
        "leader": make_person(Role.UNIT_LEADER, unit=unit.unit, full_name="Nguyễn Thị Ánh"),
        "chairman": make_person(Role.CHAIRMAN, full_name="Đặng Văn Long"),
        "first": first,
        "second": make_person(Role.INTERNAL_AFFAIRS, unit=office, full_name="Vũ Văn Giang"),
    }


@pytest.mark.parametrize("width", [390, 1440])
def test_a_question_is_asked_answered_and_closed(people, sign_in, accessibility, evidence_root, width, live_server):
    page: Page = sign_in(people["chairman"])
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/giai-trinh/chi-tieu/{people['target'].pk}/")
    assert accessibility() == []
    page.get_by_label("Nội dung yêu cầu giải trình").fill("Vì sao chậm?")
    page.get_by_role("button", name="Gửi yêu cầu").click()
    expect(page.locator("#messages")).to_contain_text("Đã gửi yêu cầu")

    sign_in(people["leader"])
    page.goto("/")
    expect(page.locator(".stat").filter(has_text="Giải trình cần trả lời")).to_be_visible()
    page.locator(".stat").filter(has_text="Giải trình cần trả lời").click()
    page.get_by_role("link", name=re.compile("Tỷ lệ hồ sơ")).click()
    page.get_by_label("Nội dung giải trình").fill("Vướng mặt bằng")
    page.get_by_label("Tệp đính kèm").set_input_files(
        [
            {"name": "bien-ban.pdf", "mimeType": "application/pdf", "buffer": corpus.pdf()},
            {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": corpus.jpg()},
        ]
    )
    assert accessibility() == []
    page.get_by_role("button", name="Gửi giải trình").click()
    expect(page.locator(".thread")).to_contain_text("Vướng mặt bằng")
    expect(page.locator(".file-list a")).to_have_count(2)

    sign_in(people["chairman"])
    page.goto(f"/giai-trinh/{Explanation.objects.get().pk}/")
    page.locator("summary").filter(has_text="Kết thúc giải trình").click()
    page.get_by_label("Kết luận (không bắt buộc)").fill("Đồng ý")
    page.get_by_role("button", name="Kết thúc giải trình").click()
    expect(page.locator("#messages")).to_contain_text("Đã kết thúc giải trình")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert accessibility() == []
    page.goto("/giai-trinh/?muc=da-xong")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert accessibility() == []


@pytest.mark.parametrize("width", [390, 1440])
def test_an_appeal_is_lodged_and_settled_by_another_officer(
    people, sign_in, accessibility, evidence_root, width, live_server
):
    page: Page = sign_in(people["leader"])
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/kien-nghi/so-lieu/{people['value'].pk}/")
    assert accessibility() == []
    page.get_by_label("Căn cứ kiến nghị").fill("Biên bản ghi 45")
    page.get_by_role("button", name="Gửi kiến nghị").click()
    expect(page.locator("#messages")).to_contain_text("Đã gửi kiến nghị")

    one = f"/kien-nghi/{Appeal.objects.get().pk}/"
    sign_in(people["first"])
    page.goto(one)
    expect(page.locator("main")).to_contain_text("Đồng chí đã nhập hoặc thẩm định nội dung bị kiến nghị")
    expect(page.locator(".thread-step")).to_have_count(0)

    sign_in(people["second"])
    page.goto(one)
    page.get_by_label("Chấp nhận", exact=True).check()
    page.get_by_label("Nội dung giải quyết, gửi đơn vị").fill("Đúng như biên bản")
    assert accessibility() == []
    page.get_by_role("button", name="Giải quyết kiến nghị").click()
    expect(page.locator("main")).to_contain_text("Đúng như biên bản")
    expect(page.get_by_role("link", name="Nhập số đính chính")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert accessibility() == []
    for address in ("/kien-nghi/?muc=da-xong", "/vu-viec/", "/hoat-dong/", "/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert accessibility() == []
