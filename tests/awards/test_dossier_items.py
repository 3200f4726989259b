"""A submission while it is prepared: added to, put in order; returned proposals; its cover."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from awards.actions.dossier_items import add_to_dossier, order_dossier
from awards.documents.procedure import _items
from awards.enums import ReturnStep, Verdict
from awards.models import DossierItem
from awards.queries.dossiers import items_of
from awards.workflow import Refusal, WrongState
from campaigns.models import AuditEntry, AuditHead
from tests.awards.makers import Office
from tests.cast import client_of
from tests.factories import at

pytestmark = pytest.mark.django_db
NOW = at(52)


@pytest.fixture
def office():
    found = Office()
    found.with_outcome()
    return found


def test_proposals_are_added_while_it_is_prepared_and_not_after(office):
    first, second = office.passed(recipient_name="Một"), office.passed(recipient_name="Hai")
    dossier = office.prepared(first)
    with pytest.raises(PermissionDenied):
        add_to_dossier(dossier_id=dossier.pk, proposal_ids=[second.pk], by=office.chairman, now=NOW)
    with pytest.raises(Refusal, match="already_in_dossier"):
        add_to_dossier(dossier_id=dossier.pk, proposal_ids=[first.pk, second.pk], by=office.staff, now=NOW)
    add_to_dossier(dossier_id=dossier.pk, proposal_ids=[second.pk], by=office.staff, now=NOW)
    assert {item.proposal_id for item in items_of(dossier)} == {first.pk, second.pk}
    presented = DossierItem.objects.get(proposal=office.presented(recipient_name="Ba")).dossier
    with pytest.raises(WrongState):
        add_to_dossier(dossier_id=presented.pk, proposal_ids=[second.pk], by=office.staff, now=NOW)


def test_the_order_that_staff_give_is_the_order_of_the_list_and_of_the_document(office):
    proposals = [office.passed(recipient_name=name) for name in ("An", "Bình", "Cường")]
    dossier = office.prepared(*proposals)
    with pytest.raises(Refusal, match="order_missing"):
        order_dossier(dossier_id=dossier.pk, numbers={proposals[0].pk: 1}, by=office.staff, now=NOW)
    numbers = {proposals[0].pk: 3, proposals[1].pk: 1, proposals[2].pk: 2}
    order_dossier(dossier_id=dossier.pk, numbers=numbers, by=office.staff, now=NOW)
    for rows in (items_of(dossier), _items(dossier)):
        assert [item.proposal.recipient_name for item in rows] == ["Bình", "Cường", "An"]
    assert AuditEntry.objects.filter(action="dossier.ordered").count() == 1


def test_it_is_done_in_the_browser_and_sent_twice_acts_once(office):
    first, second = office.passed(recipient_name="Một"), office.passed(recipient_name="Hai")
    dossier, client = office.prepared(first), client_of(office.staff)
    page = client.get(reverse("awards:dossier", args=[dossier.pk])).content.decode()
    assert f'id="add-{second.pk}"' in page
    sent = {"proposals": [second.pk], "form_key": "them-ho-so-00000001"}
    for _time in range(2):
        client.post(reverse("awards:dossier_add", args=[dossier.pk]), sent)
    assert AuditEntry.objects.filter(action="dossier.added").count() == 1
    client.post(reverse("awards:dossier_order", args=[dossier.pk]), {f"n-{first.pk}": "2", f"n-{second.pk}": "1"})
    assert [item.proposal_id for item in items_of(dossier)] == [second.pk, first.pk]


def test_what_the_chairman_returned_stands_on_its_submission_with_the_reason(office):
    proposal = office.presented(recipient_name="Bị trả lại")
    dossier = DossierItem.objects.get(proposal=proposal).dossier
    office.decide(proposal, Verdict.RETURN, reason="Kiểm tra lại số liệu", return_step=ReturnStep.STAFF)
    page = client_of(office.staff).get(reverse("awards:dossier", args=[dossier.pk])).content.decode()
    assert "Bị trả lại" in page
    assert "Kiểm tra lại số liệu" in page


def test_the_cover_has_the_digests_and_the_head_of_the_trail(office):
    proposal = office.presented()
    item = DossierItem.objects.select_related("dossier").get(proposal=proposal)
    page = client_of(office.staff).get(reverse("awards:dossier_cover", args=[item.dossier_id])).content.decode()
    for digest in (item.digest, item.dossier.digest, AuditHead.objects.get().hash):
        assert digest in page
    assert client_of(office.leader).get(reverse("awards:dossier_cover", args=[item.dossier_id])).status_code == 404
