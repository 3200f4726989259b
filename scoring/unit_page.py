"""A unit at a glance: its stored figures, its areas against its bloc, its trend, its targets with their pace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from campaigns.models import Area, Participant
from campaigns.queries.threads import NO_THREADS, UnitThreads

from .enums import Basis
from .explain import TargetLine, read_targets
from .models import UnitScore
from .shares import middle
from .snapshots import Snapshot


@dataclass(frozen=True, kw_only=True)
class AreaStanding:
    """One applicable area of the unit."""

    area: Area
    score_bp: int
    bloc_middle_bp: int | None  # median of the bloc's units to which it applies
    lines: list[TargetLine]

    @property
    def against_bloc_bp(self) -> int | None:
        return None if self.bloc_middle_bp is None else self.score_bp - self.bloc_middle_bp


@dataclass(frozen=True, kw_only=True)
class UnitPage:
    """What the unit's page shows for a day and basis."""

    score: UnitScore | None  # None: the unit has no row of that day
    before: UnitScore | None  # yesterday's
    history: list[UnitScore]  # up to the day, the oldest first
    areas: list[AreaStanding]
    left_out: list[TargetLine]  # waiting for another unit's report

    @property
    def trend(self) -> list[int | None]:
        return [score.total_bp for score in self.history]


def read_unit_page(
    *, participant: Participant, snapshot: Snapshot, basis: Basis, threads: UnitThreads = NO_THREADS
) -> UnitPage:
    """Return the page in six queries; ``participant.campaign`` is loaded."""
    day = snapshot.day
    rows = list(
        UnitScore.objects.filter(campaign=participant.campaign_id, basis=basis, day__lte=day)
        .filter(Q(participant=participant) | Q(participant__bloc=participant.bloc_id, day=day))
        .order_by("day", "participant")
    )
    history = [row for row in rows if row.participant_id == participant.pk]
    by_day = {row.day: row for row in history}
    score = by_day.get(day)
    areas = score.areas if score else {}
    lines = read_targets(
        participant=participant, day=day, cut_off=snapshot.as_of, basis=basis, areas=areas, threads=threads
    )
    return UnitPage(
        score=score,
        before=by_day.get(day - dt.timedelta(days=1)),
        history=history,
        areas=_standings(areas, lines, [row for row in rows if row.day == day]),
        left_out=[line for line in lines if not line.figure.is_counted],
    )


def _standings(areas: dict[str, int], lines: Sequence[TargetLine], bloc: Sequence[UnitScore]) -> list[AreaStanding]:
    counted = [line for line in lines if line.figure.is_counted]
    known = {line.target.indicator.area.number: line.target.indicator.area for line in counted}
    return [
        AreaStanding(
            area=known[number],
            score_bp=areas[str(number)],
            bloc_middle_bp=middle([row.areas[str(number)] for row in bloc if str(number) in row.areas]),
            lines=[line for line in counted if line.target.indicator.area.number == number],
        )
        for number in sorted(known)
        if str(number) in areas
    ]
