"""Points, waivers and gates that one officer entered: confirmed by another, taken back, or voided from a day on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.calendar import local_day
from campaigns.display import local_datetime
from campaigns.models import (
    Campaign,
    Gate,
    MilestoneWaiver,
    Participant,
    PointEntry,
    ReportWaiver,
    User,
)
from campaigns.permissions import Permission, can, is_own_unit, units_with
from campaigns.queries.verdict_cases import staff_units
from campaigns.vietnamese import normalise

from .audit import record
from .locks import hold_campaign
from .outbox import enqueue
from .refusals import ActRefused

Entry = PointEntry | ReportWaiver | MilestoneWaiver | Gate
E = TypeVar("E", PointEntry, ReportWaiver, MilestoneWaiver, Gate)


class EntryKind(StrEnum):
    """The four kinds of entry; the value is their noun in addresses and in the trail."""

    POINTS = "points"
    REPORT_WAIVER = "report_waiver"
    MILESTONE_WAIVER = "milestone_waiver"
    GATE = "gate"


MODELS: dict[EntryKind, type[PointEntry] | type[ReportWaiver] | type[MilestoneWaiver] | type[Gate]] = {
    EntryKind.POINTS: PointEntry,
    EntryKind.REPORT_WAIVER: ReportWaiver,
    EntryKind.MILESTONE_WAIVER: MilestoneWaiver,
    EntryKind.GATE: Gate,
}
_SCORE_DELAY = 30


class ConfirmationRefused(ActRefused):
    """The entry cannot be made, confirmed or withdrawn."""


def kind_of(entry: Entry) -> EntryKind:
    """Return which of the four kinds an entry is."""
    return next(kind for kind, model in MODELS.items() if isinstance(entry, model))


def unit_of(entry: Entry) -> Participant:
    """Return the participant an entry is about."""
    return entry.target.participant if isinstance(entry, MilestoneWaiver) else entry.participant


def may_handle(user: User, participant: Participant, *, on: dt.date) -> bool:
    """Whether the person enters, confirms and voids for this unit: staff, never for their own unit.

    For Internal Affairs' own unit the leaders and reporters of the campaign's substitute unit do it.
    """
    if is_own_unit(user, participant.unit_id):
        return False
    if can(user, Permission.CONFIRM):
        return True
    substitute = participant.campaign.substitute_verifier_id
    if substitute is None or substitute not in units_with(user, Permission.DRAFT_REPORT):
        return False
    return participant.unit_id in staff_units(on=on)


@transaction.atomic
def confirm_entry(*, kind: EntryKind, pk: int, by: User, now: dt.datetime) -> Entry:
    """Confirm what another person entered; it holds from today, or from its later day.

    Raises the model's DoesNotExist, PermissionDenied (one's own unit, or no such right), ConfirmationRefused (one's own
    entry, confirmed or withdrawn already, closed campaign).
    """
    entry = _lock(kind, pk, by=by, now=now)
    if entry.entered_by_id == by.pk:
        raise ConfirmationRefused(_("You entered this; a second person must confirm it."))
    holds_from = max(entry.holds_from, local_day(now))
    before = {"holds_from": entry.holds_from.isoformat()}
    entry.confirmed_by, entry.confirmed_at, entry.holds_from = by, now, holds_from
    entry.save(update_fields=["confirmed_by", "confirmed_at", "holds_from"])
    _leave(entry, "confirmed", by=by, now=now, before=before, after={"holds_from": holds_from.isoformat()})
    return entry


@transaction.atomic
def withdraw_entry(*, kind: EntryKind, pk: int, reason: str, by: User, now: dt.datetime) -> Entry:
    """Take back, or refuse, an entry that waits for confirmation, with a reason. Raises as ``confirm_entry``."""
    entry = _lock(kind, pk, by=by, now=now)
    reason = require_text(reason, _("A reason is needed."))
    entry.withdrawn_at = now
    entry.save(update_fields=["withdrawn_at"])
    _leave(entry, "withdrawn", by=by, now=now, before={}, after={}, reason=reason)
    return entry


@transaction.atomic
def void_entry(*, kind: EntryKind, pk: int, voided_from: dt.date, reason: str, by: User, now: dt.datetime) -> Entry:
    """Say from which day, today or later, confirmed points or a gate no longer hold. Waivers are not voided.

    Raises the model's DoesNotExist, PermissionDenied, ConfirmationRefused.
    """
    if kind not in (EntryKind.POINTS, EntryKind.GATE):
        raise ConfirmationRefused(_("A waiver is not voided."))
    entry = _locked(kind, pk)
    require_open(unit_of(entry), by=by, now=now)
    assert isinstance(entry, PointEntry | Gate)  # the two kinds above
    reason = require_text(reason, _("A reason is needed."))
    if entry.confirmed_at is None and entry.imported_in_id is None:
        raise ConfirmationRefused(_("It is not confirmed yet; withdraw it instead."))
    if entry.voided_from is not None:
        raise ConfirmationRefused(_("It is void already."))
    if voided_from < max(local_day(now), entry.holds_from):
        raise ConfirmationRefused(_("It is void from today, or from the day it holds, at the earliest."))
    entry.voided_from = voided_from
    entry.save(update_fields=["voided_from"])
    after = {"voided_from": voided_from.isoformat()}
    _leave(entry, "voided", by=by, now=now, before={"voided_from": None}, after=after, reason=reason)
    return entry


def require_text(text: str, message: str) -> str:
    """Return the text as it is stored. Raises ConfirmationRefused with ``message`` for an empty one."""
    text = normalise(text)
    if not text:
        raise ConfirmationRefused(message)
    return text


def require_open(participant: Participant, *, by: User, now: dt.datetime) -> Campaign:
    """Hold the unit's campaign open for the act. Raises PermissionDenied, ConfirmationRefused."""
    participant.campaign = campaign = hold_campaign(participant.campaign_id)
    if not may_handle(by, participant, on=local_day(now)):
        raise PermissionDenied
    if not campaign.is_open:
        raise ConfirmationRefused(_("The campaign is not running; points, waivers and gates are no longer entered."))
    return campaign


def _locked(kind: EntryKind, pk: int) -> Entry:
    path = "target__participant__campaign" if kind is EntryKind.MILESTONE_WAIVER else "participant__campaign"
    rows = MODELS[kind].objects.select_for_update(of=("self",)).select_related(path)
    entry: Entry = rows.get(pk=pk)
    return entry


def _lock(kind: EntryKind, pk: int, *, by: User, now: dt.datetime) -> Entry:
    """Return an entry that waits for confirmation, locked."""
    entry = _locked(kind, pk)
    require_open(unit_of(entry), by=by, now=now)
    if entry.withdrawn_at is not None:
        raise ConfirmationRefused(_("It has been withdrawn."))
    if entry.imported_in_id is not None:
        raise ConfirmationRefused(_("It came in with the campaign's history and needs no confirmation."))
    if entry.confirmed_at is not None:
        raise ConfirmationRefused(
            _("It has been confirmed already, by %(who)s at %(when)s.")
            % {"who": entry.confirmed_by, "when": local_datetime(entry.confirmed_at)}
        )
    return entry


def _leave(
    entry: Entry,
    act: str,
    *,
    by: User,
    now: dt.datetime,
    before: Mapping[str, str | None],
    after: Mapping[str, str | None],
    reason: str = "",
) -> None:
    """Ask for a score and write the entry of the trail, which comes last."""
    participant = unit_of(entry)
    enqueue(topic="score.refresh", key=str(participant.campaign_id), now=now, delay=_SCORE_DELAY)
    record(
        action=f"{kind_of(entry)}.{act}",
        subject=entry,
        by=by,
        now=now,
        participant=participant,
        before=dict(before),
        after=dict(after),
        reason=reason,
    )
