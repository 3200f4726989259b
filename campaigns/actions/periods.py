"""Late exceptions: a period opened once more for one unit, until a moment at which it closes itself."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.calendar import local_day
from campaigns.display import local_datetime
from campaigns.models import LateException, Participant, Period, User
from campaigns.permissions import Permission, is_own_unit, require
from campaigns.vietnamese import normalise

from .audit import record
from .locks import hold_campaign
from .records import PlanRefused


@transaction.atomic
def approve_late_exception(
    *, participant_id: int, period_id: int, ends_at: dt.datetime, reason: str, by: User, now: dt.datetime
) -> LateException:
    """Open a period for one unit until ``ends_at``; it closes itself then. The due time does not move.

    Approved by the officer who enters it, never for their own unit. It holds from now: it cannot be dated back. A
    later end for the same unit and period is another exception. Raises Participant.DoesNotExist, Period.DoesNotExist,
    PermissionDenied, PlanRefused.
    """
    require(by, Permission.FOLLOW_UP)
    # Two officers at once: the second one waits and sees what the first approved.
    participant = (
        Participant.objects.select_for_update(of=("self",)).select_related("campaign", "unit").get(pk=participant_id)
    )
    if is_own_unit(by, participant.unit_id):
        raise PermissionDenied
    period = Period.objects.get(pk=period_id, campaign_id=participant.campaign_id)
    reason = normalise(reason)
    if not hold_campaign(participant.campaign_id).is_open:
        raise PlanRefused(_("The campaign is not running; its periods stay closed."))
    _require_sensible(participant, period, ends_at, reason, now=now)
    row = LateException.objects.create(
        participant=participant, period=period, reason=reason, ends_at=ends_at, approved_by=by, approved_at=now
    )
    record(
        action="late_exception.approved",
        subject=row,
        by=by,
        now=now,
        participant=participant,
        after={"period": period.code, "ends_at": ends_at.isoformat()},
        reason=reason,
    )
    return row


def _require_sensible(
    participant: Participant, period: Period, ends_at: dt.datetime, reason: str, *, now: dt.datetime
) -> None:
    if not reason:
        raise PlanRefused(_("A reason is needed."))
    if ends_at <= now:
        raise PlanRefused(_("The end lies in the past; choose a later moment."))
    if local_day(now) < period.starts_on:
        raise PlanRefused(_("This period has not begun yet; it opens by itself."))
    if not participant.is_valid_on(period.ends_on):
        raise PlanRefused(_("The unit did not exist at the end of this period and owes nothing for it."))
    if period.locks_at is None:
        raise PlanRefused(_("This period is never locked; no exception is needed."))
    if ends_at <= period.locks_at:
        raise PlanRefused(
            _("The period is open for everybody until %(moment)s; an exception must end later.")
            % {"moment": local_datetime(period.locks_at)}
        )
    held = LateException.objects.filter(participant=participant, period=period, ends_at__gte=ends_at).first()
    if held is not None:
        raise PlanRefused(
            _("The unit may send until %(moment)s already; choose a later end.")
            % {"moment": local_datetime(held.ends_at)}
        )
