"""Figures at a moment, straight from the run's stages and stored nowhere: reports by period, units as they stand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from .enums import Basis
from .queries import Scope
from .queries.kept import Statement, stages_of
from .queries.reporting import reporting_steps
from .queries.units import ranked_units, unit_steps
from .stages import PeriodReport, Step, UnitReporting


@dataclass(frozen=True)
class PeriodReportFigure:
    """A report a unit owed by the cut-off, waived or not."""

    participant_id: int
    period_id: int
    reported_at: dt.datetime | None  # when its last owed target was first sent; None: not by the cut-off


@dataclass(frozen=True)
class UnitFigure:
    """A unit's figures on a basis, as a run at this moment would store them (``_bp`` = basis points)."""

    participant_id: int
    total_bp: int | None
    base_bp: int | None
    bonus_bp: int
    penalty_bp: int
    rank: int | None
    bloc_size: int
    score_class: str
    coverage_bp: int | None
    areas: dict[str, int]


_UNIT = (
    "participant",
    "total_bp",
    "base_bp",
    "bonus_bp",
    "penalty_bp",
    "rank",
    "bloc_size",
    "score_class",
    "coverage_bp",
    "areas",
)


def unit_reports(scope: Scope) -> list[PeriodReportFigure]:
    """Return the reports owed by the cut-off, by unit and period end (scoring.md, reporting penalty)."""
    rows = PeriodReport.objects.order_by("participant", "period__ends_on").values(
        "participant", "period", "reported_at"
    )
    return [
        PeriodReportFigure(row["participant"], row["period"], row["reported_at"])
        for row in _read(stages_of(_period_steps, scope), rows)
    ]


def unit_figures(scope: Scope, basis: Basis) -> dict[int, UnitFigure]:
    """Return the units of the scope with totals and ranks as they stand, by participant id.

    Ranks are among the units of the scope: they mean something where it holds whole campaigns.
    """
    rows = [row for row in _read(stages_of(unit_steps, scope), ranked_units()) if row["basis"] == basis]
    return {row["participant"]: UnitFigure(*(row[name] for name in _UNIT)) for row in rows}


def _period_steps(scope: Scope) -> list[Step]:
    return [step for step in reporting_steps(scope) if step.stage is not UnitReporting]


def _read(stages: Statement, rows: QuerySet[Any, Any]) -> list[dict[str, Any]]:
    """Run the stages and the final query; return its rows as Python values."""
    compiler = rows.query.get_compiler(connection.alias)
    select, params = compiler.as_sql()
    names = [name.removeprefix("s_") for name in rows.query.selected or ()]
    converters = compiler.get_converters([column[0] for column in compiler.select])
    with connection.cursor() as cursor:
        cursor.execute(f"{stages[0]} {select}", (*stages[1], *params))
        found = compiler.apply_converters(cursor.fetchall(), converters)
        return [dict(zip(names, row, strict=True)) for row in found]
