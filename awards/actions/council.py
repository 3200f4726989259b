"""The council: sessions with their members, and the tally its secretary records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from awards.enums import Act, Attendance, SessionState, VoteMode
from awards.models import CouncilConflict, CouncilMember, CouncilSession, CouncilTally, Proposal
from awards.wording import not_passed_words
from awards.workflow import Refusal, share_exceeded, share_reached
from campaigns.actions.audit import record
from campaigns.calendar import local_day
from campaigns.enums import Role
from campaigns.models import Campaign, RoleAssignment, User
from campaigns.permissions import Permission, require

from .transition import check_step, hands_of, locked, one_transaction, policy_of, write_state


@dataclass(frozen=True)
class SessionData:
    """What the secretary writes of a session."""

    held_on: dt.date
    place: str = ""
    chair_name: str = ""
    secretary_name: str = ""
    minutes_number: str = ""
    minutes_text: str = ""
    mode: VoteMode = VoteMode.OPEN


def council_members(*, on: dt.date) -> list[User]:
    """Return who holds the council role on a local day, in Vietnamese order."""
    held = RoleAssignment.objects.in_force(on=on).filter(role=Role.COUNCIL).values("user")
    return list(User.objects.filter(pk__in=held, is_active=True).order_by("sort_key", "pk"))


@transaction.atomic
def plan_session(
    *,
    campaign_id: int,
    data: SessionData,
    by: User,
    now: dt.datetime,
    attendance: Mapping[int, Attendance] | None = None,
) -> CouncilSession:
    """Record a session and its members; quorum and majority are copied from the campaign's procedure.

    ``attendance`` says of each member (person id) how they took part; without it all members of the day are
    present. Raises PermissionDenied.
    """
    require(by, Permission.RECORD_COUNCIL, on=local_day(now))
    campaign = Campaign.objects.get(pk=campaign_id)
    policy = policy_of(campaign.pk)
    session = CouncilSession.objects.create(
        campaign=campaign,
        held_on=data.held_on,
        place=data.place,
        chair_name=data.chair_name,
        secretary_name=data.secretary_name or by.full_name,
        minutes_number=data.minutes_number,
        minutes_text=data.minutes_text,
        mode=data.mode,
        quorum_numerator=policy.quorum_numerator,
        quorum_denominator=policy.quorum_denominator,
        majority_numerator=policy.majority_numerator,
        majority_denominator=policy.majority_denominator,
        created_by=by,
        created_at=now,
    )
    CouncilMember.objects.bulk_create(
        CouncilMember(
            session=session,
            person=person,
            name=person.full_name,
            title=person.position,
            attendance=(attendance or {}).get(person.pk, Attendance.PRESENT if not attendance else Attendance.ABSENT),
        )
        for person in council_members(on=data.held_on)
    )
    record(
        action="council.session",
        subject=session,
        by=by,
        now=now,
        campaign=campaign,
        after={"held_on": data.held_on, "mode": data.mode.value},
    )
    return session


def conflicted_members(*, session: CouncilSession, proposal: Proposal) -> dict[int, str]:
    """Return the members who may not vote on a proposal (member id → why): their own unit's, or their own hands'.

    Declared conflicts are added to them.
    """
    own_units = set(
        RoleAssignment.objects.in_force(on=session.held_on)
        .filter(unit=proposal.participant.unit_id)
        .values_list("user_id", flat=True)
    )
    hands = hands_of(proposal)
    found = {}
    for member in session.members.all():
        if member.person_id in hands:
            found[member.pk] = "own_proposal"
        elif member.person_id in own_units:
            found[member.pk] = "own_unit"
    for conflict in CouncilConflict.objects.filter(member__session=session, proposal=proposal):
        found[conflict.member_id] = "declared"
    return found


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
    """Record the council's count on a proposal; it passes, or is not passed and the unit is told.

    Members and presence are the session's list unless given (a paper ballot). Written opinions of the absent
    count as taking part. Members who may not vote on it lower the number of possible votes, not the majority
    of all members. Raises PermissionDenied, SameHands, WrongState, Refusal("no_quorum", "tally_wrong",
    "tally_exists").
    """
    session = CouncilSession.objects.select_for_update(of=("self",)).get(pk=session_id)
    proposal = locked(proposal_id)
    if proposal.campaign_id != session.campaign_id:
        raise Proposal.DoesNotExist
    check_step(proposal, Act.PASS, by=by, now=now)
    if CouncilTally.objects.filter(session=session, proposal=proposal).exists():
        raise Refusal("tally_exists")
    listed = list(session.members.all())
    took_part = [member for member in listed if member.attendance != Attendance.ABSENT]
    members = len(listed) if members is None else members
    present = len(took_part) if present is None else present
    conflicted = conflicted_members(session=session, proposal=proposal)
    voters = present - sum(member.pk in conflicted for member in took_part)
    if members < 1 or present > members or min(votes_for, votes_against, abstained) < 0:
        raise Refusal("tally_wrong")
    if votes_for + votes_against + abstained > voters:
        raise Refusal("tally_wrong")
    if not share_reached(present, members, numerator=session.quorum_numerator, denominator=session.quorum_denominator):
        raise Refusal("no_quorum", present=present, members=members)
    passed = share_exceeded(
        votes_for, members, numerator=session.majority_numerator, denominator=session.majority_denominator
    )
    step = check_step(proposal, Act.PASS if passed else Act.NOT_PASS, by=by, now=now)
    tally = CouncilTally.objects.create(
        session=session,
        proposal=proposal,
        members=members,
        present=present,
        votes_for=votes_for,
        votes_against=votes_against,
        abstained=abstained,
        is_passed=passed,
        recorded_by=by,
        recorded_at=now,
    )
    CouncilSession.objects.filter(pk=session.pk).update(state=SessionState.HELD)
    detail = {
        "session": session.pk,
        "members": members,
        "present": present,
        "for": votes_for,
        "against": votes_against,
        "abstained": abstained,
    }
    if not passed:
        reason = reason.strip() or not_passed_words(votes_for, members)
    write_state(proposal, step, by=by, now=now, reason=reason, detail=detail)
    return tally
