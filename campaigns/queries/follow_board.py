"""The board of units and periods: who has reported what, who is late, what exactly is missing.

Ten queries at most, whatever the number of units and periods; reminders and nudges read the same board.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from campaigns.calendar import local_day
from campaigns.enums import EntryKind, ReportState, VerdictOutcome
from campaigns.models import (
    Campaign,
    DraftValue,
    Indicator,
    LateException,
    Measurement,
    Participant,
    Period,
    Reminder,
    Reopening,
    ReportWaiver,
    Target,
)
from campaigns.openness import Phase, phase_of, takes_values

from .owed import AskedTarget, Schedule
from .unit_home import NOT_OWED, report_state

OVERDUE, LATE, MISSING, WAIVED = "overdue", "late", "missing", "waived"
#: What a sum of a period calls late.
PAST_DUE = (OVERDUE, MISSING)
#: What the board can be narrowed to, in the order of urgency.
STATES = (
    MISSING,
    OVERDUE,
    ReportState.RETURNED,
    ReportState.NOT_STARTED,
    ReportState.DRAFT,
    ReportState.SUBMITTED,
    ReportState.VERIFIED,
    LATE,
)


@dataclass(frozen=True, kw_only=True)
class Reopened:
    """A returned value that may be sent again until a moment."""

    target: AskedTarget
    until: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One unit's report for one period."""

    participant: Participant
    period: Period
    phase: Phase
    exception_until: dt.datetime | None
    owed: int  # targets asked for
    reported: int  # of these, with a value sent (returned or not)
    drafts: int  # boxes with something typed and not sent
    returned: int  # boxes whose latest value came back
    missing: tuple[AskedTarget, ...]  # asked for and never sent
    reopened: tuple[Reopened, ...]  # came back and may be sent again
    reported_at: dt.datetime | None  # the moment the last owed value was sent; None while one is missing
    is_waived: bool  # a confirmed waiver takes the report away
    reminded_at: dt.datetime | None  # the last reminder or nudge about it
    shown: str  # the one state that is shown

    @property
    def was_late(self) -> bool:
        """Reported in full, after the due time."""
        return self.reported_at is not None and self.reported_at > self.period.due_at

    @property
    def asks_unit(self) -> bool:
        """Whether the unit still has to send something and can: what a reminder to it is about."""
        if self.is_waived or self.phase == Phase.UPCOMING:
            return False
        return bool(self.reopened) or (bool(self.missing) and takes_values(self.phase))

    @property
    def asks_staff(self) -> bool:
        """Whether values are missing, sendable or not: what a reminder to staff is about."""
        return bool(self.missing) and not self.is_waived and self.phase != Phase.UPCOMING

    @property
    def lacking(self) -> int:
        """How many values the unit still has to send."""
        return len(self.missing) + len(self.reopened)

    def is_in(self, state: str) -> bool:
        """Whether the cell is found under a state; "late" finds reports that came in full after the due time."""
        return self.shown == state or (state == LATE and self.was_late)


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """One unit with its cells, in the order of the board's periods."""

    participant: Participant
    cells: list[Cell]


@dataclass(frozen=True, kw_only=True)
class PeriodSum:
    """How one period stands over the rows that are shown."""

    period: Period
    owing: int  # units that owe a report
    complete: int  # of these, with every owed value sent
    late: int  # of these, past due and incomplete


@dataclass(frozen=True, kw_only=True)
class FollowBoard:
    """All units that owe reports × all periods that have begun, the newest first."""

    campaign: Campaign
    periods: list[Period]
    rows: list[BoardRow]

    @property
    def cells(self) -> Iterator[Cell]:
        return (cell for row in self.rows for cell in row.cells)

    def narrowed(self, *, bloc: int | None = None, state: str = "") -> FollowBoard:
        """Return the board with the units of a bloc that are somewhere in a state."""
        rows = [
            row
            for row in self.rows
            if (bloc is None or row.participant.bloc_id == bloc)
            and (not state or any(cell.is_in(state) for cell in row.cells))
        ]
        return FollowBoard(campaign=self.campaign, periods=self.periods, rows=rows)

    def sums(self) -> list[PeriodSum]:
        """Return the last line of the board."""
        found = []
        for index, period in enumerate(self.periods):
            cells = [row.cells[index] for row in self.rows if row.cells[index].owed]
            found.append(
                PeriodSum(
                    period=period,
                    owing=len(cells),
                    complete=sum(not cell.missing for cell in cells),
                    late=sum(cell.shown in PAST_DUE for cell in cells),
                )
            )
        return found


def owing(campaign: Campaign) -> QuerySet[Participant]:
    """Return the units that report anything in the campaign, without reading what."""
    own = Target.objects.filter(participant=OuterRef("pk"), indicator__provider__isnull=True)
    provided = Target.objects.filter(indicator__provider=OuterRef("pk"))
    return Participant.objects.filter(Exists(own) | Exists(provided), campaign=campaign).select_related("bloc", "unit")


def open_exceptions(*, now: dt.datetime, **of_units: Any) -> dict[tuple[int, int], dt.datetime]:
    """Return until when late exceptions open a report, by unit and period."""
    rows = LateException.objects.filter(**of_units, approved_at__lte=now, ends_at__gt=now).order_by("ends_at")
    return {(row.participant_id, row.period_id): row.ends_at for row in rows}


def waived_reports(*, now: dt.datetime, **of_units: Any) -> set[tuple[int, int]]:
    """Return the reports that a confirmed waiver takes away, by unit and period."""
    rows = ReportWaiver.objects.in_force(on=local_day(now)).filter(**of_units)
    return set(rows.values_list("participant_id", "period_id"))


def read_board(
    *,
    campaign: Campaign,
    now: dt.datetime,
    units: Iterable[Participant] | None = None,
    periods: Collection[Period] | None = None,
) -> FollowBoard:
    """Return the board as of ``now``, of all units and periods or of these; the values of others stay unread."""
    return _Reader(campaign, now, None if units is None else list(units), periods).board()


class _Reader:
    """Fetches everything at once, then puts each cell together."""

    def __init__(
        self, campaign: Campaign, now: dt.datetime, units: list[Participant] | None, periods: Collection[Period] | None
    ) -> None:
        self.campaign, self.now, self.only = campaign, now, periods
        self.periods = list(Period.objects.filter(campaign=campaign).order_by("ends_on"))
        every = Participant.objects.filter(campaign=campaign).select_related("bloc", "unit")
        self.units = list(every) if units is None else units
        self.of_units = {"participant__campaign": campaign} if units is None else {"participant__in": self.units}
        indicators = Indicator.objects.filter(campaign=campaign, is_active=True, area__is_active=True)
        self.indicators = list(indicators.select_related("area").order_by("area__number", "code"))
        targets = Target.objects.filter(self._reported(whole=units is None), campaign=campaign).order_by()
        self.targets = self._read_targets(targets)
        self.first: dict[tuple[int, int], dt.datetime] = {}
        self.latest: dict[tuple[int, int], tuple[int, str]] = {}
        self._read_values(
            Measurement.objects.filter(target__campaign=campaign)
            if units is None
            else Measurement.objects.filter(target__in=targets.values("pk"))
        )
        self._read_sides()

    def _reported(self, *, whole: bool) -> Q:
        """Targets of indicators in use; unless the whole campaign is read, those that the units report."""
        if whole:
            return Q(indicator__in=[one.pk for one in self.indicators])
        units = {one.pk for one in self.units}
        own = Q(participant__in=units, indicator__in=[one.pk for one in self.indicators if one.provider_id is None])
        return own | Q(indicator__in=[one.pk for one in self.indicators if one.provider_id in units])

    def _read_targets(self, rows: QuerySet[Target]) -> dict[int, list[AskedTarget]]:
        """By reporter, in the plan's order. A data provider has one a unit: indicators and units are shared."""
        found: dict[int, list[AskedTarget]] = defaultdict(list)
        indicators = {one.pk: (place, one) for place, one in enumerate(self.indicators)}
        columns = list(
            rows.order_by("participant__sort_key").values_list(
                "pk", "participant", "indicator", "starts_on", "ends_from"
            )
        )
        columns.sort(key=lambda row: indicators[row[2]][0])
        units = {one.pk: one for one in self.units}
        if others := {participant for _pk, participant, *_rest in columns} - units.keys():
            units |= Participant.objects.in_bulk(others)
        for pk, participant, indicator, *validity in columns:
            target = AskedTarget(pk, units[participant], indicators[indicator][1], *validity)
            found[target.indicator.provider_id or participant].append(target)
        return found

    def _read_values(self, rows: QuerySet[Measurement]) -> None:
        """When each value was first sent, and the last sending's verdict."""
        if self.only is not None:
            # By their ends, which lie in one index with the target; by their keys a city's whole period would be read.
            rows = rows.filter(period_end__in=[one.ends_on for one in self.only])
        columns = ("target_id", "period_id", "pk", "sent_at", "verdict")
        for target, period, pk, sent_at, verdict in rows.order_by("sent_at", "pk").values_list(*columns):
            self.first.setdefault((target, period), sent_at)
            self.latest[target, period] = (pk, verdict)

    def _read_sides(self) -> None:
        """What stands beside the values: drafts, exceptions, waivers, reopenings, reminders. One query each."""
        of_report = {f"report__{name}": value for name, value in self.of_units.items()}
        drafted = DraftValue.objects.filter(**of_report).exclude(kind=EntryKind.EMPTY)
        self.drafts = {
            (unit, period): count
            for unit, period, count in drafted.values_list("report__participant_id", "report__period_id").annotate(
                Count("pk")
            )
        }
        self.exceptions = open_exceptions(now=self.now, **self.of_units)
        self.waived = waived_reports(now=self.now, **self.of_units)
        returned = [pk for pk, verdict in self.latest.values() if verdict == VerdictOutcome.RETURNED]
        reopened = Reopening.objects.filter(measurement__in=returned, until__gt=self.now)
        self.reopened = dict(reopened.values_list("measurement_id", "until"))
        self.reminded = {
            (unit, period): at
            for unit, period, at in Reminder.objects.filter(**self.of_units)
            .order_by()
            .values_list("participant_id", "period_id")
            .annotate(Max("sent_at"))
        }

    def board(self) -> FollowBoard:
        schedule = Schedule(self.periods)
        today = local_day(self.now)
        begun = [
            period
            for period in reversed(self.periods)
            if period.starts_on <= today and (self.only is None or period in self.only)
        ]
        rows = []
        for unit in self.units:
            row = BoardRow(participant=unit, cells=[self._cell(unit, period, schedule) for period in begun])
            if any(cell.owed or cell.returned for cell in row.cells):
                rows.append(row)
        return FollowBoard(campaign=self.campaign, periods=begun, rows=rows)

    def _cell(self, unit: Participant, period: Period, schedule: Schedule) -> Cell:
        key, targets = (unit.pk, period.pk), self.targets.get(unit.pk, [])
        owed = schedule.owed(targets, period, reporter=unit)
        missing = tuple(target for target in owed if (target.pk, period.pk) not in self.first)
        sent = [(one, *self.latest[one.pk, period.pk]) for one in targets if (one.pk, period.pk) in self.latest]
        returned = [(one, pk) for one, pk, verdict in sent if verdict == VerdictOutcome.RETURNED]
        settled = {one.pk for one, _pk, verdict in sent if verdict in _VERIFIED}
        verified = sum(target.pk in settled for target in owed)
        drafts = self.drafts.get(key, 0)
        exception_until = self.exceptions.get(key)
        phase = phase_of(
            starts_on=period.starts_on,
            due_at=period.due_at,
            locks_at=period.locks_at,
            exception_until=exception_until,
            now=self.now,
        )
        state = report_state(len(owed), len(owed) - len(missing), verified, len(returned), drafts)
        return Cell(
            participant=unit,
            period=period,
            phase=phase,
            exception_until=exception_until,
            owed=len(owed),
            reported=len(owed) - len(missing),
            drafts=drafts,
            returned=len(returned),
            missing=missing,
            reopened=tuple(
                Reopened(target=target, until=self.reopened[pk]) for target, pk in returned if pk in self.reopened
            ),
            reported_at=max((self.first[t.pk, period.pk] for t in owed), default=None) if not missing else None,
            is_waived=key in self.waived,
            reminded_at=self.reminded.get(key),
            shown=shown_state(state, phase, bool(missing), key in self.waived),
        )


_VERIFIED = (VerdictOutcome.ACCEPTED, VerdictOutcome.ADJUSTED)


def shown_state(state: str, phase: Phase, is_missing: bool, is_waived: bool) -> str:
    """The one state that matters most: what is past due comes before what is typed or came back."""
    if state == NOT_OWED:
        return NOT_OWED
    if is_missing and is_waived:
        return WAIVED
    if is_missing and phase == Phase.LOCKED:
        return MISSING
    if state == ReportState.RETURNED:
        return state
    if is_missing and phase in (Phase.LATE, Phase.EXCEPTION):
        return OVERDUE
    return state
