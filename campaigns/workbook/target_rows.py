"""A target's rows: what several rows of one pair say together, and the rows a target is written as."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from campaigns.models import MilestoneWaiver, Target, TargetRevision
from campaigns.plan_rules import kind_problem
from campaigns.wording import plan_problem

from .plan import ImportPlan
from .reader import Row

TERMS = ("baseline", "goal", "due_on")


@dataclass(frozen=True)
class Dated:
    """An ending or a waiver, wherever in the pair it stands."""

    row: Row
    day: dt.date
    reason: str


def one_of(rows: list[Row], day_key: str, reason_key: str, plan: ImportPlan) -> Dated | None:
    """Return the pair's one ending or waiver; a second that differs and a missing reason are problems."""
    found: Dated | None = None
    for row in rows:
        day = row.get(day_key)
        if day is None:
            if day_key == "waived_from" and row.get(reason_key):
                plan.problem(row, day_key, _("The reason has no day; fill in the day or empty the reason."))
            continue
        if found is not None and found.day != day:
            plan.problem(row, day_key, _("Another row of this target names another day; keep one of them."))
        elif not row.get(reason_key):
            plan.problem(row, reason_key, _("A reason is needed."))
        elif found is None:
            found = Dated(row, day, row.get(reason_key))
    return found


def terms_by_row(kind: str, rows: list[Row], plan: ImportPlan) -> list[dict[str, Any]] | None:
    """Return the terms that hold from each row on; what a revision leaves empty keeps what was in force."""
    held: dict[str, Any] = dict.fromkeys(TERMS)
    found, before = [], plan.problems.count
    last_day: dt.date | None = rows[0].get("from_day")
    for index, row in enumerate(rows):
        held = held | {key: row.get(key) for key in TERMS if row.get(key) is not None}
        found.append(held)
        problem = kind_problem(kind, held["baseline"], held["goal"], held["due_on"])
        if problem is not None:
            plan.problem(row, problem.field, plan_problem(problem))
        if index == 0:
            continue
        day = row.get("from_day")
        if day is None:
            plan.problem(
                row,
                "from_day",
                _("This is a further row of the same indicator and unit, so a revision: it needs its day."),
            )
        elif last_day is not None and day <= last_day:
            plan.problem(row, "from_day", _("A revision is dated later than the row before it."))
        if not row.get("reason"):
            plan.problem(row, "reason", _("A reason is needed."))
        last_day = day or last_day
    return found if plan.problems.count == before else None


def target_rows(
    target: Target, revisions: list[TargetRevision], waiver: MilestoneWaiver | None
) -> Iterator[dict[str, Any]]:
    """Return the rows a target is written as: its first terms, then each revision."""
    rows = [
        {
            "indicator": target.indicator.code,
            "participant": target.participant.code,
            **{key: getattr(target, key) for key in TERMS},
            "from_day": target.starts_on,
            "reason": target.added_reason,
            "waived_from": waiver.holds_from if waiver else None,
            "waiver_reason": waiver.reason if waiver else "",
        }
    ]
    held: dict[str, Decimal | dt.date | None] = {key: getattr(target, key) for key in TERMS}
    for revision in revisions:
        terms = {key: getattr(revision, key) for key in TERMS}
        rows.append(
            {
                "indicator": target.indicator.code,
                "participant": target.participant.code,
                **{key: value if value != held[key] else None for key, value in terms.items()},
                "from_day": revision.effective_from,
                "reason": revision.reason,
            }
        )
        held = terms
    if target.ends_from is not None:
        _end_row(rows, target.end_reason)["ends_from"] = target.ends_from
    yield from rows


def _end_row(rows: list[dict[str, Any]], reason: str) -> dict[str, Any]:
    """Return the row that carries the ending: the revision with the same reason (a row holds one), else the first."""
    for row in reversed(rows[1:]):
        if row["reason"] == reason:
            return row
    rows[0]["reason"] = reason
    return rows[0]
