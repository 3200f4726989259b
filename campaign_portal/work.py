"""What waits for a person, by their roles: one statement counts it all, once a page.

Each source yields the rows it is about; they are counted together. The menu shows the counts, the home page the lines
with their due dates. Sources that have no entry in the menu are asked for by the home page only.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import BigIntegerField, Count, DateField, QuerySet, Value
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from campaigns.calendar import local_day
from campaigns.models import User
from campaigns.views.campaign_choice import campaign_choice

from .work_sources import AT_HOME, BELL, IN_MENU, Line, Source, unread


@dataclass(frozen=True, kw_only=True)
class Work:
    """One line of what waits for a person."""

    label: str
    count: int
    url: str
    icon: str
    due: dt.date | None = None  # the earliest of them
    overdue: bool = False
    nav: str = ""  # name of the menu's entry that shows the count; empty: the home page only


def menu_counts(request: HttpRequest) -> Counter[str]:
    """Return how much waits behind each entry of the menu, and behind the bell; read once a request."""
    found = request.__dict__.get("_work")
    if found is None:
        found = _read(request, IN_MENU, now=timezone.now())
    counts: Counter[str] = Counter()
    for line in cast("list[Work]", found):
        counts[line.nav] += line.count
    return counts


def unread_alone(request: HttpRequest) -> int:
    """Return how many notices wait behind the bell, without the menu's counts: the administration shows no menu."""
    return unread(request.user).rows.count() if isinstance(request.user, User) else 0


def all_work(request: HttpRequest, *, now: dt.datetime) -> list[Work]:
    """Return everything that waits for the person, what is due first coming first; the menu counts none again."""
    lines = [line for line in _read(request, (*IN_MENU, *AT_HOME), now=now) if line.nav != BELL]
    return sorted(lines, key=lambda line: (line.due is None, line.due or dt.date.max))


def _read(request: HttpRequest, sources: Sequence[Source], *, now: dt.datetime) -> list[Work]:
    """Count the lines of the signed-in person in the chosen campaign, and keep them for this request."""
    user, campaign = request.user, campaign_choice(request).current
    lines: list[Line] = []
    if isinstance(user, User):
        lines = [unread(user)]
        lines += [line for source in sources for line in source(user, campaign, now)] if campaign else []
    found: list[Work] = [work for work in _counted(lines, today=local_day(now)) if work.count]
    request.__dict__["_work"] = found
    return found


def _counted(lines: Sequence[Line], *, today: dt.date) -> Iterator[Work]:
    """Count every line in one statement."""
    parts = [_figures(number, rows, line) for number, line in enumerate(lines) for rows in (line.rows, *line.also)]
    counts: Counter[int] = Counter()
    dues: dict[int, dt.date | None] = {}
    keys: dict[int, int | None] = {}
    for row in parts[0].union(*parts[1:], all=True) if parts else ():
        number = row["line_number"]
        counts[number] += row["line_count"]
        dues[number], keys[number] = row["line_due"], row["line_key"]
    for number, line in enumerate(lines):
        due, key = dues.get(number), keys.get(number)
        yield Work(
            label=line.label,
            count=counts[number],
            url=line.url if key is None else reverse(line.opens, args=[key]),
            icon=line.icon,
            due=due,
            overdue=due is not None and due < today,
            nav=line.nav,
        )


def _figures(number: int, rows: QuerySet[Any], line: Line) -> QuerySet[Any, Any]:
    """The line's number, its count, the earliest due day and a key; the first line's columns give all their types."""
    figures = {
        "line_count": line.count or Count("pk"),
        "line_due": line.due or (_NO_DAY if number else Cast(_NO_DAY, DateField())),
        "line_key": line.key or (_NO_KEY if number else Cast(_NO_KEY, BigIntegerField())),
    }
    return rows.order_by().values(line_number=Value(number)).annotate(**figures)


_NO_DAY, _NO_KEY = Value(None, DateField()), Value(None, BigIntegerField())
