"""Making up valid campaigns that often reach the awkward cases of scoring.md.

Every choice comes down to "an integer from low to high, the first being the simplest", so that the same maker
serves a seeded generator (``random_campaign``) and Hypothesis (``strategies.py``), which can shrink it.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

from tests.scoring.campaign import (
    Area,
    Bloc,
    Campaign,
    Frequency,
    Gate,
    GateForm,
    Indicator,
    Kind,
    Mode,
    Period,
    Points,
    Policy,
    ReportWaiver,
    Revision,
    Target,
    Unit,
)
from tests.scoring.generation_values import LIMIT, measurements_of

Item = TypeVar("Item")
DAY = timedelta(days=1)
WEIGHTS = tuple(map(Decimal, ("1", "2", "3", "0.5", "33.33", "0.01", "1000", "7.25")))


@dataclass(frozen=True)
class Choices:
    """Where the maker takes its decisions from."""

    integer: Callable[[int, int], int]

    def one_of(self, items: Sequence[Item]) -> Item:
        return items[self.integer(0, len(items) - 1)]

    def chance(self, percent: int) -> bool:
        return self.integer(0, 99) >= 100 - percent

    def day(self, first: date, last: date) -> date:
        return first + self.integer(0, max((last - first).days, 0)) * DAY


@dataclass(frozen=True)
class Size:
    """The most of each that a campaign has."""

    areas: int
    blocs: int
    units: int
    indicators: int
    periods: int


SMALL = Size(areas=2, blocs=2, units=4, indicators=4, periods=4)
MEDIUM = Size(areas=5, blocs=3, units=12, indicators=15, periods=11)
LARGE = Size(areas=9, blocs=5, units=40, indicators=60, periods=13)


def random_campaign(seed: int, size: Size = SMALL) -> Campaign:
    """The same campaign for the same seed and size, for checks in bulk."""
    return make_campaign(Choices(random.Random(seed).randint), size)


def days_of_interest(campaign: Campaign) -> list[date]:
    """The days around which something changes: where a mistake of one day or one second shows."""
    found = {campaign.start, campaign.end, campaign.end + 30 * DAY}
    for period in campaign.periods:
        due = period.due.date()
        found |= {period.start, period.end - DAY, period.end, period.end + DAY, due - DAY, due, due + DAY}
    for target in campaign.targets:
        found |= {revision.day for revision in target.revisions}
        found |= {day for day in (target.first_day, target.ending_day, target.late_waiver_day) if day}
    for unit in campaign.units:
        found |= {day for day in (unit.first_day, unit.last_day, unit.last_day and unit.last_day + DAY) if day}
    for points in campaign.points:
        found |= {day for day in (points.from_day, points.voided_day) if day}
    for gate in campaign.gates:
        found |= {day for day in (gate.from_day, gate.voided_day) if day}
    found |= {waiver.from_day for waiver in campaign.report_waivers}
    return sorted(day for day in found if day >= campaign.start)


def make_campaign(choices: Choices, size: Size) -> Campaign:
    """A campaign that nothing in scoring.md or workbook.md blocks."""
    start = date(2024, 9, 20) + choices.integer(0, 20) * DAY
    periods = _periods(choices, size, start)
    end = periods[-1].end
    blocs = tuple(Bloc(f"C{n}", f"Khối {n}") for n in range(1, choices.integer(1, size.blocs) + 1))
    units = _units(choices, size, blocs, start, end)
    areas = tuple(
        Area(n, f"Nội dung {n}", choices.one_of(WEIGHTS), active=n == 1 or not choices.chance(15))
        for n in range(1, choices.integer(1, size.areas) + 1)
    )
    indicators = _indicators(choices, size, areas, units)
    targets = tuple(
        _target(choices, indicator, unit, start, end, lasting=indicator is indicators[0] and unit is units[0])
        for indicator in indicators
        for unit in units
        if (indicator is indicators[0] and unit is units[0]) or not choices.chance(20)
    )
    kinds = {indicator.code: indicator for indicator in indicators}
    measurements = tuple(
        measurement
        for target in targets
        for period in periods
        for measurement in measurements_of(choices, kinds[target.indicator], target, period)
    )
    last_due = max(period.due for period in periods).date()
    return Campaign(
        code="PT-2024",
        name="Phong trào thi đua 90 ngày",
        start=start,
        end=end,
        closing_day=last_due + 15 * DAY if choices.chance(50) else None,
        status="đang thực hiện",
        policy=_policy(choices),
        areas=areas,
        blocs=blocs,
        units=units,
        indicators=indicators,
        targets=targets,
        periods=periods,
        measurements=measurements,
        points=tuple(_points(choices, units, start, end) for _ in range(choices.integer(0, len(units)))),
        report_waivers=_report_waivers(choices, units, periods),
        gates=tuple(_gate(choices, units, start, end) for _ in range(choices.integer(0, 2))),
    )


def _policy(choices: Choices) -> Policy:
    if choices.chance(50):
        return Policy()
    fair = choices.integer(1, 6000)
    good = choices.integer(fair + 1, 9000)
    return Policy(
        cap_bp=choices.integer(10000, 13000),
        floor_bp=choices.integer(0, 6000),
        late_milestone_bp=choices.integer(0, 9999),
        bonus_cap_bp=choices.integer(0, 1000),
        late_report_bp=choices.integer(0, 200),
        missing_report_bp=choices.integer(0, 300),
        reporting_penalty_cap_bp=choices.integer(0, 600),
        excellent_bp=choices.integer(good + 1, 11000),
        good_bp=good,
        fair_bp=fair,
    )


def _periods(choices: Choices, size: Size, start: date) -> tuple[Period, ...]:
    """Without gap or overlap, from one day to three weeks long, due from the last day's afternoon on."""
    periods = []
    for n in range(1, choices.integer(1, size.periods) + 1):
        end = start + (choices.one_of((7, 1, 2, 10, 21)) - 1) * DAY
        after, at = choices.one_of(((2, time(17)), (0, time(17)), (1, time()), (1, time(8, 30, 15)), (5, time())))
        due = datetime.combine(end + after * DAY, at)
        locked = due + choices.integer(1, 5) * DAY if choices.chance(30) else None
        periods.append(Period(str(n), start, end, due, locked))
        start = end + DAY
    return tuple(periods)


def _units(choices: Choices, size: Size, blocs: Sequence[Bloc], start: date, end: date) -> tuple[Unit, ...]:
    """Codes of capitals, small letters and Đ, whose order by code points differs from a dictionary's."""
    units: list[Unit] = []
    for n in range(1, choices.integer(2, size.units) + 1):
        first_day = choices.day(start - DAY, end) if choices.chance(12) else None
        last_day = choices.day(first_day or start, end) if choices.chance(20) else None
        units.append(
            Unit(
                code=f"{choices.one_of('PpĐaX')}{n}",
                name=f"Đơn vị {n}",
                bloc=choices.one_of(blocs).code,
                competes=not choices.chance(20),
                first_day=first_day,
                last_day=last_day,
                successor=units[0].code if units and last_day and choices.chance(50) else "",
            )
        )
    return tuple(units)


def _indicators(choices: Choices, size: Size, areas: Sequence[Area], units: Sequence[Unit]) -> tuple[Indicator, ...]:
    indicators = []
    for n in range(1, choices.integer(1, size.indicators) + 1):
        area = areas[0] if n == 1 else choices.one_of(areas)
        kind = choices.one_of(tuple(Kind))
        incremental = kind is not Kind.MILESTONE and choices.chance(40)
        indicators.append(
            Indicator(
                code=f"CT{area.number}.{n}",
                area=area.number,
                name=f"Chỉ tiêu {n}",
                kind=kind,
                weight=choices.one_of(WEIGHTS),
                mode=Mode.INCREMENT if incremental else Mode.CUMULATIVE,
                frequency=choices.one_of(tuple(Frequency)) if choices.chance(50) else Frequency.EVERY_PERIOD,
                cap_bp=choices.one_of((11000, 9000, 10000, 7000, 15000)) if choices.chance(30) else None,
                provider=choices.one_of(units).code if choices.chance(30) else "",
                active=n == 1 or not choices.chance(10),
            )
        )
    return tuple(indicators)


def amount(choices: Choices) -> Decimal:
    """A baseline or goal: mostly small and often equal to another, sometimes at the limits."""
    how = choices.integer(0, 9)
    if how < 6:
        return Decimal(choices.integer(0, 10))
    if how < 8:
        return Decimal(choices.integer(-30, 120)) / 10
    if how < 9:
        return Decimal(choices.integer(-(10**8), 10**8)) / 10000
    return choices.one_of((LIMIT, -LIMIT, Decimal("0.0001"), Decimal("-0.0001")))


def keeps_kind(kind: Kind, baseline: Decimal | None, goal: Decimal) -> bool:
    """ "decrease: g < b"; "maintain: b ≥ g"; "b = 0 where none is given"."""
    b = Decimal(0) if baseline is None else baseline
    if kind is Kind.MILESTONE:
        return goal == 1
    if kind is Kind.DECREASE:
        return goal < b
    return kind is Kind.INCREASE or b >= goal


def _baseline_and_goal(choices: Choices, kind: Kind, *, may_be_empty: bool) -> tuple[Decimal | None, Decimal]:
    baseline, goal = amount(choices), amount(choices)
    if may_be_empty and choices.chance(30) and keeps_kind(kind, None, goal):
        return None, goal
    if not keeps_kind(kind, baseline, goal):
        baseline, goal = goal, baseline
    if not keeps_kind(kind, baseline, goal):  # equal ones, of a decrease
        baseline, goal = Decimal(10), Decimal(4)
    return baseline, goal


def _target(choices: Choices, indicator: Indicator, unit: Unit, start: date, end: date, *, lasting: bool) -> Target:
    kind = indicator.kind
    milestone = kind is Kind.MILESTONE
    baseline, goal = (None, Decimal(1)) if milestone else _baseline_and_goal(choices, kind, may_be_empty=True)
    first_day = choices.day(start, end) if not lasting and choices.chance(15) else None
    ending_day = None
    if not lasting and (first_day or start) < end and choices.chance(15):
        ending_day = choices.day((first_day or start) + DAY, end)
    late_waiver_day = choices.day(start, end + 10 * DAY) if milestone and choices.chance(30) else None
    return Target(
        indicator=indicator.code,
        unit=unit.code,
        goal=goal,
        baseline=baseline,
        due=choices.day(start, end) if milestone or choices.chance(10) else None,
        first_day=first_day,
        revisions=_revisions(choices, kind, baseline, goal, first_day or start, end),
        ending_day=ending_day,
        ending_reason="Hủy giao" if ending_day else "",
        late_waiver_day=late_waiver_day,
        late_waiver_reason="Khách quan" if late_waiver_day else "",
    )


def _revisions(
    choices: Choices, kind: Kind, baseline: Decimal | None, goal: Decimal, after: date, end: date
) -> tuple[Revision, ...]:
    """Later and later, each keeping what its kind demands together with what it leaves empty."""
    revisions = []
    while after < end and choices.chance(20):
        after = choices.day(after + DAY, end)
        due = choices.day(after, end) if kind is Kind.MILESTONE or choices.chance(20) else None
        new_baseline = new_goal = None
        if kind is not Kind.MILESTONE:
            new_baseline, new_goal = _baseline_and_goal(choices, kind, may_be_empty=False)
            if keeps_kind(kind, baseline, new_goal) and choices.chance(60):
                new_baseline = None
            elif new_baseline is not None and keeps_kind(kind, new_baseline, goal) and choices.chance(60):
                new_goal = None
        baseline = baseline if new_baseline is None else new_baseline
        goal = goal if new_goal is None else new_goal
        revisions.append(Revision(after, new_baseline, new_goal, due))
    return tuple(revisions)


def _points(choices: Choices, units: Sequence[Unit], start: date, end: date) -> Points:
    bp = choices.one_of((100, 200, 400, 25, 333))
    from_day = choices.day(start, end + 5 * DAY)
    voided_day = choices.day(from_day, end + 8 * DAY) if choices.chance(30) else None
    return Points(choices.one_of(units).code, -bp if choices.chance(40) else bp, from_day, voided_day)


def _report_waivers(choices: Choices, units: Sequence[Unit], periods: Sequence[Period]) -> tuple[ReportWaiver, ...]:
    pairs = {
        (choices.one_of(units).code, choices.one_of(periods).name): choices.integer(0, 12)
        for _ in range(choices.integer(0, 2))
    }
    starts = {period.name: period.start for period in periods}
    return tuple(ReportWaiver(unit, name, starts[name] + days * DAY) for (unit, name), days in pairs.items())


def _gate(choices: Choices, units: Sequence[Unit], start: date, end: date) -> Gate:
    from_day = choices.day(start, end + 5 * DAY)
    voided_day = choices.day(from_day, end + 8 * DAY) if choices.chance(40) else None
    return Gate(
        choices.one_of(units).code,
        choices.one_of((GateForm.EXCLUSION, GateForm.HOLD)),
        from_day,
        voided_day,
    )
