"""Explanations, appeals and ledgers: clocks, and who settles an appeal, as decisions over plain values. Pure.

An appeal is settled by somebody who had no part in what it is about: not by those who entered or verified the
value, nor (for a score) by those who did so for what it was made of, nor by who lodged it, and never within the
unit itself.
Internal Affairs staff settle it; for a unit of the staff's own the campaign's substitute unit stands in. The
chairman may always, so that an appeal finds a hand also where every officer is a party.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .calendar import working_days_after
from .enums import IndicatorKind

#: Working days that a unit has for an explanation unless the asker says otherwise.
ANSWER_DAYS = 3
#: The longest that an asker may give, in days.
LONGEST_ANSWER_DAYS = 60
#: Working days within which an appeal is settled.
APPEAL_DAYS = 5
LONGEST_TEXT = 5_000  # characters
LONGEST_REASON = 2_000
MOST_FILES = 10
#: People at one activity, and incidents in one entry: more is a slip of the finger.
MOST_PEOPLE = 1_000_000
MOST_INCIDENTS = 10_000


class ThreadRefusal(StrEnum):
    """Why an act on a thread or a ledger is not possible; ``thread_wording`` says it in words."""

    CAMPAIGN_NOT_OPEN = "campaign_not_open"
    TARGET_NOT_IN_FORCE = "target_not_in_force"
    OWN_UNIT = "own_unit"
    FIRST_CHECKER = "first_checker"
    NO_RIGHT = "no_right"
    RUNS_ALREADY = "runs_already"
    NOT_NOW = "not_now"
    NOT_THE_ASKER = "not_the_asker"
    CHANGED = "changed"
    TEXT_MISSING = "text_missing"
    TEXT_TOO_LONG = "text_too_long"
    DATE_PAST = "date_past"
    DATE_TOO_FAR = "date_too_far"
    NOT_VERIFIED = "not_verified"
    NO_SUCH_SCORE = "no_such_score"
    TOO_MANY_FILES = "too_many_files"
    NOT_A_LEDGER = "not_a_ledger"
    DAY_OUTSIDE = "day_outside"
    DAY_AHEAD = "day_ahead"
    COUNT_OUT_OF_RANGE = "count_out_of_range"
    WITHDRAWN_ALREADY = "withdrawn_already"


def answer_day(today: dt.date, holidays: Collection[dt.date]) -> dt.date:
    """Return the day by which an explanation is answered unless the asker names another."""
    return working_days_after(today, ANSWER_DAYS, holidays)


def settling_day(lodged_on: dt.date, holidays: Collection[dt.date]) -> dt.date:
    """Return the last day for settling an appeal lodged on a local day."""
    return working_days_after(lodged_on, APPEAL_DAYS, holidays)


def answer_day_problem(answer_by: dt.date, *, today: dt.date) -> ThreadRefusal | None:
    """Return what is wrong with the day an asker names."""
    if answer_by < today:
        return ThreadRefusal.DATE_PAST
    return ThreadRefusal.DATE_TOO_FAR if (answer_by - today).days > LONGEST_ANSWER_DAYS else None


@dataclass(frozen=True)
class Hand:
    """The person who would settle an appeal, as far as the decision goes."""

    user_id: int
    settles: bool  # holds the permission
    own_units: frozenset[int]  # units the person belongs to by any role
    speaks_for: frozenset[int]  # units of which the person is leader or reporter


@dataclass(frozen=True)
class AppealCase:
    """The appeal, as far as the decision goes."""

    parties: frozenset[int]  # the unit, and whoever reports the value
    checkers: frozenset[int]  # people who lodged it, or entered or verified what it is about
    staff_units: frozenset[int]  # units of Internal Affairs staff
    substitute_unit: int | None  # named by the campaign


def hand_problem(hand: Hand, case: AppealCase) -> ThreadRefusal | None:
    """Return what keeps a person from settling the appeal; None when they may."""
    stands_in = bool(case.parties & case.staff_units) and case.substitute_unit in hand.speaks_for
    if not hand.settles and not stands_in:
        return ThreadRefusal.NO_RIGHT
    if case.parties & hand.own_units:
        return ThreadRefusal.OWN_UNIT
    return ThreadRefusal.FIRST_CHECKER if hand.user_id in case.checkers else None


def keeps_ledger(*, kind: IndicatorKind | str, goal: Decimal) -> bool:
    """Whether incidents are recorded against a target: it is to be held at zero."""
    return kind == IndicatorKind.MAINTAIN and goal == 0


def days_without_incident(*, start: dt.date, end: dt.date, today: dt.date, first: dt.date | None) -> tuple[int, int]:
    """Return for how many of the campaign's days nothing happened before the first incident: (47, 90)."""
    whole = (end - start).days + 1
    last = min(today, end) if first is None else min(today, end, first - dt.timedelta(days=1))
    return min(max((last - start).days + 1, 0), whole), whole
