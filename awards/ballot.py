"""How a council's count comes out: quorum, majority, ties. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from awards.workflow import share_exceeded, share_reached


class BallotResult(StrEnum):
    """What a count says; only the first one passes."""

    PASSED = "passed"
    TIE = "tie"  # as many for as against: not passed, and said as such
    NO_MAJORITY = "no_majority"
    NO_QUORUM = "no_quorum"  # no count at all: the nominee waits for another session


@dataclass(frozen=True)
class Share:
    """A share as two whole numbers, as people say it: 2/3."""

    numerator: int
    denominator: int

    @property
    def least(self) -> str:
        """As it is written."""
        return f"{self.numerator}/{self.denominator}"


@dataclass(frozen=True)
class Ballot:
    """One count."""

    members: int  # all members of the council, whether they sat or not
    present: int  # who took part, written opinions included
    votes_for: int
    votes_against: int
    abstained: int


def quorum_needed(members: int, quorum: Share) -> int:
    """Return the smallest number of members that makes a quorum."""
    return -(-members * quorum.numerator // quorum.denominator)


def votes_needed(members: int, majority: Share) -> int:
    """Return the smallest number of votes for that passes: more than the share of all members."""
    return members * majority.numerator // majority.denominator + 1


def result_of(ballot: Ballot, *, quorum: Share, majority: Share) -> BallotResult:
    """Return how a count comes out."""
    if not share_reached(ballot.present, ballot.members, numerator=quorum.numerator, denominator=quorum.denominator):
        return BallotResult.NO_QUORUM
    if share_exceeded(ballot.votes_for, ballot.members, numerator=majority.numerator, denominator=majority.denominator):
        return BallotResult.PASSED
    return BallotResult.TIE if ballot.votes_for == ballot.votes_against else BallotResult.NO_MAJORITY


def adds_up(ballot: Ballot, *, voters: int) -> bool:
    """Whether a count is possible at all: nobody present twice, no more votes than people who may vote."""
    votes = (ballot.votes_for, ballot.votes_against, ballot.abstained)
    return ballot.members >= 1 and 0 <= ballot.present <= ballot.members and min(votes) >= 0 and sum(votes) <= voters
