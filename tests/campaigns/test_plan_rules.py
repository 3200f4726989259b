"""The conditions of scoring.md on a plan, as tables."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import pytest

from campaigns.enums import Frequency, IndicatorKind, ReportingMode
from campaigns.plan_rules import (
    PlanCode,
    is_in_force,
    kind_problem,
    mode_problem,
    owed_periods,
    share_problem,
    value_problem,
)
from campaigns.wording import plan_problem

DAY = dt.date(2026, 3, 2)


def code_of(problem):
    return problem.code if problem else None


@pytest.mark.parametrize(
    ("kind", "baseline", "goal", "due_on", "code"),
    [
        (IndicatorKind.INCREASE, None, "10", None, None),
        (IndicatorKind.INCREASE, "10", "10", None, None),
        (IndicatorKind.INCREASE, "20", "10", None, None),
        (IndicatorKind.DECREASE, "20", "10", None, None),
        (IndicatorKind.DECREASE, "10", "10", None, PlanCode.GOAL_NOT_BELOW_BASELINE),
        (IndicatorKind.DECREASE, None, "10", None, PlanCode.GOAL_NOT_BELOW_BASELINE),
        (IndicatorKind.DECREASE, None, "0", None, PlanCode.GOAL_NOT_BELOW_BASELINE),
        (IndicatorKind.DECREASE, None, "-5", None, None),
        (IndicatorKind.MAINTAIN, None, "0", None, None),
        (IndicatorKind.MAINTAIN, "4", "0", None, None),
        (IndicatorKind.MAINTAIN, "2", "3", None, PlanCode.BASELINE_BELOW_GOAL),
        (IndicatorKind.MAINTAIN, None, "3", None, PlanCode.BASELINE_BELOW_GOAL),
        (IndicatorKind.MILESTONE, None, "1", DAY, None),
        (IndicatorKind.MILESTONE, None, "1", None, PlanCode.MILESTONE_WITHOUT_DUE_DATE),
        (IndicatorKind.MILESTONE, None, "2", DAY, PlanCode.MILESTONE_GOAL_NOT_ONE),
        (IndicatorKind.MILESTONE, None, "0", DAY, PlanCode.MILESTONE_GOAL_NOT_ONE),
    ],
)
def test_a_target_keeps_the_condition_of_its_kind(kind, baseline, goal, due_on, code):
    base = None if baseline is None else Decimal(baseline)
    assert code_of(kind_problem(kind, base, Decimal(goal), due_on)) is code


def test_a_milestone_is_cumulative():
    assert code_of(mode_problem(IndicatorKind.MILESTONE, ReportingMode.INCREMENT)) is PlanCode.MILESTONE_NOT_CUMULATIVE
    assert mode_problem(IndicatorKind.MILESTONE, ReportingMode.CUMULATIVE) is None
    assert mode_problem(IndicatorKind.INCREASE, ReportingMode.INCREMENT) is None


@pytest.mark.parametrize(
    ("kind", "value", "completed_on", "code"),
    [
        (IndicatorKind.INCREASE, "3", None, None),
        (IndicatorKind.INCREASE, "3", DAY, PlanCode.COMPLETION_DATE_UNASKED),
        (IndicatorKind.MILESTONE, "0", None, None),
        (IndicatorKind.MILESTONE, None, None, None),
        (IndicatorKind.MILESTONE, "1", DAY, None),
        (IndicatorKind.MILESTONE, "0", DAY, None),
        (IndicatorKind.MILESTONE, "1", None, PlanCode.COMPLETION_DATE_MISSING),
        (IndicatorKind.MILESTONE, "1", DAY + dt.timedelta(1), PlanCode.COMPLETION_DATE_AFTER_SENDING),
        (IndicatorKind.MILESTONE, "0.5", None, PlanCode.MILESTONE_VALUE),
        (IndicatorKind.MILESTONE, "2", DAY, PlanCode.MILESTONE_VALUE),
    ],
)
def test_a_value_fits_its_kind(kind, value, completed_on, code):
    number = None if value is None else Decimal(value)
    assert code_of(value_problem(kind, number, completed_on, sent_on=DAY)) is code


@pytest.mark.parametrize(
    ("kind", "mode", "denominator", "code"),
    [
        (IndicatorKind.INCREASE, ReportingMode.CUMULATIVE, 3, None),
        (IndicatorKind.INCREASE, ReportingMode.INCREMENT, 3, PlanCode.SHARE_NOT_CUMULATIVE),
        (IndicatorKind.MILESTONE, ReportingMode.CUMULATIVE, 3, PlanCode.SHARE_OF_MILESTONE),
        (IndicatorKind.MAINTAIN, ReportingMode.CUMULATIVE, 0, PlanCode.DENOMINATOR_NOT_POSITIVE),
    ],
)
def test_a_share_fits_its_indicator(kind, mode, denominator, code):
    assert code_of(share_problem(kind, mode, Decimal(denominator))) is code


def test_every_problem_has_its_vietnamese_sentence():
    from campaigns.plan_rules import Problem

    sentences = {plan_problem(Problem(code, "goal")) for code in PlanCode}
    assert len(sentences) == len(PlanCode)
    assert "Mức giao của chỉ tiêu giảm phải thấp hơn số gốc." in sentences


@dataclass
class Ending:
    ends_on: dt.date


def test_owed_periods_by_frequency():
    ends = [dt.date(2026, 3, 8), dt.date(2026, 3, 29), dt.date(2026, 4, 5), dt.date(2026, 4, 30), dt.date(2026, 5, 2)]
    periods = [Ending(end) for end in reversed(ends)]
    assert [period.ends_on for period in owed_periods(Frequency.EVERY_PERIOD, periods)] == ends
    assert [period.ends_on for period in owed_periods(Frequency.MONTHLY, periods)] == [ends[1], ends[3], ends[4]]
    assert [period.ends_on for period in owed_periods(Frequency.AT_END, periods)] == [ends[4]]
    assert owed_periods(Frequency.AT_END, []) == []


def test_the_same_month_of_two_years_is_two_months():
    ends = [dt.date(2026, 1, 31), dt.date(2027, 1, 31)]
    assert len(owed_periods(Frequency.MONTHLY, [Ending(end) for end in ends])) == 2


@pytest.mark.parametrize(
    ("starts_on", "ends_from", "holds"),
    [
        (None, None, True),
        (DAY, None, True),
        (DAY + dt.timedelta(1), None, False),
        (None, DAY, False),
        (None, DAY + dt.timedelta(1), True),
        (DAY, DAY, False),
    ],
)
def test_in_force(starts_on, ends_from, holds):
    assert is_in_force(starts_on, ends_from, DAY) is holds
