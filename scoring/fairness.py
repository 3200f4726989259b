"""How close a bloc's ranks are and how many targets each of its units carries: what a rank is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .models import UnitScore
from .shares import middle

#: Totals nearer than this are shown as close: a single target of a small weight can move them.
CLOSE_BP = 50


@dataclass(frozen=True)
class Gap:
    """Two neighbours in the ranking."""

    upper: UnitScore
    lower: UnitScore
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


def fairness_of(scores: Sequence[UnitScore]) -> Fairness | None:
    """Return how a bloc's ranking came out, of its figures best first; None with fewer than two ranked units."""
    ranked = [score for score in scores if score.rank is not None]
    if len(ranked) < 2:
        return None
    carried = [score.targets_counted for score in ranked]
    return Fairness(
        gaps=[Gap(upper, lower, (upper.total_bp or 0) - (lower.total_bp or 0)) for upper, lower in pairwise(ranked)],
        fewest=min(carried),
        middle=middle(carried) or 0,
        most=max(carried),
    )
