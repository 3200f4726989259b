"""Nominees of one bloc side by side: the same rows for each, what is best in each row marked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from awards.queries.dashboard import AreaRow, Card, areas_of

#: Nominees that stand side by side.
MOST = 4


@dataclass(frozen=True)
class ComparedArea:
    """One content area: each nominee's points beside the bloc's median."""

    name: str
    median_bp: int | None
    cells: list[AreaRow]

    @property
    def best_bp(self) -> int | None:
        """The most that one of them has, where there is more than one figure."""
        return max((cell.own_bp for cell in self.cells if cell.own_bp is not None), default=None)


@dataclass(frozen=True)
class Comparison:
    """The nominees in the dashboard's order, and their areas row by row."""

    cards: list[Card]
    bloc: str
    areas: list[ComparedArea]


def comparison_of(cards: Sequence[Card]) -> Comparison:
    """Return the nominees' figures row by row; as many queries as there are nominees."""
    columns = [_areas(card) for card in cards]
    areas = [
        ComparedArea(f"{row.area.number}. {row.area.name}", row.median_bp, [column[place] for column in columns])
        for place, row in enumerate(columns[0])
        if all(place < len(column) for column in columns)
    ]
    return Comparison(list(cards), cards[0].proposal.participant.bloc.name, areas)


def _areas(card: Card) -> list[AreaRow]:
    day = card.figures.get("day")
    return areas_of(proposal=card.proposal, day=day) if isinstance(day, dt.date) else []
