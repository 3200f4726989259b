"""The leaderboard: every unit's stored figures of a day, bloc by bloc, with yesterday's rank and the trend."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from campaigns.models import Area, Bloc, Campaign, Participant

from .enums import Basis
from .models import UnitScore

TREND_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One area of one unit."""

    area: Area
    score_bp: int | None  # None: not applicable


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """One unit on the board."""

    participant: Participant
    score: UnitScore
    rank_before: int | None  # yesterday's
    trend: list[int | None]  # totals of the last days, the oldest first
    cells: list[Cell]

    @property
    def is_ended(self) -> bool:
        """Whether the unit's last day is over."""
        return not self.participant.is_valid_on(self.score.day)


@dataclass(frozen=True, kw_only=True)
class BlocBoard:
    """One bloc: the ranked units, best first, then the others by name."""

    bloc: Bloc
    ranked: list[BoardRow]
    others: list[BoardRow]


@dataclass(frozen=True, kw_only=True)
class Board:
    """A day's board on one basis."""

    areas: list[Area]  # in use, by number
    blocs: list[BlocBoard]


def areas_of(campaign: Campaign) -> list[Area]:
    """Return the areas in use, by number."""
    return list(Area.objects.filter(campaign=campaign, is_active=True).order_by("number"))


def read_board(*, campaign: Campaign, day: dt.date, basis: Basis) -> Board:
    """Return the board of all blocs in three queries, whatever the number of units."""
    areas = areas_of(campaign)
    scores = list(UnitScore.objects.board(campaign=campaign, day=day, basis=basis))
    rows = with_trends(scores, areas=areas)
    return Board(areas=areas, blocs=[_bloc(list(group)) for _pk, group in groupby(rows, key=_bloc_pk)])


def with_trends(scores: Sequence[UnitScore], *, areas: Sequence[Area]) -> list[BoardRow]:
    """Return these stored figures of one day as rows of the board, in their order: one query."""
    if not scores:
        return []
    trends = _trends(scores)
    return [_row(score, areas, trends[score.participant_id]) for score in scores]


def _bloc_pk(row: BoardRow) -> int:
    return row.participant.bloc_id


def _bloc(rows: Sequence[BoardRow]) -> BlocBoard:
    return BlocBoard(
        bloc=rows[0].participant.bloc,
        ranked=[row for row in rows if row.score.rank is not None],
        others=[row for row in rows if row.score.rank is None],
    )


_Trend = dict[dt.date, tuple[int | None, int | None]]  # by day: total and rank


def _row(score: UnitScore, areas: Sequence[Area], trend: _Trend) -> BoardRow:
    days = [score.day - dt.timedelta(days=back) for back in range(TREND_DAYS - 1, -1, -1)]
    first = next((index for index, day in enumerate(days) if day in trend), len(days))
    none = (None, None)
    return BoardRow(
        participant=score.participant,
        score=score,
        rank_before=trend.get(score.day - dt.timedelta(days=1), none)[1],
        trend=[trend.get(day, none)[0] for day in days[first:]],
        cells=[Cell(area=area, score_bp=score.areas.get(str(area.number))) for area in areas],
    )


def _trends(scores: Sequence[UnitScore]) -> dict[int, _Trend]:
    day, basis = scores[0].day, scores[0].basis
    rows = UnitScore.objects.filter(
        participant__in=[score.participant_id for score in scores],
        basis=basis,
        day__gt=day - dt.timedelta(days=TREND_DAYS),
        day__lte=day,
    ).values_list("participant", "day", "total_bp", "rank")
    found: dict[int, _Trend] = defaultdict(dict)
    for participant, scored, total, rank in rows:
        found[participant][scored] = (total, rank)
    return found
