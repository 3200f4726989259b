"""After the decision: the signed document's number and date, the bonus, the fund; and revocation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from awards.enums import Act, FundKind, Verdict
from awards.models import Award, AwardDecision, Decision, DossierItem, FundMovement, Proposal
from awards.queries.money import bonus_terms
from awards.workflow import Refusal
from campaigns.actions.audit import record
from campaigns.calendar import local_day
from campaigns.enums import Role
from campaigns.models import User
from campaigns.permissions import Permission, require
from campaigns.vietnamese import normalise

from .transition import check_step, locked, one_transaction, submitter_of, write_state


@dataclass(frozen=True)
class SignedDecision:
    """The decision as the document-management system has it."""

    number: str
    signed_on: dt.date
    signer_name: str
    signer_title: str


@one_transaction
def issue(*, proposal_ids: Sequence[int], signed: SignedDecision, by: User, now: dt.datetime) -> AwardDecision:
    """Enter the signed decision's number and date for approved proposals. In order, each proposal:

    its bonus by the terms in force on the date of the decision, frozen; the award; the fund's movement; the
    proposal → issued. Proposals may be added to a decision entered before (same number, date and signer).
    Raises PermissionDenied, WrongState, Refusal.
    """
    require(by, Permission.ISSUE, on=local_day(now))
    if not proposal_ids:
        raise Refusal("empty_dossier")
    number = normalise(signed.number)
    if not number or not signed.signer_name.strip():
        raise Refusal("number_missing")
    if signed.signed_on > local_day(now):
        raise Refusal("date_in_future")
    proposals = [locked(proposal_id) for proposal_id in sorted(set(proposal_ids))]
    steps = [check_step(proposal, Act.ISSUE, by=by, now=now) for proposal in proposals]
    decisions = [Decision.objects.get(proposal=proposal, superseded_at__isnull=True) for proposal in proposals]
    if signed.signed_on < max(local_day(decision.decided_at) for decision in decisions):
        raise Refusal("date_too_early")
    document = _document(proposals[0], signed, number, by=by, now=now)
    awards = [
        _award(proposal, decision, document, by=by, now=now)
        for proposal, decision in zip(proposals, decisions, strict=True)
    ]
    for proposal, step, award in zip(proposals, steps, awards, strict=True):
        write_state(
            proposal,
            step,
            by=by,
            now=now,
            detail={"number": number, "signed_on": signed.signed_on.isoformat(), "bonus": award.bonus},
        )
    return document


def _document(proposal: Proposal, signed: SignedDecision, number: str, *, by: User, now: dt.datetime) -> AwardDecision:
    existing = AwardDecision.objects.filter(number=number, signed_on=signed.signed_on).first()
    if existing is not None:
        if existing.campaign_id != proposal.campaign_id or existing.signer_name != normalise(signed.signer_name):
            raise Refusal("number_taken")
        return existing
    return AwardDecision.objects.create(
        campaign=proposal.campaign,
        number=number,
        signed_on=signed.signed_on,
        signer_name=normalise(signed.signer_name),
        signer_title=normalise(signed.signer_title),
        issued_by=by,
        issued_at=now,
    )


def _award(proposal: Proposal, decision: Decision, document: AwardDecision, *, by: User, now: dt.datetime) -> Award:
    terms = bonus_terms(category=proposal.category, on=document.signed_on)
    if terms is None:
        raise Refusal("no_money_rule")
    award = Award.objects.create(
        proposal=proposal,
        category=proposal.category,
        participant=proposal.participant,
        decision=decision,
        issue=document,
        recipient_kind=proposal.recipient_kind,
        recipient_name=proposal.recipient_name,
        recipient_key=proposal.recipient_key,
        recipient_position=proposal.position,
        title=proposal.category.title,
        bonus=terms.amount,
        base_salary=terms.base_salary,
        coefficient=terms.coefficient,
        rounding_mode=terms.mode,
        rounding_step=terms.step,
    )
    FundMovement.objects.create(
        day=document.signed_on,
        kind=FundKind.AWARD,
        amount=-award.bonus,
        award=award,
        document_number=document.number,
        entered_by=by,
        entered_at=now,
    )
    return award


@one_transaction
def revoke(
    *,
    proposal_id: int,
    reason: str,
    document_number: str,
    revoked_on: dt.date,
    by: User,
    now: dt.datetime,
    recovered: int = 0,
) -> Award:
    """Revoke an issued award by a numbered document: a new decision revokes the old one, which stays as it was.

    In order: the award's revocation (written once), the old decision superseded and the revoking one added,
    money that came back into the fund, the proposal → revoked. Raises PermissionDenied, SameHands, WrongState,
    Refusal.
    """
    proposal = locked(proposal_id)
    step = check_step(proposal, Act.REVOKE, by=by, now=now, reason=reason)
    if not document_number.strip():
        raise Refusal("number_missing")
    if revoked_on > local_day(now):
        raise Refusal("date_in_future")
    award = Award.objects.select_for_update(of=("self",)).get(proposal=proposal)
    old = Decision.objects.get(proposal=proposal, superseded_at__isnull=True)
    Award.objects.write_once(
        award.pk,
        empty="revoked_on",
        revoked_on=revoked_on,
        revocation_number=document_number.strip(),
        revocation_reason=reason.strip(),
        revoked_by=by,
    )
    Decision.objects.write_once(old.pk, empty="superseded_at", superseded_at=now)
    Decision.objects.create(
        proposal=proposal,
        item=DossierItem.objects.get(pk=old.item_id),
        verdict=Verdict.REVOKE,
        reason=reason.strip(),
        seen_digest=old.seen_digest,
        decided_by=by,
        decided_as=Role.INTERNAL_AFFAIRS,
        decided_at=now,
        drafted_by_id=proposal.drafted_by_id,
        submitted_by_id=submitter_of(proposal),
        revokes=old,
        document_number=document_number.strip(),
    )
    if recovered:
        _recover(award, recovered, day=revoked_on, document_number=document_number, by=by, now=now)
    write_state(
        proposal,
        step,
        by=by,
        now=now,
        reason=reason.strip(),
        detail={"document": document_number.strip(), "recovered": recovered},
    )
    award.refresh_from_db()
    return award


@transaction.atomic
def record_recovery(
    *, award_id: int, amount: int, day: dt.date, document_number: str, by: User, now: dt.datetime
) -> FundMovement:
    """Record money of a revoked award that came back later. Raises PermissionDenied, Refusal."""
    require(by, Permission.ISSUE, on=local_day(now))
    if day > local_day(now):
        raise Refusal("date_in_future")
    award = Award.objects.select_for_update(of=("self",)).select_related("participant").get(pk=award_id)
    if award.revoked_on is None:
        raise Refusal("wrong_state")
    movement = _recover(award, amount, day=day, document_number=document_number, by=by, now=now)
    record(
        action="award.recovered",
        subject=award,
        by=by,
        now=now,
        participant=award.participant,
        after={"amount": amount, "day": day},
    )
    return movement


def _recover(
    award: Award, amount: int, *, day: dt.date, document_number: str, by: User, now: dt.datetime
) -> FundMovement:
    back = sum(FundMovement.objects.filter(award=award, kind=FundKind.RECOVERY).values_list("amount", flat=True))
    if amount < 1 or back + amount > award.bonus:
        raise Refusal("too_much_recovered")
    return FundMovement.objects.create(
        day=day,
        kind=FundKind.RECOVERY,
        amount=amount,
        award=award,
        document_number=document_number.strip(),
        entered_by=by,
        entered_at=now,
    )


@transaction.atomic
def move_fund(
    *, kind: FundKind, amount: int, day: dt.date, document_number: str, note: str, by: User, now: dt.datetime
) -> FundMovement:
    """Enter an opening balance, an allocation or a correction of the fund. Raises PermissionDenied, Refusal."""
    require(by, Permission.ISSUE, on=local_day(now))
    if kind in (FundKind.AWARD, FundKind.RECOVERY) or amount == 0:
        raise Refusal("wrong_state")
    if day > local_day(now):
        raise Refusal("date_in_future")
    movement = FundMovement.objects.create(
        day=day,
        kind=kind,
        amount=amount,
        document_number=document_number.strip(),
        note=normalise(note),
        entered_by=by,
        entered_at=now,
    )
    record(
        action="fund.moved", subject=movement, by=by, now=now, after={"kind": kind.value, "amount": amount, "day": day}
    )
    return movement
