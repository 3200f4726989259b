"""Where a target stands against the days that have passed: pace, days kept, stale. Pure; shown, never scored.

Source: scoring.md, "Shown, never scored". Days are local dates, shares and scores basis points (bp).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from campaigns.calendar import elapsed_days
from campaigns.enums import IndicatorKind, ReportingMode

from .enums import Pace

FULL_BP = 10000
#: How far behind the expected share a target may be before it is "behind".
MARGIN_BP = 1500


@dataclass(frozen=True)
class Kept:
    """Days for which a limit was kept: "47 of 90 days"."""

    days: int
    of: int


def expected_bp(start: dt.date, end: dt.date, day: dt.date) -> int:
    """Return the share of the days that has passed, half up; a span without days is over."""
    days = (end - start).days + 1
    if days <= 0:
        return FULL_BP
    return (2 * elapsed_days(start, end, day) * FULL_BP + days) // (2 * days)


def is_limit(kind: str, mode: str) -> bool:
    """Whether a target is a limit to be kept: ``maintain``, and ``decrease`` on counts that grow."""
    counts_grow = kind == IndicatorKind.DECREASE and mode == ReportingMode.INCREMENT
    return kind == IndicatorKind.MAINTAIN or counts_grow


def pace_of(
    *,
    kind: str,
    mode: str,
    has_value: bool,
    is_fulfilled: bool,
    achievement_bp: int | None,
    start: dt.date,
    end: dt.date,
    due_on: dt.date | None,
    day: dt.date,
) -> Pace:
    """Return a target's pace on ``day``; ``start`` and ``end`` are the campaign's, ``due_on`` the target's own date.

    A milestone is expected on its due date: before it none is late, from it on an undone one is behind.
    """
    if not has_value:
        return Pace.NO_DATA
    if is_limit(kind, mode):
        return Pace.WITHIN_LIMIT if is_fulfilled else Pace.OVER_LIMIT
    last = due_on or end
    if kind == IndicatorKind.MILESTONE:
        expected = FULL_BP if day >= last else 0
    else:
        expected = expected_bp(start, last, day)
    reached = achievement_bp or 0
    if reached >= expected:
        return Pace.ON_TRACK
    return Pace.AT_RISK if reached >= expected - MARGIN_BP else Pace.BEHIND


def days_kept(*, start: dt.date, end: dt.date, day: dt.date, over_since: dt.date | None) -> Kept:
    """Return for how many of the campaign's days a limit was kept.

    ``over_since`` is the first day of the period whose value overstepped it; None while it is kept.
    """
    last = day if over_since is None else min(day, over_since - dt.timedelta(days=1))
    return Kept(elapsed_days(start, end, last), (end - start).days + 1)


def is_stale(*, latest_end: dt.date | None, due_ends: Sequence[dt.date]) -> bool:
    """Whether the latest value is older than the last two due periods.

    ``latest_end`` ends the period of the latest value (None: no data, which is not stale), ``due_ends`` the
    periods the target was due in so far, in order.
    """
    return latest_end is not None and len(due_ends) >= 2 and latest_end < due_ends[-2]


@dataclass(frozen=True)
class Needed:
    """What is still missing to a goal."""

    missing: Decimal  # in the indicator's unit
    days_left: int  # from tomorrow to the last day; 0: the time is over
    per_day: Decimal | None  # two decimals, rounded up so that it suffices; None: no day is left


def needed(*, missing: Decimal, day: dt.date, until: dt.date) -> Needed:
    """Return what each day after ``day`` has to bring so that nothing is missing at the end of ``until``."""
    days = max((until - day).days, 0)
    per_day = (missing / days).quantize(Decimal("0.01"), rounding=ROUND_UP) if days else None
    return Needed(missing, days, per_day)
