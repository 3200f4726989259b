"""Verdicts on many values by one act: accepting what passes every check, returning values of one report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.enums import VerdictOutcome
from campaigns.models import Campaign, Measurement, Reopening, User
from campaigns.queries.verdict_cases import CASE_RELATIONS, VerdictDesk
from campaigns.queries.verification_queue import passes_all_checks
from campaigns.verdict_rules import Refusal, Ruling, Standing, reopened_until
from campaigns.verdict_wording import refusal_words, standing_words
from campaigns.vietnamese import normalise

from .locks import hold_campaign
from .outbox import enqueue
from .verification import (
    LONGEST_REASON,
    SCORE_DELAY,
    VerdictGiven,
    VerdictRefused,
    audit_verdict,
    tell_of_verdict,
    write_verdict,
)

#: Values that one act may hold.
MOST_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """What "accept all" did."""

    accepted: list[Measurement]
    left: list[tuple[Measurement, str]]  # with the reason in the reader's language


@dataclass(frozen=True, kw_only=True)
class Returned:
    """What returning several values did."""

    returned: list[Measurement]
    left: list[tuple[Measurement, str]]  # with the reason in the reader's language


def accept_many(*, campaign_id: int, measurement_ids: Sequence[int], by: User, now: dt.datetime) -> Accepted:
    """Accept those of the values that pass every check and that the person may verify; say why others are left.

    Values that a verifying unit has left unanswered need a reason each, so they are left too. One transaction and
    one score for all of them, one entry of the trail for each. Raises PermissionDenied where the person may give
    no verdict on any of them, VerdictRefused for a closed campaign or too many at once.
    """
    _check_count(measurement_ids)
    with transaction.atomic():
        campaign, desk = hold_campaign(campaign_id), VerdictDesk.of(by, now=now)
        rows = _rows(measurement_ids, campaign_id)
        stands = _stands(rows, desk, campaign)
        clean = passes_all_checks(rows, now=now)
        accepted: list[Measurement] = []
        left: list[tuple[Measurement, str]] = []
        for row in rows:
            why = _why_left(row, stands[row.pk], row.pk in clean)
            if not why:
                try:
                    accepted.append(write_verdict(row, Ruling(VerdictOutcome.ACCEPTED), by=by, now=now))
                    continue
                except VerdictGiven as given:
                    why = str(given)
            left.append((row, why))
        if accepted:
            enqueue(topic="score.refresh", key=str(campaign.pk), now=now, delay=SCORE_DELAY)
        for row in accepted:
            audit_verdict(row, stands[row.pk], by=by, now=now, together=len(accepted))
    return Accepted(accepted=accepted, left=left)


def return_many(
    *, campaign_id: int, measurement_ids: Sequence[int], reason: str, by: User, now: dt.datetime
) -> Returned:
    """Return exactly these values to the units that sent them, for one reason; say why others are left.

    One transaction and one score for all of them; each value is open again for two working days, has its own entry
    of the trail and its own notice. Raises PermissionDenied where the person may give no verdict on any of them,
    VerdictRefused for a closed campaign, a missing reason, no value or too many.
    """
    _check_count(measurement_ids)
    reason = normalise(reason)[:LONGEST_REASON]
    with transaction.atomic():
        campaign, desk = hold_campaign(campaign_id), VerdictDesk.of(by, now=now)
        rows = _rows(measurement_ids, campaign_id)
        stands = _stands(rows, desk, campaign)
        if not reason:
            raise VerdictRefused(refusal_words(Refusal.REASON_MISSING))
        returned: list[Measurement] = []
        left: list[tuple[Measurement, str]] = []
        for row in rows:
            why = str(VerdictGiven(row)) if row.verdict else standing_words(stands[row.pk])
            if not why:
                try:
                    returned.append(write_verdict(row, Ruling(VerdictOutcome.RETURNED, reason=reason), by=by, now=now))
                    continue
                except VerdictGiven as given:
                    why = str(given)
            left.append((row, why))
        until = reopened_until(now, desk.holidays)
        Reopening.objects.bulk_create(
            [Reopening(measurement=row, until=until) for row in returned if row.corrects_id is None]
        )
        for row in returned:
            tell_of_verdict(row, now=now)
        if returned:
            enqueue(topic="score.refresh", key=str(campaign.pk), now=now, delay=SCORE_DELAY)
        for row in returned:
            audit_verdict(row, stands[row.pk], by=by, now=now, together=len(returned))
    return Returned(returned=returned, left=left)


def _check_count(ids: Sequence[int]) -> None:
    if len(ids) > MOST_AT_ONCE:
        raise VerdictRefused(_("At most %(count)d values are judged at once.") % {"count": MOST_AT_ONCE})


def _rows(ids: Sequence[int], campaign_id: int) -> list[Measurement]:
    rows = Measurement.objects.filter(pk__in=set(ids), target__campaign_id=campaign_id)
    return list(rows.select_related(*CASE_RELATIONS, "period", "verdict_by").order_by("pk"))


def _stands(rows: list[Measurement], desk: VerdictDesk, campaign: Campaign) -> dict[int, Standing]:
    """Where the person stands with each value; refused where they have no say in any, or the campaign is closed."""
    stands = {row.pk: desk.standing(row, campaign=campaign) for row in rows}
    if not any(stand.seat for stand in stands.values()):
        raise PermissionDenied
    if not campaign.is_open:
        raise VerdictRefused(refusal_words(Refusal.CAMPAIGN_NOT_OPEN))
    return stands


def _why_left(row: Measurement, stand: Standing, clean: bool) -> str:
    if row.verdict:
        return str(VerdictGiven(row))
    if not stand.allowed:
        return standing_words(stand)
    if stand.steps_in:
        return refusal_words(Refusal.STEPPING_IN_NEEDS_REASON)
    return "" if clean else _("A check of this value needs a look.")
