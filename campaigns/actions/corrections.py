"""Corrections of verdicts that were wrong: another value of the same period, for another person to verify."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.actions.verification import (
    LONGEST_REASON,
    SCORE_DELAY,
    VerdictRefused,
    check_range,
    code_of,
    measurement_of,
    require_seat,
    values_of,
)
from campaigns.calendar import local_day
from campaigns.enums import IndicatorKind, VerdictOutcome
from campaigns.models import Measurement, User
from campaigns.plan_rules import value_problem
from campaigns.queries.verdict_cases import VerdictDesk
from campaigns.verdict_rules import (
    Refusal,
    Seat,
)
from campaigns.verdict_wording import refusal_words
from campaigns.vietnamese import normalise

from .audit import record
from .locks import hold_campaign
from .outbox import enqueue
from .refusals import traced


@traced
def correct_measurement(
    *,
    measurement_id: int,
    value: Decimal | None,
    nothing: bool = False,
    completed_on: dt.date | None = None,
    reason: str,
    by: User,
    now: dt.datetime,
) -> Measurement:
    """Enter what a verified value should have been, for somebody else to verify; return the new measurement.

    Only the value that holds in its period can be corrected, not while another one of the period waits, and only
    by somebody who could have verified it. What holds stays until the correction's own verdict. Raises
    Measurement.DoesNotExist, PermissionDenied, VerdictRefused.
    """
    reason = normalise(reason)[:LONGEST_REASON]
    with transaction.atomic():
        wrong = measurement_of(measurement_id)
        campaign = hold_campaign(wrong.target.campaign_id)
        stand = require_seat(VerdictDesk.of(by, now=now), wrong, campaign)
        if stand.seat is Seat.VERIFYING_UNIT:
            raise PermissionDenied  # an officer's act: the verifying unit gives the correction's verdict
        if not campaign.is_open:
            raise VerdictRefused(refusal_words(Refusal.CAMPAIGN_NOT_OPEN), Refusal.CAMPAIGN_NOT_OPEN)
        if not reason:
            raise VerdictRefused(refusal_words(Refusal.REASON_MISSING), Refusal.REASON_MISSING)
        _require_correctable(wrong)
        _check_correction(wrong, value, nothing, completed_on, now=now)
        row = Measurement.objects.create(
            target=wrong.target,
            period=wrong.period,
            period_start=wrong.period_start,
            period_end=wrong.period_end,
            nothing=nothing,
            value=value,
            completed_on=completed_on if value else None,
            sent_at=now,
            sent_by=by,
            corrects=wrong,
            correction_reason=reason,
        )
        enqueue(topic="score.refresh", key=str(campaign.pk), now=now, delay=SCORE_DELAY)
        record(
            action="measurement.corrected",
            subject=row,
            by=by,
            now=now,
            participant=wrong.target.participant,
            before=values_of(wrong),
            after=values_of(row),
            reason=reason,
        )
    return row


def _require_correctable(wrong: Measurement) -> None:
    if wrong.verdict not in (VerdictOutcome.ACCEPTED, VerdictOutcome.ADJUSTED):
        raise VerdictRefused(_("Only a verified value is corrected; give this one its verdict."), "not_verified")
    later = Measurement.objects.filter(
        target_id=wrong.target_id, period_id=wrong.period_id, sent_at__gte=wrong.sent_at
    ).exclude(pk=wrong.pk)
    later = later.exclude(sent_at=wrong.sent_at, pk__lt=wrong.pk).exclude(verdict=VerdictOutcome.RETURNED)
    if later.exists():
        raise VerdictRefused(_("A later value of this period was sent or entered; correct that one."), "later_value")


def _check_correction(
    wrong: Measurement, value: Decimal | None, nothing: bool, completed_on: dt.date | None, *, now: dt.datetime
) -> None:
    if nothing == (value is not None):
        raise VerdictRefused(_("Enter a number, or say that there is nothing to report."), "value_missing")
    check_range(value)
    kind = wrong.target.indicator.kind
    if problem := value_problem(kind, value, completed_on, sent_on=local_day(now)):
        raise VerdictRefused(refusal_words(problem), code_of(problem))
    holds = wrong.verified_completed_on or wrong.completed_on
    same_day = kind != IndicatorKind.MILESTONE or not value or completed_on == holds
    if value == wrong.verified_value and same_day:
        raise VerdictRefused(refusal_words(Refusal.CORRECTION_UNCHANGED), Refusal.CORRECTION_UNCHANGED)
