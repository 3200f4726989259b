"""What changed in a dossier since it was presented, field by field, in words."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from awards.enums import Outcome, RecipientKind
from awards.refusal_wording import FIELD_NAMES
from awards.wording import change_words
from campaigns.chain import canonical_json
from campaigns.display import local_date, percent, points
from scoring.enums import ScoreClass


@dataclass(frozen=True)
class FieldChange:
    """One field that differs; both texts empty where the values are too long to stand here."""

    label: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.label}: {self.before} → {self.after}" if self.before or self.after else self.label


def field_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
    """Return what differs between a submission's frozen content and the content now, in the order it is shown."""
    new = json.loads(canonical_json(after))
    found: list[FieldChange] = []
    for part in new:
        old_part, new_part = before.get(part), new[part]
        if canonical_json(old_part) != canonical_json(new_part):
            found += list(_part(part, old_part, new_part)) or [FieldChange(str(FIELD_NAMES[part]()), "", "")]
    return found


def _part(part: str, old: Any, new: Any) -> Iterator[FieldChange]:
    if part == "eligibility":
        yield from _eligibility(old or {}, new)
    elif part == "evidence":
        yield from _listed(_("evidence"), [name for name, _sha in old or []], [name for name, _sha in new])
    elif part in ("earlier", "duplicates"):
        yield from _listed(str(FIELD_NAMES[part]()), [_joined(row) for row in old or []], [_joined(r) for r in new])
    elif isinstance(new, dict):
        yield from _fields(part, old or {}, new)


def _fields(part: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FieldChange]:
    """The named fields of a part; the areas of the figures one by one."""
    for key in [*new, *(key for key in old if key not in new)]:
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        if key == "areas":
            yield from _areas(was or {}, now or {})
        elif (part, key) in _LONG:
            yield FieldChange(_LONG[part, key](), "", "")
        elif (part, key) in _LABELS:
            label, shown = _LABELS[part, key]
            yield FieldChange(label(), shown(was), shown(now))


def _areas(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FieldChange]:
    for number in sorted({*old, *new}, key=int):
        if old.get(number) != new.get(number):
            label = _("content area %(number)s") % {"number": number}
            yield FieldChange(label, points(old.get(number)), points(new.get(number)))


def _eligibility(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FieldChange]:
    if old.get("mark") != new["mark"]:
        yield FieldChange(_("eligibility"), _mark(old.get("mark")), _mark(new["mark"]))
    if old.get("gate_now") != new["gate_now"]:
        yield FieldChange(_("hold or exclusion in force"), _gate(old.get("gate_now")), _gate(new["gate_now"]))
    if old.get("lines") != new["lines"]:
        words = change_words((old.get("mark") or "", old.get("lines") or []), (new["mark"] or "", new["lines"]))
        yield FieldChange("; ".join(words) or _("criteria"), "", "")


def _listed(label: str, old: list[str], new: list[str]) -> Iterator[FieldChange]:
    if old != new:
        nothing = _("none")
        yield FieldChange(label, ", ".join(old) or nothing, ", ".join(new) or nothing)


def _joined(row: list[Any]) -> str:
    return " · ".join(str(cell) for cell in row if cell not in ("", None))


def _mark(value: Any) -> str:
    return str(Outcome(value).label) if value else "–"


def _gate(value: Any) -> str:
    return {"exclusion": _("exclusion"), "hold": _("on hold")}.get(value, _("none"))


def _text(value: Any) -> str:
    return "–" if value in (None, "") else str(value)


def _truth(value: Any) -> str:
    return "–" if value is None else _("yes") if value else _("no")


def _paper(value: Any) -> str:
    number, day = value or ("", "")
    return _text(f"{number} {_day(day)}".strip())


def _day(value: Any) -> str:
    """Frozen content holds days as ISO text (campaigns.chain)."""
    return local_date(dt.date.fromisoformat(value)) if value else ""


def _kind(value: Any) -> str:
    return str(RecipientKind(value).label) if value else "–"


def _class(value: Any) -> str:
    return str(ScoreClass(value).label) if value else "–"


_LONG: dict[tuple[str, str], Any] = {
    ("report", "text"): lambda: _("text of the achievement report"),
    ("figures", "submitted"): lambda: _("figures the proposal was submitted with"),
}
_LABELS: dict[tuple[str, str], tuple[Any, Any]] = {
    ("recipient", "category"): (lambda: _("award"), _text),
    ("recipient", "kind"): (lambda: _("kind"), _kind),
    ("recipient", "name"): (lambda: _("recipient"), _text),
    ("recipient", "position"): (lambda: _("position"), _text),
    ("recipient", "is_leader"): (lambda: _("leader"), _truth),
    ("recipient", "address"): (lambda: _("address"), _text),
    ("recipient", "unit"): (lambda: _("unit"), _text),
    ("papers", "request"): (lambda: _("unit's request"), _paper),
    ("papers", "minutes"): (lambda: _("unit's minutes"), _paper),
    ("papers", "confirmed_by"): (lambda: _("report confirmed by"), _text),
    ("report", "justification"): (lambda: _("justification"), _text),
    ("figures", "day"): (lambda: _("figures of"), lambda value: _day(value) or "–"),
    ("figures", "total_bp"): (lambda: _("total"), points),
    ("figures", "base_bp"): (lambda: _("points of the content areas"), points),
    ("figures", "bonus_bp"): (lambda: _("bonus points"), points),
    ("figures", "penalty_bp"): (lambda: _("penalty points"), points),
    ("figures", "rank"): (lambda: _("rank in the bloc"), _text),
    ("figures", "ranked_units"): (lambda: _("ranked units"), _text),
    ("figures", "class"): (lambda: _("class"), _class),
    ("figures", "fulfilled_bp"): (lambda: _("share of fulfilled targets"), percent),
    ("figures", "coverage_bp"): (lambda: _("coverage"), percent),
    ("figures", "late"): (lambda: _("late reports"), _text),
    ("figures", "missing"): (lambda: _("missing reports"), _text),
    ("council", "held_on"): (lambda: _("session of the council"), lambda value: _day(value) or "–"),
    ("council", "minutes"): (lambda: _("minutes of the council"), _text),
    ("council", "members"): (lambda: _("members of the council"), _text),
    ("council", "present"): (lambda: _("members present"), _text),
    ("council", "for"): (lambda: _("votes for"), _text),
    ("council", "against"): (lambda: _("votes against"), _text),
    ("council", "abstained"): (lambda: _("abstentions"), _text),
    ("council", "passed"): (lambda: _("passed"), _truth),
    ("dossier", "number"): (lambda: _("number of the submission"), _text),
    ("dossier", "dated"): (lambda: _("date of the submission"), lambda value: _day(value) or "–"),
}
