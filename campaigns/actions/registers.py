"""Registers that belong to no campaign's plan: units, the organiser, public holidays, announcements."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction

from campaigns.models import Announcement, Holiday, Organiser, Unit, User
from campaigns.permissions import Permission, can

from .records import lock_stored, remove, require_shown, write

RegisterRow = Announcement | Holiday | Organiser | Unit

#: Who keeps which register: any one of the permissions is enough.
KEEPERS: dict[type[RegisterRow], tuple[Permission, ...]] = {
    Organiser: (Permission.MANAGE_ACCOUNTS,),
    Unit: (Permission.EDIT_PLAN,),
    Holiday: (Permission.EDIT_PLAN,),
    Announcement: (Permission.FOLLOW_UP, Permission.PUBLISH),
}


def may_keep(user: User, model: type[RegisterRow]) -> bool:
    """Whether the person may add to and change the register."""
    return any(can(user, permission) for permission in KEEPERS[model])


@transaction.atomic
def save_register_row(*, row: RegisterRow, seen: str = "", by: User, now: dt.datetime) -> RegisterRow:
    """Save a row of a register; an announcement is published with it. Raises PermissionDenied, StaleRecord,
    ValidationError."""
    if not may_keep(by, type(row)):
        raise PermissionDenied
    stored = lock_stored(row)
    require_shown(stored, row, seen)
    if isinstance(row, Announcement) and row.published_at is None:
        row.published_by, row.published_at = by, now
    noun = row._meta.model_name
    campaign = row.campaign if isinstance(row, Announcement) else None
    write(row, stored, action=f"{noun}.edited" if stored else f"{noun}.created", by=by, now=now, campaign=campaign)
    return row


@transaction.atomic
def remove_holiday(*, row: Holiday, by: User, now: dt.datetime) -> None:
    """Take a holiday out of the calendar. Raises PermissionDenied."""
    if not may_keep(by, Holiday):
        raise PermissionDenied
    remove(row, action="holiday.removed", by=by, now=now)
