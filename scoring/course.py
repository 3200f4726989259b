"""The course of a target: days a limit was kept, where it will end, what is needed each day to reach its goal.

The rows are measurements of one target with the run's own answers (``rules.counts``, ``rules.effective_value``) as
``effective``, ``is_official`` and ``official_value``; a target's ``participant.campaign`` is loaded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from campaigns.enums import IndicatorKind, ReportingMode
from campaigns.thread_rules import keeps_ledger

from .forecast import Forecast, forecast
from .formula import decimal_of
from .pace import Kept, Needed, days_kept, is_limit, needed
from .queries import TargetFigure


def latest_of_periods(rows: Iterable[Any], flag: str) -> list[Any]:
    """Of each period the latest sent row that counts, by period end."""
    return list({row.period_end: row for row in rows if getattr(row, flag)}.values())


def kept_of(
    figure: TargetFigure, target: Any, rows: Iterable[Any], day: dt.date, incidents: Sequence[dt.date]
) -> Kept | None:
    """Until the day of the first incident where the ledger has it, else until the period that overstepped.

    Only once a value that counts is over the limit: an incident that no value tells of yet is not shown to others.
    """
    if not is_limit(figure.kind, target.indicator.mode) or figure.value is None:
        return None
    over_since: dt.date | None = None
    running = 0
    for row in latest_of_periods(rows, "is_looked_at"):
        running = running + (row.effective or 0) if target.indicator.mode == ReportingMode.INCREMENT else row.effective
        if running is not None and running > figure.goal:
            over_since = over_since or row.period_start
        elif running is not None:
            over_since = None
    if over_since is not None and keeps_ledger(kind=figure.kind, goal=decimal_of(figure.goal)):
        over_since = next((one for one in incidents if one >= over_since), over_since)
    campaign = target.participant.campaign
    return days_kept(start=campaign.starts_on, end=campaign.ends_on, day=day, over_since=over_since)


def forecast_of(figure: TargetFigure, target: Any, rows: list[Any]) -> Forecast | None:
    """Return the line through the official values, read at the campaign's end; None of a milestone."""
    if figure.kind == IndicatorKind.MILESTONE:
        return None
    points: list[tuple[dt.date, Decimal]] = []
    running = Decimal(0)
    for row in latest_of_periods(rows, "is_official"):
        number = None if row.official_value is None else decimal_of(row.official_value)
        if target.indicator.mode == ReportingMode.INCREMENT:
            running += number or 0
            points.append((row.period_end, running))
        elif number is not None:
            points.append((row.period_end, number))
    return forecast(points, at=target.participant.campaign.ends_on)


def needed_of(figure: TargetFigure, target: Any, due_on: dt.date | None, day: dt.date) -> Needed | None:
    """Return what is missing to the goal and how much of it each day that is left has to bring."""
    if not figure.is_counted or figure.is_fulfilled or is_limit(figure.kind, target.indicator.mode):
        return None
    if figure.kind == IndicatorKind.MILESTONE:
        return None
    return needed(
        missing=abs(decimal_of(figure.goal) - decimal_of(figure.baseline if figure.value is None else figure.value)),
        day=day,
        until=due_on or target.participant.campaign.ends_on,
    )
