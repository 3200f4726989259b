"""One run: everything of a day in one statement, written only where it differs."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Case, Value, When

from scoring.models import CompletedReport, UnitScore
from scoring.stages import column, with_stages

from .kept import FIRST_RUN, Shape, given, nowhere
from .reporting import completed_now
from .units import ranked_units, unit_steps
from .values import Scope

_COMPARED = (
    "total_bp",
    "base_bp",
    "bonus_bp",
    "penalty_bp",
    "fulfilled_bp",
    "coverage_bp",
    "late_reports",
    "missing_reports",
    "score_class",
    "areas",
    "targets_counted",
    "rank",
    "bloc_size",
)


@dataclass(frozen=True)
class RunFigures:
    """What a run did."""

    rows_written: int  # unit rows inserted or changed; 0 for a rerun that finds the same
    checksums: dict[int, str]  # campaign id → SHA-256 over its rows of the day


def write_scores(
    *, campaign_ids: Sequence[int], day: dt.date, cut_off: dt.datetime, run_ids: Mapping[int, int]
) -> RunFigures:
    """Score a local day of the campaigns on both bases and write one row a unit and basis.

    One set-based statement in the caller's transaction; rows that are the same already are not written.
    ``run_ids`` says for each campaign which run changes its rows.
    """
    scope = Scope(tuple(campaign_ids), day, cut_off)
    own = {**given(scope), **_runs(run_ids[campaign] for campaign in campaign_ids)}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL work_mem = '64MB'")
        for statement in (_remembering, _scoring):
            sql, params = statement(connection.alias, len(campaign_ids))
            cursor.execute(sql, [own.get(param, param) for param in params])
        written = int(cursor.rowcount)
    return RunFigures(rows_written=written, checksums=checksums(campaign_ids, day))


def _runs(run_ids: Iterable[int]) -> dict[int, int]:
    return {FIRST_RUN - index: run for index, run in enumerate(run_ids)}


@lru_cache(maxsize=64)
def _remembering(alias: str, campaigns: int) -> tuple[str, tuple[Any, ...]]:
    """Return the statement that keeps the reports that became complete."""
    steps, rows = completed_now(nowhere(Shape(campaigns)))
    with_sql, with_params = with_stages(steps, using=alias)
    select, params = rows.query.get_compiler(alias).as_sql()
    quote = connection.ops.quote_name
    columns = ", ".join(quote(name) for name in ("participant_id", "period_id", "opened_at", "reported_at"))
    return (
        f"INSERT INTO {quote(CompletedReport._meta.db_table)} ({columns}) {with_sql} "  # noqa: S608  # own names only
        f"SELECT q.* FROM ({select}) q WHERE true ON CONFLICT DO NOTHING",
        (*with_params, *params),
    )


@lru_cache(maxsize=64)
def _scoring(alias: str, campaigns: int) -> tuple[str, tuple[Any, ...]]:
    """Return the statement that inserts a day's rows and changes those that exist and differ."""
    scope = nowhere(Shape(campaigns))
    rows = ranked_units().annotate(
        run=Case(*(When(campaign=pk, then=Value(FIRST_RUN - index)) for index, pk in enumerate(scope.campaign_ids)))
    )
    with_sql, with_params = with_stages(unit_steps(scope), using=alias)
    select, params = rows.query.get_compiler(alias).as_sql()
    quote = connection.ops.quote_name
    table = quote(UnitScore._meta.db_table)
    columns = [_column(name) for name in (*(rows.query.selected or ()), "day")]
    compared = [_column(name) for name in _COMPARED]
    differs = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    keys = ", ".join(_column(name) for name in ("participant", "day", "basis"))
    # Every name comes from the model's own columns; every value is a parameter.
    sql = (
        f"INSERT INTO {table} ({', '.join(columns)}) {with_sql} "  # noqa: S608
        f"SELECT q.*, {'CAST(%s AS date)' if connection.vendor == 'postgresql' else '%s'} FROM ({select}) q WHERE true "
        f"ON CONFLICT ({keys}) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name in (*compared, quote("run_id")))
        + " WHERE "
        + " OR ".join(f"{table}.{name} {differs} excluded.{name}" for name in compared)
    )
    return sql, (*with_params, connection.ops.adapt_datefield_value(scope.day), *params)


def _column(name: str) -> str:
    return column(UnitScore, name, using=connection.alias)


def checksums(campaign_ids: Sequence[int], day: dt.date) -> dict[int, str]:
    """Return for each campaign the SHA-256 over its rows of the day, in a fixed order."""
    hashes = {campaign: hashlib.sha256() for campaign in campaign_ids}
    for campaign, code, basis, areas, *figures in (
        UnitScore.objects.filter(campaign_id__in=campaign_ids, day=day)
        .order_by("campaign_id", "participant__code", "basis")
        .values_list("campaign_id", "participant__code", "basis", "areas", *(n for n in _COMPARED if n != "areas"))
    ):
        hashes[campaign].update(f"{code}|{basis}|{sorted(areas.items())}|{figures}\n".encode())
    return {campaign: digest.hexdigest() for campaign, digest in hashes.items()}
