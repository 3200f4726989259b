"""What reminders say: in the portal, in letters, in a chat app. Plain text, in the language that is active."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.display import local_date, local_datetime
from campaigns.enums import ReminderAudience
from campaigns.models import Period
from campaigns.openness import Phase
from campaigns.queries.follow_board import Cell
from campaigns.queries.owed import AskedTarget
from campaigns.queries.reminders import Letter, Line
from campaigns.time_words import deadline_words

V = TypeVar("V")

MOST_NAMED = 12  # values named in one message; the grid shows the others


def portal_address(path: str) -> str:
    """Return the full address of a page, for texts that leave the portal."""
    return f"{settings.PORTAL_URL}{path}"


def grid_path(cell: Cell) -> str:
    """Return the path of the grid in which the unit mends what is missing."""
    return reverse("campaigns:grid", args=[cell.participant.pk, cell.period.pk])


def period_words(period: Period) -> str:
    """Return a period with its days."""
    days = {"code": period.code, "first": local_date(period.starts_on), "last": local_date(period.ends_on)}
    return _("Period %(code)s (%(first)s – %(last)s)") % days


def cell_title(cell: Cell) -> str:
    """Return the one-line summary of what a unit lacks for a period."""
    said = {"count": cell.lacking, "period": cell.period.code, "unit": cell.participant.name}
    return (
        ngettext(
            "%(unit)s: %(count)d value to send for period %(period)s",
            "%(unit)s: %(count)d values to send for period %(period)s",
            cell.lacking,
        )
        % said
    )


def cell_text(cell: Cell, *, now: dt.datetime) -> str:
    """Return exactly what a unit lacks for a period, by when, and where it is sent."""
    lines = [_("%(unit)s – %(period)s") % {"unit": cell.participant.name, "period": period_words(cell.period)}]
    if cell.missing:
        lines.append(_due_words(cell, now=now))
        lines.append(_("Not sent yet:"))
        lines += _named(cell.missing, lambda target: _value_words(cell, target))
    if cell.reopened:
        lines.append(_("Returned, to be sent again:"))
        words = _("%(value)s (before %(until)s)")
        lines += _named(
            cell.reopened,
            lambda back: words % {"value": _value_words(cell, back.target), "until": local_datetime(back.until)},
        )
    lines.append(f"{_('Enter the figures:')} {portal_address(grid_path(cell))}")
    return "\n".join(lines)


def _due_words(cell: Cell, *, now: dt.datetime) -> str:
    due = {"due": local_datetime(cell.period.due_at), "left": deadline_words(cell.period.due_at, now=now)}
    words = _("On time until %(due)s (%(left)s).") % due
    end = cell.exception_until if cell.phase == Phase.EXCEPTION else cell.period.locks_at
    if end is not None and now >= cell.period.due_at:
        words += " " + _("Values are taken until %(end)s.") % {"end": local_datetime(end)}
    return words


def _value_words(cell: Cell, target: AskedTarget) -> str:
    """A value by its indicator; with the unit it is about where the reporter provides it for others."""
    words = f"{target.indicator.code} {target.indicator.name}"
    if target.participant_id != cell.participant.pk:
        words += f" – {target.participant.name}"
    return words


def _named(values: Sequence[V], words: Callable[[V], str]) -> list[str]:
    lines = [f"- {words(value)}" for value in values[:MOST_NAMED]]
    more = len(values) - MOST_NAMED
    if more > 0:
        lines.append("- " + ngettext("and %(count)d other", "and %(count)d others", more) % {"count": more})
    return lines


# --- the day's message -----------------------------------------------------------------------


def digest_words(letter: Letter, *, now: dt.datetime) -> tuple[str, str]:
    """Return title and text of a person's one message of the day."""
    own, watched = letter.of(ReminderAudience.UNIT), letter.of(ReminderAudience.STAFF)
    titles, parts = [], []
    if own:
        count = sum(line.cell.lacking for line in own)
        titles.append(
            ngettext("Reports: %(count)d value to send", "Reports: %(count)d values to send", count) % {"count": count}
        )
        parts += [cell_text(line.cell, now=now) for line in in_order(own)]
    if watched:
        count = len(watched)
        titles.append(
            ngettext("%(count)d report is missing values", "%(count)d reports are missing values", count)
            % {"count": count}
        )
        parts += _watched_text(watched)
    return " · ".join(titles), "\n\n".join(parts)


def in_order(lines: Iterable[Line]) -> list[Line]:
    """Return lines with what is due first at the top."""
    return sorted(lines, key=lambda line: line.cell.period.due_at)


def _watched_text(lines: list[Line]) -> list[str]:
    """What staff are told: by period, the units that lack values and how many."""
    periods = {line.cell.period.pk: line.cell.period for line in in_order(lines)}
    parts = []
    for period in periods.values():
        cells = [line.cell for line in lines if line.cell.period.pk == period.pk]
        address = portal_address(reverse("campaigns:follow_nudge", args=[period.pk]))
        said = [f"- {_lacking_words(cell)}" for cell in cells]
        parts.append("\n".join([period_words(period), *said, f"{_('Remind the units:')} {address}"]))
    return parts


def _lacking_words(cell: Cell) -> str:
    said = {"unit": cell.participant.name, "count": len(cell.missing), "owed": cell.owed}
    return _("%(unit)s: %(count)d of %(owed)d values not sent") % said


def digest_path(letter: Letter) -> str:
    """Return the path the day's message leads to: the one grid, the unit's choice, or the board."""
    own = letter.of(ReminderAudience.UNIT)
    if not own:
        return reverse("campaigns:follow_board")
    return grid_path(own[0].cell) if len(own) == 1 else reverse("campaigns:reporting")


# --- a chat app ------------------------------------------------------------------------------


def chat_text(period: Period, cells: Sequence[Cell], *, sender: str, now: dt.datetime) -> str:
    """Return a text to paste into a group of a chat app: which units lack how many values, until when, where."""
    due = {"due": local_datetime(period.due_at), "left": deadline_words(period.due_at, now=now)}
    lines = [
        f"[{sender}] {period_words(period)}",
        _("On time until %(due)s (%(left)s).") % due,
        _("Units that have not sent everything:"),
    ]
    for number, cell in enumerate(cells, start=1):
        count = ngettext("%(count)d value", "%(count)d values", cell.lacking) % {"count": cell.lacking}
        lines.append(f"{number}. {cell.participant.name}: {count}")
    lines.append(_("Please send the missing values here: %(address)s") % {"address": portal_address("/bao-cao/")})
    return "\n".join(lines)


def rung_words(days_from_due: int | None) -> str:
    """Return a rung of the ladder in words; None is a nudge by hand."""
    if days_from_due is None:
        return _("by hand")
    if not days_from_due:
        return _("on the due day")
    days = abs(days_from_due)
    if days_from_due < 0:
        return ngettext("%(days)d day before it is due", "%(days)d days before it is due", days) % {"days": days}
    return ngettext("%(days)d day after it was due", "%(days)d days after it was due", days) % {"days": days}
