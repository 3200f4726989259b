"""How close a bloc's ranks are and how many targets each of its units carries: what a rank is worth."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from .board import BlocBoard, BoardRow
from .shares import middle

#: Totals nearer than this are shown as close: a single target of a small weight can move them.
CLOSE_BP = 50


@dataclass(frozen=True)
class Gap:
    """Two neighbours in the ranking."""

    upper: BoardRow
    lower: BoardRow
    points_bp: int  # between their totals; 0 where the fulfilled share or the reports decided, or nothing did

    @property
    def is_close(self) -> bool:
        return self.points_bp < CLOSE_BP


@dataclass(frozen=True, kw_only=True)
class Fairness:
    """One bloc's ranked units."""

    gaps: list[Gap]  # between neighbours, from the first rank down
    fewest: int  # targets counted of a unit
    middle: int
    most: int

    @property
    def close(self) -> list[Gap]:
        return [gap for gap in self.gaps if gap.is_close]

    @property
    def is_uneven(self) -> bool:
        """Whether one unit carries at least twice as many targets as another."""
        return self.fewest > 0 and self.most >= 2 * self.fewest


def fairness_of(bloc: BlocBoard) -> Fairness | None:
    """Return how a bloc's ranking came out; None with fewer than two ranked units."""
    if len(bloc.ranked) < 2:
        return None
    carried = [row.score.targets_counted for row in bloc.ranked]
    return Fairness(
        gaps=[
            Gap(upper, lower, (upper.score.total_bp or 0) - (lower.score.total_bp or 0))
            for upper, lower in pairwise(bloc.ranked)
        ],
        fewest=min(carried),
        middle=middle(carried) or 0,
        most=max(carried),
    )
