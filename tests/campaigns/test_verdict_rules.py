"""Who may give a verdict and when, as tables of cases."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from campaigns.calendar import local_moment
from campaigns.enums import IndicatorKind, VerdictOutcome
from campaigns.plan_rules import PlanCode, Problem
from campaigns.verdict_rules import (
    Case,
    Officer,
    Refusal,
    Ruling,
    Seat,
    Submitted,
    reopened_until,
    ruling_problem,
    standing,
    verifier_deadline,
)

WARD, TAX, FINANCE, HOME_AFFAIRS, OFFICE = 1, 2, 3, 4, 5
FRIDAY = local_moment(dt.date(2026, 3, 6), dt.time(16))
NEVER = frozenset[dt.date]()


def person(*, verifies: bool = False, belongs: set[int] = frozenset(), speaks: set[int] | None = None) -> Officer:
    return Officer(
        user_id=9,
        verifies=verifies,
        own_units=frozenset(belongs),
        speaks_for=frozenset(belongs if speaks is None else speaks),
    )


STAFF = person(verifies=True, belongs={HOME_AFFAIRS}, speaks=set())
OUTSIDE_STAFF = person(verifies=True)
VERIFIER = person(belongs={FINANCE})
SUBSTITUTE = person(belongs={OFFICE})
WARD_LEADER = person(belongs={WARD})
TAX_LEADER = person(belongs={TAX})
VIEWER = person()
STAFF_OF_WARD = person(verifies=True, belongs={HOME_AFFAIRS, WARD})

PLAIN = Case(
    scored_unit=WARD,
    reporting_unit=WARD,
    verifying_unit=None,
    substitute_unit=OFFICE,
    staff_units=frozenset({HOME_AFFAIRS}),
    sent_by=1,
    sent_at=FRIDAY,
    campaign_open=True,
)
PROVIDED = replace(PLAIN, reporting_unit=TAX)
NAMED = replace(PLAIN, verifying_unit=FINANCE)
NAMED_PARTY = replace(PROVIDED, verifying_unit=TAX)
OF_STAFF = replace(PLAIN, scored_unit=HOME_AFFAIRS, reporting_unit=HOME_AFFAIRS)
NAMED_OF_STAFF = replace(OF_STAFF, verifying_unit=FINANCE)


@pytest.mark.parametrize(
    ("case", "officer", "seat", "refusal"),
    [
        # nobody is named: staff
        (PLAIN, STAFF, Seat.STAFF, None),
        (PLAIN, VERIFIER, None, Refusal.NO_RIGHT),
        (PLAIN, SUBSTITUTE, None, Refusal.NO_RIGHT),
        (PLAIN, WARD_LEADER, None, Refusal.NO_RIGHT),
        (PLAIN, VIEWER, None, Refusal.NO_RIGHT),
        # parties check nothing, whatever other role they hold
        (PLAIN, STAFF_OF_WARD, None, Refusal.OWN_UNIT),
        (PROVIDED, TAX_LEADER, None, Refusal.NO_RIGHT),
        (PROVIDED, STAFF, Seat.STAFF, None),
        (replace(PLAIN, verifying_unit=WARD), WARD_LEADER, None, Refusal.NO_RIGHT),
        (NAMED_PARTY, TAX_LEADER, None, Refusal.NO_RIGHT),
        (NAMED_PARTY, STAFF, Seat.STAFF, None),
        # a verifying unit is named: it comes first
        (NAMED, VERIFIER, Seat.VERIFYING_UNIT, None),
        (NAMED, STAFF, Seat.STAFF, Refusal.VERIFIER_FIRST),
        (NAMED, SUBSTITUTE, None, Refusal.NO_RIGHT),
        # values of Internal Affairs' own unit: the substitute
        (OF_STAFF, STAFF, None, Refusal.OWN_UNIT),
        (OF_STAFF, SUBSTITUTE, Seat.SUBSTITUTE, None),
        (OF_STAFF, OUTSIDE_STAFF, Seat.STAFF, None),
        (replace(OF_STAFF, substitute_unit=None), SUBSTITUTE, None, Refusal.NO_RIGHT),
        (replace(PROVIDED, reporting_unit=HOME_AFFAIRS), STAFF, None, Refusal.OWN_UNIT),
        (replace(PROVIDED, reporting_unit=HOME_AFFAIRS), SUBSTITUTE, Seat.SUBSTITUTE, None),
        (NAMED_OF_STAFF, VERIFIER, Seat.VERIFYING_UNIT, None),
        (NAMED_OF_STAFF, SUBSTITUTE, Seat.SUBSTITUTE, Refusal.VERIFIER_FIRST),
        # who sent it does not verify it, not even as staff entering a correction
        (replace(PLAIN, sent_by=9), STAFF, Seat.STAFF, Refusal.SENT_BY_SELF),
        (replace(NAMED, sent_by=9), VERIFIER, Seat.VERIFYING_UNIT, Refusal.SENT_BY_SELF),
        # when
        (replace(PLAIN, campaign_open=False), STAFF, Seat.STAFF, Refusal.CAMPAIGN_NOT_OPEN),
        (replace(PLAIN, sent_at=FRIDAY + dt.timedelta(hours=2)), STAFF, Seat.STAFF, Refusal.NOT_SENT_YET),
    ],
)
def test_who_may_give_the_verdict(case, officer, seat, refusal):
    found = standing(officer, case, now=FRIDAY + dt.timedelta(hours=1), holidays=NEVER)
    assert (found.seat, found.refusal) == (seat, refusal)
    assert found.allowed == (refusal is None)
    assert not found.steps_in


@pytest.mark.parametrize(
    ("day", "time", "holidays", "refusal"),
    [
        # sent on Friday the 6th: Monday, Tuesday and Wednesday are the verifying unit's
        (dt.date(2026, 3, 9), dt.time(8), NEVER, Refusal.VERIFIER_FIRST),
        (dt.date(2026, 3, 11), dt.time(23, 59), NEVER, Refusal.VERIFIER_FIRST),
        (dt.date(2026, 3, 12), dt.time(0), NEVER, None),
        # a holiday is no working day
        (dt.date(2026, 3, 12), dt.time(12), {dt.date(2026, 3, 9)}, Refusal.VERIFIER_FIRST),
        (dt.date(2026, 3, 13), dt.time(0), {dt.date(2026, 3, 9)}, None),
    ],
)
def test_staff_step_in_after_three_working_days_with_a_reason(day, time, holidays, refusal):
    found = standing(STAFF, NAMED, now=local_moment(day, time), holidays=holidays)
    assert (found.refusal, found.steps_in) == (refusal, refusal is None)
    accept = Ruling(VerdictOutcome.ACCEPTED)
    submitted = Submitted(IndicatorKind.INCREASE, False, Decimal(5), None, dt.date(2026, 3, 6))
    assert ruling_problem(accept, submitted, steps_in=True) is Refusal.STEPPING_IN_NEEDS_REASON
    assert ruling_problem(replace(accept, reason="Quá hạn"), submitted, steps_in=True) is None
    assert ruling_problem(accept, submitted, steps_in=False) is None


def test_the_verifying_unit_may_answer_at_any_time():
    found = standing(VERIFIER, NAMED, now=FRIDAY + dt.timedelta(days=30), holidays=NEVER)
    assert (found.allowed, found.steps_in) == (True, False)


@pytest.mark.parametrize(
    ("returned", "holidays", "until"),
    [
        (dt.date(2026, 3, 3), NEVER, dt.date(2026, 3, 6)),  # Tuesday: all of Wednesday and Thursday
        (dt.date(2026, 3, 6), NEVER, dt.date(2026, 3, 11)),  # Friday: Monday and Tuesday
        (dt.date(2026, 3, 6), {dt.date(2026, 3, 9)}, dt.date(2026, 3, 12)),
    ],
)
def test_a_return_reopens_for_two_working_days(returned, holidays, until):
    assert reopened_until(local_moment(returned, dt.time(15)), holidays) == local_moment(until)


def test_the_days_are_local():
    # 23:30 UTC on Thursday is Friday morning in Viet Nam
    sent = dt.datetime(2026, 3, 5, 23, 30, tzinfo=dt.UTC)
    assert verifier_deadline(sent, NEVER) == dt.date(2026, 3, 11)


NUMBER = Submitted(IndicatorKind.INCREASE, False, Decimal(50), None, dt.date(2026, 3, 6))
DONE = Submitted(IndicatorKind.MILESTONE, False, Decimal(1), dt.date(2026, 3, 4), dt.date(2026, 3, 6))
NOT_DONE = Submitted(IndicatorKind.MILESTONE, False, Decimal(0), None, dt.date(2026, 3, 6))
SILENT = Submitted(IndicatorKind.INCREASE, True, None, None, dt.date(2026, 3, 6))


def adjust(value: int | None, completed: dt.date | None = None, reason: str = "Theo hồ sơ") -> Ruling:
    return Ruling(VerdictOutcome.ADJUSTED, None if value is None else Decimal(value), completed, reason)


@pytest.mark.parametrize(
    ("ruling", "submitted", "problem"),
    [
        (Ruling(VerdictOutcome.ACCEPTED), NUMBER, None),
        (Ruling(VerdictOutcome.RETURNED), NUMBER, Refusal.REASON_MISSING),
        (Ruling(VerdictOutcome.RETURNED, reason="Thiếu hồ sơ"), NUMBER, None),
        (adjust(40), NUMBER, None),
        (adjust(40, reason=""), NUMBER, Refusal.REASON_MISSING),
        (adjust(None), NUMBER, Refusal.VALUE_MISSING),
        (adjust(50), NUMBER, Refusal.VALUE_UNCHANGED),
        (adjust(40, dt.date(2026, 3, 4)), NUMBER, Problem(PlanCode.COMPLETION_DATE_UNASKED, "completed_on")),
        (adjust(0), SILENT, None),
        (adjust(1), DONE, Refusal.VALUE_UNCHANGED),
        (adjust(1, dt.date(2026, 3, 5)), DONE, None),
        (adjust(0), DONE, None),
        (adjust(2), DONE, Problem(PlanCode.MILESTONE_VALUE, "value")),
        (adjust(1), NOT_DONE, Problem(PlanCode.COMPLETION_DATE_MISSING, "completed_on")),
        (adjust(1, dt.date(2026, 3, 5)), NOT_DONE, None),
        (adjust(1, dt.date(2026, 3, 7)), NOT_DONE, Problem(PlanCode.COMPLETION_DATE_AFTER_SENDING, "completed_on")),
    ],
)
def test_what_is_said_fits_the_value(ruling, submitted, problem):
    assert ruling_problem(ruling, submitted, steps_in=False) == problem
