"""The rows of the list of proposals: what changed since, and the working days left, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from awards.models import FINAL_STATES, Proposal
from awards.queries.figures import figures_since
from campaigns.calendar import working_days_until
from campaigns.models import Holiday
from campaigns.time_words import working_day_words


@dataclass(frozen=True)
class Row:
    """One proposal of the list."""

    proposal: Proposal
    changed: int  # verified figures that are others than those it was submitted with
    time_left: str  # in working days, "" where nobody is waited for
    is_late: bool


def time_left(*, due_on: dt.date | None, today: dt.date, holidays: set[dt.date]) -> tuple[str, bool]:
    """Return what is left of a deadline in working days, in words, and whether it has passed."""
    if due_on is None:
        return "", False
    is_late = due_on < today
    return working_day_words(working_days_until(today, due_on, holidays), is_over=is_late), is_late


def holidays_around(days: Sequence[dt.date | None], *, today: dt.date) -> set[dt.date]:
    """Return the holidays between today and some days."""
    known = [day for day in days if day is not None] or [today]
    rows = Holiday.objects.filter(day__gte=min(*known, today), day__lte=max(*known, today))
    return set(rows.values_list("day", flat=True))


def rows_of(proposals: Sequence[Proposal], *, today: dt.date) -> list[Row]:
    """Return the list's rows."""
    figures = figures_since([proposal for proposal in proposals if proposal.state not in FINAL_STATES])
    holidays = holidays_around([proposal.due_on for proposal in proposals], today=today)
    rows = []
    for proposal in proposals:
        words, is_late = time_left(due_on=proposal.due_on, today=today, holidays=holidays)
        changed = figures[proposal.pk].count if proposal.pk in figures else 0
        rows.append(Row(proposal, changed, words, is_late))
    return rows
