"""Units of measure, days and what is in force on them, and a campaign with its look-ups (scoring.md, first parts)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property

from tests.scoring.campaign import (
    Campaign,
    Frequency,
    Indicator,
    Measurement,
    Period,
    Target,
    Unit,
)

OFFICIAL = "official"
PROVISIONAL = "provisional"
WHOLE = 10_000
"""10 000 bp = 100 %; also how many ten-thousandths make one unit of a value."""


# Units of measure


def div(n: int, d: int) -> int:
    """ "Every division rounds half up to an integer: div(n, d) = floor((2n + d) / (2d)), d > 0." """
    if d <= 0:
        raise ValueError(f"the divisor must be positive: {d}")
    return (2 * n + d) // (2 * d)


def scaled(number: Decimal | None) -> int:
    """ "each is an exact integer after × 10 000"; "b = baseline (0 where none is given)"."""
    return 0 if number is None else _exact(number, WHOLE)


def hundredths(weight: Decimal) -> int:
    """ "Weights have at most 2 decimals": an exact integer after × 100."""
    return _exact(weight, 100)


def _exact(number: Decimal, factor: int) -> int:
    numerator, denominator = number.as_integer_ratio()
    if numerator * factor % denominator:
        raise ValueError(f"{number} has too many decimals")
    return numerator * factor // denominator


def as_text(ten_thousandths: int) -> str:
    """A value for the export: "a decimal string without trailing zeros"."""
    whole, rest = divmod(abs(ten_thousandths), WHOLE)
    text = f"{whole}.{rest:04d}".rstrip("0").rstrip(".")
    return f"-{text}" if ten_thousandths < 0 else text


# Days, and what is in force on them


def cut_off(day: date, moment: datetime | None = None) -> datetime:
    """ "its cut-off is 00:00 of D + 1, and for the running day the moment of computing"."""
    midnight = datetime.combine(day + timedelta(days=1), time())
    return midnight if moment is None else min(midnight, moment)


def holds(day: date, from_day: date, voided_day: date | None = None) -> bool:
    """ "in force on D: from ≤ D and not voided from ≤ D"."""
    return from_day <= day and not (voided_day is not None and voided_day <= day)


def target_in_force(target: Target, day: date) -> bool:
    """ "its first day, where it has one, is ≤ D and its ending day, where it has one, is > D"."""
    begun = target.first_day is None or target.first_day <= day
    ended = target.ending_day is not None and target.ending_day <= day
    return begun and not ended


def unit_valid(unit: Unit, day: date) -> bool:
    """ "A unit has its days of validity": both its first and its last day are among them."""
    return (unit.first_day is None or unit.first_day <= day) and (unit.last_day is None or day <= unit.last_day)


@dataclass(frozen=True)
class Plan:
    """What a target asks for on a day: baseline and goal in ten-thousandths, due date."""

    baseline: int
    goal: int
    due: date | None


def plan_on(target: Target, day: date) -> Plan:
    """ "a field the revision leaves empty keeps what was in force; day D uses the latest revision dated ≤ D"."""
    baseline, goal, due = target.baseline, target.goal, target.due
    for revision in sorted(target.revisions, key=lambda revision: revision.day):
        if revision.day <= day:
            baseline = baseline if revision.baseline is None else revision.baseline
            goal = goal if revision.goal is None else revision.goal
            due = due if revision.due is None else revision.due
    return Plan(scaled(baseline), scaled(goal), due)


# The records, found quickly


@dataclass(frozen=True)
class Records:
    """A campaign with its look-ups; nothing here is a rule except who reports and what is due when."""

    campaign: Campaign

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        return {indicator.code: indicator for indicator in self.campaign.indicators}

    @cached_property
    def area_weights(self) -> dict[int, int]:
        """Weights of the active areas, × 100."""
        return {area.number: hundredths(area.weight) for area in self.campaign.areas if area.active}

    @cached_property
    def periods(self) -> list[Period]:
        """ "Periods are ordered by their end (no two of a campaign end on one day)"."""
        return sorted(self.campaign.periods, key=lambda period: period.end)

    @cached_property
    def sent(self) -> dict[tuple[str, str, str], list[Measurement]]:
        """By (indicator, unit, period), earliest sent first.

        "Of two measurements sent at the same time the one recorded later is the later": the sort is stable.
        """
        found: dict[tuple[str, str, str], list[Measurement]] = defaultdict(list)
        for measurement in self.campaign.measurements:
            found[measurement.indicator, measurement.unit, measurement.period].append(measurement)
        for measurements in found.values():
            measurements.sort(key=lambda measurement: measurement.sent)
        return dict(found)

    @cached_property
    def active_targets(self) -> list[Target]:
        """All but those of inactive areas or indicators."""
        return [
            target
            for target in self.campaign.targets
            if self.indicators[target.indicator].active and self.indicators[target.indicator].area in self.area_weights
        ]

    @cached_property
    def targets_of(self) -> dict[str, list[Target]]:
        found: dict[str, list[Target]] = defaultdict(list)
        for target in self.active_targets:
            found[target.unit].append(target)
        return found

    @cached_property
    def reported_by(self) -> dict[str, list[Target]]:
        found: dict[str, list[Target]] = defaultdict(list)
        for target in self.active_targets:
            found[self.reporter(target)].append(target)
        return found

    @cached_property
    def due_periods(self) -> dict[Frequency, set[str]]:
        """ "hằng tháng (the last period ending in each calendar month) or cuối đợt (the campaign's last period)"."""
        last_of_month = {(period.end.year, period.end.month): period.name for period in self.periods}
        return {
            Frequency.EVERY_PERIOD: {period.name for period in self.periods},
            Frequency.MONTHLY: set(last_of_month.values()),
            Frequency.AT_END: {period.name for period in self.periods[-1:]},
        }

    def reporter(self, target: Target) -> str:
        """ "its indicator's data provider where one is named, else the scored unit itself"."""
        return self.indicators[target.indicator].provider or target.unit
