"""The audit trail as people read it: who, when, what before and after, why, and from where."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet

from campaigns.audit_words import ACTIONS, action_words, field_words, value_words
from campaigns.calendar import cut_off, local_moment
from campaigns.models import AuditEntry
from campaigns.vietnamese import fold


@dataclass(frozen=True, kw_only=True)
class TrailFilter:
    """What the trail is narrowed to; empty means all."""

    text: str = ""  # words of who, unit or act, without regard to diacritics
    person: str = ""  # part of a name, without regard to diacritics
    action: str = ""
    campaign: int | None = None
    unit: int | None = None  # the unit, in every campaign
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    subject_type: str = ""
    subject_id: int | None = None

    def narrow(self, rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Return the entries that the filter keeps."""
        exact = {
            "action": self.action,
            "campaign_id": self.campaign,
            "participant__unit_id": self.unit,
            "subject_type": self.subject_type,
            "subject_id": self.subject_id,
        }
        rows = rows.filter(**{name: value for name, value in exact.items() if value})
        for word in fold(self.person).split():
            rows = rows.filter(actor__search_text__contains=word)
        for word in fold(self.text).split():
            rows = rows.filter(
                Q(actor__search_text__contains=word)
                | Q(participant__unit__search_text__contains=word)
                | Q(action__in=_acts_saying(word))
            )
        if self.first_day:
            rows = rows.filter(at__gte=local_moment(self.first_day))
        if self.last_day:
            rows = rows.filter(at__lt=cut_off(self.last_day))
        return rows


def _acts_saying(word: str) -> list[str]:
    """The acts whose words, in the reader's language, hold a folded word."""
    return [action for action, words in ACTIONS.items() if word in fold(str(words))]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field of an act."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One act, ready to be read."""

    entry: AuditEntry
    act: str
    who: str
    kind: str  # the noun of what the act was on
    subject: str
    changes: list[Change]
    reason: str
    origin: str
    erased: bool  # the content was erased by law; the entry and its place in the chain remain


def subject_words(subject_type: str) -> str:
    """Return the noun of what an act was on, from its model's name; empty for an act on nothing in particular."""
    try:
        model = apps.get_model(subject_type) if subject_type else None
    except (LookupError, ValueError):
        return subject_type
    return str(model._meta.verbose_name) if model is not None else ""


def with_payload(rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    """Load what a line needs."""
    return rows.select_related("actor", "campaign", "participant", "payload").order_by("-sequence")


def lines(rows: Iterable[AuditEntry], *, with_origin: bool) -> list[Line]:
    """Return the entries in words; addresses only for those who oversee the portal."""
    return [_line(row, with_origin) for row in rows]


def _line(row: AuditEntry, with_origin: bool) -> Line:
    content = row.payload.content if hasattr(row, "payload") else ""
    said: dict[str, Any] = json.loads(content) if content else {}
    origin = said.get("origin") or {}
    return Line(
        entry=row,
        act=action_words(row.action),
        who=said.get("who") or (row.actor.full_name if row.actor else ""),
        kind=subject_words(row.subject_type),
        subject=said.get("subject") or "",
        changes=_changes(said.get("before") or {}, said.get("after") or {}),
        reason=said.get("reason") or "",
        origin=" · ".join(str(value) for value in origin.values()) if with_origin else "",
        erased=not content,
    )


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    names = [*before, *(name for name in after if name not in before)]
    changes = [
        Change(name=field_words(name), before=_shown(name, before.get(name)), after=_shown(name, after.get(name)))
        for name in names
    ]
    return [change for change in changes if change.before or change.after]


def _shown(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_shown(name, one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{field_words(key)}: {_shown(key, one)}" for key, one in value.items())
    return value_words(name, value)
