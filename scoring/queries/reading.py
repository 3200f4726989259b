"""The same figures for reading: derived from the run's own stages and rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Case, When

from campaigns.models import Campaign
from scoring import rules
from scoring.enums import Basis
from scoring.models import ScoreRun, TargetScore
from scoring.stages import TargetValue

from .kept import Statement, stages_of
from .values import TERMS, Scope, value_steps


@dataclass(frozen=True)
class TargetFigure:
    """One target's figures on a day and basis, as the run computes them."""

    target_id: int
    participant_id: int
    indicator_id: int
    area_id: int
    kind: str
    weight: int  # hundredths
    cap_bp: int
    floor_bp: int
    late_milestone_bp: int
    by_another: bool  # reported by another unit
    baseline: int  # ten-thousandths, like goal and value
    goal: int
    value: int | None  # None: no data
    on_time: bool
    unclamped: int  # bp, before floor and cap
    achievement_bp: int | None  # after them; None for a target left out
    is_fulfilled: bool
    is_counted: bool


_COLUMNS = tuple(field.name for field in fields(TargetFigure))


@lru_cache(maxsize=8)
def _figures(alias: str, basis: Basis) -> Statement:
    """The question asked of the stages; it names no campaign, day or unit."""
    name = basis.value
    rows = (
        TargetValue.objects.annotate(**{f"{name}_unclamped": rules.unclamped_achievement(basis)})
        .annotate(
            achievement=Case(When(rules.is_counted(basis), then=rules.achievement(basis))),
            fulfilled=rules.truth(rules.is_fulfilled(basis)),
            counted=rules.truth(rules.is_counted(basis)),
        )
        .order_by("area__number", "indicator__code", "participant__code")
        .values(*TERMS, f"{name}_value", f"{name}_on_time", f"{name}_unclamped", "achievement", "fulfilled", "counted")
    )
    return rows.query.get_compiler(alias).as_sql()


def target_figures(scope: Scope, basis: Basis) -> list[TargetFigure]:
    """Return the targets of the scope with their figures, in the plan's order."""
    stages, params = stages_of(value_steps, scope)
    select, more = _figures(connection.alias, basis)
    with connection.cursor() as cursor:
        cursor.execute(f"{stages} {select}", (*params, *more))
        return [_figure(row) for row in cursor.fetchall()]


def _figure(row: Sequence[Any]) -> TargetFigure:
    """SQLite has no booleans: it returns 0 and 1."""
    values = dict(zip(_COLUMNS, row, strict=True))
    for name in ("by_another", "on_time", "is_fulfilled", "is_counted"):
        values[name] = bool(values[name])
    return TargetFigure(**values)


def write_target_scores(*, run: ScoreRun) -> int:
    """Store the targets of a final run on both bases; return how many rows."""
    if run.cut_off is None:
        raise ValueError("A run without a cut-off has no figures.")
    scope = Scope((run.campaign_id,), run.day, run.cut_off)
    rows = [
        TargetScore(
            run=run,
            target_id=figure.target_id,
            basis=basis,
            value_e4=figure.value,
            achievement_bp=figure.achievement_bp,
            is_fulfilled=figure.is_fulfilled,
            is_counted=figure.is_counted,
            weight_e2=figure.weight,
        )
        for basis in Basis
        for figure in target_figures(scope, basis)
    ]
    return len(TargetScore.objects.bulk_create(rows, batch_size=500))


def target_scores(
    *,
    campaign: Campaign,
    day: dt.date,
    basis: Basis,
    cut_off: dt.datetime,
    participants: Iterable[int] | None = None,
    indicators: Iterable[int] | None = None,
) -> list[TargetFigure]:
    """Return the figures of one campaign's targets, of some units or indicators where given."""
    scope = Scope(
        (campaign.pk,),
        day,
        cut_off,
        None if participants is None else tuple(participants),
        None if indicators is None else tuple(indicators),
    )
    return target_figures(scope, basis)
