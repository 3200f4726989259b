"""What makes a plan sound: the conditions of scoring.md on targets and values. Pure.

Each rule takes plain values and returns the first problem it finds, or None; ``wording.plan_problem``
says it in the reader's language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar

from .enums import Frequency, IndicatorKind, ReportingMode


class PlanCode(StrEnum):
    """What a target or a value breaks."""

    GOAL_NOT_BELOW_BASELINE = "goal_not_below_baseline"  # decrease: g < b
    BASELINE_BELOW_GOAL = "baseline_below_goal"  # maintain: b >= g
    MILESTONE_GOAL_NOT_ONE = "milestone_goal_not_one"
    MILESTONE_WITHOUT_DUE_DATE = "milestone_without_due_date"
    MILESTONE_NOT_CUMULATIVE = "milestone_not_cumulative"
    MILESTONE_VALUE = "milestone_value"  # only 0 or 1
    COMPLETION_DATE_MISSING = "completion_date_missing"
    COMPLETION_DATE_AFTER_SENDING = "completion_date_after_sending"
    COMPLETION_DATE_UNASKED = "completion_date_unasked"
    SHARE_NOT_CUMULATIVE = "share_not_cumulative"
    SHARE_OF_MILESTONE = "share_of_milestone"
    DENOMINATOR_NOT_POSITIVE = "denominator_not_positive"


@dataclass(frozen=True)
class Problem:
    """One broken rule."""

    code: PlanCode
    field: str  # the field to mend: baseline, goal, due_on, mode, value, completed_on, numerator, denominator


class _Ending(Protocol):
    ends_on: dt.date


P = TypeVar("P", bound=_Ending)


def kind_problem(
    kind: IndicatorKind | str, baseline: Decimal | None, goal: Decimal, due_on: dt.date | None
) -> Problem | None:
    """Return how a target breaks the condition of its indicator's kind; a baseline not given is 0."""
    start = baseline if baseline is not None else Decimal(0)
    match IndicatorKind(kind):
        case IndicatorKind.DECREASE if not goal < start:
            return Problem(PlanCode.GOAL_NOT_BELOW_BASELINE, "goal")
        case IndicatorKind.MAINTAIN if not start >= goal:
            return Problem(PlanCode.BASELINE_BELOW_GOAL, "baseline")
        case IndicatorKind.MILESTONE if goal != 1:
            return Problem(PlanCode.MILESTONE_GOAL_NOT_ONE, "goal")
        case IndicatorKind.MILESTONE if due_on is None:
            return Problem(PlanCode.MILESTONE_WITHOUT_DUE_DATE, "due_on")
    return None


def mode_problem(kind: IndicatorKind | str, mode: ReportingMode | str) -> Problem | None:
    """Return the problem of a milestone that would be reported per period."""
    if kind == IndicatorKind.MILESTONE and mode != ReportingMode.CUMULATIVE:
        return Problem(PlanCode.MILESTONE_NOT_CUMULATIVE, "mode")
    return None


def value_problem(
    kind: IndicatorKind | str, value: Decimal | None, completed_on: dt.date | None, *, sent_on: dt.date
) -> Problem | None:
    """Return how a submitted value breaks the rules of its kind; ``value`` is None for "nothing to report".

    ``sent_on`` is the local day of sending: nothing is completed after it.
    """
    if kind != IndicatorKind.MILESTONE:
        return Problem(PlanCode.COMPLETION_DATE_UNASKED, "completed_on") if completed_on else None
    if value is not None and value not in (0, 1):
        return Problem(PlanCode.MILESTONE_VALUE, "value")
    if value == 1 and completed_on is None:
        return Problem(PlanCode.COMPLETION_DATE_MISSING, "completed_on")
    if completed_on is not None and completed_on > sent_on:
        return Problem(PlanCode.COMPLETION_DATE_AFTER_SENDING, "completed_on")
    return None


def share_problem(kind: IndicatorKind | str, mode: ReportingMode | str, denominator: Decimal) -> Problem | None:
    """Return why a value may not be given as numerator and denominator (cumulative indicators only, > 0)."""
    if kind == IndicatorKind.MILESTONE:
        return Problem(PlanCode.SHARE_OF_MILESTONE, "numerator")
    if mode != ReportingMode.CUMULATIVE:
        return Problem(PlanCode.SHARE_NOT_CUMULATIVE, "numerator")
    if denominator <= 0:
        return Problem(PlanCode.DENOMINATOR_NOT_POSITIVE, "denominator")
    return None


def owed_periods(frequency: Frequency | str, periods: Iterable[P]) -> list[P]:
    """Return the periods, by their end, in which an indicator of this frequency is due.

    Monthly means the last period ending in each calendar month, at the end the campaign's last period.
    """
    ordered = sorted(periods, key=lambda period: period.ends_on)
    match Frequency(frequency):
        case Frequency.MONTHLY:
            return list({(period.ends_on.year, period.ends_on.month): period for period in ordered}.values())
        case Frequency.AT_END:
            return ordered[-1:]
    return ordered


def is_in_force(starts_on: dt.date | None, ends_from: dt.date | None, day: dt.date) -> bool:
    """Whether a target holds on the local day: begun by it, and its ending day, if any, still ahead."""
    return (starts_on is None or starts_on <= day) and (ends_from is None or ends_from > day)
