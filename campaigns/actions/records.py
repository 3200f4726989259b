"""Save one record of a register or a plan in preparation: locked, compared with what was shown, in the trail.

Who may save what, and when, is said by the callers (plan.py, registers.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Participant, Unit, User
from campaigns.vietnamese import normalise

from .audit import digest_of, record
from .refusals import ActRefused

R = TypeVar("R", bound=models.Model)

#: Columns that have acts of their own and never enter the trail or a form.
KEPT_APART = frozenset({"password"})


class PlanRefused(ActRefused):
    """The change of the plan, a person or the campaign is not possible."""


class StaleRecord(PlanRefused):
    """Somebody else saved it first; ``rows`` are (field, what is stored now, what would have replaced it)."""

    def __init__(self, rows: list[tuple[str, Any, Any]]) -> None:
        super().__init__(_("Somebody else changed this meanwhile. Compare both versions, then save yours again."))
        self.rows = rows


def columns_of(row: models.Model) -> dict[str, Any]:
    """Return the values people edit, by field."""
    return {
        field.name: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if field.editable
        and not field.primary_key
        and not getattr(field, "auto_now", False)
        and field.name not in KEPT_APART
    }


def digest_of_record(row: models.Model) -> str:
    """Return what a form keeps in its hidden field: the digest of the values it was filled with."""
    return digest_of({name: _plain(value) for name, value in columns_of(row).items()})


def changes_between(before: models.Model | None, after: models.Model) -> dict[str, tuple[Any, Any]]:
    """Return the fields that differ, with the value before (None for a new row) and after."""
    old = columns_of(before) if before is not None else {}
    return {name: (old.get(name), value) for name, value in columns_of(after).items() if old.get(name) != value}


def lock_stored(row: R) -> R | None:
    """Return the row as it is stored, locked; None for a new one."""
    if row.pk is None:
        return None
    model = type(row)
    return model._default_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()


def require_shown(stored: models.Model | None, row: models.Model, seen: str) -> None:
    """Raise StaleRecord unless what is stored is what the editor was shown (``seen``; empty: not asked)."""
    if stored is None or not seen or seen == digest_of_record(stored):
        return
    fields = {field.name: field for field in row._meta.concrete_fields}
    rows = [
        (str(fields[name].verbose_name), _shown(stored, name), _shown(row, name))
        for name in changes_between(stored, row)
    ]
    raise StaleRecord(rows)


def write(
    row: R,
    stored: R | None,
    *,
    action: str,
    by: User | None,
    now: dt.datetime,
    campaign: Campaign | None = None,
    participant: Participant | None = None,
    reason: str = "",
    effects: Callable[[], object] | None = None,
) -> R:
    """Validate and save the row with its derived columns, and leave an entry with what changed.

    ``effects`` is called once the row is saved, before the trail is written, whose lock comes last. Nothing is
    written where nothing changed. Raises ValidationError.
    """
    for field in row._meta.concrete_fields:
        if isinstance(field, models.CharField | models.TextField) and field.editable and not field.choices:
            setattr(row, field.name, normalise(getattr(row, field.name) or ""))
    changes = changes_between(stored, row)
    if stored is not None and not changes:
        return row
    _derive(row)
    row.full_clean(exclude=[field.name for field in row._meta.concrete_fields if not field.editable])
    if stored is not None and hasattr(row, "version"):
        row.version = stored.version + 1  # type: ignore[attr-defined]  # only rows that have one
    row.save()
    if effects is not None:
        effects()
    record(
        action=action,
        subject=row,
        by=by,
        now=now,
        campaign=campaign,
        participant=participant,
        before={name: _plain(old) for name, (old, _new) in changes.items()} if stored else {},
        after={name: _plain(new) for name, (_old, new) in changes.items()},
        reason=reason,
    )
    return row


def remove(row: models.Model, *, action: str, by: User, now: dt.datetime, campaign: Campaign | None = None) -> None:
    """Delete a row nothing refers to, and leave an entry with what it was. Raises PlanRefused."""
    before = {name: _plain(value) for name, value in columns_of(row).items()}
    pk, subject = row.pk, str(row)
    try:
        row.delete()
    except ProtectedError as error:
        raise PlanRefused(_("Something refers to it already; it stays.")) from error
    record(
        action=action,
        subject=None,
        by=by,
        now=now,
        campaign=campaign,
        before={"type": row._meta.label_lower, "id": pk, "name": subject, **before},
    )


def _derive(row: models.Model) -> None:
    if isinstance(row, Unit):
        row.set_search_columns()
    elif isinstance(row, Participant):
        row.set_sort_key()


def _plain(value: Any) -> Any:
    """A value as the trail keeps it."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"  # 10 and 10.00 are the same weight
    return value if value is None or isinstance(value, bool | int) else str(value)


def _shown(row: models.Model, name: str) -> Any:
    """A value as the two versions are compared: the word of a choice, the name behind a key."""
    display = getattr(row, f"get_{name}_display", None)
    return display() if display else getattr(row, name)


def first_message(error: ValidationError) -> str:
    """Return the first sentence of a validation error."""
    return error.messages[0] if error.messages else str(error)
