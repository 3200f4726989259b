"""What the dashboard shows and refuses: fields that changed, conflicts, quick reasons, identity, comparison."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from awards.models import CouncilConflict, CouncilMember, Decision, Proposal
from awards.queries.dashboard import cards_for, fund_for
from awards.workflow import SameHands
from campaigns.calendar import local_day
from campaigns.enums import Role
from tests.awards.makers import Office
from tests.cast import client_of
from tests.factories import give_role, make_bloc, make_participant, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    found = Office()
    found.with_outcome()
    return found


def send(office, proposal, **typed):
    data = {"seen": office.seen(proposal, now=timezone.now()), "form_key": "phieu-000000000000001", **typed}
    return client_of(office.chairman).post(reverse("awards:verdict", args=[proposal.pk]), data)


def card_of(office, proposal):
    (card,) = cards_for(user=office.chairman, on=local_day(timezone.now()), ids=[proposal.pk])
    return card


def test_what_changed_is_named_field_by_field(office):
    proposal = office.presented()
    assert card_of(office, proposal).changed == []
    Proposal.objects.filter(pk=proposal.pk).update(position="Trưởng phòng", report="Viết lại")
    changed = [(row.label, row.before, row.after) for row in card_of(office, proposal).changed]
    assert changed == [("chức vụ", "–", "Trưởng phòng"), ("nội dung báo cáo thành tích", "", "")]


def test_a_quick_choice_is_the_reason_and_names_the_step(office):
    rejected, returned = office.presented(recipient_name="Một"), office.presented(recipient_name="Hai")
    assert send(office, rejected, verdict="reject", quick="criteria").status_code == 302
    again = {"verdict": "return", "quick": "evidence", "reason": "Ảnh mờ.", "form_key": "phieu-000000000000002"}
    assert send(office, returned, **again).status_code == 302
    said = {row.proposal_id: (row.reason, row.return_step) for row in Decision.objects.all()}
    assert said == {
        rejected.pk: ("Chưa đủ tiêu chuẩn khen thưởng.", ""),
        returned.pk: ("Đề nghị đơn vị bổ sung minh chứng. Ảnh mờ.", "unit"),
    }


@pytest.mark.parametrize("typed", [{"verdict": "approve", "quick": "criteria"}, {"verdict": "reject", "quick": "x"}])
def test_a_quick_choice_of_another_verdict_is_refused(office, typed):
    assert send(office, office.presented(), **typed).status_code == 422
    assert not Decision.objects.exists()


def test_nobody_decides_where_they_had_a_conflict_in_the_council(office):
    proposal = office.presented()
    member = CouncilMember.objects.create(
        session=office.session(), person=office.chairman, name=office.chairman.full_name
    )
    assert card_of(office, proposal).barred == ""
    CouncilConflict.objects.create(
        member=member, proposal=proposal, reason="Người thân", recorded_by=office.secretary, recorded_at=timezone.now()
    )
    assert card_of(office, proposal).barred == "conflict"
    with pytest.raises(SameHands):
        office.decide(proposal)
    shown = client_of(office.chairman).get(reverse("awards:dashboard")).content.decode()
    assert "xung đột lợi ích" in shown
    assert "verdict-form" not in shown


def test_nobody_decides_on_their_own_unit(office):
    proposal = office.presented()
    give_role(office.chairman, Role.VIEWER, unit=office.participant.unit)
    assert card_of(office, proposal).barred == "conflict"
    with pytest.raises(SameHands):
        office.decide(proposal)


def test_where_the_setting_is_on_identity_is_confirmed_before_deciding(office, settings):
    proposal = office.presented()
    settings.STEP_UP = True
    office.chairman.set_password("mot-mat-khau-dai-lam")
    office.chairman.save()
    answer = send(office, proposal, verdict="approve")
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, reverse("account_reauthenticate"))
    assert not Decision.objects.exists()
    # Once confirmed, it covers the decisions of the next fifteen minutes, and no longer.
    client = client_of(office.chairman)
    client.post(reverse("account_reauthenticate"), {"password": "mot-mat-khau-dai-lam"})
    seen = office.seen(proposal, now=timezone.now())
    data = {"verdict": "approve", "seen": seen, "form_key": "phieu-000000000000001"}
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    client.post(reverse("awards:verdict", args=[proposal.pk]), data)
    assert not Decision.objects.exists()
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
    client.post(reverse("awards:verdict", args=[proposal.pk]), data)
    assert Decision.objects.count() == 1


def test_what_is_approved_and_not_issued_is_taken_off_the_fund_first(office):
    office.approved(recipient_name="Đã duyệt")
    waiting = office.presented(recipient_name="Đang chờ")
    card = card_of(office, waiting)
    fund = fund_for([card], on=local_day(timezone.now()))
    assert card.bonus
    assert (fund.committed, fund.before - fund.after) == (card.bonus, card.bonus)


def test_nominees_of_one_bloc_stand_side_by_side_two_to_four(office):
    proposals = [office.presented(recipient_name=f"Tập thể {n}") for n in range(5)]
    client, address = client_of(office.chairman), reverse("awards:compare")
    shown = client.get(address, {"chosen": [row.pk for row in proposals[:4]]})
    assert [card.proposal.pk for card in shown.context["comparison"].cards] == [row.pk for row in proposals[:4]]
    for chosen in (proposals[:1], proposals):
        assert client.get(address, {"chosen": [row.pk for row in chosen]}).status_code == 422
    elsewhere = make_participant(office.campaign, unit=make_unit("KHAC"), bloc=make_bloc(office.campaign, "KHOI-KHAC"))
    other = Office(elsewhere, category=office.category)
    other.with_outcome()
    mixed = [proposals[0].pk, other.presented(recipient_name="Khối khác").pk]
    assert client.get(address, {"chosen": mixed}).status_code == 422


def test_the_summary_names_exceptions_and_leaves_out_what_another_decides(office):
    plain, own = office.presented(recipient_name="Bình thường"), office.presented(recipient_name="Của mình")
    Proposal.objects.filter(pk=own.pk).update(drafted_by=office.chairman)
    Proposal.objects.filter(pk=plain.pk).update(is_flagged=True)
    shown = client_of(office.chairman).post(
        reverse("awards:summary"), {"chosen": [plain.pk, own.pk]}, headers={"HX-Request": "true"}
    )
    assert [card.proposal.pk for card in shown.context["cards"]] == [plain.pk]
    assert [card.proposal.pk for card in shown.context["barred"]] == [own.pk]
    assert shown.context["exceptions"] == 1
    assert "<html" not in shown.content.decode()
