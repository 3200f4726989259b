"""The value of a target on a day and its achievement (scoring.md, the middle parts)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tests.scoring.campaign import (
    Indicator,
    Kind,
    Measurement,
    Mode,
    Period,
    Policy,
    Ruling,
    Target,
)
from tests.scoring.reference_records import OFFICIAL, PROVISIONAL, WHOLE, Plan, Records, div, holds, plan_on, scaled

# The value of a target on day D


@dataclass(frozen=True)
class Value:
    """A value in ten-thousandths, with a milestone's completion date and the end of the period it comes from."""

    amount: int
    completed: date | None = None
    period_end: date | None = None


NOTHING = "nothing to report"


def submitted_value(measurement: Measurement) -> Value | str:
    """ "value = numerator × 100 / denominator, half up to 4 decimals"."""
    if measurement.nothing:
        return NOTHING
    if measurement.denominator is not None:
        share = div(scaled(measurement.numerator) * 100 * WHOLE, scaled(measurement.denominator))
        return Value(share, measurement.completed)
    return Value(scaled(measurement.value), measurement.completed)


def verified_value(measurement: Measurement) -> Value | str:
    """ "The verified value of an accepted measurement is the submitted one"; "adjusted to a number it is that number".

    The completion date of an adjusted milestone is the verifier's, "empty = Ngày hoàn thành" (workbook.md).
    """
    if measurement.ruling is Ruling.ACCEPTED:
        return submitted_value(measurement)
    return Value(scaled(measurement.verified_value), measurement.verified_completed or measurement.completed)


def ruled_by(measurement: Measurement, limit: datetime) -> Ruling | None:
    """The verdict given by the cut-off: "by the cut-off means strictly before it"."""
    return measurement.ruling if measurement.ruled is not None and measurement.ruled < limit else None


def period_value(measurements: Iterable[Measurement], basis: str, limit: datetime) -> Value | str | None:
    """What a period says: the latest sent of the measurements looked at; None where there is none.

    Official: "accepted or adjusted by the cut-off", its verified value. Provisional: "sent by the cut-off and not
    returned by it", "the verified value if there is one by the cut-off, else the submitted value".
    """
    said: Value | str | None = None
    for measurement in measurements:
        if measurement.sent >= limit:
            continue
        ruling = ruled_by(measurement, limit)
        if ruling in (Ruling.ACCEPTED, Ruling.ADJUSTED):
            said = verified_value(measurement)
        elif ruling is None and basis == PROVISIONAL:
            said = submitted_value(measurement)
    return said


def looked_at(period: Period, day: date, basis: str) -> bool:
    """ "periods looked at: official period end ≤ D, provisional period start ≤ D"."""
    return period.end <= day if basis == OFFICIAL else period.start <= day


def value_on(records: Records, target: Target, day: date, basis: str, limit: datetime) -> Value | None:
    """The value of a target, None where there is no data.

    Cumulative: "the value of the latest period that has one", nothing to report having "the value (and completion
    date) of the nearest earlier period, on the same basis, that has one". Increment: "the sum over all periods
    that have one", nothing to report being 0.
    """
    latest: Value | None = None
    total = 0
    for period in records.periods:
        if not looked_at(period, day, basis):
            continue
        measurements = records.sent.get((target.indicator, target.unit, period.name), ())
        said = period_value(measurements, basis, limit)
        if said is None:
            continue
        if records.indicators[target.indicator].mode is Mode.INCREMENT:
            total += said.amount if isinstance(said, Value) else 0
            latest = Value(total, None, period.end)
        elif isinstance(said, Value):
            latest = Value(said.amount, said.completed, period.end)
        elif latest is not None:  # nothing to report: the nearest earlier value carries on
            latest = Value(latest.amount, latest.completed, period.end)
    return latest


# Achievement of a target


def on_time(target: Target, value: Value, plan: Plan, day: date) -> bool:
    """A milestone "done on or before the due date or lateness waived on D"."""
    waived = target.late_waiver_day is not None and holds(day, target.late_waiver_day)
    return waived or (value.completed is not None and plan.due is not None and value.completed <= plan.due)


def raw_achievement(kind: Kind, a: int, b: int, g: int) -> int:
    """r before clamping, of the three kinds that measure a quantity."""
    if kind is Kind.INCREASE:
        if g > b:
            return div((a - b) * WHOLE, g - b)
        return WHOLE if a >= g else 0  # already there at the start
    if kind is Kind.DECREASE:
        return div((b - a) * WHOLE, b - g)
    if a <= g:
        return WHOLE
    return div((b - a) * WHOLE, b - g) if b > g else 0


def cap_of(indicator: Indicator, policy: Policy) -> int:
    """ "The cap of increase is the indicator's own if set, else the campaign's; of decrease the indicator's own if
    set, else 10000; of maintain and milestone the indicator's own if set and smaller, else 10000." """
    own = indicator.cap_bp
    if indicator.kind is Kind.INCREASE:
        return policy.cap_bp if own is None else own
    if indicator.kind is Kind.DECREASE:
        return WHOLE if own is None else own
    return WHOLE if own is None else min(own, WHOLE)


def achievement(indicator: Indicator, policy: Policy, target: Target, value: Value, day: date) -> int:
    """r: "1. r < 0 becomes 0. 2. Except for milestones, r < floor_bp becomes 0. 3. r > cap becomes cap." """
    plan = plan_on(target, day)
    if indicator.kind is Kind.MILESTONE:
        if value.amount == 0:
            r = 0
        else:
            r = WHOLE if on_time(target, value, plan, day) else policy.late_milestone_bp
    else:
        r = max(raw_achievement(indicator.kind, value.amount, plan.baseline, plan.goal), 0)
        if r < policy.floor_bp:
            r = 0
    return min(r, cap_of(indicator, policy))


def is_fulfilled(indicator: Indicator, target: Target, value: Value, day: date) -> bool:
    """The last column of the table of kinds; it looks at the value, never at r."""
    plan = plan_on(target, day)
    if indicator.kind is Kind.MILESTONE:
        return value.amount == WHOLE and on_time(target, value, plan, day)
    if indicator.kind is Kind.INCREASE:
        return value.amount >= plan.goal
    return value.amount <= plan.goal


@dataclass(frozen=True)
class ScoredTarget:
    """One target on D: "counted" unless left out; ``r`` is None for one left out."""

    indicator: Indicator
    value: Value | None
    r: int | None
    fulfilled: bool

    @property
    def counted(self) -> bool:
        return self.r is not None


def score_target(records: Records, target: Target, day: date, basis: str, limit: datetime) -> ScoredTarget:
    """ "No value: if the unit itself is the reporter it scores 0 bp. If another unit is the reporter, the target is
    left out until it has a value." """
    indicator = records.indicators[target.indicator]
    value = value_on(records, target, day, basis, limit)
    if value is None:
        return ScoredTarget(indicator, None, 0 if records.reporter(target) == target.unit else None, False)
    r = achievement(indicator, records.campaign.policy, target, value, day)
    return ScoredTarget(indicator, value, r, is_fulfilled(indicator, target, value, day))
