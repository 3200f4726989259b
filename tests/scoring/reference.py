"""The rules of scoring.md in plain Python, one rule a function, to be read aloud.

This is the independent reading that the portal's SQL is held against: it imports nothing of the portal and
computes with Python integers only. It reads on from ``reference_records.py`` (measure, days, records) over
``reference_targets.py`` (value, achievement) to this module: reports, area, unit, rank, and the export.
Quotations in the docstrings are the sentences of scoring.md they follow.

    python -m tests.scoring.reference FILE.xlsx 2024-11-15 official
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.scoring.campaign import (
    Campaign,
    GateForm,
    Period,
    Policy,
    Target,
    Unit,
)
from tests.scoring.comparison import compare
from tests.scoring.reference_records import (
    OFFICIAL,
    PROVISIONAL,
    WHOLE,
    Records,
    as_text,
    cut_off,
    div,
    holds,
    hundredths,
    plan_on,
    scaled,
    target_in_force,
    unit_valid,
)
from tests.scoring.reference_targets import ScoredTarget, Value, achievement, is_fulfilled, score_target

__all__ = [
    "OFFICIAL",
    "PROVISIONAL",
    "Value",
    "achievement",
    "as_text",
    "compare",
    "div",
    "is_fulfilled",
    "plan_on",
    "scaled",
    "score",
    "score_units",
]

# Reports


@dataclass(frozen=True)
class Reports:
    late: int
    missing: int


def owed_targets(records: Records, unit: Unit, period: Period) -> list[Target]:
    """ "A unit owes for a period the active targets whose reporter it is, due in that period by their frequency, and
    in force on the period's last day."

    A unit "owes no report for periods that end after [its last] day (nor before its first). What another unit
    reports on it stays owed by that other unit": the reporter's validity counts, the scored unit's does not.
    """
    if not unit_valid(unit, period.end):
        return []
    return [
        target
        for target in records.reported_by.get(unit.code, ())
        if period.name in records.due_periods[records.indicators[target.indicator].frequency]
        and target_in_force(target, period.end)
    ]


def reported_at(records: Records, owed: Iterable[Target], period: Period) -> datetime | None:
    """ "the moment when every owed target has a measurement for it (returned or not, không phát sinh included)"."""
    firsts = []
    for target in owed:
        measurements = records.sent.get((target.indicator, target.unit, period.name))
        if not measurements:
            return None
        firsts.append(measurements[0].sent)
    return max(firsts)


def reports_of(records: Records, unit: Unit, day: date, limit: datetime) -> Reports:
    """ "For each owed period with due time by the cut-off and no report waiver in force on D: missing if it is not
    reported by the cut-off, else late if it was reported after the due time." """
    waived = {
        waiver.period
        for waiver in records.campaign.report_waivers
        if waiver.unit == unit.code and holds(day, waiver.from_day)
    }
    late = missing = 0
    for period in records.periods:
        owed = owed_targets(records, unit, period)
        if not owed or period.due >= limit or period.name in waived:
            continue
        at = reported_at(records, owed, period)
        if at is None or at >= limit:
            missing += 1
        elif at > period.due:
            late += 1
    return Reports(late, missing)


def reporting_penalty(policy: Policy, reports: Reports) -> int:
    """ "together at most reporting_penalty_cap_bp"."""
    points = reports.missing * policy.missing_report_bp + reports.late * policy.late_report_bp
    return min(points, policy.reporting_penalty_cap_bp)


# Area, unit, rank


@dataclass
class ScoredUnit:
    """One unit's figures on D. ``base`` and what follows from it are None where no area is applicable."""

    unit: Unit
    targets: dict[str, ScoredTarget]
    reports: Reports
    bonus: int
    penalty_points: int
    reporting_penalty: int
    areas: dict[int, int] = field(default_factory=dict)
    base: int | None = None
    total: int | None = None
    fulfilled: int | None = None
    coverage: int | None = None
    rank: int | None = None
    class_name: str | None = None

    @property
    def penalty(self) -> int:
        """ "Penalty = sum of the penalty points in force on D, plus the reporting penalty." """
        return self.penalty_points + self.reporting_penalty


def area_score(targets: Iterable[ScoredTarget]) -> int:
    """ "Area score A = div(Σ w·r, Σ w) over the unit's counted targets in that area." """
    weighted = weights = 0
    for target in targets:
        assert target.r is not None
        weighted += hundredths(target.indicator.weight) * target.r
        weights += hundredths(target.indicator.weight)
    return div(weighted, weights)


def base_score(areas: Mapping[int, int], weights: Mapping[int, int]) -> int | None:
    """ "Base B = div(Σ W·A, Σ W) over the unit's applicable areas. None: base … empty." """
    if not areas:
        return None
    return div(
        sum(weights[number] * score for number, score in areas.items()),
        sum(weights[number] for number in areas),
    )


def class_on(policy: Policy, total: int) -> str:
    """ "Class by the campaign's bands on T, ranked or not"."""
    if total >= policy.excellent_bp:
        return "Hoàn thành xuất sắc"
    if total >= policy.good_bp:
        return "Hoàn thành tốt"
    if total >= policy.fair_bp:
        return "Hoàn thành"
    return "Chưa hoàn thành"


def score_unit(records: Records, unit: Unit, day: date, basis: str, limit: datetime) -> ScoredUnit:
    """Everything about one unit but its rank, which needs the others."""
    policy = records.campaign.policy
    points = [
        entry.bp
        for entry in records.campaign.points
        if entry.unit == unit.code and holds(day, entry.from_day, entry.voided_day)
    ]
    reports = reports_of(records, unit, day, limit)
    scored = ScoredUnit(
        unit=unit,
        targets={
            target.indicator: score_target(records, target, day, basis, limit)
            for target in records.targets_of.get(unit.code, ())
            if target_in_force(target, day)
        },
        reports=reports,
        bonus=min(sum(bp for bp in points if bp > 0), policy.bonus_cap_bp),
        penalty_points=-sum(bp for bp in points if bp < 0),
        reporting_penalty=reporting_penalty(policy, reports),
    )
    counted = [target for target in scored.targets.values() if target.counted]
    by_area: dict[int, list[ScoredTarget]] = defaultdict(list)
    for target in counted:
        by_area[target.indicator.area].append(target)
    scored.areas = {number: area_score(targets) for number, targets in by_area.items()}
    scored.base = base_score(scored.areas, records.area_weights)
    if scored.base is not None:
        scored.total = max(0, scored.base + scored.bonus - scored.penalty)
        scored.class_name = class_on(policy, scored.total)
        fulfilled = sum(hundredths(target.indicator.weight) for target in counted if target.fulfilled)
        scored.fulfilled = div(fulfilled * WHOLE, sum(hundredths(target.indicator.weight) for target in counted))
        with_value = sum(1 for target in counted if target.value is not None)
        scored.coverage = div(with_value * WHOLE, len(counted))
    return scored


def rank_units(records: Records, scored: Iterable[ScoredUnit], day: date) -> None:
    """ "among the units that compete, are valid on D, have a total, and are under no exclusion gate in force on D:
    competition ranking (1, 2, 2, 4) on T, highest first; then the fulfilled share, highest first; then the fewer
    late plus missing reports; still equal means the same rank." """
    excluded = {
        gate.unit
        for gate in records.campaign.gates
        if gate.form is GateForm.EXCLUSION and holds(day, gate.from_day, gate.voided_day)
    }
    blocs: dict[str, list[tuple[tuple[int, int, int], ScoredUnit]]] = defaultdict(list)
    for row in scored:
        unit = row.unit
        if not unit.competes or not unit_valid(unit, day) or unit.code in excluded:
            continue
        if row.total is None or row.fulfilled is None:
            continue
        key = (-row.total, -row.fulfilled, row.reports.late + row.reports.missing)
        blocs[unit.bloc].append((key, row))
    for rows in blocs.values():
        for key, row in rows:
            row.rank = 1 + sum(1 for other, _ in rows if other < key)


def score_units(
    campaign: Campaign, day: date, basis: str = OFFICIAL, moment: datetime | None = None
) -> dict[str, ScoredUnit]:
    """Every unit of the campaign on D with all figures, ordered by code; ``moment`` is for the running day only."""
    if basis not in (OFFICIAL, PROVISIONAL):
        raise ValueError(f"no such basis: {basis}")
    if day < campaign.start:
        raise ValueError(f"{day} is before the campaign starts on {campaign.start}")
    records = Records(campaign)
    limit = cut_off(day, moment)
    units = sorted(campaign.units, key=lambda unit: unit.code)
    scored = {unit.code: score_unit(records, unit, day, basis, limit) for unit in units}
    rank_units(records, scored.values(), day)
    return scored


# Scores out


def score(campaign: Campaign, day: date, basis: str = OFFICIAL, moment: datetime | None = None) -> dict[str, Any]:
    """What ``export_scores`` prints as JSON for that day (workbook.md, "Scores out")."""
    return {
        "campaign": campaign.code,
        "date": day.isoformat(),
        "basis": basis,
        "units": [_exported(row) for row in score_units(campaign, day, basis, moment).values()],
    }


def _exported(row: ScoredUnit) -> dict[str, Any]:
    return {
        "code": row.unit.code,
        "bloc": row.unit.bloc,
        "total_bp": row.total,
        "base_bp": row.base,
        "bonus_bp": row.bonus,
        "penalty_bp": row.penalty,
        "fulfilled_bp": row.fulfilled,
        "coverage_bp": row.coverage,
        "late_reports": row.reports.late,
        "missing_reports": row.reports.missing,
        "rank": row.rank,
        "class": row.class_name,
        "areas": {str(number): row.areas[number] for number in sorted(row.areas)},
        "targets": {
            code: {
                "value": None if target.value is None else as_text(target.value.amount),
                "achievement_bp": target.r,
            }
            for code, target in sorted(row.targets.items())
        },
    }


def main(arguments: list[str]) -> int:
    """Print the scores of a workbook: FILE DAY [BASIS]."""
    from tests.scoring import workbook_io

    if len(arguments) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    basis = arguments[2] if len(arguments) == 3 else OFFICIAL
    exported = score(workbook_io.read(arguments[0]), date.fromisoformat(arguments[1]), basis)
    print(json.dumps(exported, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
