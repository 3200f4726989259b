"""Who may give a verdict, and when: separation of duties as decisions over plain values. Pure.

A value is reported by one unit about a unit; both are *parties* and check nothing of it. The verdict belongs to
the verifying unit that the indicator names; where it names none (or names a party) to Internal Affairs staff; and
on a value of Internal Affairs' own unit to the campaign's substitute unit in the staff's place. Staff and
substitute wait three working days for a named verifying unit, and then say why they step in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .calendar import cut_off, local_day, working_days_after
from .enums import IndicatorKind, VerdictOutcome
from .plan_rules import Problem, value_problem

#: Working days that a named verifying unit has before staff may give the verdict in its place.
VERIFIER_DAYS = 3
#: Working days for which a returned value is open again.
REOPENED_DAYS = 2


class Refusal(StrEnum):
    """Why somebody may not give a verdict; ``verdict_wording`` says it in words."""

    NO_RIGHT = "no_right"
    SENT_BY_SELF = "sent_by_self"
    OWN_UNIT = "own_unit"
    VERIFIER_FIRST = "verifier_first"
    CAMPAIGN_NOT_OPEN = "campaign_not_open"
    NOT_SENT_YET = "not_sent_yet"
    REASON_MISSING = "reason_missing"
    STEPPING_IN_NEEDS_REASON = "stepping_in_needs_reason"
    VALUE_MISSING = "value_missing"
    VALUE_UNCHANGED = "value_unchanged"
    CORRECTION_UNCHANGED = "correction_unchanged"


class Seat(StrEnum):
    """In which capacity a verdict is given."""

    VERIFYING_UNIT = "verifying_unit"
    STAFF = "staff"
    SUBSTITUTE = "substitute"


@dataclass(frozen=True)
class Officer:
    """The person, as far as the decision goes."""

    user_id: int
    verifies: bool  # holds the permission of Internal Affairs staff
    own_units: frozenset[int]  # units the person belongs to by any role
    speaks_for: frozenset[int]  # units of which the person is leader or reporter


@dataclass(frozen=True)
class Case:
    """The value, as far as the decision goes."""

    scored_unit: int
    reporting_unit: int  # the data provider's, else the scored unit
    verifying_unit: int | None  # named by the indicator
    substitute_unit: int | None  # named by the campaign
    staff_units: frozenset[int]  # units of Internal Affairs staff
    sent_by: int | None
    sent_at: dt.datetime
    campaign_open: bool

    @property
    def parties(self) -> frozenset[int]:
        """Units that may not check the value."""
        return frozenset({self.scored_unit, self.reporting_unit})

    @property
    def asked_unit(self) -> int | None:
        """The verifying unit whose verdict is awaited; one that is a party itself has no say."""
        return None if self.verifying_unit in self.parties else self.verifying_unit


@dataclass(frozen=True)
class Standing:
    """Whether a person may give the verdict: in a seat, or refused with the reason."""

    seat: Seat | None
    refusal: Refusal | None = None
    steps_in: bool = False  # in place of a verifying unit that has not answered: a reason is needed
    waits_until: dt.date | None = None  # the last day that belongs to the verifying unit

    @property
    def allowed(self) -> bool:
        return self.refusal is None and self.seat is not None


def standing(officer: Officer, case: Case, *, now: dt.datetime, holidays: Collection[dt.date]) -> Standing:
    """Return whether the person may give the verdict on the value at ``now``."""
    seat = _seat(officer, case)
    if seat is None:
        # Staff are told what stands in their way; for everybody else the queue does not exist.
        own = case.parties & officer.own_units
        return Standing(None, Refusal.OWN_UNIT if officer.verifies and own else Refusal.NO_RIGHT)
    if case.sent_by == officer.user_id:
        return Standing(seat, Refusal.SENT_BY_SELF)
    if not case.campaign_open:
        return Standing(seat, Refusal.CAMPAIGN_NOT_OPEN)
    if now < case.sent_at:
        return Standing(seat, Refusal.NOT_SENT_YET)
    if seat is Seat.VERIFYING_UNIT or case.asked_unit is None:
        return Standing(seat)
    last_day = verifier_deadline(case.sent_at, holidays)
    if local_day(now) <= last_day:
        return Standing(seat, Refusal.VERIFIER_FIRST, waits_until=last_day)
    return Standing(seat, steps_in=True, waits_until=last_day)


def _seat(officer: Officer, case: Case) -> Seat | None:
    if case.parties & officer.own_units:
        return None
    if case.asked_unit is not None and case.asked_unit in officer.speaks_for:
        return Seat.VERIFYING_UNIT
    if officer.verifies:
        return Seat.STAFF
    if case.parties & case.staff_units and case.substitute_unit in officer.speaks_for:
        return Seat.SUBSTITUTE
    return None


def verifier_deadline(sent_at: dt.datetime, holidays: Collection[dt.date]) -> dt.date:
    """Return the last local day on which only the named verifying unit gives the verdict."""
    return working_days_after(local_day(sent_at), VERIFIER_DAYS, holidays)


def reopened_until(now: dt.datetime, holidays: Collection[dt.date]) -> dt.datetime:
    """Return until when a value returned at ``now`` may be sent again: the end of the second working day after."""
    return cut_off(working_days_after(local_day(now), REOPENED_DAYS, holidays))


@dataclass(frozen=True)
class Ruling:
    """What is being said about a value."""

    outcome: VerdictOutcome
    value: Decimal | None = None  # of an adjustment
    completed_on: dt.date | None = None  # of a milestone adjusted to done; empty keeps the submitted date
    reason: str = ""


@dataclass(frozen=True)
class Submitted:
    """What was reported."""

    kind: IndicatorKind | str
    nothing: bool
    value: Decimal | None
    completed_on: dt.date | None
    sent_on: dt.date  # local day


def ruling_problem(ruling: Ruling, submitted: Submitted, *, steps_in: bool) -> Refusal | Problem | None:
    """Return what is wrong with a ruling: a reason or value that is missing, or a rule of the indicator's kind."""
    if ruling.outcome != VerdictOutcome.ACCEPTED and not ruling.reason:
        return Refusal.REASON_MISSING
    if steps_in and not ruling.reason:
        return Refusal.STEPPING_IN_NEEDS_REASON
    if ruling.outcome != VerdictOutcome.ADJUSTED:
        return None
    if ruling.value is None:
        return Refusal.VALUE_MISSING
    completed = completion_of(ruling, submitted)
    if not submitted.nothing and (ruling.value, completed) == (submitted.value, submitted.completed_on):
        return Refusal.VALUE_UNCHANGED
    if submitted.kind != IndicatorKind.MILESTONE:
        completed = ruling.completed_on
    return value_problem(submitted.kind, ruling.value, completed, sent_on=submitted.sent_on)


def completion_of(ruling: Ruling, submitted: Submitted) -> dt.date | None:
    """Return the completion date that an adjustment leaves: only a milestone that is done has one."""
    if submitted.kind != IndicatorKind.MILESTONE or not ruling.value:
        return None
    return ruling.completed_on or submitted.completed_on
