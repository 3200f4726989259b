"""Counts of the council: what a vote comes to, and secret ballots that were held on paper."""

from __future__ import annotations

import datetime as dt

from django.utils import translation

from awards.ballot import Ballot, BallotResult, Share, adds_up, result_of, votes_needed
from awards.enums import Act, Attendance, SessionState, VoteMode, VoteState
from awards.models import (
    CouncilAgendaItem,
    CouncilConflict,
    CouncilSession,
    CouncilTally,
    Proposal,
)
from awards.queries.conflicts import conflict_words
from awards.wording import ballot_sentence
from awards.workflow import Refusal
from campaigns.models import User

from .agenda import has_result
from .council import conflicted_members
from .transition import check_step, locked, locked_session, one_transaction, write_state


def shares_of(session: CouncilSession) -> tuple[Share, Share]:
    """Return the session's quorum and majority."""
    return (
        Share(session.quorum_numerator, session.quorum_denominator),
        Share(session.majority_numerator, session.majority_denominator),
    )


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
    Refusal("no_quorum", "tally_wrong", "tally_exists", "not_before_council", "vote_in_portal").
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
    if has_result(proposal):  # by another session: the council votes once on what was submitted
        raise Refusal("not_before_council", name=proposal.recipient_name)
    listed = list(session.members.all())
    took_part = [member for member in listed if member.attendance != Attendance.ABSENT]
    members = len(listed) if members is None else members
    present = len(took_part) if present is None else present
    conflicted = conflicted_members(session=session, proposal=proposal)
    ballot = Ballot(members, present, votes_for, votes_against, abstained)
    if not adds_up(ballot, voters=present - sum(member.pk in conflicted for member in took_part)):
        raise Refusal("tally_wrong")
    write_conflicts(session, proposal, by=by, now=now)
    return conclude(session, proposal, _item_or_new(session, proposal), ballot, by=by, now=now, reason=reason)


def conclude(
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


def _item_or_new(session: CouncilSession, proposal: Proposal) -> CouncilAgendaItem:
    """Return the agenda's row of a paper ballot; one that was held without an agenda gets its place at the end."""
    found = session.agenda.select_for_update(of=("self",)).filter(proposal=proposal).first()
    if found is not None:
        return found
    if CouncilAgendaItem.objects.filter(proposal=proposal).exclude(state=VoteState.CLOSED).exists():
        raise Refusal("on_another_agenda", name=proposal.recipient_name)
    return CouncilAgendaItem.objects.create(session=session, proposal=proposal, position=session.agenda.count() + 1)


def write_conflicts(session: CouncilSession, proposal: Proposal, *, by: User, now: dt.datetime) -> None:
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
