"""What a session's pages show: the agenda with its votes, a fixed number of queries for any number of nominees."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet

from awards.ballot import Ballot, BallotResult, Share, quorum_needed, result_of, votes_needed
from awards.enums import Attendance, ProposalState, VoteChoice, VoteState
from awards.models import (
    CouncilAgendaItem,
    CouncilMember,
    CouncilSession,
    CouncilTally,
    CouncilVote,
    Proposal,
)
from awards.queries.conflicts import conflict_words, conflicts_of
from awards.queries.figures import figures_since
from campaigns.models import Campaign, User
from campaigns.visibility import visible_to


@dataclass(frozen=True)
class AgendaRow:
    """One nominee on the agenda, as the person may see it: names stand beside votes once the vote is closed."""

    item: CouncilAgendaItem
    tally: CouncilTally | None
    result: BallotResult | None  # of the tally
    conflicts: list[tuple[str, str]]  # who keeps out, and why
    cast: int  # votes so far
    possible: int  # who may vote: present, or in writing, and not kept out
    counts: dict[str, int]  # VoteChoice value → votes so far
    missing: list[str]  # present, may vote, has not: for the secretary
    votes: list[CouncilVote]  # with names; empty until closed
    mine: CouncilVote | None
    may_vote: bool
    keeps_out: str  # why the person may not vote on it, "" = they may
    may_write: list[CouncilMember]  # absent, may still be heard in writing
    changed: int  # verified figures that are others than those it was submitted with

    @property
    def proposal(self) -> Proposal:
        return self.item.proposal

    @property
    def is_open(self) -> bool:
        return self.item.state == VoteState.OPEN

    @property
    def is_closed(self) -> bool:
        return self.item.state == VoteState.CLOSED

    @property
    def is_waiting(self) -> bool:
        return self.item.state == VoteState.WAITING


@dataclass(frozen=True)
class Bench:
    """Who sits in a session, and what that makes of its quorum."""

    members: list[CouncilMember]
    present: int
    written: int
    quorum: Share
    majority: Share
    me: CouncilMember | None = field(default=None)

    @property
    def took_part(self) -> int:
        return self.present + self.written

    @property
    def quorum_needed(self) -> int:
        return quorum_needed(len(self.members), self.quorum)

    @property
    def votes_needed(self) -> int:
        return votes_needed(len(self.members), self.majority)

    @property
    def has_quorum(self) -> bool:
        return bool(self.members) and self.took_part >= self.quorum_needed


def bench_of(*, session: CouncilSession, user: User) -> Bench:
    """Return who sits in a session."""
    members = list(session.members.select_related("unit"))
    seats = Counter(member.attendance for member in members)
    return Bench(
        members,
        seats[Attendance.PRESENT],
        seats[Attendance.WRITTEN],
        Share(session.quorum_numerator, session.quorum_denominator),
        Share(session.majority_numerator, session.majority_denominator),
        next((member for member in members if member.person_id == user.pk), None),
    )


def agenda_of(*, session: CouncilSession, bench: Bench, only: Sequence[int] | None = None) -> list[AgendaRow]:
    """Return the agenda in its order; ``only`` some proposals."""
    items = session.agenda.select_related(
        "proposal__category",
        "proposal__campaign",
        "proposal__participant__bloc",
        "proposal__participant__unit",
        "proposal__eligibility",
    )
    if only is not None:
        items = items.filter(proposal__in=only)
    found = list(items)
    proposals = [item.proposal for item in found]
    conflicts = conflicts_of(session=session, members=bench.members, proposals=proposals)
    figures = figures_since(proposals)
    tallies = {t.proposal_id: t for t in CouncilTally.objects.filter(session=session, proposal__in=proposals)}
    votes: dict[int, list[CouncilVote]] = defaultdict(list)
    for given in CouncilVote.objects.filter(session=session, proposal__in=proposals).select_related("member"):
        votes[given.proposal_id].append(given)
    return [
        _row(
            item,
            tallies.get(item.proposal_id),
            conflicts[item.proposal_id],
            votes[item.proposal_id],
            bench,
            figures[item.proposal_id].count if item.proposal_id in figures else 0,
        )
        for item in found
    ]


def _row(
    item: CouncilAgendaItem,
    tally: CouncilTally | None,
    conflicts: dict[int, str],
    votes: list[CouncilVote],
    bench: Bench,
    changed: int,
) -> AgendaRow:
    voted = {given.member_id for given in votes}
    free = [member for member in bench.members if member.pk not in conflicts]
    me = bench.me
    mine = next((given for given in votes if me is not None and given.member_id == me.pk), None)
    keeps_out = conflict_words(conflicts[me.pk]) if me is not None and me.pk in conflicts else ""
    present = [member for member in free if member.attendance == Attendance.PRESENT]
    closed = item.state == VoteState.CLOSED
    return AgendaRow(
        item=item,
        tally=tally,
        result=_result(tally, bench) if tally else None,
        conflicts=[(m.name, conflict_words(conflicts[m.pk])) for m in bench.members if m.pk in conflicts],
        cast=len(votes),
        possible=len(present) + sum(given.is_written for given in votes),
        counts={choice.value: sum(given.choice == choice for given in votes) for choice in VoteChoice},
        missing=[member.name for member in present if member.pk not in voted],
        votes=votes if closed else [],
        mine=mine,
        may_vote=item.state == VoteState.OPEN and mine is None and me in present,
        keeps_out=keeps_out,
        may_write=[m for m in free if m.attendance != Attendance.PRESENT and m.pk not in voted],
        changed=changed,
    )


def _result(tally: CouncilTally, bench: Bench) -> BallotResult:
    ballot = Ballot(tally.members, tally.present, tally.votes_for, tally.votes_against, tally.abstained)
    return result_of(ballot, quorum=bench.quorum, majority=bench.majority)


def appraised(*, user: User, campaign: Campaign) -> QuerySet[Proposal]:
    """Return the proposals that passed the appraisal and are not before the council yet."""
    rows = visible_to(user, Proposal).filter(campaign=campaign, state=ProposalState.APPRAISED)
    return rows.select_related("category", "participant").order_by("category__position", "participant__sort_key", "pk")


def before_the_council(*, session: CouncilSession | None, campaign_id: int) -> QuerySet[Proposal]:
    """Return proposals that wait for a vote and stand on no agenda yet (none that is open, nor on this one)."""
    open_items = CouncilAgendaItem.objects.filter(proposal=OuterRef("pk")).exclude(state=VoteState.CLOSED)
    counted = CouncilTally.objects.filter(proposal=OuterRef("pk"), recorded_at__gte=OuterRef("submitted_at"))
    rows = Proposal.objects.filter(campaign=campaign_id, state=ProposalState.COUNCIL)
    rows = rows.filter(~Exists(open_items), ~Exists(counted))
    if session is not None:
        rows = rows.exclude(votes__session=session).exclude(tallies__session=session)
    return rows.select_related("category", "participant")
