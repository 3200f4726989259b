"""Each target's part of the base: parts of an area's part, so that they add up to the base exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from campaigns.models import Area

from . import rules
from .queries import TargetFigure
from .shares import apportion, share


def contributions(
    figures: Iterable[TargetFigure], areas: Mapping[int, Area], scores: Mapping[str, int]
) -> dict[int, tuple[int, int]]:
    """Return each counted target's part of a unit's base at 100 % and as it is, in basis points.

    ``areas`` are the plan's by key, ``scores`` the unit's area scores by the area's number.
    """
    by_area: dict[int, list[TargetFigure]] = defaultdict(list)
    for figure in figures:
        if figure.is_counted:
            by_area[figure.area_id].append(figure)
    order = sorted(by_area, key=lambda pk: areas[pk].number)
    weights = [int(areas[pk].weight * 100) for pk in order]
    weighted = [weight * scores.get(str(areas[pk].number), 0) for weight, pk in zip(weights, order, strict=True)]
    base = share(sum(weighted), sum(weights)) if weights else 0
    found: dict[int, tuple[int, int]] = {}
    for pk, potential, contribution in zip(
        order, apportion(rules.FULL_BP, weights), apportion(base, weighted), strict=True
    ):
        rows = by_area[pk]
        whole = apportion(potential, [row.weight for row in rows])
        reached = apportion(contribution, [row.weight * (row.achievement_bp or 0) for row in rows])
        found |= {row.target_id: pair for row, pair in zip(rows, zip(whole, reached, strict=True), strict=True)}
    return found
