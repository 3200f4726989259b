"""How a council's count comes out, as tables: quorum, majority of all members, ties, and sums that cannot be."""

from __future__ import annotations

import pytest

from awards.ballot import Ballot, BallotResult, Share, adds_up, quorum_needed, result_of, votes_needed

HALF, TWO_THIRDS = Share(1, 2), Share(2, 3)


@pytest.mark.parametrize(
    ("ballot", "result"),
    [
        (Ballot(9, 6, 5, 1, 0), "passed"),  # two thirds sit, five of nine is more than half of all
        (Ballot(9, 6, 4, 2, 0), "no_majority"),  # more than half of those present is not enough
        (Ballot(9, 5, 5, 0, 0), "no_quorum"),
        (Ballot(9, 8, 4, 4, 0), "tie"),
        (Ballot(10, 10, 5, 5, 0), "tie"),  # exactly half of all is not more than half
        (Ballot(10, 10, 5, 0, 5), "no_majority"),
        (Ballot(10, 7, 6, 1, 0), "passed"),
        (Ballot(1, 1, 1, 0, 0), "passed"),
        (Ballot(9, 9, 0, 0, 9), "tie"),
    ],
)
def test_how_a_count_comes_out(ballot: Ballot, result: str) -> None:
    assert result_of(ballot, quorum=TWO_THIRDS, majority=HALF) == BallotResult(result)


@pytest.mark.parametrize("members", range(1, 40))
def test_the_needed_numbers_are_the_smallest_that_do(members: int) -> None:
    quorum, votes = quorum_needed(members, TWO_THIRDS), votes_needed(members, HALF)
    assert 3 * quorum >= 2 * members > 3 * (quorum - 1)
    assert 2 * votes > members >= 2 * (votes - 1)
    more = votes_needed(members, TWO_THIRDS)
    assert 3 * more > 2 * members >= 3 * (more - 1)


@pytest.mark.parametrize(
    ("ballot", "voters", "possible"),
    [
        (Ballot(5, 5, 5, 0, 0), 5, True),
        (Ballot(5, 5, 5, 0, 0), 4, False),  # one of them may not vote
        (Ballot(5, 6, 1, 0, 0), 6, False),
        (Ballot(0, 0, 0, 0, 0), 0, False),
        (Ballot(1, 1, 1, 0, 0), 1, True),  # the smallest council
        (Ballot(5, 0, 0, 0, 0), 5, True),  # nobody voted: adds up, and there is no quorum
        (Ballot(5, 4, 1, -1, 0), 4, False),
        (Ballot(5, 4, 1, 1, 1), 4, True),  # a ballot left blank is not counted
    ],
)
def test_a_tally_adds_up_or_is_refused(ballot: Ballot, voters: int, possible: bool) -> None:
    assert adds_up(ballot, voters=voters) is possible


def test_a_share_is_said_as_two_numbers() -> None:
    assert (HALF.least, TWO_THIRDS.least) == ("1/2", "2/3")
