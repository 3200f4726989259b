"""Points, waivers and gates as one officer enters them, for another to confirm (``confirmation.py``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.actions.confirmation import ConfirmationRefused, E, kind_of, require_open, require_text, unit_of
from campaigns.calendar import local_day
from campaigns.enums import GateForm, IndicatorKind
from campaigns.models import (
    Gate,
    MilestoneWaiver,
    Participant,
    Period,
    PointEntry,
    ReportWaiver,
    Target,
    User,
)
from campaigns.vietnamese import fold, normalise

from .audit import record
from .records import first_message


def enter_points(
    *,
    participant_id: int,
    points_bp: int,
    holds_from: dt.date,
    reason: str,
    document_number: str,
    by: User,
    now: dt.datetime,
) -> PointEntry:
    """Enter bonus (above 0) or penalty points, in basis points, for a second person to confirm.

    As every entry here: the campaign is open, the day is today or later, reason and document number are given,
    and the unit is not the person's own. Raises Participant.DoesNotExist, PermissionDenied, ConfirmationRefused.
    """
    participant = _participant(participant_id)
    row = PointEntry(participant=participant, points_bp=points_bp)
    return _enter(row, holds_from, reason, document_number, by=by, now=now, said={"points_bp": points_bp})


@transaction.atomic
def enter_report_waiver(
    *,
    participant_id: int,
    period_id: int,
    holds_from: dt.date,
    reason: str,
    document_number: str,
    by: User,
    now: dt.datetime,
) -> ReportWaiver:
    """Enter that a unit's late or missing report of a period costs it nothing. Raises as ``enter_points``."""
    participant = _participant(participant_id)
    require_open(participant, by=by, now=now)
    period = Period.objects.get(pk=period_id, campaign_id=participant.campaign_id)
    waivers = ReportWaiver.objects.filter(participant=participant, period=period, withdrawn_at__isnull=True)
    if waivers.exists():
        raise ConfirmationRefused(_("This report is waived already, or the waiver waits for confirmation."))
    row = ReportWaiver(participant=participant, period=period)
    return _enter(row, holds_from, reason, document_number, by=by, now=now, said={"period": period.code})


@transaction.atomic
def enter_milestone_waiver(
    *, target_id: int, holds_from: dt.date, reason: str, document_number: str, by: User, now: dt.datetime
) -> MilestoneWaiver:
    """Enter that a milestone's lateness is not counted. Raises Target.DoesNotExist, else as ``enter_points``."""
    target = Target.objects.select_related("indicator", "participant__campaign").get(pk=target_id)
    require_open(target.participant, by=by, now=now)
    if target.indicator.kind != IndicatorKind.MILESTONE:
        raise ConfirmationRefused(_("Only a milestone can be late."))
    if MilestoneWaiver.objects.filter(target=target, withdrawn_at__isnull=True).exists():
        raise ConfirmationRefused(_("This milestone is waived already, or the waiver waits for confirmation."))
    row = MilestoneWaiver(target=target)
    said = {"indicator": target.indicator.code}
    return _enter(row, holds_from, reason, document_number, by=by, now=now, said=said)


def enter_gate(
    *,
    participant_id: int,
    form: GateForm,
    person_name: str = "",
    holds_from: dt.date,
    reason: str,
    document_number: str,
    by: User,
    now: dt.datetime,
) -> Gate:
    """Enter that awards of a unit, or of one of its people, are held or excluded. Raises as ``enter_points``."""
    participant = _participant(participant_id)
    name = normalise(person_name)
    row = Gate(
        campaign=participant.campaign, participant=participant, form=form, person_name=name, person_key=fold(name)
    )
    said = {"form": str(form)} | ({"person": name} if name else {})
    return _enter(row, holds_from, reason, document_number, by=by, now=now, said=said)


def _participant(pk: int) -> Participant:
    return Participant.objects.select_related("campaign", "unit").get(pk=pk)


@transaction.atomic
def _enter(
    row: E,
    holds_from: dt.date,
    reason: str,
    document_number: str,
    *,
    by: User,
    now: dt.datetime,
    said: Mapping[str, int | str],
) -> E:
    require_open(unit_of(row), by=by, now=now)
    if holds_from < local_day(now):
        raise ConfirmationRefused(_("The day lies in the past; it holds from today at the earliest."))
    row.holds_from = holds_from
    row.reason = require_text(reason, _("A reason is needed."))
    row.document_number = require_text(document_number, _("A document number is needed."))
    row.entered_by, row.entered_at = by, now
    try:
        row.full_clean(exclude=["entered_by", "entered_at", "confirmed_by", "confirmed_at", "imported_in"])
    except ValidationError as error:
        raise ConfirmationRefused(first_message(error)) from error
    row.save()
    after = {**said, "holds_from": holds_from.isoformat(), "document_number": row.document_number}
    record(
        action=f"{kind_of(row)}.entered",
        subject=row,
        by=by,
        now=now,
        participant=unit_of(row),
        after=after,
        reason=row.reason,
    )
    return row
