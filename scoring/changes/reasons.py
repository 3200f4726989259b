"""Which act stands behind a target's move: what became dated, what was sent, what was verified."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from campaigns.enums import VerdictOutcome
from campaigns.models import Measurement, MilestoneWaiver
from scoring.enums import Basis, Cause

from .steps import Moved


@dataclass(frozen=True)
class Records:
    """What happened to the targets that moved, between the two days."""

    waived: Collection[int]  # targets whose lateness was waived
    acts: dict[int, Cause]  # target → the act on its measurements


def read_records(
    target_ids: Iterable[int], *, days: tuple[dt.date, dt.date], cut_offs: tuple[dt.datetime, dt.datetime], basis: Basis
) -> Records:
    """Read the waivers and the measurements behind the moves, in two queries."""
    ids = sorted(set(target_ids))
    waived = MilestoneWaiver.objects.in_force(on=days[1]).filter(target__in=ids, holds_from__gt=days[0])
    start, end = cut_offs
    sent = Q(sent_at__gte=start, sent_at__lt=end)
    judged = Q(verdict_at__gte=start, verdict_at__lt=end)
    rows = Measurement.objects.filter(sent | judged, target__in=ids).order_by("period_end", "sent_at", "pk")
    acts: dict[int, Cause] = {}
    for row in rows.values("target", "corrects", "verdict", "verdict_at", "sent_at"):
        act = _act(row, start, basis)
        if act is not None:
            acts[row["target"]] = act
    return Records(set(waived.values_list("target", flat=True)), acts)


def _act(row: Mapping[str, Any], start: dt.datetime, basis: Basis) -> Cause | None:
    """What an act on one measurement is called; None where it moves nothing on the basis."""
    accepted = row["verdict"] in (VerdictOutcome.ACCEPTED, VerdictOutcome.ADJUSTED)
    if basis is Basis.OFFICIAL and not accepted:
        return None
    if row["corrects"] is not None:
        return Cause.CORRECTION
    if basis is Basis.PROVISIONAL and row["sent_at"] >= start:
        return Cause.REPORT
    return Cause.VERDICT


def dated_cause(moved: Moved, records: Records) -> Cause:
    """Why a target moved by the day alone."""
    if moved.before is None:
        return Cause.ADDED
    if moved.after is None:
        return Cause.ENDED
    if (moved.before.baseline, moved.before.goal) != (moved.after.baseline, moved.after.goal):
        return Cause.REVISED
    if moved.before.value == moved.after.value:
        return Cause.WAIVER if moved.target_id in records.waived else Cause.REVISED
    return Cause.PERIOD


def recorded_cause(moved: Moved, records: Records, basis: Basis) -> Cause:
    """Why a target moved by what was recorded."""
    default = Cause.VERDICT if basis is Basis.OFFICIAL else Cause.REPORT
    return records.acts.get(moved.target_id, default)
