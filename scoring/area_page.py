"""One content area across units: stored area scores of a day, bloc by bloc."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from campaigns.models import Area, Bloc, Indicator

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


@dataclass(frozen=True, kw_only=True)
class AreaPage:
    """What the page of an area shows."""

    indicators: list[Indicator]
    blocs: list[AreaBloc]


def read_area_page(*, area: Area, day: dt.date, basis: Basis) -> AreaPage:
    """Return the page in two queries, whatever the number of units."""
    rows = list(UnitScore.objects.board(campaign=area.campaign, day=day, basis=basis))
    blocs = [_bloc(area, list(group)) for _pk, group in groupby(rows, key=lambda row: row.participant.bloc_id)]
    return AreaPage(indicators=list(area.indicators.filter(is_active=True).order_by("code")), blocs=blocs)


def _bloc(area: Area, scores: list[UnitScore]) -> AreaBloc:
    number = str(area.number)
    rows = [AreaRow(score=score, area_bp=score.areas[number]) for score in scores if number in score.areas]
    return AreaBloc(
        bloc=scores[0].participant.bloc,
        rows=sorted(rows, key=lambda row: (-row.area_bp, row.score.participant.sort_key)),
        left_out=len(scores) - len(rows),
    )
