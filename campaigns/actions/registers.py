"""Registers that belong to no campaign's plan: units, the organiser, public holidays, announcements."""

from __future__ import annotations

import datetime as dt
from functools import partial
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from campaigns.calendar import local_day
from campaigns.enums import CampaignStatus, NoticeKind
from campaigns.models import Announcement, Holiday, Organiser, Participant, Unit, User
from campaigns.permissions import Permission, can

from .notices import tell_units
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
    """Save a row of a register; a new announcement is published with it, and the units are told.

    Raises PermissionDenied, StaleRecord, ValidationError.
    """
    if not may_keep(by, type(row)):
        raise PermissionDenied
    stored = lock_stored(row)
    require_shown(stored, row, seen)
    effects = None
    if isinstance(row, Announcement) and row.published_at is None:
        row.published_by, row.published_at = by, now
        effects = partial(_tell_units, row, now=now)
    noun = row._meta.model_name
    campaign = row.campaign if isinstance(row, Announcement) else None
    action = f"{noun}.edited" if stored else f"{noun}.created"
    write(row, stored, action=action, by=by, now=now, campaign=campaign, effects=effects)
    return row


def _tell_units(announcement: Announcement, *, now: dt.datetime) -> None:
    """Tell every unit of a launched campaign; one in preparation is nobody's yet but the staff's."""
    campaign = announcement.campaign
    if campaign.status == CampaignStatus.PREPARATION:
        return
    units = Participant.objects.filter(campaign=campaign).valid_on(local_day(now)).values_list("unit_id", flat=True)
    tell_units(
        units=list(units),
        kind=NoticeKind.ANNOUNCEMENT,
        key=f"announcement:{announcement.pk}",
        words=lambda: (announcement.title, announcement.text),
        url=f"{reverse('campaigns:announcements')}?dot={quote(campaign.code)}#tb-{announcement.pk}",
        now=now,
    )


@transaction.atomic
def remove_holiday(*, row: Holiday, by: User, now: dt.datetime) -> None:
    """Take a holiday out of the calendar. Raises PermissionDenied."""
    if not may_keep(by, Holiday):
        raise PermissionDenied
    remove(row, action="holiday.removed", by=by, now=now)
