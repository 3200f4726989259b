"""Verification: the one writer of verdicts, alone or many at once (``verdicts_together.py``)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.calendar import local_day
from campaigns.display import local_datetime, number
from campaigns.enums import VerdictOutcome
from campaigns.models import Campaign, Measurement, Reopening, User
from campaigns.numbers import NumberProblem, check_number
from campaigns.plan_rules import Problem
from campaigns.queries.verdict_cases import CASE_RELATIONS, VerdictDesk, reporter_of
from campaigns.verdict_rules import (
    Refusal,
    Ruling,
    Standing,
    Submitted,
    completion_of,
    reopened_until,
    ruling_problem,
)
from campaigns.verdict_wording import refusal_words, standing_words
from campaigns.vietnamese import normalise
from campaigns.wording import number_problem

from .audit import record
from .locks import hold_campaign
from .notices import tell_units
from .outbox import enqueue
from .refusals import ActRefused, traced

LONGEST_REASON = 2_000  # characters
SCORE_DELAY = 30  # seconds; bursts of verdicts coalesce (scoring.md, runs)


class VerdictRefused(ActRefused):
    """The verdict is not possible."""


class VerdictGiven(VerdictRefused):
    """Somebody else gave the verdict first; ``measurement`` holds it."""

    def __init__(self, measurement: Measurement) -> None:
        self.measurement = measurement
        assert measurement.verdict_at is not None  # it has a verdict
        super().__init__(
            _("The verdict has been given already: %(verdict)s, by %(who)s at %(when)s.")
            % {
                "verdict": verdict_words(measurement),
                "who": measurement.verdict_by or measurement.verdict_by_name,
                "when": local_datetime(measurement.verdict_at),
            },
            "given",
        )


def verdict_words(measurement: Measurement) -> str:
    """Return a verdict as people read it, an adjustment with its value."""
    label = str(measurement.get_verdict_display())
    if measurement.verdict == VerdictOutcome.ADJUSTED:
        return f"{label} ({number(measurement.verified_value)})"
    return label


@traced
def give_verdict(
    *,
    measurement_id: int,
    outcome: VerdictOutcome,
    verified_value: Decimal | None = None,
    verified_completed_on: dt.date | None = None,
    reason: str = "",
    by: User,
    now: dt.datetime,
) -> Measurement:
    """Give one value its verdict, for good; return it as stored.

    ``verified_value`` and, for a milestone, ``verified_completed_on`` belong to an adjustment; adjusted and
    returned need a reason, and so does a verdict given in place of the verifying unit.

    In order: the campaign is held open; who and when (``verdict_rules``); what is said fits the indicator's kind;
    the verdict is written where there is none; a returned value is open for two working days; the unit is told of
    a return or an adjustment; a score is asked for; the trail gets its entry. The same person saying the same
    again changes nothing and is no error.

    Raises Measurement.DoesNotExist, PermissionDenied (not a verifier of it), VerdictRefused, VerdictGiven.
    """
    ruling = Ruling(outcome, verified_value, verified_completed_on, normalise(reason)[:LONGEST_REASON])
    with transaction.atomic():
        measurement = measurement_of(measurement_id)
        campaign = hold_campaign(measurement.target.campaign_id)
        desk = VerdictDesk.of(by, now=now)
        stand = require_seat(desk, measurement, campaign)
        if measurement.verdict:
            if _says_the_same(measurement, ruling, by):
                return measurement
            raise VerdictGiven(measurement)
        _require_standing(stand)
        if problem := ruling_problem(ruling, submitted_of(measurement), steps_in=stand.steps_in):
            raise VerdictRefused(refusal_words(problem), code_of(problem))
        check_range(ruling.value)
        given = write_verdict(measurement, ruling, by=by, now=now)
        if outcome == VerdictOutcome.RETURNED and given.corrects_id is None:
            Reopening.objects.create(measurement=given, until=reopened_until(now, desk.holidays))
        tell_of_verdict(given, now=now)
        enqueue(topic="score.refresh", key=str(campaign.pk), now=now, delay=SCORE_DELAY)
        audit_verdict(given, stand, by=by, now=now)
    return given


def measurement_of(pk: int) -> Measurement:
    """Return one measurement with all that its verdict needs. Raises Measurement.DoesNotExist."""
    return Measurement.objects.select_related(*CASE_RELATIONS, "period", "verdict_by", "sent_by").get(pk=pk)


def require_seat(desk: VerdictDesk, measurement: Measurement, campaign: Campaign) -> Standing:
    """Refuse those who have no say in the value at all, whatever its state."""
    stand = desk.standing(measurement, campaign=campaign)
    if stand.seat is None or stand.refusal is Refusal.SENT_BY_SELF:
        raise PermissionDenied(standing_words(stand))
    return stand


def _require_standing(stand: Standing) -> None:
    if not stand.allowed:
        raise VerdictRefused(standing_words(stand), str(stand.refusal or ""))


def submitted_of(measurement: Measurement) -> Submitted:
    """Return what was reported, as the rules of verdicts see it."""
    return Submitted(
        kind=measurement.target.indicator.kind,
        nothing=measurement.nothing,
        value=measurement.value,
        completed_on=measurement.completed_on,
        sent_on=local_day(measurement.sent_at),
    )


def code_of(problem: Refusal | Problem) -> str:
    """Return the code of the rule that a ruling breaks."""
    return str(problem.code if isinstance(problem, Problem) else problem)


def check_range(value: Decimal | None) -> None:
    """Refuse a value out of the range of numbers. Raises VerdictRefused."""
    try:
        if value is not None:
            check_number(value)
    except NumberProblem as problem:
        raise VerdictRefused(number_problem(problem), "number") from problem


def _says_the_same(measurement: Measurement, ruling: Ruling, by: User) -> bool:
    if measurement.verdict_by_id != by.pk or measurement.verdict != ruling.outcome:
        return False
    if measurement.verdict_reason != ruling.reason:
        return False
    return measurement.verdict != VerdictOutcome.ADJUSTED or measurement.verified_value == ruling.value


def write_verdict(measurement: Measurement, ruling: Ruling, *, by: User, now: dt.datetime) -> Measurement:
    """Write the verdict where there is none yet. Raises VerdictGiven for the loser of a race."""
    value = {VerdictOutcome.ACCEPTED: measurement.value, VerdictOutcome.ADJUSTED: ruling.value}.get(ruling.outcome)
    adjusted = ruling.outcome == VerdictOutcome.ADJUSTED
    columns = {
        "verdict": ruling.outcome,
        "verdict_at": now,
        "verdict_by": by,
        "verified_value": value,
        "verified_completed_on": completion_of(ruling, submitted_of(measurement)) if adjusted else None,
        "verdict_reason": ruling.reason,
    }
    if not Measurement.objects.write_verdict(measurement.pk, **columns):
        raise VerdictGiven(measurement_of(measurement.pk))
    for name, stored in columns.items():
        setattr(measurement, name, stored)
    return measurement


def tell_of_verdict(measurement: Measurement, *, now: dt.datetime) -> None:
    """Tell the reporting unit of a return; of an adjustment also the unit that is scored by it."""
    if measurement.verdict == VerdictOutcome.ACCEPTED:
        return
    reporter, scored = reporter_of(measurement), measurement.target.participant

    def words() -> tuple[str, str]:
        indicator, unit = measurement.target.indicator, measurement.target.participant
        title = {
            VerdictOutcome.RETURNED: _("Returned: %(indicator)s of %(unit)s, period %(period)s"),
            VerdictOutcome.ADJUSTED: _("Adjusted to %(value)s: %(indicator)s of %(unit)s, period %(period)s"),
        }[VerdictOutcome(measurement.verdict)] % {
            "indicator": indicator.name,
            "unit": unit.name,
            "period": measurement.period.code,
            "value": number(measurement.verified_value),
        }
        return title, measurement.verdict_reason

    key, grid = f"verdict:{measurement.pk}", reverse("campaigns:grid", args=[reporter.pk, measurement.period_id])
    tell_units(units=[reporter.unit_id], key=key, words=words, url=grid, now=now)
    if measurement.verdict == VerdictOutcome.ADJUSTED and scored != reporter:
        tell_units(units=[scored.unit_id], key=key, words=words, url="", now=now)


def audit_verdict(measurement: Measurement, stand: Standing, *, by: User, now: dt.datetime, together: int = 1) -> None:
    """Write the trail's entry of one verdict; ``together`` is how many were given by one act."""
    after = {"verdict": measurement.verdict, "verified_value": measurement.verified_value, "seat": stand.seat}
    if measurement.verified_completed_on:
        after["completed_on"] = measurement.verified_completed_on
    if together > 1:
        key = "accepted_together" if measurement.verdict == VerdictOutcome.ACCEPTED else "returned_together"
        after[key] = together
    record(
        action=f"measurement.{measurement.verdict}",
        subject=measurement,
        by=by,
        now=now,
        participant=measurement.target.participant,
        before=values_of(measurement),
        after={name: _plain(value) for name, value in after.items()},
        reason=measurement.verdict_reason,
    )


def values_of(measurement: Measurement) -> dict[str, str]:
    """The submitted value as the trail keeps it."""
    shown = {
        "indicator": measurement.target.indicator.code,
        "unit": measurement.target.participant.code,
        "period": measurement.period.code,
        "value": "nothing" if measurement.nothing else str(measurement.value),
    }
    if measurement.completed_on:
        shown["completed_on"] = measurement.completed_on.isoformat()
    if measurement.corrects_id:
        shown["corrects"] = str(measurement.corrects_id)
    return shown


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int) else str(value)
