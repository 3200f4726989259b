"""What Internal Affairs does with a submitted proposal: names alike, appraise, refuse, return, to the council."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from awards.enums import Act, DuplicateFinding, ReturnStep
from awards.models import DuplicateReview, Proposal
from awards.queries.duplicates import Match, Where, matches_of
from awards.workflow import Refusal
from campaigns.actions.audit import record
from campaigns.models import User

from .agenda import leave_agenda
from .transition import check_step, locked, one_transaction, write_state


def _write_review(
    proposal: Proposal, match: Match, *, finding: DuplicateFinding, reason: str, by: User, now: dt.datetime
) -> None:
    is_register = match.where is Where.REGISTER
    DuplicateReview.objects.create(
        proposal=proposal,
        other_id=None if is_register else match.proposal_id,
        earlier_award_id=match.earlier_id if is_register else None,
        finding=finding,
        reason=reason,
        reviewed_by=by,
        reviewed_at=now,
    )


@one_transaction
def review_duplicate(
    *,
    proposal_id: int,
    finding: DuplicateFinding,
    reason: str,
    by: User,
    now: dt.datetime,
    other_id: int | None = None,
    earlier_id: int | None = None,
) -> None:
    """Say once of a name alike whether it is a duplicate, and why. People decide; the machine only points.

    Raises PermissionDenied, SameHands, WrongState, Refusal("reason_missing"), Proposal.DoesNotExist for a name
    that is not alike or was looked at before.
    """
    proposal = locked(proposal_id)
    check_step(proposal, Act.APPRAISE, by=by, now=now)
    if not reason.strip():
        raise Refusal("reason_missing")
    match = next(
        (
            match
            for match in matches_of([proposal])[proposal.pk]
            if not match.finding
            and ((other_id and match.proposal_id == other_id) or (earlier_id and match.earlier_id == earlier_id))
        ),
        None,
    )
    if match is None:
        raise Proposal.DoesNotExist
    _write_review(proposal, match, finding=finding, reason=reason.strip(), by=by, now=now)
    record(
        action="proposal.duplicate_reviewed",
        subject=proposal,
        by=by,
        now=now,
        participant=proposal.participant,
        after={"finding": finding.value, "other": other_id, "earlier": earlier_id},
        reason=reason.strip(),
    )


@one_transaction
def appraise(
    *, proposal_id: int, by: User, now: dt.datetime, reason: str = "", not_duplicates_because: str = ""
) -> Proposal:
    """Find a proposal in order; the council's deadline starts.

    Every name alike in the campaign, and every award for a time it runs into, must have been looked at;
    ``not_duplicates_because`` says it for those left. What was said of a pair holds for both and is said once.
    Raises PermissionDenied, SameHands, WrongState, Refusal("duplicates_open" or "is_duplicate").
    """
    proposal = locked(proposal_id)
    step = check_step(proposal, Act.APPRAISE, by=by, now=now)
    matches = [match for match in matches_of([proposal])[proposal.pk] if match.asks]
    if any(match.finding == DuplicateFinding.SAME for match in matches):
        raise Refusal("is_duplicate")
    waiting = [match for match in matches if match.is_open]
    if waiting and not not_duplicates_because.strip():
        raise Refusal("duplicates_open", count=len(waiting))
    for match in waiting:
        _write_review(
            proposal,
            match,
            finding=DuplicateFinding.DIFFERENT,
            reason=not_duplicates_because.strip(),
            by=by,
            now=now,
        )
    write_state(
        proposal,
        step,
        by=by,
        now=now,
        reason=reason,
        changes={"appraised_by": by, "appraised_at": now},
        detail={"duplicates": len(matches)},
    )
    return proposal


@one_transaction
def refuse(*, proposal_id: int, reason: str, by: User, now: dt.datetime) -> Proposal:
    """Refuse a proposal at appraisal; the unit is told with the reason.

    Raises PermissionDenied, SameHands, WrongState, Refusal("reason_missing").
    """
    proposal = locked(proposal_id)
    step = check_step(proposal, Act.REFUSE, by=by, now=now, reason=reason)
    write_state(proposal, step, by=by, now=now, reason=reason.strip())
    return proposal


@one_transaction
def send_back(*, proposal_id: int, reason: str, by: User, now: dt.datetime) -> Proposal:
    """Return a proposal to its unit before the dossier: all steps again. The unit is told with the reason.

    Raises PermissionDenied, SameHands, WrongState, Refusal("reason_missing").
    """
    proposal = locked(proposal_id)
    step = check_step(proposal, Act.SEND_BACK, by=by, now=now, reason=reason)
    proposal.dossier_items.filter(released_at__isnull=True).update(released_at=now)
    leave_agenda(proposal)
    write_state(proposal, step, by=by, now=now, reason=reason.strip(), return_step=ReturnStep.UNIT)
    return proposal


@one_transaction
def convene(*, proposal_id: int, by: User, now: dt.datetime) -> Proposal:
    """Put an appraised proposal before the council. Raises PermissionDenied, SameHands, WrongState."""
    proposal = locked(proposal_id)
    step = check_step(proposal, Act.CONVENE, by=by, now=now)
    write_state(proposal, step, by=by, now=now)
    return proposal


@one_transaction
def convene_chosen(*, proposal_ids: Sequence[int], by: User, now: dt.datetime) -> list[Proposal]:
    """Put several appraised proposals before the council, all or none.

    Raises as ``convene``, and Refusal("empty_dossier") where none is chosen.
    """
    if not proposal_ids:
        raise Refusal("empty_dossier")
    return [convene(proposal_id=pk, by=by, now=now) for pk in sorted(set(proposal_ids))]
