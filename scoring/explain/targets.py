"""A unit's targets on a day: figures by the run's expressions, and the measurements behind each value."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import F, FilteredRelation, Q

from campaigns.enums import IndicatorKind, ReportingMode, VerdictOutcome
from campaigns.models import Incident, Measurement, Participant, Period, Target
from campaigns.plan_rules import owed_periods
from campaigns.queries.threads import NO_THREADS, UnitThreads
from scoring import rules
from scoring.contributions import contributions
from scoring.course import forecast_of, kept_of, latest_of_periods, needed_of
from scoring.enums import Basis
from scoring.formula import clamp_text, decimal_of, formula_text
from scoring.pace import is_stale, pace_of
from scoring.queries import Scope, TargetFigure, target_figures

from .records import SourceRow, TargetLine


def read_targets(
    *,
    participant: Participant,
    day: dt.date,
    cut_off: dt.datetime,
    basis: Basis,
    areas: dict[str, int] | None = None,
    threads: UnitThreads = NO_THREADS,
) -> list[TargetLine]:
    """Return the unit's targets in force on the day, in the plan's order, in five queries.

    ``areas`` are the unit's stored area scores (number → bp), for the targets' parts of the base; ``threads`` the
    explanations and appeals, for those who may see them. ``participant.campaign`` is loaded.
    """
    scope = Scope((participant.campaign_id,), day, cut_off, (participant.pk,))
    figures = target_figures(scope, basis)
    targets = {target.pk: target for target in _targets(participant, day)}
    for target in targets.values():
        target.participant = participant
    measurements = _measurements(participant, day, cut_off, basis)
    periods = list(Period.objects.filter(campaign=participant.campaign_id).order_by("ends_on"))
    known = {target.indicator.area_id: target.indicator.area for target in targets.values()}
    parts = contributions(figures, known, areas or {})
    incidents = _incidents(participant, day, cut_off)
    lines = [
        _line(
            figure,
            targets[figure.target_id],
            measurements[figure.target_id],
            parts,
            periods,
            scope,
            incidents[figure.target_id],
        )
        for figure in figures
    ]
    return [replace(line, threads=threads.of(line.target.pk)) for line in lines]


def _incidents(participant: Participant, day: dt.date, cut_off: dt.datetime) -> dict[int, list[dt.date]]:
    """The days of incidents in the ledgers by target, the earliest first, as they were known at the cut-off."""
    rows = (
        Incident.objects.filter(target__participant=participant, happened_on__lte=day, recorded_at__lt=cut_off)
        .filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=cut_off))
        .order_by("happened_on")
    )
    found: dict[int, list[dt.date]] = defaultdict(list)
    for target_id, happened_on in rows.values_list("target_id", "happened_on"):
        found[target_id].append(happened_on)
    return found


def _targets(participant: Participant, day: dt.date) -> Iterable[Any]:
    in_force = Q(revisions__effective_from__lte=day) & (
        Q(revisions__superseded_from__isnull=True) | Q(revisions__superseded_from__gt=day)
    )
    return (
        Target.objects.filter(participant=participant)
        .select_related("indicator__area", "indicator__provider", "indicator__verifier")
        .annotate(terms=FilteredRelation("revisions", condition=in_force))
        .annotate(terms_from=F("terms__effective_from"), terms_due=F("terms__due_on"))
        .order_by()
    )


def _measurements(participant: Participant, day: dt.date, cut_off: dt.datetime, basis: Basis) -> dict[int, list[Any]]:
    """All that was sent by the cut-off, with the run's own answer to "does it count, and as which number"."""
    official = Basis.OFFICIAL
    rows = (
        Measurement.objects.filter(target__participant=participant, sent_at__lt=cut_off)
        .select_related("period", "sent_by", "verdict_by")
        .annotate(
            is_looked_at=rules.truth(rules.counts(basis, day=day, cut_off=cut_off)),
            effective=rules.effective_value(basis, cut_off=cut_off),
            is_official=rules.truth(rules.counts(official, day=day, cut_off=cut_off)),
            official_value=rules.effective_value(official, cut_off=cut_off),
        )
        .order_by("period_end", "sent_at", "pk")
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.target_id].append(row)
    return found


def _line(
    figure: TargetFigure,
    target: Any,
    rows: list[Any],
    parts: dict[int, tuple[int, int]],
    periods: Sequence[Period],
    scope: Scope,
    incidents: Sequence[dt.date],
) -> TargetLine:
    increment = target.indicator.mode == ReportingMode.INCREMENT
    counted = latest_of_periods(rows, "is_looked_at")
    used = counted if increment else [row for row in counted if row.effective is not None][-1:]
    value = sum(row.effective or 0 for row in used) if used else None
    due_on = target.terms_due or target.due_on
    potential, contribution = parts.get(figure.target_id, (0, 0))
    late = figure.kind == IndicatorKind.MILESTONE and bool(figure.value) and not figure.on_time
    return TargetLine(
        figure=figure,
        target=target,
        due_on=due_on,
        revised_from=target.terms_from,
        sources=[_source(row, used, scope.cut_off) for row in rows],
        formula=formula_text(
            kind=figure.kind,
            baseline=figure.baseline,
            goal=figure.goal,
            value=figure.value,
            on_time=figure.on_time,
            unclamped=figure.unclamped,
            by_another=figure.by_another,
        ),
        clamp=clamp_text(
            kind=figure.kind,
            unclamped=figure.unclamped,
            achievement_bp=figure.achievement_bp,
            floor_bp=figure.floor_bp,
            cap_bp=figure.cap_bp,
            late=late,
        ),
        potential_bp=potential,
        contribution_bp=contribution,
        pace=_pace(figure, target, due_on, scope.day),
        kept=kept_of(figure, target, rows, scope.day, incidents),
        is_stale=_is_stale(figure, target, counted, periods, scope),
        forecast=forecast_of(figure, target, rows),
        value_found=value,
        needed=needed_of(figure, target, due_on, scope.day),
    )


def _source(row: Any, used: list[Any], cut_off: dt.datetime) -> SourceRow:
    value = None if row.effective is None else decimal_of(row.effective)
    judged = bool(row.verdict) and row.verdict_at < cut_off
    if row in used:
        state = "used"
    elif judged and row.verdict == VerdictOutcome.RETURNED:
        state = "returned"
    elif row.is_looked_at:
        state = "superseded"
    else:
        state = "later" if judged else "waiting"
    return SourceRow(measurement=row, value=value, state=state)


def _pace(figure: TargetFigure, target: Any, due_on: dt.date | None, day: dt.date) -> Any:
    campaign = target.participant.campaign
    return pace_of(
        kind=figure.kind,
        mode=target.indicator.mode,
        has_value=figure.value is not None,
        is_fulfilled=figure.is_fulfilled,
        achievement_bp=figure.achievement_bp,
        start=campaign.starts_on,
        end=campaign.ends_on,
        due_on=due_on,
        day=day,
    )


def _is_stale(figure: TargetFigure, target: Any, counted: list[Any], periods: Sequence[Period], scope: Scope) -> bool:
    due = [p.ends_on for p in owed_periods(target.indicator.frequency, periods) if p.due_at < scope.cut_off]
    latest = counted[-1].period_end if counted and figure.value is not None else None
    return is_stale(latest_end=latest, due_ends=due)
