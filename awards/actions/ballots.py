"""Votes of the council: opened by its secretary, given once by each member, closed with a result; paper ballots.

Locks are taken in one order: the agenda's row, the session, the proposal.
"""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import translation

from awards.ballot import Ballot, BallotResult, Share, adds_up, quorum_needed, result_of, votes_needed
from awards.enums import Act, Attendance, ProposalState, SessionState, VoteChoice, VoteMode, VoteState
from awards.models import (
    CouncilAgendaItem,
    CouncilConflict,
    CouncilMember,
    CouncilSession,
    CouncilTally,
    CouncilVote,
    Proposal,
)
from awards.queries.conflicts import conflict_words
from awards.wording import ballot_sentence
from awards.workflow import Refusal, WrongState
from campaigns.actions.audit import record
from campaigns.calendar import local_day
from campaigns.models import User
from campaigns.permissions import Permission, require

from .council import clean_words, conflicted_members, has_result, locked_session
from .transition import check_step, locked, one_transaction, write_state


def shares_of(session: CouncilSession) -> tuple[Share, Share]:
    """Return the session's quorum and majority."""
    return (
        Share(session.quorum_numerator, session.quorum_denominator),
        Share(session.majority_numerator, session.majority_denominator),
    )


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
    _write_conflicts(session, proposal, by=by, now=now)
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
    return _conclude(session, proposal, item, ballot, by=by, now=now, reason=reason)


@one_transaction
def record_tally(
    *,
    session_id: int,
    proposal_id: int,
    votes_for: int,
    votes_against: int,
    abstained: int,
    by: User,
    now: dt.datetime,
    members: int | None = None,
    present: int | None = None,
    reason: str = "",
) -> CouncilTally:
    """Record the count of a secret ballot held on paper; it passes, or is not passed and the unit is told.

    Members and presence are the session's list unless given. Members who may not vote on it lower the number of
    possible votes, not the majority of all members. Raises PermissionDenied, SameHands, WrongState,
    Refusal("no_quorum", "tally_wrong", "tally_exists", "vote_in_portal").
    """
    session = locked_session(session_id)
    proposal = locked(proposal_id)
    if proposal.campaign_id != session.campaign_id:
        raise Proposal.DoesNotExist
    check_step(proposal, Act.PASS, by=by, now=now)
    if session.mode != VoteMode.SECRET:
        raise Refusal("vote_in_portal")
    if CouncilTally.objects.filter(session=session, proposal=proposal).exists():
        raise Refusal("tally_exists")
    listed = list(session.members.all())
    took_part = [member for member in listed if member.attendance != Attendance.ABSENT]
    members = len(listed) if members is None else members
    present = len(took_part) if present is None else present
    conflicted = conflicted_members(session=session, proposal=proposal)
    ballot = Ballot(members, present, votes_for, votes_against, abstained)
    if not adds_up(ballot, voters=present - sum(member.pk in conflicted for member in took_part)):
        raise Refusal("tally_wrong")
    _write_conflicts(session, proposal, by=by, now=now)
    return _conclude(session, proposal, _item_or_new(session, proposal), ballot, by=by, now=now, reason=reason)


def _conclude(
    session: CouncilSession,
    proposal: Proposal,
    item: CouncilAgendaItem,
    ballot: Ballot,
    *,
    by: User,
    now: dt.datetime,
    reason: str,
) -> CouncilTally:
    """Write the count and what it says: tally, agenda, session, the proposal's state with its log and audit."""
    quorum, majority = shares_of(session)
    result = result_of(ballot, quorum=quorum, majority=majority)
    if result is BallotResult.NO_QUORUM:
        raise Refusal("no_quorum", present=ballot.present, members=ballot.members)
    passed = result is BallotResult.PASSED
    step = check_step(proposal, Act.PASS if passed else Act.NOT_PASS, by=by, now=now)
    tally = CouncilTally.objects.create(
        session=session,
        proposal=proposal,
        members=ballot.members,
        present=ballot.present,
        votes_for=ballot.votes_for,
        votes_against=ballot.votes_against,
        abstained=ballot.abstained,
        is_passed=passed,
        recorded_by=by,
        recorded_at=now,
    )
    item.state, item.closed_at = VoteState.CLOSED, now
    item.save(update_fields=["state", "closed_at"])
    CouncilSession.objects.filter(pk=session.pk).update(state=SessionState.HELD)
    detail = {
        "session": session.pk,
        "members": ballot.members,
        "present": ballot.present,
        "for": ballot.votes_for,
        "against": ballot.votes_against,
        "abstained": ballot.abstained,
        "result": result.value,
    }
    if not passed:  # what the unit is told where the secretary wrote nothing: the count itself
        needed = votes_needed(ballot.members, majority)
        words = ballot_sentence(result, votes_for=ballot.votes_for, members=ballot.members, needed=needed)
        reason = reason.strip() or words
    write_state(proposal, step, by=by, now=now, reason=reason, detail=detail)
    return tally


def _item(session_id: int, proposal_id: int) -> CouncilAgendaItem:
    """Lock the agenda's row. Raises CouncilAgendaItem.DoesNotExist."""
    return (
        CouncilAgendaItem.objects.select_for_update(of=("self",))
        .select_related("session__campaign", "proposal__participant__unit")
        .get(session=session_id, proposal=proposal_id)
    )


def _item_or_new(session: CouncilSession, proposal: Proposal) -> CouncilAgendaItem:
    """Return the agenda's row of a paper ballot; one that was held without an agenda gets its place at the end."""
    found = session.agenda.select_for_update(of=("self",)).filter(proposal=proposal).first()
    if found is not None:
        return found
    if CouncilAgendaItem.objects.filter(proposal=proposal).exclude(state=VoteState.CLOSED).exists():
        raise Refusal("on_another_agenda", name=proposal.recipient_name)
    return CouncilAgendaItem.objects.create(session=session, proposal=proposal, position=session.agenda.count() + 1)


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


def _write_conflicts(session: CouncilSession, proposal: Proposal, *, by: User, now: dt.datetime) -> None:
    """Keep who must stay out beside what was declared: the minutes name them with the reason."""
    known = set(
        CouncilConflict.objects.filter(member__session=session, proposal=proposal).values_list("member", flat=True)
    )
    found = conflicted_members(session=session, proposal=proposal)
    with translation.override("vi"):
        for member, why in found.items():
            if member not in known:
                CouncilConflict.objects.create(
                    member_id=member, proposal=proposal, reason=conflict_words(why), recorded_by=by, recorded_at=now
                )
