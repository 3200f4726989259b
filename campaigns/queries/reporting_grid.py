"""One unit's grid for one period: every box with what stands beside it. The number of queries is fixed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from campaigns.calendar import local_day
from campaigns.enums import EntryKind, ReportingMode, VerdictOutcome
from campaigns.models import (
    DraftValue,
    EvidenceFile,
    LateException,
    Measurement,
    MeasurementEvidence,
    Participant,
    Period,
    Reopening,
    Report,
    Target,
    TargetRevision,
)
from campaigns.openness import Phase, is_reopened, phase_of, takes_values
from campaigns.report_checks import Entry, Facts, check_entry
from campaigns.values import gap, last_figure, readings, sum_of

from .ledgers import LedgerFigures
from .owed import Schedule, in_period, reported_by
from .report_box import Box, Grid, Group


def read_grid(*, participant: Participant, period: Period, now: dt.datetime, only: int | None = None) -> Grid:
    """Return the grid of a unit (as reporter) for a period, as of ``now``. Twelve queries whatever its size.

    ``only`` narrows it to the box of one target: what saving that box needs.
    """
    periods = list(Period.objects.filter(campaign_id=participant.campaign_id).order_by("ends_on"))
    schedule = Schedule(periods)
    targets = in_period(reported_by(participant, only=only), period, reporter=participant)
    exception_until = exception_end(participant, period, now=now)
    phase = phase_of(
        starts_on=period.starts_on,
        due_at=period.due_at,
        locks_at=period.locks_at,
        exception_until=exception_until,
        now=now,
    )
    report = Report.objects.filter(participant=participant, period=period).first()
    reader = _Reader(
        participant=participant,
        period=period,
        periods=periods,
        phase=phase,
        is_open=participant.campaign.is_open,
        now=now,
        targets=targets,
        report=report,
    )
    return Grid(
        participant=participant,
        period=period,
        periods=periods,
        phase=phase,
        exception_until=exception_until,
        campaign_open=participant.campaign.is_open,
        report=report,
        groups=_grouped((reader.box(t, is_due=schedule.is_due(t, period)) for t in targets), participant),
    )


def exception_end(participant: Participant, period: Period, *, now: dt.datetime) -> dt.datetime | None:
    """Return until when a late exception opens the period for the unit; None when none holds at ``now``."""
    return (
        LateException.objects.filter(participant=participant, period=period, approved_at__lte=now, ends_at__gt=now)
        .order_by("-ends_at")
        .values_list("ends_at", flat=True)
        .first()
    )


class _Sent(NamedTuple):
    """The columns of a measurement that a figure is read from: a unit's history is long, and no more of it is used."""

    pk: int
    target_id: int
    period_id: int
    period_end: dt.date
    sent_at: dt.datetime
    nothing: bool
    value: Decimal | None
    completed_on: dt.date | None
    verdict: str
    verified_value: Decimal | None
    verified_completed_on: dt.date | None


class _Reader:
    """Fetches everything the boxes need at once, then puts each box together."""

    def __init__(
        self,
        *,
        participant: Participant,
        period: Period,
        periods: list[Period],
        phase: Phase,
        is_open: bool,
        now: dt.datetime,
        targets: list[Target],
        report: Report | None,
    ) -> None:
        self.period, self.phase, self.is_open, self.now = period, phase, is_open, now
        self.codes = {p.ends_on: p.code for p in periods}
        ids = [target.pk for target in targets]
        self.terms = {
            row.target_id: row
            for row in TargetRevision.objects.filter(target_id__in=ids, effective_from__lte=local_day(now)).order_by(
                "effective_from"
            )
        }
        self.rows: dict[int, list[_Sent]] = defaultdict(list)
        for columns in Measurement.objects.filter(target_id__in=ids).order_by().values_list(*_Sent._fields):
            sent = _Sent(*columns)
            self.rows[sent.target_id].append(sent)
        latest_ids = [
            max(here, key=lambda row: (row.sent_at, row.pk)).pk
            for rows in self.rows.values()
            if (here := [row for row in rows if row.period_id == period.pk])
        ]
        latest = Measurement.objects.filter(pk__in=latest_ids).select_related("sent_by", "verdict_by")
        self.latest = {row.target_id: row for row in latest}
        self.ledgers = LedgerFigures(targets)
        self.sent_files: dict[int, list[EvidenceFile]] = defaultdict(list)
        for use in MeasurementEvidence.objects.filter(measurement_id__in=latest_ids).select_related("file"):
            self.sent_files[use.measurement_id].append(use.file)
        self.reopened = dict(
            Reopening.objects.filter(measurement_id__in=latest_ids).values_list("measurement_id", "until")
        )
        drafts = DraftValue.objects.filter(report=report).select_related("updated_by").prefetch_related("files")
        self.drafts = {draft.target_id: draft for draft in drafts}

    def box(self, target: Target, *, is_due: bool) -> Box:
        """Put one box together from what was fetched."""
        indicator, rows = target.indicator, self.rows[target.pk]
        terms = self.terms.get(target.pk) or target
        official, provisional = readings(rows, official=True), readings(rows, official=False)
        increment = indicator.mode == ReportingMode.INCREMENT
        last = last_figure(official)
        official_sum = sum_of(official) if increment else None
        previous = last_figure(provisional, before=self.period.ends_on)
        sum_before = sum_of(provisional, without=self.period.ends_on) if increment else None
        sent = self.latest.get(target.pk)
        returned = sent is not None and sent.verdict == VerdictOutcome.RETURNED
        until = self.reopened.get(sent.pk) if sent else None
        reopened = is_reopened(latest_is_returned=returned, until=until, now=self.now)
        draft = self.drafts.get(target.pk)
        files = list(draft.files.all()) if draft else []
        facts = Facts(
            kind=indicator.kind,
            mode=indicator.mode,
            goal=terms.goal,
            due_on=terms.due_on,
            evidence_required=indicator.evidence_required,
            previous=previous.value if previous else None,
            sum_before=sum_before,
            is_due=is_due,
            already_sent=sent is not None and not returned,
            today=local_day(self.now),
            ledger=self.ledgers.figure(target, goal=terms.goal, start=self.period.starts_on, end=self.period.ends_on),
        )
        entry = entry_of(draft, files)
        value, findings = check_entry(entry, facts)
        return Box(
            target=target,
            baseline=terms.baseline,
            goal=terms.goal,
            due_on=terms.due_on,
            is_due=is_due,
            is_open=self.is_open and (takes_values(self.phase) or reopened),
            reopened_until=until if reopened else None,
            last=last,
            last_code=self.codes.get(last.period_end, "") if last else "",
            official_sum=official_sum,
            sum_before=sum_before,
            previous=previous,
            gap=gap(indicator.kind, goal=terms.goal, value=official_sum if increment else last.value if last else None),
            sent=sent,
            sent_files=self.sent_files.get(sent.pk, []) if sent else [],
            draft=draft if draft and not is_cleared(draft, files) else None,
            draft_version=draft.version if draft else 0,
            files=files,
            facts=facts,
            entry=entry,
            value=value,
            findings=findings,
        )


def entry_of(draft: DraftValue | None, files: list[EvidenceFile]) -> Entry:
    """Return a draft as the checks read it."""
    if draft is None:
        return Entry(EntryKind.EMPTY)
    return Entry(
        draft.kind,
        draft.typed,
        draft.typed_numerator,
        draft.typed_denominator,
        draft.completed_on,
        draft.note,
        len(files),
    )


def is_cleared(draft: DraftValue, files: list[EvidenceFile]) -> bool:
    """Whether nothing is left in a draft: it was sent, or emptied by hand."""
    return draft.kind == EntryKind.EMPTY and not draft.note and not draft.completed_on and not files


def _grouped(boxes: Iterable[Box], participant: Participant) -> list[Group]:
    groups: dict[str, Group] = {}
    for box in boxes:
        indicator, area = box.target.indicator, box.target.indicator.area
        provided = indicator.provider_id == participant.pk
        key = f"chi-tieu-{indicator.pk}" if provided else f"noi-dung-{area.number}"
        if key not in groups:
            title = f"{indicator.code} · {indicator.name}" if provided else area.name
            groups[key] = Group(key=key, number=area.number, title=title, by_unit=provided)
        groups[key].boxes.append(box)
    return list(groups.values())
