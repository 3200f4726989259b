"""The board for the weekly briefing: the units that need a word first, with the explanations asked of them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from campaigns.enums import ThreadState
from campaigns.models import Campaign, Explanation

from .board import BoardRow, Cell, areas_of, with_trends
from .enums import Basis
from .models import UnitScore

RED_BELOW_BP = 5000  # "Chưa hoàn thành"


@dataclass(frozen=True, kw_only=True)
class MeetingRow:
    """One unit as the briefing speaks about it."""

    row: BoardRow
    red: list[Cell]  # its areas below the lowest class, the lowest first
    explanations: list[Explanation]  # asked and not closed, the earliest answer first
    overdue: int  # of them, past their answer day and unanswered

    @property
    def is_red(self) -> bool:
        return bool(self.red) or (self.row.score.total_bp or 0) < RED_BELOW_BP

    @property
    def moved_bp(self) -> int | None:
        """What the total moved since the day before."""
        pair = self.row.trend[-2:]
        return pair[1] - pair[0] if len(pair) == 2 and pair[0] is not None and pair[1] is not None else None


def read_meeting(*, campaign: Campaign, day: dt.date, bloc: str = "", today: dt.date) -> list[MeetingRow]:
    """Return the units with a total, red ones first and the lowest of them first, in four queries."""
    scores = UnitScore.objects.board(campaign=campaign, day=day, basis=Basis.OFFICIAL).filter(total_bp__isnull=False)
    if bloc:
        scores = scores.filter(participant__bloc__code=bloc)
    asked = _explanations(campaign)
    rows = [
        _row(row, asked[row.participant.pk], today)
        for row in with_trends(list(scores), areas=areas_of(campaign))
        if not row.is_ended
    ]
    return sorted(rows, key=lambda one: (not one.is_red, one.row.score.total_bp or 0, one.row.participant.sort_key))


def _row(row: BoardRow, explanations: list[Explanation], today: dt.date) -> MeetingRow:
    red = [cell for cell in row.cells if cell.score_bp is not None and cell.score_bp < RED_BELOW_BP]
    return MeetingRow(
        row=row,
        red=sorted(red, key=lambda cell: cell.score_bp or 0),
        explanations=explanations,
        overdue=sum(one.state == ThreadState.OPEN and one.answer_by < today for one in explanations),
    )


def _explanations(campaign: Campaign) -> dict[int, list[Explanation]]:
    found: dict[int, list[Explanation]] = defaultdict(list)
    rows = Explanation.objects.filter(target__campaign=campaign, closed_at__isnull=True)
    for one in rows.select_related("target__indicator").order_by("answer_by", "pk"):
        found[one.target.participant_id].append(one)
    return found
