"""The chairman decides: what was shown is what is decided, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from awards.enums import Act, ProposalState, ReturnStep, Verdict
from awards.models import CouncilConflict, Decision, DossierItem, Proposal
from awards.permissions import require_act
from awards.queries.conflicts import preparers_of
from awards.queries.contents import changes_between, contents_of, digest
from awards.workflow import AlreadyDecided, DossierChanged, Refusal, SameHands, WrongState
from campaigns.actions.idempotency import once
from campaigns.calendar import local_day
from campaigns.display import local_datetime
from campaigns.enums import Role
from campaigns.models import RoleAssignment, User
from campaigns.permissions import is_own_unit

from .transition import check_step, locked, one_transaction, submitter_of, write_state

_ACTS = {Verdict.APPROVE: Act.APPROVE, Verdict.REJECT: Act.REJECT, Verdict.RETURN: Act.RETURN}


@one_transaction
def decide(
    *,
    proposal_id: int,
    by: User,
    verdict: Verdict,
    seen_digest: str,
    now: dt.datetime,
    key: str,
    reason: str = "",
    return_step: str = "",
) -> Decision:
    """Decide on a proposal as it was shown (``seen_digest``); exactly one decision stands, whatever the race.

    In order: the proposal's row is locked and read anew; right (chairman, or vice-chairman with a delegation in
    force), separation of duties, neither own unit nor a conflict in the council; nobody decided before; what would
    be decided is what was shown; the decision (unique while it stands); the state by conditional update, its log
    row, one notice to each of the unit's people, one audit entry. ``key`` makes the same tap twice one act.

    Raises PermissionDenied, SameHands, AlreadyDecided, WrongState, DossierChanged, Refusal, and idempotency's
    KeyReused for a key that came with another verdict.
    """
    request = {
        "act": "proposal.decide",
        "proposal": proposal_id,
        "verdict": verdict.value,
        "reason": reason,
        "return_step": return_step,
        "seen": seen_digest,
    }
    proposal = locked(proposal_id)
    with once(actor=by, key=key, request=request, now=now) as earlier:
        if earlier.result is not None:
            return Decision.objects.get(pk=earlier.result["decision"])
        decision = _decide(proposal, verdict, reason.strip(), seen_digest, return_step, by=by, now=now)
        earlier.keep({"decision": decision.pk})
    return decision


def _decide(
    proposal: Proposal,
    verdict: Verdict,
    reason: str,
    seen_digest: str,
    return_step: str,
    *,
    by: User,
    now: dt.datetime,
) -> Decision:
    act = _ACTS[verdict]
    require_act(by, act, proposal=proposal, on=local_day(now))
    if proposal.state != ProposalState.DOSSIER:
        raise _already_decided(proposal)
    step = check_step(proposal, act, by=by, now=now, reason=reason)
    if is_own_unit(by, proposal.participant.unit_id) or _has_conflict(proposal, by):
        raise SameHands("conflicted_decision")
    if verdict is Verdict.RETURN and return_step not in ReturnStep.values:
        raise Refusal("return_step_missing")
    item = DossierItem.objects.select_related("dossier").get(proposal=proposal, released_at__isnull=True)
    if by.pk in preparers_of(proposal, item):
        raise SameHands("prepared_decision")
    content = contents_of([proposal], on=local_day(now))[proposal.pk]
    if not seen_digest or digest(content) != seen_digest:
        raise DossierChanged("dossier_changed", changes=changes_between(item.content, content) or ["dossier"])
    role, delegation = _acting_as(by, on=local_day(now))
    try:
        with transaction.atomic():
            decision = Decision.objects.create(
                proposal=proposal,
                item=item,
                verdict=verdict,
                reason=reason,
                return_step=return_step if verdict is Verdict.RETURN else "",
                seen_digest=seen_digest,
                decided_by=by,
                decided_as=role,
                delegation_number=delegation,
                decided_at=now,
                drafted_by_id=proposal.drafted_by_id,
                submitted_by_id=submitter_of(proposal),
            )
    except IntegrityError as error:
        raise _already_decided(proposal) from error
    if verdict is Verdict.RETURN:
        item.released_at = now
        item.save(update_fields=["released_at"])
    write_state(
        proposal,
        step,
        by=by,
        now=now,
        reason=reason,
        return_step=decision.return_step,
        detail={"decision": decision.pk, "seen": seen_digest, "as": role, "delegation": delegation},
    )
    return decision


def _has_conflict(proposal: Proposal, by: User) -> bool:
    """Whether the person did not vote on it in the council, or should not have."""
    return CouncilConflict.objects.filter(proposal=proposal, member__person=by).exists()


def _already_decided(proposal: Proposal) -> WrongState:
    """Say who decided and when; a proposal nobody decided on is simply elsewhere."""
    decision = (
        Decision.objects.filter(proposal=proposal).select_related("decided_by").order_by("-decided_at", "-pk").first()
    )
    if decision is None:
        return WrongState("wrong_state", act="decide", state=proposal.state)
    return AlreadyDecided(
        "already_decided",
        verdict=decision.get_verdict_display(),
        who=decision.decided_by.full_name,
        when=local_datetime(decision.decided_at),
    )


def _acting_as(by: User, *, on: dt.date) -> tuple[Role, str]:
    """Return whether the person decides as chairman, or by which numbered delegation as vice-chairman."""
    rows = list(RoleAssignment.objects.in_force(on=on).filter(user=by, role__in=(Role.CHAIRMAN, Role.VICE_CHAIRMAN)))
    if any(row.role == Role.CHAIRMAN for row in rows):
        return Role.CHAIRMAN, ""
    return Role.VICE_CHAIRMAN, rows[0].document_number


@dataclass(frozen=True)
class BatchResult:
    """What came of one proposal of a batch."""

    proposal_id: int
    decision: Decision | None  # None where it was refused
    refusal: Refusal | None = None


def approve_many(*, seen: Sequence[tuple[int, str]], by: User, now: dt.datetime, key: str) -> list[BatchResult]:
    """Approve several proposals after a summary, each by itself: one that changed or was decided stops no other.

    ``seen`` pairs each proposal's id with the digest the summary showed. Raises PermissionDenied, KeyReused.
    """
    results = []
    for proposal_id, seen_digest in seen:
        try:
            decision = decide(
                proposal_id=proposal_id,
                by=by,
                verdict=Verdict.APPROVE,
                seen_digest=seen_digest,
                now=now,
                key=f"{key}:{proposal_id}"[:64],
            )
            results.append(BatchResult(proposal_id, decision))
        except (WrongState, DossierChanged, SameHands) as refusal:
            results.append(BatchResult(proposal_id, None, refusal))
    return results
