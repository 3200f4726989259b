"""Where a period stands, in words: open, on time until, late, locked, open by exception. Pure."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from .display import local_date, local_datetime
from .openness import Phase
from .time_words import deadline_words


def phase_words(
    phase: Phase,
    *,
    starts_on: dt.date,
    due_at: dt.datetime,
    locks_at: dt.datetime | None,
    exception_until: dt.datetime | None,
    now: dt.datetime,
) -> str:
    """Return one sentence with the next moment that matters and how far it is."""
    if phase is Phase.UPCOMING:
        return _("Opens on %(day)s") % {"day": local_date(starts_on)}
    if phase is Phase.OPEN:
        return _("Open, on time until %(moment)s (%(left)s)") % _moment(due_at, now)
    if phase is Phase.LATE and locks_at is not None:
        return _("Past due, locked at %(moment)s (%(left)s)") % _moment(locks_at, now)
    if phase is Phase.LATE:
        return _("Past due since %(moment)s, still open") % _moment(due_at, now)
    if phase is Phase.EXCEPTION and exception_until is not None:
        return _("Open by exception until %(moment)s (%(left)s)") % _moment(exception_until, now)
    return _("Locked since %(moment)s") % _moment(locks_at or due_at, now)


def _moment(moment: dt.datetime, now: dt.datetime) -> dict[str, str]:
    return {"moment": local_datetime(moment), "left": deadline_words(moment, now=now)}
