"""Split a figure so that the parts add up to it. Pure; integers only."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split ``total`` (bp, not negative) in the proportion of ``weights``; the parts add up to it exactly.

    Each part is its exact share cut or raised to a whole number; what cutting leaves goes to the largest
    remainders, the earlier first. Without any weight every part is 0.
    """
    whole = sum(weights)
    if whole <= 0:
        return [0 for _ in weights]
    parts = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in order[: total - sum(parts)]:
        parts[index] += 1
    return parts


def share(weighted: int, weights: int) -> int:
    """Return ``weighted / weights`` half up, as every score is rounded."""
    return (2 * weighted + weights) // (2 * weights)


def middle(values: Sequence[int]) -> int | None:
    """Return the median of scores (the lower of the two middle ones); None of none."""
    return median_low(values) if values else None
