"""One period for staff: for whom it is open and how, who has an exception or a waiver, what was sent."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Max
from django.db.models.functions import Coalesce

from campaigns.models import LateException, Measurement, Participant, Period, ReportWaiver
from campaigns.openness import Phase, phase_of
from campaigns.period_words import phase_words


@dataclass(frozen=True, kw_only=True)
class DeskLine:
    """One unit in the period."""

    participant: Participant
    phase: Phase
    words: str  # where the period stands for this unit
    exception: LateException | None  # the latest approved, also when it is over
    waiver: ReportWaiver | None  # confirmed, or waiting for the second person
    sent_count: int  # values it sent for the period
    sent_at: dt.datetime | None  # its latest sending


@dataclass(frozen=True, kw_only=True)
class PeriodDesk:
    """What the page shows."""

    period: Period
    phase: Phase  # for units without an exception
    words: str
    lines: list[DeskLine]
    exceptions: list[LateException]
    waivers: list[ReportWaiver]

    @property
    def open_by_exception(self) -> int:
        return sum(line.phase is Phase.EXCEPTION for line in self.lines)

    @property
    def without_values(self) -> int:
        return sum(line.sent_count == 0 for line in self.lines)


def read_period_desk(period: Period, *, now: dt.datetime) -> PeriodDesk:
    """Return the period at a glance. Four queries whatever the number of units."""
    participants = [
        row
        for row in Participant.objects.filter(campaign_id=period.campaign_id).order_by("sort_key", "code")
        if row.is_valid_on(period.ends_on)
    ]
    exceptions = list(
        LateException.objects.filter(period=period)
        .select_related("participant", "approved_by")
        .order_by("-approved_at", "-pk")
    )
    waivers = list(
        ReportWaiver.objects.filter(period=period, withdrawn_at__isnull=True)
        .select_related("participant", "entered_by", "confirmed_by")
        .order_by("-entered_at", "-pk")
    )
    by_unit: dict[int, list[LateException]] = defaultdict(list)
    for row in exceptions:
        by_unit[row.participant_id].append(row)
    waived = {row.participant_id: row for row in waivers}
    sent = {
        row["reporter"]: (row["values"], row["latest"])
        for row in Measurement.objects.filter(period=period)
        .annotate(reporter=Coalesce("target__indicator__provider", "target__participant"))
        .values("reporter")
        .annotate(values=Count("target", distinct=True), latest=Max("sent_at"))
        .order_by()
    }
    lines = [
        _line(period, row, by_unit.get(row.pk, []), waived.get(row.pk), sent.get(row.pk, (0, None)), now=now)
        for row in participants
    ]
    phase, words = _phase(period, None, now=now)
    return PeriodDesk(period=period, phase=phase, words=words, lines=lines, exceptions=exceptions, waivers=waivers)


def _line(
    period: Period,
    participant: Participant,
    exceptions: list[LateException],
    waiver: ReportWaiver | None,
    sent: tuple[int, dt.datetime | None],
    *,
    now: dt.datetime,
) -> DeskLine:
    until = max((row.ends_at for row in exceptions if row.approved_at <= now < row.ends_at), default=None)
    phase, words = _phase(period, until, now=now)
    return DeskLine(
        participant=participant,
        phase=phase,
        words=words,
        exception=max(exceptions, key=lambda row: row.ends_at, default=None),
        waiver=waiver,
        sent_count=sent[0],
        sent_at=sent[1],
    )


def _phase(period: Period, until: dt.datetime | None, *, now: dt.datetime) -> tuple[Phase, str]:
    phase = phase_of(
        starts_on=period.starts_on, due_at=period.due_at, locks_at=period.locks_at, exception_until=until, now=now
    )
    words = phase_words(
        phase,
        starts_on=period.starts_on,
        due_at=period.due_at,
        locks_at=period.locks_at,
        exception_until=until,
        now=now,
    )
    return phase, words
