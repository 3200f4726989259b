"""Races of the council: a member votes twice at once, and the vote is closed while votes arrive."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections

from awards.actions import ballots, council
from awards.enums import VoteChoice, VoteState
from awards.models import CouncilSession, CouncilTally, CouncilVote, Proposal
from awards.workflow import Refusal
from campaigns.models import AuditEntry, User
from tests.factories import at, day

from .makers import Office

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 12 if connection.vendor == "postgresql" else 3


def opened(office: Office, name: str) -> tuple[CouncilSession, Proposal]:
    proposal = office.before_council(recipient_name=name)
    session = council.plan_session(
        campaign_id=office.campaign.pk,
        data=council.SessionData(held_on=day(52)),
        by=office.secretary,
        now=at(52),
        agenda=[proposal.pk],
    )
    ballots.open_vote(session_id=session.pk, proposal_id=proposal.pk, by=office.secretary, now=at(52))
    return session, proposal


def together(acts: list[Callable[[], object]]) -> list[str]:
    """Run acts at once, each with its own connection; return what came of each: done, or why it was refused."""
    barrier = threading.Barrier(len(acts))
    came: list[str] = []

    def run(act: Callable[[], object]) -> None:
        try:
            barrier.wait()
            act()
            came.append("done")
        except Refusal as refusal:
            came.append(refusal.code)
        except Exception as error:  # noqa: BLE001  # whatever else it is must show in what is asserted
            came.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def vote(session: CouncilSession, proposal: Proposal, by: User, choice: VoteChoice) -> Callable[[], object]:
    return lambda: ballots.vote(session_id=session.pk, proposal_id=proposal.pk, choice=choice, by=by, now=at(52))


def test_a_member_who_votes_many_times_at_once_votes_once() -> None:
    office = Office()
    office.with_outcome()
    for turn in range(ROUNDS):
        session, proposal = opened(office, f"Tập thể {turn}")
        choices = (list(VoteChoice) * 3)[:8]
        came = together([vote(session, proposal, office.members[0], choice) for choice in choices])
        assert sorted(came) == ["already_voted"] * 7 + ["done"]
        assert CouncilVote.objects.filter(proposal=proposal).count() == 1
    assert AuditEntry.objects.filter(action="council.voted").count() == ROUNDS


def test_what_arrives_while_the_vote_is_closed_is_counted_or_refused() -> None:
    """Five votes and three closings at once: one tally, and every vote kept is in it."""
    office = Office()
    office.with_outcome()
    for turn in range(ROUNDS):
        session, proposal = opened(office, f"Tập thể {turn}")

        def close(session: CouncilSession = session, proposal: Proposal = proposal) -> object:
            return ballots.close_vote(
                session_id=session.pk, proposal_id=proposal.pk, by=office.secretary, now=at(52), despite_missing=True
            )

        votes = [vote(session, proposal, member, VoteChoice.FOR) for member in office.members]
        came = together([*votes, close, close, close])
        assert set(came) <= {"done", "vote_closed"}
        tally = CouncilTally.objects.get(proposal=proposal)
        assert tally.votes_for == CouncilVote.objects.filter(proposal=proposal).count() == came.count("done") - 1
        assert session.agenda.get().state == VoteState.CLOSED
        assert AuditEntry.objects.filter(subject_id=proposal.pk, action__in=PASSINGS).count() == 1


PASSINGS = ("proposal.pass", "proposal.not_pass")


def test_attendance_changed_while_votes_arrive_locks_nobody_out() -> None:
    office = Office()
    office.with_outcome()
    for turn in range(ROUNDS):
        session, proposal = opened(office, f"Tập thể {turn}")
        members = {member.pk: member.attendance for member in session.members.all()}

        def attend(session: CouncilSession = session, members: dict[int, str] = members) -> object:
            return council.set_attendance(
                session_id=session.pk,
                attendance=members,
                by=office.secretary,
                now=at(52),  # type: ignore[arg-type]  # as the rows have it
            )

        votes = [vote(session, proposal, member, VoteChoice.FOR) for member in office.members]
        assert set(together([*votes, attend, attend])) == {"done"}
        assert CouncilVote.objects.filter(proposal=proposal).count() == 5
