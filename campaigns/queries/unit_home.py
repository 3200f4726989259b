"""A unit's reporting at a glance: what is due and until when, what came back, what was sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from campaigns.calendar import local_day
from campaigns.enums import CampaignStatus, EntryKind, ReportState, VerdictOutcome
from campaigns.models import DraftValue, LateException, Measurement, Participant, Period, Reopening, Submission
from campaigns.openness import Phase, phase_of, takes_values

from .owed import Schedule, reported_by

#: The state of a period in which the unit owes nothing; a word of statuses.py beside ReportState.
NOT_OWED = "not_owed"


@dataclass(frozen=True, kw_only=True)
class PeriodLine:
    """One period of the calendar as it stands for one unit."""

    period: Period
    phase: Phase
    exception_until: dt.datetime | None
    owed: int  # targets asked for
    reported: int  # of these, with a value sent (returned or not)
    drafts: int  # boxes with something typed and not sent
    returned: int  # boxes whose latest value came back
    reported_at: dt.datetime | None  # the moment the last owed value was sent; None while one is missing
    state: str  # a ReportState, or NOT_OWED

    @property
    def is_late(self) -> bool:
        """Reported after the due time."""
        return self.reported_at is not None and self.reported_at > self.period.due_at

    @property
    def is_missing(self) -> bool:
        """Locked before every owed value was sent."""
        return self.phase == Phase.LOCKED and self.reported < self.owed

    @property
    def takes_values(self) -> bool:
        return takes_values(self.phase)

    @property
    def is_done(self) -> bool:
        return self.owed == self.reported and not self.returned


@dataclass(frozen=True, kw_only=True)
class ReturnedValue:
    """A value that came back and is still the latest of its period."""

    measurement: Measurement
    until: dt.datetime | None  # may be sent again until then; None when that has passed or never was


@dataclass(frozen=True, kw_only=True)
class UnitHome:
    """What a unit's reporting page shows."""

    participant: Participant
    lines: list[PeriodLine]
    current: PeriodLine | None  # the one to report now
    returned: list[ReturnedValue]
    receipts: list[Submission]

    @property
    def begun(self) -> list[PeriodLine]:
        """Periods whose first day is reached, the latest first."""
        return [line for line in reversed(self.lines) if line.phase != Phase.UPCOMING]

    @property
    def upcoming(self) -> list[PeriodLine]:
        return [line for line in self.lines if line.phase == Phase.UPCOMING]

    @property
    def previous_open(self) -> list[PeriodLine]:
        """Other periods that still take values and lack some."""
        return [
            line for line in self.lines if line is not self.current and line.takes_values and line.reported < line.owed
        ]


def participants_of(unit_ids: Iterable[int]) -> list[Participant]:
    """Return the participations of these units in launched campaigns, running ones first, the newest first."""
    rows = (
        Participant.objects.filter(unit_id__in=list(unit_ids))
        .exclude(campaign__status=CampaignStatus.PREPARATION)
        .select_related("campaign", "unit")
        .order_by("-campaign__starts_on", "sort_key", "code")
    )
    return sorted(rows, key=lambda row: row.campaign.status != CampaignStatus.OPEN)


def read_home(*, participant: Participant, now: dt.datetime, receipts: int = 5) -> UnitHome:
    """Return a unit's reporting at a glance. Seven queries whatever the number of targets and periods."""
    periods = list(Period.objects.filter(campaign_id=participant.campaign_id).order_by("ends_on"))
    schedule, targets = Schedule(periods), reported_by(participant)
    latest, first_sent = _measurements([target.pk for target in targets])
    drafts = dict(
        DraftValue.objects.filter(report__participant=participant)
        .exclude(kind=EntryKind.EMPTY)
        .values_list("report__period_id")
        .annotate(Count("pk"))
    )
    exceptions = {
        row.period_id: row.ends_at
        for row in LateException.objects.filter(
            participant=participant, approved_at__lte=now, ends_at__gt=now
        ).order_by("ends_at")
    }
    lines = []
    for period in periods:
        owed = schedule.owed(targets, period, reporter=participant)
        keys = [(target.pk, period.pk) for target in owed]
        reported = [first_sent[key] for key in keys if key in first_sent]
        returned = sum(row.verdict == VerdictOutcome.RETURNED for key, row in latest.items() if key[1] == period.pk)
        verified = sum(key in latest and latest[key].verdict in _VERIFIED for key in keys)
        lines.append(
            PeriodLine(
                period=period,
                phase=phase_of(
                    starts_on=period.starts_on,
                    due_at=period.due_at,
                    locks_at=period.locks_at,
                    exception_until=exceptions.get(period.pk),
                    now=now,
                ),
                exception_until=exceptions.get(period.pk),
                owed=len(keys),
                reported=len(reported),
                drafts=drafts.get(period.pk, 0),
                returned=returned,
                reported_at=max(reported) if keys and len(reported) == len(keys) else None,
                state=report_state(len(keys), len(reported), verified, returned, drafts.get(period.pk, 0)),
            )
        )
    return UnitHome(
        participant=participant,
        lines=lines,
        current=_current(lines, now=now),
        returned=_returned(latest.values(), now=now),
        receipts=list(receipts_of(participant)[:receipts]),
    )


_VERIFIED = (VerdictOutcome.ACCEPTED, VerdictOutcome.ADJUSTED)


def receipts_of(participant: Participant) -> QuerySet[Submission]:
    """Return the unit's acts of sending, the latest first, with how many values each carried."""
    return (
        Submission.objects.filter(report__participant=participant)
        .select_related("report__period", "sent_by")
        .annotate(
            value_count=Count("measurements"),
            returned_count=Count("measurements", filter=Q(measurements__verdict=VerdictOutcome.RETURNED)),
        )
        .order_by("-sent_at", "-pk")
    )


def _measurements(
    target_ids: list[int],
) -> tuple[dict[tuple[int, int], Measurement], dict[tuple[int, int], dt.datetime]]:
    """The latest value of each target and period, and when the first one was sent."""
    latest: dict[tuple[int, int], Measurement] = {}
    first: dict[tuple[int, int], dt.datetime] = {}
    rows = (
        Measurement.objects.filter(target_id__in=target_ids)
        .select_related("target__indicator", "target__participant", "period", "verdict_by")
        .order_by("sent_at", "pk")
    )
    for row in rows:
        latest[row.target_id, row.period_id] = row
        first.setdefault((row.target_id, row.period_id), row.sent_at)
    return latest, first


def report_state(owed: int, reported: int, verified: int, returned: int, drafts: int) -> str:
    """Return the state of one report from its counts: what came back first, then what is typed, then what is sent."""
    if returned:
        return ReportState.RETURNED
    if drafts:
        return ReportState.DRAFT
    if not owed:
        return NOT_OWED
    if not reported:
        return ReportState.NOT_STARTED
    if reported < owed:
        return ReportState.DRAFT
    return ReportState.VERIFIED if verified == owed else ReportState.SUBMITTED


def _current(lines: list[PeriodLine], *, now: dt.datetime) -> PeriodLine | None:
    """The period to report now: the one that is due next and has begun, else the last begun."""
    begun = [line for line in lines if line.phase != Phase.UPCOMING]
    waiting = [line for line in begun if line.phase == Phase.OPEN]
    # In the first days of a week last week's report is still due: that one comes first until it is sent.
    unsent = [line for line in waiting if not line.is_done]
    today = local_day(now)
    running = [line for line in waiting if line.period.starts_on <= today <= line.period.ends_on]
    return next(iter([*unsent, *running, *begun[::-1]]), None)


def _returned(latest: Iterable[Measurement], *, now: dt.datetime) -> list[ReturnedValue]:
    rows = sorted(
        (row for row in latest if row.verdict == VerdictOutcome.RETURNED),
        key=lambda row: (row.period_end, row.target_id),
    )
    until = dict(
        Reopening.objects.filter(measurement_id__in=[row.pk for row in rows], until__gt=now).values_list(
            "measurement_id", "until"
        )
    )
    return [ReturnedValue(measurement=row, until=until.get(row.pk)) for row in rows]
