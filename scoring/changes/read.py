"""Read the changes of some units between two scored days, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from campaigns.enums import GateForm
from campaigns.models import Area, Campaign, Gate, Participant, Period, PointEntry, ReportWaiver, Target
from scoring.enums import Basis, Cause
from scoring.formula import decimal_of
from scoring.live import UnitFigure, unit_figures, unit_reports
from scoring.models import UnitScore
from scoring.queries import Scope, TargetFigure, target_figures
from scoring.snapshots import Snapshot

from .reasons import Records, dated_cause, read_records, recorded_cause
from .records import ChangeLine, UnitChange
from .steps import BaseStep, Moved, State, base_step, state_of

Costs = dict[int, int]  # period → what its report costs


@dataclass(frozen=True, kw_only=True)
class _Way:
    """Both steps of one unit."""

    participant: Participant
    states: tuple[State, State, State]
    dated: BaseStep
    recorded: BaseStep


@dataclass(frozen=True, kw_only=True)
class _Ledger:
    """What is read once for all units."""

    periods: dict[int, Period]
    targets: dict[int, Target]
    records: Records
    costs: tuple[dict[int, Costs], dict[int, Costs]]  # by unit, with the later day's waivers: by each cut-off
    gated: set[int]  # units whose exclusion began or ended
    basis: Basis


def read_changes(
    *, campaign: Campaign, earlier: Snapshot, later: Snapshot, basis: Basis, participants: Sequence[Participant]
) -> list[UnitChange]:
    """Return what changed for each of the units between two scored days, the ``earlier`` before the ``later``.

    The lines of a unit add up to the difference of its stored totals. ``participants`` have their blocs loaded.
    """
    ids = tuple(one.pk for one in participants)
    if not ids:
        return []
    scopes = [
        Scope((campaign.pk,), day, moment, ids)
        for day, moment in ((earlier.day, earlier.as_of), (later.day, earlier.as_of), (later.day, later.as_of))
    ]
    stored = _stored(ids, earlier.day, later.day, basis)
    states = _states(campaign, scopes, stored, basis, ids)
    ways = [
        _Way(
            participant=one,
            states=states[one.pk],
            dated=base_step(states[one.pk][0], states[one.pk][1]),
            recorded=base_step(states[one.pk][1], states[one.pk][2]),
        )
        for one in participants
    ]
    moved = [one.target_id for way in ways for step in (way.dated, way.recorded) for one in step.moved]
    ledger = _Ledger(
        periods={period.pk: period for period in Period.objects.filter(campaign=campaign)},
        targets={target.pk: target for target in Target.objects.filter(pk__in=moved).select_related("indicator__area")},
        records=read_records(moved, days=(earlier.day, later.day), cut_offs=(earlier.as_of, later.as_of), basis=basis),
        costs=_costs(campaign, scopes[1], scopes[2], later.day, ids),
        gated=_excluded(ids, earlier.day) ^ _excluded(ids, later.day),
        basis=basis,
    )
    return [
        UnitChange(
            participant=way.participant,
            before=stored.get((way.participant.pk, earlier.day)),
            after=stored.get((way.participant.pk, later.day)),
            lines=_lines(way, ledger),
        )
        for way in ways
    ]


def differences(
    participants: Sequence[Participant], *, earlier: dt.date, later: dt.date, basis: Basis
) -> dict[int, int]:
    """Return how much the stored total of each unit differs between the days, in basis points: one query."""
    moved = {one.pk: 0 for one in participants}
    rows = UnitScore.objects.filter(participant__in=moved, day__in=(earlier, later), basis=basis)
    for pk, day, total in rows.values_list("participant", "day", "total_bp"):
        moved[pk] += (total or 0) if day == later else -(total or 0)
    return moved


# --- states ----------------------------------------------------------------------------------------------


def _stored(ids: Sequence[int], earlier: dt.date, later: dt.date, basis: Basis) -> dict[tuple[int, dt.date], UnitScore]:
    rows = UnitScore.objects.filter(participant__in=ids, day__in=(earlier, later), basis=basis)
    return {(row.participant_id, row.day): row for row in rows}


def _by_unit(figures: Iterable[TargetFigure]) -> dict[int, dict[int, TargetFigure]]:
    found: dict[int, dict[int, TargetFigure]] = defaultdict(dict)
    for figure in figures:
        found[figure.participant_id][figure.target_id] = figure
    return found


def _states(
    campaign: Campaign,
    scopes: Sequence[Scope],
    stored: dict[tuple[int, dt.date], UnitScore],
    basis: Basis,
    ids: Sequence[int],
) -> dict[int, tuple[State, State, State]]:
    areas = {area.pk: area for area in Area.objects.filter(campaign=campaign)}
    figures = [_by_unit(target_figures(scope, basis)) for scope in scopes]
    between = unit_figures(scopes[1], basis)
    points = {day: _points_penalties(ids, day) for day in (scopes[0].day, scopes[2].day)}

    def state(pk: int, index: int) -> State:
        day = scopes[index].day
        row: UnitFigure | UnitScore | None = between.get(pk) if index == 1 else stored.get((pk, day))
        return state_of(
            figures=figures[index][pk],
            areas=areas,
            scores=row.areas if row else None,
            total_bp=row.total_bp if row else None,
            base_bp=row.base_bp if row else None,
            bonus_bp=row.bonus_bp if row else 0,
            penalty_bp=row.penalty_bp if row else 0,
            points_penalty_bp=points[day][pk],
        )

    return {pk: (state(pk, 0), state(pk, 1), state(pk, 2)) for pk in ids}


def _points_penalties(ids: Sequence[int], day: dt.date) -> Counter[int]:
    found: Counter[int] = Counter()
    rows = PointEntry.objects.in_force(on=day).filter(participant__in=ids, points_bp__lt=0)
    for participant, points in rows.values_list("participant", "points_bp"):
        found[participant] -= points
    return found


def _excluded(ids: Sequence[int], day: dt.date) -> set[int]:
    rows = Gate.objects.in_force(on=day).filter(participant__in=ids, form=GateForm.EXCLUSION, person_name="")
    return set(rows.values_list("participant", flat=True))


def _costs(
    campaign: Campaign, before: Scope, after: Scope, day: dt.date, ids: Sequence[int]
) -> tuple[dict[int, Costs], dict[int, Costs]]:
    """What every report that was due costs, before the cap, at the earlier and the later cut-off."""
    waived = set(ReportWaiver.objects.in_force(on=day).filter(participant__in=ids).values_list("participant", "period"))
    due = dict(Period.objects.filter(campaign=campaign).values_list("pk", "due_at"))

    def costs(scope: Scope) -> dict[int, Costs]:
        found: dict[int, Costs] = defaultdict(dict)
        for row in unit_reports(scope):
            cost = campaign.missing_report_bp
            if row.reported_at is not None:
                cost = campaign.late_report_bp if row.reported_at > due[row.period_id] else 0
            free = (row.participant_id, row.period_id) in waived
            found[row.participant_id][row.period_id] = 0 if free else cost
        return found

    return costs(before), costs(after)


# --- lines -----------------------------------------------------------------------------------------------


def _lines(way: _Way, ledger: _Ledger) -> list[ChangeLine]:
    before, between, after = way.states
    lines = [_target_line(one, dated_cause(one, ledger.records), ledger) for one in way.dated.moved]
    lines += [
        _target_line(one, recorded_cause(one, ledger.records, ledger.basis), ledger) for one in way.recorded.moved
    ]
    lines += _report_lines(way.participant.pk, between, after, ledger)
    waived = before.reporting_penalty_bp - between.reporting_penalty_bp
    named = [
        (Cause.POINTS, after.bonus_bp - before.bonus_bp + before.points_penalty_bp - after.points_penalty_bp),
        (Cause.WAIVER if before.has_total else Cause.DEADLINE, waived),
        (Cause.WEIGHTS, way.dated.weights_bp + way.recorded.weights_bp),
        (Cause.ROUNDING, way.dated.rounding_bp + way.recorded.rounding_bp),
    ]
    lines += [ChangeLine(cause=cause, points_bp=points) for cause, points in named]
    limited = after.total_bp - before.total_bp - sum(line.points_bp for line in lines)
    lines.append(ChangeLine(cause=Cause.LIMIT, points_bp=limited))
    lines = sorted((line for line in lines if line.points_bp), key=lambda line: -abs(line.points_bp))
    if way.participant.pk in ledger.gated:
        lines.append(ChangeLine(cause=Cause.GATE, points_bp=0))
    return lines


def _target_line(moved: Moved, cause: Cause, ledger: _Ledger) -> ChangeLine:
    was, now = moved.before, moved.after
    return ChangeLine(
        cause=cause,
        points_bp=moved.points_bp,
        target=ledger.targets[moved.target_id],
        value_before=_number(was.value if was else None),
        value_after=_number(now.value if now else None),
        goal_before=_number(was.goal) if was and now else None,
        goal_after=_number(now.goal) if was and now else None,
    )


def _number(value: int | None) -> Decimal | None:
    return None if value is None else decimal_of(value)


def _report_lines(pk: int, before: State, after: State, ledger: _Ledger) -> list[ChangeLine]:
    """Deadlines that passed and missing reports that came, report by report; the cap stands apart."""
    earlier = ledger.costs[0].get(pk, {}) if before.has_total else {}
    later = ledger.costs[1].get(pk, {}) if after.has_total else {}
    return [
        ChangeLine(
            cause=Cause.REPORT if period in earlier else Cause.DEADLINE,
            points_bp=earlier.get(period, 0) - later.get(period, 0),
            period=ledger.periods[period],
        )
        for period in sorted(earlier.keys() | later.keys())
    ]
