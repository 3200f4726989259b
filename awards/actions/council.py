"""The council's sessions: when and how, and who sits in them; whom they are about is ``agenda.py``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from awards.actions.agenda import put_on
from awards.actions.transition import locked_session
from awards.ballot import Share
from awards.enums import Attendance, SessionState, VoteMode, VoteState
from awards.models import (
    CouncilMember,
    CouncilSession,
    CouncilVote,
    Proposal,
)
from awards.queries.conflicts import conflicts_of
from awards.workflow import Refusal
from campaigns.actions.audit import record
from campaigns.calendar import local_day
from campaigns.enums import Role
from campaigns.models import Campaign, RoleAssignment, User
from campaigns.permissions import Permission, require
from campaigns.vietnamese import normalise

from .transition import one_transaction, policy_of


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
    quorum: Share | None = None  # None = the campaign's procedure, as it is when the session is planned
    majority: Share | None = None


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
    agenda: Sequence[int] = (),
) -> CouncilSession:
    """Record a session, its members and its agenda; quorum and majority come from the campaign's procedure.

    ``attendance`` says of each member (person id) how they took part; without it all members of the day are
    present. ``agenda`` names proposals. Raises PermissionDenied, Refusal("share_wrong", "not_before_council").
    """
    require(by, Permission.RECORD_COUNCIL, on=local_day(now))
    campaign = Campaign.objects.get(pk=campaign_id)
    policy = policy_of(campaign.pk)
    quorum = data.quorum or Share(policy.quorum_numerator, policy.quorum_denominator)
    majority = data.majority or Share(policy.majority_numerator, policy.majority_denominator)
    _check_shares(quorum, majority)
    session = CouncilSession.objects.create(
        campaign=campaign,
        held_on=data.held_on,
        place=data.place,
        chair_name=data.chair_name,
        secretary_name=data.secretary_name or by.full_name,
        minutes_number=data.minutes_number,
        minutes_text=data.minutes_text,
        mode=data.mode,
        quorum_numerator=quorum.numerator,
        quorum_denominator=quorum.denominator,
        majority_numerator=majority.numerator,
        majority_denominator=majority.denominator,
        created_by=by,
        created_at=now,
    )
    _seat(session, attendance)
    record(
        action="council.session",
        subject=session,
        by=by,
        now=now,
        campaign=campaign,
        after={
            "held_on": data.held_on,
            "mode": data.mode.value,
            "quorum": quorum.least,
            "majority": majority.least,
        },
    )
    if agenda:
        put_on(session, agenda, by=by, now=now)
    return session


def _check_shares(quorum: Share, majority: Share) -> None:
    if min(quorum.denominator, majority.denominator) < 1 or not 0 < quorum.numerator <= quorum.denominator:
        raise Refusal("share_wrong")
    if not 0 < majority.numerator < majority.denominator:
        raise Refusal("share_wrong")


def _seat(session: CouncilSession, attendance: Mapping[int, Attendance] | None) -> None:
    people = council_members(on=session.held_on)
    roles = RoleAssignment.objects.in_force(on=session.held_on).filter(user__in=people, unit__isnull=False)
    # The unit whose member somebody is; a further role elsewhere is found by the conflicts all the same.
    units = dict(roles.order_by("-role", "-pk").values_list("user_id", "unit_id"))
    CouncilMember.objects.bulk_create(
        CouncilMember(
            session=session,
            person=person,
            name=person.full_name,
            title=person.position,
            unit_id=units.get(person.pk),
            attendance=(attendance or {}).get(person.pk, Attendance.PRESENT if not attendance else Attendance.ABSENT),
        )
        for person in people
    )


@one_transaction
def edit_session(*, session_id: int, version: int, data: SessionData, by: User, now: dt.datetime) -> CouncilSession:
    """Change what is written of a session; ``version`` is the one the person saw.

    The day stays (it says who sat), and so do the vote, quorum and majority once somebody voted.
    Raises PermissionDenied, Refusal("stale_version", "session_voted", "share_wrong").
    """
    require(by, Permission.RECORD_COUNCIL, on=local_day(now))
    session = locked_session(session_id)
    if session.version != version:
        raise Refusal("stale_version")
    columns = {
        "place": data.place,
        "chair_name": data.chair_name,
        "secretary_name": data.secretary_name or session.secretary_name,
        "minutes_number": data.minutes_number,
        "minutes_text": data.minutes_text,
        **_rules(session, data),
    }
    before = {name: getattr(session, name) for name in columns}
    changed = {name: value for name, value in columns.items() if before[name] != value}
    if not changed:
        return session
    CouncilSession.objects.filter(pk=session.pk).update(**changed, version=F("version") + 1)
    record(
        action="council.session_edited",
        subject=session,
        by=by,
        now=now,
        campaign=session.campaign,
        before={name: before[name] for name in changed},
        after=changed,
    )
    session.refresh_from_db()
    return session


def _rules(session: CouncilSession, data: SessionData) -> dict[str, object]:
    """Return how the session votes, as columns; a session somebody voted in keeps it."""
    quorum = data.quorum or Share(session.quorum_numerator, session.quorum_denominator)
    majority = data.majority or Share(session.majority_numerator, session.majority_denominator)
    _check_shares(quorum, majority)
    columns: dict[str, object] = {
        "mode": data.mode.value,
        "quorum_numerator": quorum.numerator,
        "quorum_denominator": quorum.denominator,
        "majority_numerator": majority.numerator,
        "majority_denominator": majority.denominator,
    }
    if any(getattr(session, name) != value for name, value in columns.items()) and _has_begun(session):
        raise Refusal("session_voted")
    return columns


def _has_begun(session: CouncilSession) -> bool:
    return (
        session.state == SessionState.HELD
        or CouncilVote.objects.filter(session=session).exists()
        or session.agenda.exclude(state=VoteState.WAITING).exists()
    )


@one_transaction
def set_attendance(*, session_id: int, attendance: Mapping[int, Attendance], by: User, now: dt.datetime) -> int:
    """Say of members (member id) how they take part; return how many changed.

    Who has voted in person on what is still open stays present. Raises PermissionDenied, Refusal("member_voted"),
    CouncilMember.DoesNotExist.
    """
    require(by, Permission.RECORD_COUNCIL, on=local_day(now))
    session = locked_session(session_id)
    members = {row.pk: row for row in session.members.select_for_update(of=("self",), no_key=True).order_by("pk")}
    if not set(attendance) <= set(members):
        raise CouncilMember.DoesNotExist
    changed = [members[pk] for pk, value in attendance.items() if members[pk].attendance != value]
    open_now = session.agenda.filter(state=VoteState.OPEN).values("proposal")
    voted = CouncilVote.objects.filter(member__in=changed, session=session, proposal__in=open_now)
    if (first := voted.select_related("member").first()) is not None:
        raise Refusal("member_voted", name=first.member.name)
    before = {str(member.pk): member.attendance for member in changed}
    for member in changed:
        member.attendance = attendance[member.pk]
        member.save(update_fields=["attendance"])
    if changed:
        record(
            action="council.attendance",
            subject=session,
            by=by,
            now=now,
            campaign=session.campaign,
            before=before,
            after={str(member.pk): member.attendance for member in changed},
        )
    return len(changed)


def conflicted_members(*, session: CouncilSession, proposal: Proposal) -> dict[int, str]:
    """Return the members who may not vote on a proposal (member id → why)."""
    members = list(session.members.all())
    return conflicts_of(session=session, members=members, proposals=[proposal])[proposal.pk]


def clean_words(text: str) -> str:
    """Return text as it is kept: composed, with plain line ends, without blanks at its ends."""
    return normalise(text.replace("\r\n", "\n")).strip()
