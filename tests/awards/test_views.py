"""The award pages: who sees what, canaries between twin units, one query count for 1 and 30 rows, refusals as 409."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from awards.enums import Outcome, ProposalState
from awards.models import Decision, Proposal
from campaigns.enums import Role
from campaigns.models import User
from tests.cast import client_of
from tests.database import as_owner
from tests.factories import give_role, make_participant, make_person

from .makers import Office, make_category, make_rule, make_score

pytestmark = pytest.mark.django_db
CANARY = "ZZB-canary"


@pytest.fixture
def office() -> Office:
    office = Office()
    make_rule(office.category)
    office.with_outcome()
    return office


def pages(office: Office, proposal: Proposal) -> dict[str, str]:
    session = office.session()
    return {
        "eligibility": reverse("awards:eligibility"),
        "eligibility_unit": reverse("awards:eligibility_unit", args=[office.participant.pk]),
        "eligibility_list": reverse("awards:eligibility_list", args=[office.category.pk]),
        "proposals": reverse("awards:proposals"),
        "new": reverse("awards:proposal_new"),
        "proposal": reverse("awards:proposal", args=[proposal.pk]),
        "sessions": reverse("awards:sessions"),
        "session": reverse("awards:session", args=[session.pk]),
        "dossiers": reverse("awards:dossiers"),
        "dashboard": reverse("awards:dashboard"),
        "news": reverse("awards:news"),
        "decision": reverse("awards:decision", args=[proposal.pk]),
        "issue": reverse("awards:issue"),
        "awards": reverse("awards:awards"),
    }


#: Status by page, in the order of ROLES; 404: does not exist for them, 403: not theirs to do.
ROLES = ("leader", "other leader", "staff", "secretary", "council", "chairman", "viewer", "auditor", "superuser")
MATRIX = {
    #                   leader other staff secr. counc. chair view. audit super
    "eligibility":      (302, 302, 302, 302, 302, 302, 404, 302, 404),
    "eligibility_unit": (200, 404, 200, 200, 200, 200, 404, 200, 404),
    "eligibility_list": (404, 404, 200, 200, 200, 200, 404, 200, 404),
    "proposals":        (200, 200, 200, 200, 200, 200, 200, 200, 404),
    "new":              (200, 200, 403, 403, 403, 403, 404, 403, 404),
    "proposal":         (200, 404, 200, 200, 200, 200, 404, 200, 404),
    "sessions":         (404, 404, 200, 200, 200, 200, 404, 200, 404),
    "session":          (404, 404, 200, 200, 200, 200, 404, 200, 404),
    "dossiers":         (404, 404, 200, 200, 200, 200, 404, 200, 404),
    "dashboard":        (404, 404, 403, 403, 403, 200, 404, 403, 404),
    "news":             (404, 404, 403, 403, 403, 200, 404, 403, 404),
    "decision":         (404, 404, 403, 403, 403, 200, 404, 403, 404),
    "issue":            (404, 404, 200, 403, 403, 403, 404, 403, 404),
    "awards":           (200, 200, 200, 200, 200, 200, 200, 200, 404),
}  # fmt: skip


def test_every_page_by_every_role(office: Office) -> None:
    proposal = office.presented()
    other = make_participant(office.campaign, bloc=office.participant.bloc)
    people = {
        "leader": office.leader,
        "other leader": make_person(Role.UNIT_LEADER, unit=other.unit),
        "staff": office.staff,
        "secretary": office.secretary,
        "council": office.members[0],
        "chairman": office.chairman,
        "viewer": make_person(Role.VIEWER),
        "auditor": make_person(Role.AUDITOR),
        "superuser": make_person(Role.VIEWER, is_superuser=True, is_staff=True),
    }
    with as_owner():
        people["superuser"].roles.all().delete()
    addresses = pages(office, proposal)
    found = {
        name: tuple(client_of(people[role]).get(address).status_code for role in ROLES)
        for name, address in addresses.items()
    }
    assert found == MATRIX


def test_a_unit_sees_nothing_of_its_twin(office: Office) -> None:
    """Draft, report, papers, justification and name of the other unit appear nowhere; its own do."""
    twin = Office(make_participant(office.campaign, bloc=office.participant.bloc), category=office.category)
    twin.with_outcome()
    columns: dict[str, Any] = {"report": f"{CANARY} báo cáo", "request_number": CANARY, "justification": CANARY}
    theirs = [
        twin.draft(recipient_name=f"{CANARY} một", **columns),
        twin.submitted(recipient_name=f"{CANARY} hai", **columns),
        twin.presented(recipient_name=f"{CANARY} ba", **columns),
    ]
    office.draft(recipient_name="Tập thể của mình")
    client = client_of(office.leader)
    addresses = [reverse("awards:proposals"), reverse("awards:awards"), reverse("awards:eligibility")]
    for proposal in theirs:
        addresses += [reverse(f"awards:{name}", args=[proposal.pk]) for name in ("proposal", "proposal_change")]
    for address in addresses:
        response = client.get(address, follow=True)
        assert CANARY not in response.content.decode()
    assert CANARY in client_of(twin.leader).get(reverse("awards:proposals")).content.decode()
    assert "Tập thể của mình" in client.get(reverse("awards:proposals")).content.decode()
    for proposal in theirs:
        assert client.post(reverse("awards:proposal_step", args=[proposal.pk, "rut"])).status_code == 404


def test_those_in_charge_do_not_see_drafts(office: Office) -> None:
    draft = office.draft(recipient_name=CANARY)
    assert client_of(office.staff).get(reverse("awards:proposal", args=[draft.pk])).status_code == 404
    assert CANARY not in client_of(office.staff).get(reverse("awards:proposals")).content.decode()


def test_a_name_alike_shows_a_unit_only_that_there_is_one(office: Office) -> None:
    twin = Office(make_participant(office.campaign, name="Đơn vị bí mật"), category=office.category)
    twin.with_outcome()
    twin.draft(recipient_name="Tổ dân phố số 7")
    mine = office.draft(recipient_name="tổ dân phố  số 7")
    shown = client_of(office.leader).get(reverse("awards:proposal", args=[mine.pk])).content.decode()
    assert "Đơn vị bí mật" not in shown
    office_sees = Proposal.objects.get(pk=mine.pk)
    assert office_sees.recipient_key == twin.category.proposals.exclude(pk=mine.pk).get().recipient_key


def verdict(office: Office, proposal: Proposal, user: User, **typed: str) -> Any:
    data = {
        "verdict": "approve",
        "seen": office.seen(proposal, now=timezone.now()),
        "form_key": f"phieu-{proposal.pk}-{user.pk}-000000000001",
        **typed,
    }
    return client_of(user).post(reverse("awards:verdict", args=[proposal.pk]), data)


def test_a_verdict_by_htmx_answers_with_the_card(office: Office) -> None:
    proposal = office.presented()
    give_role(office.chairman, Role.CHAIRMAN)
    answer = client_of(office.chairman).post(
        reverse("awards:verdict", args=[proposal.pk]),
        {"verdict": "approve", "seen": office.seen(proposal, now=timezone.now()), "form_key": "phieu-000000000001"},
        headers={"HX-Request": "true"},
    )
    assert (answer.status_code, f'id="card-{proposal.pk}"' in answer.content.decode()) == (200, True)
    assert "<html" not in answer.content.decode()
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.APPROVED


def test_second_verdict_is_409_with_who_decided(office: Office) -> None:
    proposal = office.presented()
    assert verdict(office, proposal, office.chairman).status_code == 302
    deputy = make_person(Role.VICE_CHAIRMAN)
    answer = verdict(office, proposal, deputy, verdict="reject", reason="Không")
    assert answer.status_code == 409
    assert office.chairman.full_name in answer.content.decode()
    assert Decision.objects.count() == 1


def test_changed_dossier_is_409(office: Office) -> None:
    proposal = office.presented()
    answer = verdict(office, proposal, office.chairman, seen="0" * 64)
    assert (answer.status_code, Decision.objects.count()) == (409, 0)


@pytest.mark.parametrize("typed", [{"seen": "x"}, {"verdict": "revoke"}, {"form_key": ""}, {"verdict": "reject"}])
def test_malformed_verdicts_are_refused(office: Office, typed: dict[str, str]) -> None:
    proposal = office.presented()
    assert verdict(office, proposal, office.chairman, **typed).status_code == 422
    assert Decision.objects.count() == 0


def test_several_at_once_through_the_summary(office: Office) -> None:
    proposals = [office.presented(recipient_name=f"Tập thể {n}") for n in range(3)]
    client = client_of(office.chairman)
    ids = [proposal.pk for proposal in proposals]
    shown = client.post(reverse("awards:summary"), {"chosen": ids})
    assert (shown.status_code, Decision.objects.count()) == (200, 0)
    seen = {f"seen-{card.proposal.pk}": card.seen for card in shown.context["cards"]}
    answer = client.post(
        reverse("awards:approve_chosen"), {"chosen": ids, "form_key": shown.context["form_key"], **seen}
    )
    assert (answer.status_code, Decision.objects.filter(verdict="approve").count()) == (302, 3)


def test_what_another_session_decided_shows(office: Office) -> None:
    proposal, waiting = office.presented(recipient_name="Một"), office.presented(recipient_name="Hai")
    office.decide(proposal)
    news = client_of(office.chairman).get(reverse("awards:news"), {"cho": f"{proposal.pk},{waiting.pk},x"})
    text = news.content.decode()
    assert f'id="card-{proposal.pk}" data-hx-swap-oob="true"' in text
    assert f"card-{waiting.pk}" not in text


def test_steps_by_get_are_refused(office: Office) -> None:
    proposal = office.submitted()
    client = client_of(office.staff)
    for name, args in (("proposal_step", [proposal.pk, "tham-dinh"]), ("verdict", [proposal.pk]), ("summary", [])):
        assert client.get(reverse(f"awards:{name}", args=args)).status_code == 405


def test_a_unit_proposes_through_its_form(office: Office) -> None:
    client = client_of(office.reporter)
    address = reverse("awards:proposal_new") + f"?don-vi={office.participant.pk}&danh-muc={office.category.pk}"
    form = client.get(address).context["form"]
    typed = {
        "form_key": form["form_key"].value(),
        "recipient_name": "Tập thể phường",
        "report": "Thành tích",
        "request_date": "05/04/2026",
        "state": "approved",  # not a field of the form
        "mark": "eligible",
    }
    for _again in range(2):
        assert client.post(address, typed).status_code == 302
    proposal = Proposal.objects.get()
    assert (proposal.state, proposal.request_date) == (ProposalState.DRAFT, dt.date(2026, 4, 5))
    stale = client.post(reverse("awards:proposal_change", args=[proposal.pk]), {**typed, "version": "0"})
    assert stale.status_code == 409


def thirty(office: Office, count: int) -> None:
    for number in range(count):
        other = Office(make_participant(office.campaign, bloc=office.participant.bloc), category=office.category)
        make_score(other.participant, other.run)
        other.with_outcome(Outcome.ELIGIBLE)
        other.presented(recipient_name=f"Tập thể {number}")


@pytest.mark.parametrize(
    ("name", "who"), [("proposals", "staff"), ("dashboard", "chairman"), ("eligibility_list", "staff")]
)
def test_lists_take_the_same_queries_for_one_row_and_for_many(name: str, who: str) -> None:
    counts = []
    for count in (1, 12):
        office = Office(category=make_category())
        make_rule(office.category)
        office.category.campaign.__class__.objects.exclude(pk=office.campaign.pk).update(
            starts_on=dt.date(2020, 1, 1), ends_on=dt.date(2020, 3, 1)
        )
        thirty(office, count)
        args = [office.category.pk] if name == "eligibility_list" else []
        client = client_of(getattr(office, who))
        client.get(reverse(f"awards:{name}", args=args))
        Proposal.objects.exclude(campaign=office.campaign).update(state="withdrawn")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(f"awards:{name}", args=args)).status_code == 200
        counts.append(len(captured.captured_queries))
    assert counts[0] == counts[1] <= 30
