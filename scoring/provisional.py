"""What the values sent so far make of a unit's score: computed at once from the run's expressions, stored nowhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from campaigns.calendar import cut_off, local_day
from campaigns.models import Participant

from .enums import Basis
from .explain import TargetLine, read_targets
from .live import UnitFigure, unit_figures
from .queries import Scope, target_figures


@dataclass(frozen=True, kw_only=True)
class Change:
    """A target whose value sent so far scores differently from its official one."""

    line: TargetLine  # on the provisional basis
    before_bp: int | None  # official achievement; None: left out or without a value
    points_bp: int  # what it moves in the base


@dataclass(frozen=True, kw_only=True)
class Provisional:
    """The unit's score as it would be if everything sent so far were accepted."""

    as_of: dt.datetime
    now: UnitFigure | None  # None: the campaign has not begun
    official: UnitFigure | None
    changes: list[Change]  # the largest first

    @property
    def difference_bp(self) -> int | None:
        if self.now is None or self.official is None or self.now.total_bp is None or self.official.total_bp is None:
            return None
        return self.now.total_bp - self.official.total_bp


def read_provisional(*, participant: Participant, now: dt.datetime) -> Provisional:
    """Return the figures at the moment ``now`` (of a closed campaign: at the end of its closing day)."""
    campaign = participant.campaign
    day = min(local_day(now), campaign.closing_day or local_day(now))
    if day < campaign.starts_on or campaign.opened_at is None:
        return Provisional(as_of=now, now=None, official=None, changes=[])
    moment = min(now, cut_off(day))
    scope = Scope((campaign.pk,), day, moment)
    current = unit_figures(scope, Basis.PROVISIONAL).get(participant.pk)
    official = unit_figures(scope, Basis.OFFICIAL).get(participant.pk)
    lines = read_targets(
        participant=participant,
        day=day,
        cut_off=moment,
        basis=Basis.PROVISIONAL,
        areas=current.areas if current else {},
    )
    return Provisional(as_of=moment, now=current, official=official, changes=_changes(participant, lines, scope))


def _changes(participant: Participant, lines: list[TargetLine], scope: Scope) -> list[Change]:
    own = Scope(scope.campaign_ids, scope.day, scope.cut_off, (participant.pk,))
    before = {figure.target_id: figure for figure in target_figures(own, Basis.OFFICIAL)}
    changes = []
    for line in lines:
        earlier, reached = before[line.figure.target_id].achievement_bp, line.figure.achievement_bp
        if reached is not None and reached != (earlier or 0):
            moved = line.potential_bp * (reached - (earlier or 0))
            points = (2 * moved + 10000) // 20000 if moved >= 0 else -((-2 * moved + 10000) // 20000)
            changes.append(Change(line=line, before_bp=earlier, points_bp=points))
    return sorted(changes, key=lambda change: -abs(change.points_bp))
