"""Votes of the council: opened by its secretary, given once by each member, closed with a result (``tallies.py``).

Locks are taken in one order: the agenda's row, the session, the proposal.
"""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from awards.actions.tallies import conclude, shares_of, write_conflicts
from awards.ballot import Ballot, quorum_needed
from awards.enums import Attendance, ProposalState, VoteChoice, VoteMode, VoteState
from awards.models import (
    CouncilAgendaItem,
    CouncilConflict,
    CouncilMember,
    CouncilSession,
    CouncilTally,
    CouncilVote,
    Proposal,
)
from awards.workflow import Refusal, WrongState
from campaigns.actions.audit import record
from campaigns.calendar import local_day
from campaigns.models import User
from campaigns.permissions import Permission, require

from .agenda import has_result
from .council import clean_words, conflicted_members
from .transition import locked, locked_session, one_transaction


@one_transaction
def declare_conflict(
    *, session_id: int, proposal_id: int, reason: str, by: User, now: dt.datetime, member_id: int | None = None
) -> CouncilConflict:
    """Keep a member out of the vote on a nominee, with the reason: by themselves, or the secretary for a member.

    Raises PermissionDenied, Refusal("reason_missing", "not_a_member", "already_voted", "vote_closed",
    "conflict_known").
    """
    require(by, Permission.VOTE if member_id is None else Permission.RECORD_COUNCIL, on=local_day(now))
    reason = clean_words(reason)[:300]
    if not reason:
        raise Refusal("reason_missing")
    item = _item(session_id, proposal_id)
    if item.state == VoteState.CLOSED:
        raise Refusal("vote_closed")
    member = _member(item.session, by) if member_id is None else item.session.members.get(pk=member_id)
    if CouncilVote.objects.filter(member=member, proposal=item.proposal).exists():
        raise Refusal("already_voted")
    if CouncilConflict.objects.filter(member=member, proposal=item.proposal).exists():
        raise Refusal("conflict_known")
    conflict = CouncilConflict.objects.create(
        member=member, proposal=item.proposal, reason=reason, recorded_by=by, recorded_at=now
    )
    record(
        action="council.conflict",
        subject=item.session,
        by=by,
        now=now,
        campaign=item.session.campaign,
        after={"member": member.name, "proposal": proposal_id},
        reason=reason,
    )
    return conflict


@one_transaction
def open_vote(*, session_id: int, proposal_id: int, by: User, now: dt.datetime) -> CouncilAgendaItem:
    """Open the vote on one nominee in the portal. In order: right, locks, quorum, who keeps out is written, audit.

    Raises PermissionDenied, WrongState, Refusal("no_quorum", "secret_on_paper", "vote_closed").
    """
    require(by, Permission.RECORD_COUNCIL, on=local_day(now))
    item = _item(session_id, proposal_id)
    session = locked_session(session_id)
    proposal = locked(proposal_id)
    if session.mode != VoteMode.OPEN:
        raise Refusal("secret_on_paper")
    if item.state == VoteState.CLOSED:
        raise Refusal("vote_closed")
    if item.state == VoteState.OPEN:
        return item
    _needs_council(proposal)
    _needs_quorum(session)
    write_conflicts(session, proposal, by=by, now=now)
    item.state, item.opened_at = VoteState.OPEN, now
    item.save(update_fields=["state", "opened_at"])
    record(
        action="council.vote_opened",
        subject=session,
        by=by,
        now=now,
        participant=proposal.participant,
        after={"proposal": proposal_id},
    )
    return item


@one_transaction
def vote(
    *, session_id: int, proposal_id: int, choice: VoteChoice, by: User, now: dt.datetime, opinion: str = ""
) -> CouncilVote:
    """Give a member's vote on what is open, once. The agenda's row is locked, so that a closing waits or wins.

    Raises PermissionDenied, Refusal("vote_not_open", "vote_closed", "not_a_member", "not_present", "conflicted",
    "already_voted").
    """
    require(by, Permission.VOTE, on=local_day(now))
    item = _item(session_id, proposal_id)
    _needs_open(item)
    member = _member(item.session, by)
    if member.attendance != Attendance.PRESENT:
        raise Refusal("not_present")
    return _cast(item, member, choice, opinion=clean_words(opinion), in_writing=False, by=by, now=now)


@one_transaction
def record_written(
    *,
    session_id: int,
    proposal_id: int,
    member_id: int,
    choice: VoteChoice,
    opinion: str,
    by: User,
    now: dt.datetime,
) -> CouncilVote:
    """Record the written opinion of an absent member, before the vote is closed. The secretary's.

    The member then takes part in writing and counts for the quorum. Raises PermissionDenied, Refusal
    ("vote_closed", "is_present", "conflicted", "already_voted", "opinion_missing", "secret_on_paper").
    """
    require(by, Permission.RECORD_COUNCIL, on=local_day(now))
    item = _item(session_id, proposal_id)
    session = locked_session(session_id)
    opinion = clean_words(opinion)
    if session.mode != VoteMode.OPEN:
        raise Refusal("secret_on_paper")
    if item.state == VoteState.CLOSED:
        raise Refusal("vote_closed")
    if not opinion:
        raise Refusal("opinion_missing")
    member = CouncilMember.objects.select_for_update(of=("self",), no_key=True).get(pk=member_id, session=session)
    if member.attendance == Attendance.PRESENT:
        raise Refusal("is_present", name=member.name)
    if member.attendance == Attendance.ABSENT:
        member.attendance = Attendance.WRITTEN
        member.save(update_fields=["attendance"])
    return _cast(item, member, choice, opinion=opinion, in_writing=True, by=by, now=now)


def _cast(
    item: CouncilAgendaItem,
    member: CouncilMember,
    choice: VoteChoice,
    *,
    opinion: str,
    in_writing: bool,
    by: User,
    now: dt.datetime,
) -> CouncilVote:
    session, proposal = item.session, item.proposal
    if why := conflicted_members(session=session, proposal=proposal).get(member.pk):
        raise Refusal("conflicted", why=why)
    if CouncilVote.objects.filter(member=member, proposal=proposal).exists():
        raise Refusal("already_voted")
    try:
        with transaction.atomic():
            given = CouncilVote.objects.create(
                session=session,
                member=member,
                proposal=proposal,
                choice=choice,
                is_written=in_writing,
                opinion=opinion,
                cast_by=by,
                cast_at=now,
                voter_id=member.person_id,
                voter_unit_id=member.unit_id,
                drafted_by_id=proposal.drafted_by_id,
                submitted_by_id=proposal.submitted_by_id,
                proposing_unit_id=proposal.participant.unit_id,
            )
    except IntegrityError as error:
        raise Refusal("already_voted") from error
    # The trail says that somebody voted, not how: names stand beside votes only once the vote is closed.
    record(
        action="council.voted",
        subject=session,
        by=by,
        now=now,
        participant=proposal.participant,
        after={"proposal": proposal.pk, "member": member.pk, "in_writing": in_writing},
    )
    return given


@one_transaction
def close_vote(
    *, session_id: int, proposal_id: int, by: User, now: dt.datetime, despite_missing: bool = False, reason: str = ""
) -> CouncilTally:
    """Close the vote on a nominee and count it; what arrives later is refused. The secretary's.

    While somebody present has not voted it closes only with ``despite_missing``. Raises PermissionDenied,
    SameHands, WrongState, Refusal("vote_not_open", "vote_closed", "votes_missing", "no_quorum").
    """
    require(by, Permission.RECORD_COUNCIL, on=local_day(now))
    item = _item(session_id, proposal_id)
    session = locked_session(session_id)
    proposal = locked(proposal_id)
    _needs_open(item)
    members = list(session.members.all())
    votes = list(CouncilVote.objects.filter(session=session, proposal=proposal))
    conflicted = conflicted_members(session=session, proposal=proposal)
    voted = {given.member_id for given in votes}
    waiting = [
        m.name for m in members if m.attendance == Attendance.PRESENT and m.pk not in voted and m.pk not in conflicted
    ]
    if waiting and not despite_missing:
        raise Refusal("votes_missing", count=len(waiting), names=", ".join(waiting))
    counted = {choice: sum(given.choice == choice for given in votes) for choice in VoteChoice}
    # A member with a written opinion on another nominee only does not take part in this vote.
    present = sum(m.attendance == Attendance.PRESENT or m.pk in voted for m in members)
    ballot = Ballot(
        len(members),
        present,
        counted[VoteChoice.FOR],
        counted[VoteChoice.AGAINST],
        counted[VoteChoice.ABSTAIN],
    )
    return conclude(session, proposal, item, ballot, by=by, now=now, reason=reason)


def _item(session_id: int, proposal_id: int) -> CouncilAgendaItem:
    """Lock the agenda's row. Raises CouncilAgendaItem.DoesNotExist."""
    return (
        CouncilAgendaItem.objects.select_for_update(of=("self",))
        .select_related("session__campaign", "proposal__participant__unit")
        .get(session=session_id, proposal=proposal_id)
    )


def _member(session: CouncilSession, person: User) -> CouncilMember:
    rows = CouncilMember.objects.select_for_update(of=("self",), no_key=True)
    found = rows.filter(session=session, person=person).first()
    if found is None:
        raise Refusal("not_a_member")
    return found


def _needs_open(item: CouncilAgendaItem) -> None:
    if item.state == VoteState.CLOSED:
        raise Refusal("vote_closed")
    if item.state != VoteState.OPEN:
        raise Refusal("vote_not_open")


def _needs_council(proposal: Proposal) -> None:
    if proposal.state != ProposalState.COUNCIL or has_result(proposal):
        raise WrongState("wrong_state", state=proposal.state)


def _needs_quorum(session: CouncilSession) -> None:
    members = list(session.members.all())
    present = sum(member.attendance != Attendance.ABSENT for member in members)
    quorum, _majority = shares_of(session)
    if not members or present < quorum_needed(len(members), quorum):
        raise Refusal("no_quorum", present=present, members=len(members))
