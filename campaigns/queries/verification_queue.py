"""The verification queue: which values wait for whom, each read with everything that is looked at beside it.

The number of queries is fixed whatever the number of values.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from django.db.models import Q, QuerySet

from campaigns.calendar import local_day
from campaigns.display import input_number
from campaigns.enums import EntryKind, ReportingMode, VerdictOutcome
from campaigns.models import (
    Campaign,
    EvidenceFile,
    Measurement,
    MeasurementEvidence,
    Reopening,
    Target,
    TargetRevision,
    User,
)
from campaigns.permissions import Permission, can
from campaigns.report_checks import Entry, Facts, check_entry
from campaigns.values import readings, sum_of
from campaigns.verdict_rules import Standing
from campaigns.vietnamese import fold
from campaigns.visibility import visible_to

from .ledgers import LedgerFigures
from .previews import ShownFile, shown_files
from .verdict_cases import CASE_RELATIONS, VerdictDesk, staff_unit_ids
from .verification_item import Item

#: Periods that a value's trend shows.
TREND = 12


@dataclass(slots=True)
class Past:
    """One measurement of a target's history, as far as trend and checks need it."""

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


@dataclass(frozen=True, kw_only=True)
class QueueFilter:
    """What the queue is narrowed to; None means all."""

    area: int | None = None
    unit: int | None = None  # participant that is scored
    unit_words: str = ""  # of its code or name, without regard to diacritics; where there are too many to list
    indicator: int | None = None
    period: int | None = None
    check: str = ""  # only values that fail this check; a key of report_wording.CHECK_NAMES
    state: str = "waiting"  # waiting, attention (waiting, and a check wants a look), mine, done

    def narrow(self, rows: QuerySet[Measurement]) -> QuerySet[Measurement]:
        """Return the rows that the filter keeps; checks and standing are looked at afterwards."""
        columns = {
            "target__indicator__area_id": self.area,
            "target__participant_id": self.unit,
            "target__indicator_id": self.indicator,
            "period_id": self.period,
        }
        rows = rows.filter(**{name: value for name, value in columns.items() if value is not None})
        for word in fold(self.unit_words).split():
            rows = rows.filter(target__participant__unit__search_text__contains=word)
        return rows.exclude(verdict="") if self.state == "done" else rows.filter(verdict="")


def scope_of_staff(user: User, campaign: Campaign) -> QuerySet[Measurement]:
    """Return the campaign's values for those who see all units; empty for everybody else."""
    rows = visible_to(user, Measurement).filter(target__campaign=campaign)
    return rows if can(user, Permission.VIEW_ALL_UNITS) else rows.none()


def scope_of_verifier(desk: VerdictDesk, campaign: Campaign | None = None) -> QuerySet[Measurement]:
    """Return the values whose verdict the person's unit gives: in its own field, or as the substitute unit."""
    mine, own = desk.officer.speaks_for, desk.officer.own_units
    of_staff = staff_unit_ids(on=local_day(desk.now))
    named = Q(target__indicator__verifier__unit__in=mine)
    reported_by_staff = Q(target__participant__unit__in=of_staff) | Q(target__indicator__provider__unit__in=of_staff)
    substitute = Q(target__campaign__substitute_verifier__in=mine) & reported_by_staff
    party = Q(target__participant__unit__in=own) | Q(
        target__indicator__provider__isnull=False, target__indicator__provider__unit__in=own
    )
    rows = Measurement.objects.filter(named | substitute).exclude(party)
    return rows.filter(target__campaign=campaign) if campaign else rows


def in_order(rows: QuerySet[Measurement]) -> QuerySet[Measurement]:
    """Order the queue so that one indicator's units follow each other, with all that an item needs."""
    return rows.select_related(
        *CASE_RELATIONS, "target__indicator__area", "period", "sent_by", "verdict_by", "corrects", "corrects__sent_by"
    ).order_by(
        "period_end",
        "target__indicator__area__number",
        "target__indicator__code",
        "target__participant__sort_key",
        "target__participant__code",
        "sent_at",
        "pk",
    )


def inspect(rows: Sequence[Measurement], *, now: dt.datetime, desk: VerdictDesk | None = None) -> list[Item]:
    """Return the values with what stands beside them, in the given order. Eight queries.

    Without ``desk`` nobody's standing is decided.
    """
    ids = [row.pk for row in rows]
    targets = {row.target_id for row in rows}
    terms = {
        row.target_id: row
        for row in TargetRevision.objects.filter(target_id__in=targets, effective_from__lte=local_day(now)).order_by(
            "effective_from"
        )
    }
    history: dict[int, list[Past]] = defaultdict(list)
    columns = Measurement.objects.filter(target_id__in=targets).values_list(*(column.name for column in fields(Past)))
    for values in columns:
        past = Past(*values)
        history[past.target_id].append(past)
    files: dict[int, list[EvidenceFile]] = defaultdict(list)
    for use in MeasurementEvidence.objects.filter(measurement_id__in=ids).select_related("file").order_by("pk"):
        files[use.measurement_id].append(use.file)
    shown = shown_files(file for found in files.values() for file in found)
    reopened = dict(Reopening.objects.filter(measurement_id__in=ids).values_list("measurement_id", "until"))
    ledgers = LedgerFigures({row.target_id: row.target for row in rows}.values())
    return [
        _item(
            row,
            terms.get(row.target_id) or row.target,
            history[row.target_id],
            files.get(row.pk, []),
            previews=[shown[file.pk] for file in files.get(row.pk, [])],
            ledgers=ledgers,
            standing=desk.standing(row) if desk else None,
            reopened_until=reopened.get(row.pk),
        )
        for row in rows
    ]


def passes_all_checks(rows: Sequence[Measurement], *, now: dt.datetime) -> set[int]:
    """Return the keys of the values that pass every check."""
    return {item.measurement.pk for item in inspect(rows, now=now) if item.is_clean}


def _item(
    row: Measurement,
    terms: Target | TargetRevision,
    history: list[Past],
    files: list[EvidenceFile],
    *,
    previews: list[ShownFile],
    ledgers: LedgerFigures,
    standing: Standing | None,
    reopened_until: dt.datetime | None,
) -> Item:
    indicator = row.target.indicator
    known = readings(history, official=False)
    earlier = [one for one in known if one.period_end < row.period_end]
    previous = next((one for one in reversed(earlier) if one.value is not None), None)
    increment = indicator.mode == ReportingMode.INCREMENT
    facts = Facts(
        kind=indicator.kind,
        mode=indicator.mode,
        goal=terms.goal,
        due_on=terms.due_on,
        evidence_required=indicator.evidence_required,
        previous=previous.value if previous else None,
        sum_before=sum_of(known, without=row.period_end) if increment else None,
        is_due=True,
        already_sent=False,
        today=local_day(row.sent_at),
        ledger=ledgers.figure(row.target, goal=terms.goal, start=row.period_start, end=row.period_end),
    )
    _value, findings = check_entry(_entry(row, len(files)), facts)
    return Item(
        measurement=row,
        baseline=terms.baseline,
        goal=terms.goal,
        due_on=terms.due_on,
        trend=[one for one in known if one.period_end <= row.period_end][-TREND:],
        previous=previous,
        sum_so_far=sum_of([one for one in known if one.period_end <= row.period_end]) if increment else None,
        findings=findings,
        superseded=_is_superseded(row, history),
        files=files,
        previews=previews,
        standing=standing,
        reopened_until=reopened_until,
    )


def _entry(row: Measurement, files: int) -> Entry:
    """The sent value as the checks of a report read it."""
    if row.nothing:
        return Entry(EntryKind.NOTHING, note=row.note, files=files)
    if row.numerator is not None:
        return Entry(
            EntryKind.SHARE,
            numerator=input_number(row.numerator),
            denominator=input_number(row.denominator),
            note=row.note,
            files=files,
        )
    return Entry(EntryKind.NUMBER, input_number(row.value), completed_on=row.completed_on, note=row.note, files=files)


def _is_superseded(row: Measurement, history: Iterable[Past]) -> bool:
    return any(
        past.period_id == row.period_id
        and (past.sent_at, past.pk) > (row.sent_at, row.pk)
        and past.verdict != VerdictOutcome.RETURNED
        for past in history
    )
