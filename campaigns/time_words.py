"""Lengths of time and deadlines in words, in the reader's language: pages, messages and letters alike. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .calendar import LOCAL
from .display import Span, local_date, local_datetime, span


def length_words(length: Span) -> str:
    """Return a length of time by its two largest units: "2 days 3 hours", "5 minutes"."""
    parts = (
        (length.days, ngettext("%(count)d day", "%(count)d days", length.days)),
        (length.hours, ngettext("%(count)d hour", "%(count)d hours", length.hours)),
        (length.minutes, ngettext("%(count)d minute", "%(count)d minutes", length.minutes)),
    )
    first = next((index for index, (count, _words) in enumerate(parts) if count), 2)
    chosen = [(count, words) for count, words in parts[first : first + 2] if count] or [parts[2]]
    return " ".join(words % {"count": count} for count, words in chosen)


def deadline_words(deadline: datetime, *, now: datetime) -> str:
    """Return a deadline in words: "2 days 3 hours left", "1 day overdue"."""
    distance = span(deadline, now=now)
    text = _("%(length)s overdue") if distance.overdue else _("%(length)s left")
    return text % {"length": length_words(distance)}


def working_day_words(left: int, *, is_over: bool) -> str:
    """Return a deadline in working days: "3 working days left", "the last day is today", "2 working days overdue"."""
    if is_over:
        overdue = max(1, -left)
        return ngettext("%(count)d working day overdue", "%(count)d working days overdue", overdue) % {"count": overdue}
    if left == 0:
        return _("the last day is today")
    return ngettext("%(count)d working day left", "%(count)d working days left", left) % {"count": left}


def as_of_words(moment: datetime) -> str:
    """Return until when figures count: "as of 14:05 25/11/2026"; midnight is the end of the day before."""
    local = moment.astimezone(LOCAL)
    if local.time() == time():
        return _("as of the end of %(day)s") % {"day": local_date(local.date() - timedelta(days=1))}
    return _("as of %(moment)s") % {"moment": local_datetime(moment)}
