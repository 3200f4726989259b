"""One content area across units: stored area scores of a day, bloc by bloc."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from campaigns.models import Area, Bloc

from .enums import Basis
from .models import UnitScore
from .shares import middle


@dataclass(frozen=True, kw_only=True)
class AreaRow:
    """One unit in the area."""

    score: UnitScore  # with participant
    area_bp: int


@dataclass(frozen=True, kw_only=True)
class AreaBloc:
    """One bloc's units to which the area applies, best first."""

    bloc: Bloc
    rows: list[AreaRow]
    left_out: int  # units to which it does not apply

    @property
    def middle_bp(self) -> int | None:
        return middle([row.area_bp for row in self.rows])


def read_area_blocs(*, area: Area, day: dt.date, basis: Basis, bloc: str = "") -> list[AreaBloc]:
    """Return the blocs, or the one whose code is given, in one query whatever the number of units."""
    rows = UnitScore.objects.board(campaign=area.campaign, day=day, basis=basis)
    if bloc:
        rows = rows.filter(participant__bloc__code=bloc)
    return [_bloc(area, list(group)) for _pk, group in groupby(rows, key=lambda row: row.participant.bloc_id)]


def _bloc(area: Area, scores: list[UnitScore]) -> AreaBloc:
    number = str(area.number)
    rows = [AreaRow(score=score, area_bp=score.areas[number]) for score in scores if number in score.areas]
    return AreaBloc(
        bloc=scores[0].participant.bloc,
        rows=sorted(rows, key=lambda row: (-row.area_bp, row.score.participant.sort_key)),
        left_out=len(scores) - len(rows),
    )
