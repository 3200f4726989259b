"""Clocks of explanations and appeals, and who settles an appeal."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from campaigns import thread_rules
from campaigns.thread_rules import (
    AppealCase,
    Hand,
    ThreadRefusal,
    answer_day,
    answer_day_problem,
    days_without_incident,
    hand_problem,
    keeps_ledger,
    settling_day,
)
from campaigns.thread_wording import refusal_sentence

FRIDAY = dt.date(2026, 4, 24)
LIBERATION = {dt.date(2026, 4, 30), dt.date(2026, 5, 1)}  # a Thursday and a Friday


def test_what_is_written_and_sent_has_these_limits():
    """They stand in forms and in refusals; a change of one is a change of what people were promised."""
    limits = (thread_rules.LONGEST_TEXT, thread_rules.LONGEST_REASON, thread_rules.MOST_FILES)
    assert limits == (5_000, 2_000, 10)
    assert (thread_rules.MOST_PEOPLE, thread_rules.MOST_INCIDENTS) == (1_000_000, 10_000)


def test_clocks_run_on_working_days_and_leave_holidays_out():
    assert answer_day(FRIDAY, ()) == dt.date(2026, 4, 29)
    assert settling_day(FRIDAY, ()) == dt.date(2026, 5, 1)
    assert settling_day(FRIDAY, LIBERATION) == dt.date(2026, 5, 5)


@pytest.mark.parametrize(
    ("days", "problem"),
    [(-1, ThreadRefusal.DATE_PAST), (0, None), (60, None), (61, ThreadRefusal.DATE_TOO_FAR)],
)
def test_the_day_to_answer_by_lies_ahead_and_not_too_far(days, problem):
    assert answer_day_problem(FRIDAY + dt.timedelta(days), today=FRIDAY) is problem


WARD, TAX, STAFF, OFFICE = 1, 2, 3, 4
OFFICER = Hand(user_id=10, settles=True, own_units=frozenset({STAFF}), speaks_for=frozenset())
CASE = AppealCase(
    parties=frozenset({WARD, TAX}), checkers=frozenset({11}), staff_units=frozenset({STAFF}), substitute_unit=OFFICE
)


@pytest.mark.parametrize(
    ("hand", "case", "problem"),
    [
        (OFFICER, CASE, None),
        (replace(OFFICER, settles=False), CASE, ThreadRefusal.NO_RIGHT),
        (replace(OFFICER, user_id=11), CASE, ThreadRefusal.FIRST_CHECKER),
        (replace(OFFICER, own_units=frozenset({WARD})), CASE, ThreadRefusal.OWN_UNIT),
        (replace(OFFICER, own_units=frozenset({TAX})), CASE, ThreadRefusal.OWN_UNIT),  # it reported the value
        (OFFICER, replace(CASE, parties=frozenset({STAFF})), ThreadRefusal.OWN_UNIT),
    ],
)
def test_an_appeal_is_settled_by_somebody_who_had_no_part_in_it(hand, case, problem):
    assert hand_problem(hand, case) is problem


def test_the_substitute_unit_stands_in_for_the_staffs_own_unit_only():
    clerk = Hand(user_id=12, settles=False, own_units=frozenset({OFFICE}), speaks_for=frozenset({OFFICE}))
    of_staff = replace(CASE, parties=frozenset({STAFF}))
    assert hand_problem(clerk, of_staff) is None
    assert hand_problem(clerk, CASE) is ThreadRefusal.NO_RIGHT
    assert hand_problem(clerk, replace(of_staff, substitute_unit=None)) is ThreadRefusal.NO_RIGHT
    assert hand_problem(clerk, replace(of_staff, checkers=frozenset({12}))) is ThreadRefusal.FIRST_CHECKER


@pytest.mark.parametrize(
    ("kind", "goal", "kept"),
    [("maintain", 0, True), ("maintain", 3, False), ("decrease", 0, False), ("increase", 0, False)],
)
def test_a_ledger_belongs_to_a_limit_of_zero(kind, goal, kept):
    assert keeps_ledger(kind=kind, goal=Decimal(goal)) is kept


START, END = dt.date(2026, 3, 2), dt.date(2026, 5, 30)


@pytest.mark.parametrize(
    ("today", "first", "days"),
    [
        (START + dt.timedelta(46), None, 47),
        (START + dt.timedelta(46), START + dt.timedelta(20), 20),
        (START + dt.timedelta(46), START, 0),
        (END + dt.timedelta(5), None, 90),
        (START - dt.timedelta(3), None, 0),
    ],
)
def test_days_are_kept_until_the_first_incident(today, first, days):
    assert days_without_incident(start=START, end=END, today=today, first=first) == (days, 90)


def test_every_refusal_has_its_sentence():
    assert all(refusal_sentence(refusal) for refusal in ThreadRefusal)
