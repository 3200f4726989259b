"""What a target's records say beside its box: the last figure, the sum so far, the gap. Pure.

Shown, never scored: a score's own expressions stand in scoring/rules.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from .enums import IndicatorKind, VerdictOutcome


class Sent(Protocol):
    """The columns of a measurement that are read here."""

    @property
    def pk(self) -> int: ...

    @property
    def period_end(self) -> dt.date: ...

    @property
    def sent_at(self) -> dt.datetime: ...

    @property
    def nothing(self) -> bool: ...

    @property
    def value(self) -> Decimal | None: ...

    @property
    def completed_on(self) -> dt.date | None: ...

    @property
    def verdict(self) -> str: ...

    @property
    def verified_value(self) -> Decimal | None: ...

    @property
    def verified_completed_on(self) -> dt.date | None: ...


@dataclass(frozen=True)
class Reading:
    """The figure of one period on one basis."""

    value: Decimal | None  # None: "nothing to report"
    completed_on: dt.date | None
    period_end: dt.date
    verified: bool


def readings(rows: Iterable[Sent], *, official: bool) -> list[Reading]:
    """Return the figure of each period, by period end: the latest sent that counts on the basis.

    Official are accepted and adjusted values, provisional all that were not returned.
    """
    latest: dict[dt.date, Sent] = {}
    for row in sorted(rows, key=lambda row: (row.sent_at, row.pk)):
        if row.verdict == VerdictOutcome.RETURNED or (official and not row.verdict):
            continue
        latest[row.period_end] = row
    return [_reading(latest[end]) for end in sorted(latest)]


def _reading(row: Sent) -> Reading:
    verified = row.verdict in (VerdictOutcome.ACCEPTED, VerdictOutcome.ADJUSTED)
    value = row.verified_value if verified else row.value
    completed = (row.verified_completed_on or row.completed_on) if verified else row.completed_on
    return Reading(value, completed if value else None, row.period_end, verified)


def last_figure(found: Iterable[Reading], *, before: dt.date | None = None) -> Reading | None:
    """Return the latest reading that has a number; with ``before``, of a period that ends before that day."""
    numbers = [r for r in found if r.value is not None and (before is None or r.period_end < before)]
    return numbers[-1] if numbers else None


def sum_of(found: Iterable[Reading], *, without: dt.date | None = None) -> Decimal | None:
    """Return the sum over the periods that have a reading ("nothing" counts 0); None when there is none.

    ``without`` leaves out the period that ends on that day.
    """
    kept = [r for r in found if r.period_end != without]
    return sum((r.value or Decimal(0) for r in kept), Decimal(0)) if kept else None


def gap(kind: IndicatorKind | str, *, goal: Decimal, value: Decimal | None) -> Decimal | None:
    """Return how much is missing to the goal (0 or less: reached; for a limit: how far it is overstepped)."""
    if value is None or kind == IndicatorKind.MILESTONE:
        return None
    return goal - value if kind == IndicatorKind.INCREASE else value - goal
