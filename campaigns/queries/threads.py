"""Explanations and appeals as pages show them: lists, one thread with its messages, those of a unit by target."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.calendar import local_day
from campaigns.models import Appeal, Explanation, Participant, ThreadMessage
from campaigns.models.thread import RUNNING_STATES

#: The lists' tabs: word of the address → which rows.
RUNNING, OVERDUE, SETTLED = "dang-xu-ly", "qua-han", "da-xong"


def tab_filter(tab: str, *, on: dt.date) -> Q:
    """Return the rows of one tab of the lists."""
    overdue = Q(state="open", answer_by__lt=on)
    return {RUNNING: Q(state__in=RUNNING_STATES), OVERDUE: overdue, SETTLED: ~Q(state__in=RUNNING_STATES)}[tab]


def tab_counts(rows: QuerySet[Any], *, on: dt.date) -> dict[str, int]:
    """Return how many rows each tab has. One query."""
    tabs = (RUNNING, OVERDUE, SETTLED)
    found = rows.order_by().aggregate(
        **{f"tab{index}": Count("pk", filter=tab_filter(tab, on=on)) for index, tab in enumerate(tabs)}
    )
    return {tab: found[f"tab{index}"] for index, tab in enumerate(tabs)}


@dataclass(frozen=True)
class Entry:
    """One message of a thread as the component shows it."""

    title: str
    who: str
    moment: dt.datetime
    text: str
    icon: str = "chat-left-text"
    tone: str = ""
    files: Sequence[Mapping[str, Any]] = ()


def messages_of(thread: Explanation | Appeal, *, unit_id: int) -> list[Entry]:
    """Return the thread's messages, the earliest first; the unit's own are marked. Two queries."""
    rows = thread.messages.select_related("written_by").prefetch_related("files", "written_by__roles")
    return [_entry(row, of_unit=any(role.unit_id == unit_id for role in row.written_by.roles.all())) for row in rows]


def _entry(row: ThreadMessage, *, of_unit: bool) -> Entry:
    files = [
        {"name": file.name, "size": file.size, "url": reverse("campaigns:evidence_download", args=[file.pk])}
        for file in row.files.all()
    ]
    title = _("The unit") if of_unit else _("Those in charge")
    return Entry(title, row.written_by.full_name, row.written_at, row.text, tone="info" if of_unit else "", files=files)


@dataclass(frozen=True)
class ThreadLine:
    """An explanation or appeal beside the figure it is about."""

    is_appeal: bool
    state: str
    is_overdue: bool
    answer_by: dt.date
    began_at: dt.datetime
    url: str
    outcome: str  # of a settled appeal


@dataclass(frozen=True)
class UnitThreads:
    """A unit's threads by what they are about."""

    by_target: Mapping[int, Sequence[ThreadLine]]
    of_score: Sequence[ThreadLine]  # appeals on a day's total

    def of(self, target_id: int) -> Sequence[ThreadLine]:
        """Return the threads of one target, the latest first."""
        return self.by_target.get(target_id, ())


NO_THREADS = UnitThreads({}, ())


def threads_of(participant: Participant, *, now: dt.datetime) -> UnitThreads:
    """Return the unit's explanations and appeals; the caller has seen to it that the person may. Two queries."""
    today = local_day(now)
    by_target: dict[int, list[ThreadLine]] = defaultdict(list)
    of_score = []
    for asked in Explanation.objects.filter(target__participant=participant):
        by_target[asked.target_id].append(
            ThreadLine(
                False,
                asked.state,
                asked.is_overdue(on=today),
                asked.answer_by,
                asked.asked_at,
                reverse("campaigns:explanation", args=[asked.pk]),
                "",
            )
        )
    for appeal in Appeal.objects.filter(participant=participant).select_related("measurement"):
        line = ThreadLine(
            True,
            appeal.state,
            appeal.is_overdue(on=today),
            appeal.answer_by,
            appeal.lodged_at,
            reverse("campaigns:appeal", args=[appeal.pk]),
            appeal.outcome,
        )
        if appeal.measurement is None:
            of_score.append(line)
        else:
            by_target[appeal.measurement.target_id].append(line)
    return UnitThreads(
        {key: sorted(rows, key=lambda row: row.began_at, reverse=True) for key, rows in by_target.items()}, of_score
    )
