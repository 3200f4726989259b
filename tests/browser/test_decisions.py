"""A chairman with a phone: ten proposals decided without leaving the page, each with what is needed in sight."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from awards.enums import ProposalState
from awards.models import Decision, Proposal
from tests.awards.makers import Office
from tests.factories import make_area

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def office():
    found = Office()
    for number in (1, 2):
        make_area(found.campaign, number)
    found.with_outcome()
    return found


@pytest.fixture
def ten(office):
    return [office.presented(recipient_name=f"Tập thể số {number}") for number in range(1, 11)]


def test_ten_proposals_are_decided_on_a_phone_without_leaving_the_page(page, sign_in, office, ten, accessibility):
    page.set_viewport_size(PHONE)
    sign_in(office.chairman)
    page.goto("/khen-thuong/cho-quyet-dinh/")
    visits: list[str] = []
    page.on("framenavigated", lambda frame: visits.append(frame.url))
    cards = page.locator(".decision-card")
    expect(cards).to_have_count(10)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    # Dense: three whole cards and more fit under the head of the page, each with its figures and all four buttons.
    assert max(card.bounding_box()["height"] for card in cards.all()) < 260
    assert accessibility() == []

    def tap(proposal, button):
        page.locator(f"#card-{proposal.pk} .verdicts > details > summary", has_text=button).first.click()

    def decided(proposal, word):
        expect(page.locator(f"#card-{proposal.pk}.decided")).to_contain_text(word)

    # Two taps each.
    for proposal in ten[:3]:
        tap(proposal, "Duyệt")
        page.locator(f"#card-{proposal.pk} .verdict-form:visible button").click()
        decided(proposal, "Đã phê duyệt")
    tap(ten[3], "Không duyệt")
    page.locator(f"#card-{ten[3].pk} button[value=outstanding]").click()
    decided(ten[3], "Không phê duyệt")
    tap(ten[4], "Trả lại")
    page.locator(f"#card-{ten[4].pk} button[value=evidence]").click()
    decided(ten[4], "Trả lại")
    # In one's own words.
    tap(ten[5], "Trả lại")
    page.locator(f"#why-return-{ten[5].pk}").fill("Xem lại số liệu thu ngân sách")
    page.locator(f"#card-{ten[5].pk} .btn-secondary").click()
    decided(ten[5], "Trả lại")
    # Opened in place.
    page.locator(f"#card-{ten[6].pk} .decision-more > summary").click()
    expect(page.locator(f"#card-{ten[6].pk} .area-bars")).to_be_visible()
    # The rest together, after a summary.
    for proposal in ten[6:]:
        page.locator(f"#choose-{proposal.pk}").check()
    page.locator(".choose-bar .btn-primary").click()
    dialog = page.locator("#together")
    expect(dialog).to_contain_text("Tập thể số 10")
    assert accessibility() == []
    dialog.locator(".together-approve").click()
    expect(dialog.locator(".together-done")).to_contain_text("Đã duyệt 4 hồ sơ")
    for proposal in ten[6:]:
        decided(proposal, "Đã phê duyệt")
    assert visits == []
    reasons = dict(Decision.objects.exclude(reason="").values_list("proposal", "reason"))
    assert reasons == {
        ten[3].pk: "Thành tích chưa nổi bật so với các đơn vị trong khối.",
        ten[4].pk: "Đề nghị đơn vị bổ sung minh chứng.",
        ten[5].pk: "Xem lại số liệu thu ngân sách",
    }
    states = Proposal.objects.values_list("state", flat=True)
    assert sorted(states) == sorted(
        [ProposalState.APPROVED] * 7 + [ProposalState.REJECTED] + [ProposalState.RETURNED] * 2
    )


def test_a_changed_dossier_is_refused_with_the_field_and_shown_anew(page, sign_in, office, ten):
    page.set_viewport_size(PHONE)
    sign_in(office.chairman)
    page.goto("/khen-thuong/cho-quyet-dinh/")
    changed = ten[0]
    Proposal.objects.filter(pk=changed.pk).update(position="Tổ trưởng")
    card = page.locator(f"#card-{changed.pk}")
    card.locator("summary", has_text="Duyệt").first.click()
    card.locator(".verdict-form:visible button").click()
    expect(card.locator("[role=alert]")).to_contain_text("thay đổi")
    expect(card.locator(".changed-fields")).to_contain_text("Tổ trưởng")
    assert not Decision.objects.exists()
    # Looked at anew, it is decided as it is now.
    card.locator("summary", has_text="Duyệt").first.click()
    card.locator(".verdict-form:visible button").click()
    expect(page.locator(f"#card-{changed.pk}.decided")).to_be_visible()
    page.problems.clear()  # the refusal's 409


@pytest.mark.sqlite
def test_four_nominees_stand_side_by_side_in_their_own_frame(page, sign_in, office, ten):
    page.set_viewport_size(PHONE)
    sign_in(office.chairman)
    page.goto("/khen-thuong/cho-quyet-dinh/")
    for proposal in ten[:4]:
        page.locator(f"#choose-{proposal.pk}").check()
    page.locator(".choose-bar button", has_text="So sánh").click()
    frame = page.locator(".compare-frame")
    expect(frame.locator("thead th")).to_have_count(5)
    assert frame.evaluate("box => box.scrollWidth > box.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.keyboard.press("Escape")
    page.locator(f"#choose-{ten[4].pk}").check()
    page.locator(".choose-bar button", has_text="So sánh").click()
    expect(page.locator("#together")).to_contain_text("hai đến bốn")
