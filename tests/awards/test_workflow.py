"""The life of a proposal: every state × act × role, separation of duties, and what each step leaves behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from awards.actions import appraisal, council, dossier, issue, proposals, tallies
from awards.enums import Act, Outcome, ProposalState, ReturnStep, Verdict, VoteMode
from awards.models import Award, Decision, Dossier, FundMovement, Proposal
from awards.refusal_wording import refusal_sentence
from awards.workflow import STEPS, AlreadyDecided, Refusal, SameHands, WrongState
from campaigns.display import local_date
from campaigns.enums import Role
from campaigns.models import AuditEntry, Holiday, Notice, User
from tests.database import as_owner
from tests.factories import at, day, give_role, make_person

from .makers import INTERIM, Office, data, make_category

pytestmark = pytest.mark.django_db
S = ProposalState


@pytest.fixture
def office() -> Office:
    office = Office()
    office.with_outcome()
    return office


@pytest.fixture
def bare() -> Office:
    """An office whose unit has no eligibility yet."""
    return Office()


def force(proposal: Proposal, state: str, return_step: str = "") -> Proposal:
    """Put a proposal anywhere, past every step."""
    Proposal.objects.filter(pk=proposal.pk).update(state=state, return_step=return_step)
    proposal.refresh_from_db()
    return proposal


def do(office: Office, act: Act, proposal: Proposal, by: User) -> Any:
    """Ask for an act as a person, with everything else in order."""
    pk, now = proposal.pk, at(56)
    match act:
        case Act.EDIT:
            return proposals.edit(proposal_id=pk, version=proposal.version, data=data(report="Khác"), by=by, now=now)
        case Act.SUBMIT:
            return proposals.submit(proposal_id=pk, by=by, now=now)
        case Act.WITHDRAW:
            return proposals.withdraw(proposal_id=pk, by=by, now=now)
        case Act.APPRAISE:
            return appraisal.appraise(proposal_id=pk, by=by, now=now)
        case Act.REFUSE:
            return appraisal.refuse(proposal_id=pk, reason="Chưa đủ", by=by, now=now)
        case Act.SEND_BACK:
            return appraisal.send_back(proposal_id=pk, reason="Bổ sung", by=by, now=now)
        case Act.CONVENE:
            return appraisal.convene(proposal_id=pk, by=by, now=now)
        case Act.PASS | Act.NOT_PASS:
            session = council.plan_session(
                campaign_id=office.campaign.pk,
                data=council.SessionData(held_on=day(56), mode=VoteMode.SECRET),
                by=office.secretary,
                now=now,
            )
            votes = 5 if act is Act.PASS else 1
            return tallies.record_tally(
                session_id=session.pk, proposal_id=pk, votes_for=votes, votes_against=0, abstained=0, by=by, now=now
            )
        case Act.PRESENT:
            prepared = dossier.prepare_dossier(
                campaign_id=office.campaign.pk, title="Tờ trình", proposal_ids=[pk], by=office.staff, now=now
            )
            return dossier.present_dossier(
                dossier_id=prepared.pk, number=f"{pk}-{by.pk}/TTr", dated=day(56), by=by, now=now
            )
        case Act.APPROVE | Act.REJECT | Act.RETURN:
            seen = office.seen(proposal, now=now)
            return office.decide(proposal, Verdict(act.value), by=by, now=now, seen_digest=seen)
        case Act.ISSUE:
            return issue.issue(
                proposal_ids=[pk], signed=office.signed(signed_on=day(56), number=f"Q{pk}"), by=by, now=now
            )
        case Act.REVOKE:
            return issue.revoke(
                proposal_id=pk, reason="Khai sai", document_number="9/QĐ", revoked_on=day(56), by=by, now=now
            )
    raise AssertionError(act)


#: How to reach each state by legal steps.
REACH: dict[str, Callable[[Office], Proposal]] = {
    S.DRAFT: lambda o: o.draft(),
    S.SUBMITTED: lambda o: o.submitted(),
    S.APPRAISED: lambda o: o.appraised(),
    S.COUNCIL: lambda o: o.before_council(),
    "council, passed": lambda o: o.passed(),
    S.DOSSIER: lambda o: o.presented(),
    S.APPROVED: lambda o: o.approved(),
    S.ISSUED: lambda o: o.issued(),
    S.REJECTED: lambda o: _decided(o, Verdict.REJECT),
    "returned to the unit": lambda o: _decided(o, Verdict.RETURN, return_step="unit"),
    "returned to staff": lambda o: _decided(o, Verdict.RETURN, return_step="staff"),
    S.REFUSED: lambda o: appraisal.refuse(proposal_id=o.submitted().pk, reason="Không", by=o.staff, now=at(50)),
    S.NOT_PASSED: lambda o: o.tally(o.before_council(), votes=(1, 4, 0)),
    S.WITHDRAWN: lambda o: proposals.withdraw(proposal_id=o.submitted().pk, by=o.leader, now=at(50)),
    S.REVOKED: lambda o: _revoked(o),
}


def _decided(office: Office, verdict: Verdict, **arguments: Any) -> Proposal:
    proposal = office.presented()
    office.decide(proposal, verdict, **arguments)
    proposal.refresh_from_db()
    return proposal


def _revoked(office: Office) -> Proposal:
    proposal = office.issued()
    do(office, Act.REVOKE, proposal, office.staff)
    proposal.refresh_from_db()
    return proposal


UNIT, COLLEAGUE, STAFF, SECRETARY, CHAIRMAN = "leader", "reporter", "staff", "secretary", "chairman"
#: Which acts are legal from where, and by whom; everything else must be refused.
LEGAL: dict[str, dict[Act, set[str]]] = {
    S.DRAFT: {Act.EDIT: {UNIT, COLLEAGUE}, Act.SUBMIT: {UNIT}, Act.WITHDRAW: {UNIT}},
    S.SUBMITTED: {Act.WITHDRAW: {UNIT}, Act.APPRAISE: {STAFF}, Act.REFUSE: {STAFF}, Act.SEND_BACK: {STAFF}},
    S.APPRAISED: {Act.WITHDRAW: {UNIT}, Act.SEND_BACK: {STAFF}, Act.CONVENE: {STAFF}},
    S.COUNCIL: {
        Act.WITHDRAW: {UNIT},
        Act.SEND_BACK: {STAFF},
        Act.PASS: {SECRETARY},
        Act.NOT_PASS: {SECRETARY},
    },
    "council, passed": {Act.WITHDRAW: {UNIT}, Act.SEND_BACK: {STAFF}, Act.PRESENT: {STAFF}},
    S.DOSSIER: {Act.APPROVE: {CHAIRMAN}, Act.REJECT: {CHAIRMAN}, Act.RETURN: {CHAIRMAN}},
    S.APPROVED: {Act.ISSUE: {STAFF}},
    S.ISSUED: {Act.REVOKE: {STAFF}},
    "returned to the unit": {Act.EDIT: {UNIT, COLLEAGUE}, Act.SUBMIT: {UNIT}, Act.WITHDRAW: {UNIT}},
    "returned to staff": {Act.WITHDRAW: {UNIT}, Act.SEND_BACK: {STAFF}, Act.PRESENT: {STAFF}},
    S.REJECTED: {},
    S.REFUSED: {},
    S.NOT_PASSED: {},
    S.WITHDRAWN: {},
    S.REVOKED: {},
}
ACTS = [act for act in Act if act not in (Act.DRAFT, Act.FLAG)]


@pytest.mark.parametrize("where", list(REACH))
def test_matrix_of_state_act_and_role(office: Office, where: str) -> None:
    """Every act by every role from one state: only what LEGAL says happens, and a refusal changes nothing."""
    from django.db import transaction

    proposal = REACH[where](office)
    people = {UNIT: office.leader, COLLEAGUE: office.reporter, STAFF: office.staff}
    people |= {SECRETARY: office.secretary, CHAIRMAN: office.chairman, "viewer": make_person(Role.VIEWER)}
    happened: dict[Act, set[str]] = {}
    for act in ACTS:
        for name, person in people.items():
            point = transaction.savepoint()
            before = Proposal.objects.filter(pk=proposal.pk).values().get()
            try:
                do(office, act, proposal, person)
                happened.setdefault(act, set()).add(name)
            except (PermissionDenied, Refusal):
                assert Proposal.objects.filter(pk=proposal.pk).values().get() == before
            transaction.savepoint_rollback(point)
    assert happened == LEGAL[where]


def test_every_state_and_act_is_in_the_table() -> None:
    assert set(STEPS) == set(Act) - {Act.DRAFT}
    reached = {where for where in REACH if where in S.values}
    assert reached | {S.RETURNED.value} == set(S.values)


def test_the_whole_way(office: Office) -> None:
    proposal = office.issued()
    assert [(event.act, event.to_state) for event in proposal.events.all()] == [
        ("draft", "draft"),
        ("submit", "submitted"),
        ("appraise", "appraised"),
        ("convene", "council"),
        ("pass", "council"),
        ("present", "dossier"),
        ("approve", "approved"),
        ("issue", "issued"),
    ]
    award = Award.objects.get(proposal=proposal)
    assert (award.bonus, award.base_salary, award.coefficient) == (1_410_000, 2_340_000, Decimal("0.6"))
    assert FundMovement.objects.get(award=award).amount == -1_410_000
    acts = AuditEntry.objects.filter(subject_type="awards.proposal", subject_id=proposal.pk).order_by("sequence")
    assert [entry.action for entry in acts] == [f"proposal.{event.act}" for event in proposal.events.all()]


def test_deadlines_count_working_days_and_skip_holidays(office: Office) -> None:
    submitted = office.submitted()
    assert at(49).strftime("%A") == "Sunday"
    assert submitted.due_on == day(49) + dt.timedelta(days=3)  # Mon, Tue, Wed
    Holiday.objects.create(day=day(52), name="Nghỉ lễ")
    appraised = appraisal.appraise(proposal_id=submitted.pk, by=office.staff, now=at(51))  # a Tuesday
    assert appraised.due_on == day(57)  # Thu, Fri, then Mon: Wednesday is a holiday


# --- separation of duties --------------------------------------------------------------------------------


@pytest.mark.parametrize("hand", ["drafted", "edited", "submitted"])
@pytest.mark.parametrize(
    ("role", "where", "act"),
    [
        (Role.INTERNAL_AFFAIRS, S.SUBMITTED, Act.APPRAISE),
        (Role.INTERNAL_AFFAIRS, S.SUBMITTED, Act.REFUSE),
        (Role.INTERNAL_AFFAIRS, S.APPRAISED, Act.CONVENE),
        (Role.COUNCIL_SECRETARY, S.COUNCIL, Act.PASS),
        (Role.CHAIRMAN, S.DOSSIER, Act.APPROVE),
        (Role.CHAIRMAN, S.DOSSIER, Act.REJECT),
        (Role.CHAIRMAN, S.DOSSIER, Act.RETURN),
        (Role.VICE_CHAIRMAN, S.DOSSIER, Act.APPROVE),
        (Role.INTERNAL_AFFAIRS, S.ISSUED, Act.REVOKE),
    ],
)
def test_who_proposed_neither_appraises_nor_decides(
    office: Office, hand: str, role: Role, where: str, act: Act
) -> None:
    """The same person holds both roles; whatever hand they had in the proposal, the later step is refused."""
    both = make_person(Role.UNIT_LEADER, unit=office.participant.unit)
    give_role(both, role)
    if hand == "drafted":
        office.reporter = both
    if hand == "submitted":
        office.leader = both
    if hand == "edited":
        draft = office.draft

        def edited(**columns: Any) -> Proposal:
            made = draft(**columns)
            return proposals.edit(
                proposal_id=made.pk, version=made.version, data=data(report="Sửa"), by=both, now=at(48)
            )

        office.draft = edited  # type: ignore[method-assign]
    proposal = REACH[where](office)
    with pytest.raises(SameHands):
        do(office, act, proposal, both)
    proposal.refresh_from_db()
    assert proposal.state == where
    assert AuditEntry.objects.filter(action="workflow.refused", actor=both).count() == 1


def test_the_database_refuses_a_decision_by_who_proposed(office: Office) -> None:
    from django.db import IntegrityError, transaction

    proposal = office.presented()
    columns: dict[str, Any] = {
        "proposal": proposal,
        "item": proposal.dossier_items.get(),
        "verdict": Verdict.APPROVE,
        "seen_digest": "x" * 64,
        "decided_as": Role.CHAIRMAN,
        "decided_at": at(54),
        "drafted_by": proposal.drafted_by,
        "submitted_by": proposal.submitted_by,
    }
    for hand in (proposal.drafted_by, proposal.submitted_by):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(decided_by=hand, **columns)
    Decision.objects.create(decided_by=office.chairman, **columns)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(decided_by=office.chairman, **columns)


def test_superuser_has_no_decision(office: Office, superuser: User) -> None:
    with pytest.raises(PermissionDenied):
        office.decide(office.presented(), by=superuser)


@pytest.mark.parametrize(("from_day", "to_day", "allowed"), [(1, 53, False), (54, 54, True), (55, 90, False)])
def test_delegation_holds_on_its_days_only(office: Office, from_day: int, to_day: int, allowed: bool) -> None:
    deputy = make_person(Role.VIEWER)
    give_role(deputy, Role.VICE_CHAIRMAN, valid_from=day(from_day), valid_to=day(to_day), document_number="7/QĐ-UBND")
    proposal = office.presented()
    if not allowed:
        with pytest.raises(PermissionDenied):
            office.decide(proposal, by=deputy)
        return
    decision = office.decide(proposal, by=deputy)
    assert (decision.decided_as, decision.delegation_number) == (Role.VICE_CHAIRMAN, "7/QĐ-UBND")


# --- steps ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"report": ""}, "report_missing"),
        ({"report_confirmed_by": ""}, "confirmation_missing"),
        ({"request_number": ""}, "request_missing"),
        ({"request_date": None}, "request_missing"),
        ({"minutes_number": " "}, "minutes_missing"),
        ({"minutes_date": None}, "minutes_missing"),
    ],
)
def test_papers_are_attached_before_submitting(office: Office, columns: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        office.submitted(**columns)
    assert refused.value.code == code


@pytest.mark.parametrize("outcome", [Outcome.NOT_ELIGIBLE, Outcome.ON_HOLD, None])
def test_not_eligible_needs_a_justification_and_stays_marked(bare: Office, outcome: Outcome | None) -> None:
    if outcome:
        bare.with_outcome(outcome)
    with pytest.raises(Refusal) as refused:
        bare.submitted()
    assert refused.value.code == "justification_missing"
    submitted = bare.submitted(justification="Thành tích đột xuất đặc biệt")
    assert (submitted.state, submitted.mark) == (S.SUBMITTED, outcome.value if outcome else "")


def test_reasons_are_needed(office: Office) -> None:
    submitted, presented = office.submitted(), office.presented(recipient_name="Tập thể hai")
    asked: list[Callable[[], object]] = [
        lambda: appraisal.refuse(proposal_id=submitted.pk, reason="  ", by=office.staff, now=at(50)),
        lambda: appraisal.send_back(proposal_id=submitted.pk, reason="", by=office.staff, now=at(50)),
        lambda: office.decide(presented, Verdict.REJECT, reason=" "),
        lambda: office.decide(presented, Verdict.RETURN, reason=""),
    ]
    for act in asked:
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "reason_missing"


def test_the_unit_is_told_of_every_refusal_with_its_reason(office: Office) -> None:
    proposal = office.submitted()
    appraisal.refuse(proposal_id=proposal.pk, reason="Trùng thành tích", by=office.staff, now=at(50))
    told = Notice.objects.filter(url=f"/khen-thuong/de-nghi/{proposal.pk}/")
    assert set(told.values_list("person", "text")) == {
        (office.leader.pk, "Trùng thành tích"),
        (office.reporter.pk, "Trùng thành tích"),
    }


def test_returned_to_the_unit_goes_through_all_steps_again(office: Office) -> None:
    proposal = _decided(office, Verdict.RETURN, return_step=ReturnStep.UNIT)
    again = proposals.submit(proposal_id=proposal.pk, by=office.leader, now=at(56))
    assert (again.state, again.appraised_by) == (S.SUBMITTED, None)
    appraisal.appraise(proposal_id=again.pk, by=office.staff, now=at(57))
    appraisal.convene(proposal_id=again.pk, by=office.staff, now=at(57))
    with pytest.raises(Refusal) as refused:  # the vote before the return does not count
        office.present(again)
    assert refused.value.code == "not_passed"


def test_returned_to_staff_needs_no_new_vote_and_is_decided_anew(office: Office) -> None:
    proposal = _decided(office, Verdict.RETURN, return_step=ReturnStep.STAFF)
    office.present(proposal)
    proposal.refresh_from_db()
    assert proposal.state == S.DOSSIER
    office.decide(proposal)
    stands = [(decision.verdict, decision.superseded_at is None) for decision in proposal.decisions.order_by("pk")]
    assert stands == [("return", False), ("approve", True)]


def test_second_decision_says_who_decided_and_when(office: Office) -> None:
    proposal = office.presented()
    seen = office.seen(proposal)
    office.decide(proposal)
    with pytest.raises(AlreadyDecided) as refused:
        office.decide(proposal, Verdict.REJECT, seen_digest=seen)
    assert refused.value.params["who"] == office.chairman.full_name
    assert refused.value.params["when"] == "10:00 24/04/2026"


def test_same_key_is_one_act(office: Office) -> None:
    proposal = office.presented()
    seen = office.seen(proposal)
    first = office.decide(proposal, key="tap", seen_digest=seen)
    assert office.decide(proposal, key="tap", seen_digest=seen) == first
    assert proposal.events.filter(act=Act.APPROVE).count() == 1


# --- council, quotas, issue ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("votes", "present", "outcome"),
    [
        ((3, 2, 0), None, S.COUNCIL),
        ((2, 2, 1), None, S.NOT_PASSED),
        ((3, 0, 1), 4, S.COUNCIL),
        ((3, 0, 0), 3, "no_quorum"),
        ((4, 2, 0), None, "tally_wrong"),
        ((5, 0, 0), 4, "tally_wrong"),
    ],
)
def test_tally(office: Office, votes: tuple[int, int, int], present: int | None, outcome: str) -> None:
    proposal = office.before_council()
    session = office.session()

    def record() -> None:
        tallies.record_tally(
            session_id=session.pk,
            proposal_id=proposal.pk,
            votes_for=votes[0],
            votes_against=votes[1],
            abstained=votes[2],
            present=present,
            by=office.secretary,
            now=at(52),
        )

    if outcome in S.values:
        record()
        proposal.refresh_from_db()
        assert proposal.state == outcome
    else:
        with pytest.raises(Refusal) as refused:
            record()
        assert refused.value.code == outcome


def test_member_does_not_vote_on_their_own_unit(office: Office) -> None:
    give_role(office.members[0], Role.COUNCIL, unit=office.participant.unit)
    with as_owner():
        office.members[0].roles.filter(unit__isnull=True).delete()
    proposal = office.before_council()
    assert list(council.conflicted_members(session=office.session(), proposal=proposal).values()) == ["own_unit"]
    with pytest.raises(Refusal) as refused:
        office.tally(proposal, votes=(5, 0, 0))
    assert refused.value.code == "tally_wrong"
    assert office.tally(proposal, votes=(4, 0, 0)).state == S.COUNCIL


@pytest.mark.parametrize("quota", ["quota_total", "quota_per_bloc", "quota_per_unit"])
def test_quotas_are_checked_when_a_submission_is_made(office: Office, quota: str) -> None:
    setattr(office.category, quota, 1)
    office.category.save()
    office.presented(recipient_name="Tập thể một")
    second = office.passed(recipient_name="Tập thể hai")
    with pytest.raises(Refusal) as refused:
        office.present(second)
    assert (refused.value.code, refused.value.params["used"]) == ("over_quota", 2)


def test_a_submission_stands_on_the_basis_day_only(bare: Office) -> None:
    bare.with_outcome(is_basis=False)
    proposal = bare.passed()
    with pytest.raises(Refusal) as refused:
        bare.present(proposal)
    assert refused.value.code == "not_on_basis"


def test_a_submission_stands_on_one_basis_day(office: Office) -> None:
    later = make_category(office.campaign, basis_day=day(46))
    other = Office(category=later)
    other.with_outcome()
    first, second = office.passed(), other.passed(recipient_name="Tập thể hai")
    with pytest.raises(Refusal) as refused:
        office.prepared(first, second)
    assert (refused.value.code, {refused.value.params["day"], refused.value.params["other"]}) == (
        "several_basis_days",
        {INTERIM, day(46)},
    )
    assert not Dossier.objects.exists()
    assert local_date(INTERIM) in refusal_sentence(refused.value)


def test_issue_date_is_not_before_the_approval(office: Office) -> None:
    proposal = office.approved()
    with pytest.raises(Refusal) as refused:
        issue.issue(proposal_ids=[proposal.pk], signed=office.signed(signed_on=day(53)), by=office.staff, now=at(55))
    assert refused.value.code == "date_too_early"


def test_revocation_keeps_everything_and_records_the_money(office: Office) -> None:
    proposal = office.issued()
    old = Decision.objects.filter(proposal=proposal).values().get()
    issue.revoke(
        proposal_id=proposal.pk,
        reason="Kê khai gian dối",
        document_number="611/QĐ-UBND",
        revoked_on=day(60),
        recovered=1_000_000,
        by=office.staff,
        now=at(60),
    )
    award = Award.objects.get(proposal=proposal)
    assert (award.revocation_number, award.bonus) == ("611/QĐ-UBND", 1_410_000)
    new = Decision.objects.get(proposal=proposal, superseded_at__isnull=True)
    assert (new.verdict, new.revokes_id) == (Verdict.REVOKE, old["id"])
    unchanged = Decision.objects.filter(pk=old["id"]).values().get()
    assert {**unchanged, "superseded_at": None} == old
    issue.record_recovery(
        award_id=award.pk, amount=410_000, day=day(61), document_number="PT 12", by=office.staff, now=at(61)
    )
    with pytest.raises(Refusal) as refused:
        issue.record_recovery(
            award_id=award.pk, amount=1, day=day(61), document_number="PT 13", by=office.staff, now=at(61)
        )
    assert refused.value.code == "too_much_recovered"
    assert sum(FundMovement.objects.values_list("amount", flat=True)) == 0


def test_withdrawn_proposal_leaves_the_submission_being_prepared(office: Office) -> None:
    proposal = office.passed()
    prepared = office.prepared(proposal)
    proposals.withdraw(proposal_id=proposal.pk, by=office.leader, now=at(53))
    assert prepared.items.filter(released_at__isnull=True).count() == 0


def test_stale_form_is_refused(office: Office) -> None:
    draft = office.draft()
    seen = {"proposal_id": draft.pk, "version": draft.version, "now": at(48)}
    proposals.edit(data=data(report="A"), by=office.leader, **seen)
    with pytest.raises(Refusal) as refused:
        proposals.edit(data=data(report="B"), by=office.reporter, **seen)
    assert refused.value.code == "stale_version"


def test_wrong_state_leaves_a_trace(office: Office) -> None:
    draft = office.draft()
    with pytest.raises(WrongState):
        appraisal.appraise(proposal_id=draft.pk, by=office.staff, now=at(50))
    assert AuditEntry.objects.filter(action="workflow.refused", subject_id=draft.pk).count() == 1
