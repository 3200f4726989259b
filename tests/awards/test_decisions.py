"""What was shown is what is decided; exactly one decision whatever the race; names alike; reopened campaigns."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from awards.actions import appraisal, council, issue, proposals, tallies
from awards.actions.decision import approve_many
from awards.actions.eligibility import flag_reopened
from awards.enums import DuplicateFinding, ProposalState, Verdict, VoteMode
from awards.models import Decision, EarlierAward, EligibilityOutcome, Proposal, ProposalEvidence
from awards.names import name_key
from awards.queries.contents import digest
from awards.queries.duplicates import Where, matches_of
from awards.workflow import DossierChanged, Refusal, SameHands, WrongState
from campaigns.enums import Role
from campaigns.models import AuditEntry, Notice
from scoring.models import UnitScore
from tests.factories import at, give_role, make_file, make_gate, make_participant

from .makers import Office, make_category, make_outcome, make_run
from .shown_fields import CHANGES as FIELD_CHANGES
from .shown_fields import all_fields, content, whole_proposal
from .shown_fields import refused as refused_change

CHANGES: dict[str, tuple[Callable[[Proposal], Any], str]] = {
    "name": (lambda p: Proposal.objects.filter(pk=p.pk).update(recipient_name="Khác"), "recipient"),
    "position": (lambda p: Proposal.objects.filter(pk=p.pk).update(position="Trưởng phòng"), "recipient"),
    "leader": (lambda p: Proposal.objects.filter(pk=p.pk).update(is_leader=True), "recipient"),
    "report": (lambda p: Proposal.objects.filter(pk=p.pk).update(report="Khác"), "report"),
    "justification": (lambda p: Proposal.objects.filter(pk=p.pk).update(justification="Khác"), "report"),
    "request": (lambda p: Proposal.objects.filter(pk=p.pk).update(request_number="99"), "papers"),
    "minutes": (lambda p: Proposal.objects.filter(pk=p.pk).update(minutes_date=at(1).date()), "papers"),
    "flag": (lambda p: Proposal.objects.filter(pk=p.pk).update(is_flagged=True), "flag"),
    "mark": (lambda p: Proposal.objects.filter(pk=p.pk).update(mark="not_eligible"), "eligibility"),
    "rule line": (lambda p: EligibilityOutcome.objects.filter(pk=p.eligibility_id).update(lines=[1]), "eligibility"),
    "total": (lambda p: UnitScore.objects.filter(participant=p.participant).update(total_bp=1), "figures"),
    "rank": (lambda p: UnitScore.objects.filter(participant=p.participant).update(rank=9), "figures"),
    "areas": (lambda p: UnitScore.objects.filter(participant=p.participant).update(areas={}), "figures"),
    "gate": (lambda p: make_gate(p.participant), "eligibility"),
    "evidence": (
        lambda p: ProposalEvidence.objects.create(
            proposal=p, file=make_file(p.participant), added_by=p.drafted_by, added_at=at(54)
        ),
        "evidence",
    ),
    "earlier award": (
        lambda p: EarlierAward.objects.create(
            year=2025, recipient_kind="collective", recipient_name="X", recipient_key=p.recipient_key, title="GK"
        ),
        "earlier",
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("change", list(CHANGES))
def test_a_dossier_changed_since_it_was_shown_is_refused(change: str) -> None:
    office = Office()
    proposal = office.presented()
    seen = office.seen(proposal)
    act, part = CHANGES[change]
    act(proposal)
    with pytest.raises(DossierChanged) as refused:
        office.decide(proposal, seen_digest=seen)
    assert refused.value.params["changes"] == [part]
    proposal.refresh_from_db()
    assert (proposal.state, Decision.objects.count()) == (ProposalState.DOSSIER, 0)
    office.decide(proposal)  # what is shown now can be decided
    assert Decision.objects.get().proposal == proposal


@pytest.mark.django_db
def test_every_field_that_is_shown_is_one_that_a_change_of_stops_the_decision() -> None:
    """None is left out: the fields are those of what is shown, and each has its change."""
    office, proposal = whole_proposal()
    shown = content(proposal)
    assert all_fields(shown) == set(FIELD_CHANGES)
    problems = {name: refused_change(office, proposal, name, shown=shown) for name in FIELD_CHANGES}
    assert {name: problem for name, problem in problems.items() if problem} == {}
    office.decide(proposal, seen_digest=digest(shown))  # each change was taken back: what was shown is decided
    assert Decision.objects.get().proposal == proposal


@pytest.mark.django_db
def test_without_a_digest_nothing_is_decided() -> None:
    office = Office()
    with pytest.raises(DossierChanged):
        office.decide(office.presented(), seen_digest="")


@pytest.mark.django_db
def test_several_at_once_each_by_itself() -> None:
    office = Office()
    first, second, third = (office.presented(recipient_name=f"Tập thể {n}") for n in (1, 2, 3))
    seen = [(p.pk, office.seen(p)) for p in (first, second, third)]
    office.decide(second, Verdict.REJECT)
    Proposal.objects.filter(pk=third.pk).update(report="Khác")
    results = approve_many(seen=seen, by=office.chairman, now=at(54), key="lô")
    assert [(r.proposal_id, r.decision is not None) for r in results] == [
        (first.pk, True),
        (second.pk, False),
        (third.pk, False),
    ]
    assert [r.refusal.code for r in results if r.refusal] == ["already_decided", "dossier_changed"]


def race(office: Office, proposal: Proposal, count: int) -> list[str]:
    """Decide ``count`` times at once, verdicts mixed, each thread with its own connection and tap."""
    verdicts = [Verdict.APPROVE, Verdict.REJECT, Verdict.RETURN]
    seen = office.seen(proposal)
    barrier = threading.Barrier(count)
    came: list[str] = []

    def tap(number: int) -> None:
        try:
            barrier.wait()
            office.decide(proposal, verdicts[number % 3], seen_digest=seen, key=f"tap-{number}")
            came.append("decided")
        except (WrongState, DossierChanged) as refusal:
            came.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tap, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


@pytest.mark.django_db(transaction=True)
def test_twenty_people_at_once_make_one_decision() -> None:
    office = Office()
    proposal = office.presented()
    notices = Notice.objects.count()
    came = race(office, proposal, 20 if connection.vendor == "postgresql" else 8)
    assert sorted(set(came)) == ["already_decided", "decided"]
    assert came.count("decided") == 1
    assert Decision.objects.filter(proposal=proposal).count() == 1
    entries = AuditEntry.objects.filter(
        subject_id=proposal.pk, action__in=("proposal.approve", "proposal.reject", "proposal.return")
    )
    assert entries.count() == 1
    assert Notice.objects.count() == notices + 2  # the unit's leader and its reporter, once each


@pytest.mark.django_db
def test_what_went_back_to_the_unit_is_put_before_the_chairman_only_after_all_steps_again() -> None:
    """The council's vote was on the earlier text; returned to Internal Affairs it still counts."""
    office = Office()
    to_unit, to_staff = (office.presented(recipient_name=f"Tập thể {n}") for n in (1, 2))
    office.decide(to_unit, Verdict.RETURN, return_step="unit")
    office.decide(to_staff, Verdict.RETURN, return_step="staff")
    with pytest.raises(Refusal) as refused:
        office.prepared(to_unit)
    assert refused.value.code == "not_passed"
    assert office.prepared(to_staff).items.count() == 1


@pytest.mark.django_db
def test_what_the_council_passed_no_other_session_votes_on_again() -> None:
    office = Office()
    office.with_outcome()
    proposal = office.passed()
    other = council.plan_session(
        campaign_id=office.campaign.pk,
        data=council.SessionData(held_on=at(53).date(), mode=VoteMode.SECRET),
        by=office.secretary,
        now=at(53),
    )
    with pytest.raises(Refusal) as refused:
        tallies.record_tally(
            session_id=other.pk, proposal_id=proposal.pk, votes_for=0, votes_against=5, abstained=0,
            by=office.secretary, now=at(53),
        )  # fmt: skip
    assert refused.value.code == "not_before_council"
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.COUNCIL


@pytest.mark.django_db
def test_a_revocation_leaves_the_decision_it_revokes_as_it_was_written() -> None:
    office = Office()
    proposal = office.issued()
    old = Decision.objects.filter(proposal=proposal).values().get()
    issue.revoke(
        proposal_id=proposal.pk, reason="Khiếu nại đúng", document_number="9/QĐ", revoked_on=at(56).date(),
        by=office.staff, now=at(56),
    )  # fmt: skip
    kept = Decision.objects.filter(pk=old["id"]).values().get()
    assert kept.pop("superseded_at") == at(56)
    assert kept == {name: value for name, value in old.items() if name != "superseded_at"}
    new = Decision.objects.get(revokes=old["id"])
    assert (new.reason, new.seen_digest, new.superseded_at) == ("Khiếu nại đúng", old["seen_digest"], None)


# --- names alike ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_names_alike_are_found_and_people_decide() -> None:
    """Another unit's draft, spelt otherwise, keeps the appraisal waiting until somebody says what it is."""
    category = make_category(kind="individual")
    one, other = Office(make_participant(category.campaign), category=category), None
    other = Office(make_participant(category.campaign), category=category)
    one.with_outcome()
    other.with_outcome()
    draft = other.draft(recipient_name="NGUYỄN THỊ HÒA")
    proposal = one.submitted(recipient_name="Bà Nguyễn Thị Hoà")
    EarlierAward.objects.create(
        year=2025,
        recipient_kind="individual",
        recipient_name="Nguyen Thi Hoa",
        recipient_key=name_key("Nguyen Thi Hoa"),
        title="Giấy khen",
    )
    matches = matches_of([proposal])[proposal.pk]
    assert [(match.where, match.proposal_id) for match in matches] == [
        (Where.SAME_CAMPAIGN, draft.pk),
        (Where.REGISTER, None),
    ]
    with pytest.raises(Refusal) as refused:
        appraisal.appraise(proposal_id=proposal.pk, by=one.staff, now=at(50))
    assert refused.value.code == "duplicates_open"
    appraisal.review_duplicate(
        proposal_id=proposal.pk,
        other_id=draft.pk,
        finding=DuplicateFinding.DIFFERENT,
        reason="Khác năm sinh",
        by=one.staff,
        now=at(50),
    )
    assert appraisal.appraise(proposal_id=proposal.pk, by=one.staff, now=at(50)).state == "appraised"


@pytest.mark.django_db
def test_a_found_duplicate_stops_the_appraisal_until_it_is_withdrawn() -> None:
    office = Office()
    office.with_outcome()
    first = office.submitted(recipient_name="Tập thể A")
    second = office.submitted(recipient_name="Tập  thể a")
    appraisal.review_duplicate(
        proposal_id=second.pk,
        other_id=first.pk,
        finding=DuplicateFinding.SAME,
        reason="Cùng một tập thể",
        by=office.staff,
        now=at(50),
    )
    with pytest.raises(Refusal) as refused:
        appraisal.appraise(proposal_id=second.pk, by=office.staff, now=at(50), not_duplicates_because="x")
    assert refused.value.code == "is_duplicate"
    proposals.withdraw(proposal_id=first.pk, by=office.leader, now=at(50))
    assert appraisal.appraise(proposal_id=second.pk, by=office.staff, now=at(51)).state == "appraised"


# --- a reopened campaign ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_reopening_flags_what_stands_on_the_final_run() -> None:
    office = Office()
    final = make_category(office.campaign, basis_day=None)
    run = make_run(office.campaign, at(105).date(), trigger="final")
    outcome = make_outcome(final, office.participant, run=run)
    touched, untouched = office.presented(recipient_name="Một"), office.presented(recipient_name="Hai")
    Proposal.objects.filter(pk=touched.pk).update(category=final, eligibility=outcome)
    assert flag_reopened(campaign=office.campaign, now=at(110)) == 1
    assert flag_reopened(campaign=office.campaign, now=at(110)) == 0
    flags = dict(Proposal.objects.values_list("pk", "is_flagged"))
    assert (flags[touched.pk], flags[untouched.pk]) == (True, False)


@pytest.mark.django_db
def test_nobody_decides_on_the_unit_they_belong_to() -> None:
    office = Office()
    proposal = office.presented()
    give_role(office.chairman, Role.UNIT_LEADER, unit=office.participant.unit)
    office.chairman = type(office.chairman).objects.get(pk=office.chairman.pk)  # as the next request reads them
    with pytest.raises(SameHands) as refused:
        office.decide(proposal)
    assert refused.value.code == "conflicted_decision"
    assert not Decision.objects.exists()
