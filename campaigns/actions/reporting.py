"""Reporting: the one act that makes what is drafted a record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.calendar import local_day
from campaigns.enums import EntryKind
from campaigns.models import Measurement, MeasurementEvidence, Participant, Period, Report, Submission, User
from campaigns.permissions import Permission, require
from campaigns.queries.report_box import Box, Grid
from campaigns.queries.reporting_grid import read_grid
from campaigns.report_checks import Finding, Value, check_entry, unexplained
from campaigns.report_checks import blocking as blocking_of
from campaigns.vietnamese import normalise

from .audit import digest_of, record
from .drafts import ReportingRefused, ReportTexts, closed_message, lock_report, write_texts
from .idempotency import once
from .locks import hold_campaign
from .outbox import enqueue
from .refusals import traced


class ShownChanged(ReportingRefused):
    """What would be sent is not what the sender was shown."""


class ChecksFailed(ReportingRefused):
    """A check keeps the report from being sent; ``findings`` are by target."""

    def __init__(self, message: str | Promise, findings: Mapping[int, list[Finding]]) -> None:
        super().__init__(message, "checks")
        self.findings = findings


def shown_digest(grid: Grid) -> str:
    """Return the digest of what would be sent, as the review page shows it: drafts and files, not texts."""
    return digest_of([[box.target.pk, box.draft_version, [file.pk for file in box.files]] for box in grid.to_send])


@traced
def submit_report(
    *,
    participant: Participant,
    period: Period,
    texts: ReportTexts,
    notes: Mapping[int, str],
    seen: str,
    key: str,
    by: User,
    now: dt.datetime,
) -> Submission:
    """Send what is drafted for a period and return the receipt. Everything is sent, or nothing.

    ``notes`` are written on the review page (by target) and replace the drafts' own; ``seen`` is the
    ``shown_digest`` of what the sender looked at; ``key`` makes sending the same form twice one act. ``now``
    decides, inside the locks, whether the period is open.

    In order: the campaign is held open and the report locked; every box to send is open and passes its checks;
    the submission, its values and their evidence are recorded; the drafts are cleared; the texts are kept; a
    provisional score is asked for; the trail gets its entry.

    Raises PermissionDenied, ReportingRefused (closed, nothing to send), ShownChanged, ChecksFailed, and
    idempotency's IdempotencyMismatch for a key that came with another form.
    """
    require(by, Permission.SUBMIT_REPORT, unit=participant.unit_id, on=local_day(now))
    texts = texts.normalised()
    request = {
        "act": "report.submit",
        "participant": participant.pk,
        "period": period.pk,
        "texts": [texts.results, texts.difficulties, texts.proposals],
        "notes": sorted((target, normalise(note)) for target, note in notes.items()),
        "seen": seen,
    }
    with transaction.atomic():
        with once(actor=by, key=key, request=request, now=now) as earlier:
            if earlier.result is not None:
                return Submission.objects.get(pk=earlier.result["submission"])
            submission = _send(participant, period, texts, notes, seen, by=by, now=now)
            earlier.keep({"submission": submission.pk})
        return submission


def _send(
    participant: Participant,
    period: Period,
    texts: ReportTexts,
    notes: Mapping[int, str],
    seen: str,
    *,
    by: User,
    now: dt.datetime,
) -> Submission:
    participant.campaign = campaign = hold_campaign(participant.campaign_id)
    if not campaign.is_open:
        raise ReportingRefused(closed_message(participant), "closed")
    report = lock_report(participant, period, by=by)
    grid = read_grid(participant=participant, period=period, now=now)
    if not grid.takes_input:
        raise ReportingRefused(closed_message(participant), "closed")
    if not grid.to_send:
        raise ReportingRefused(_("There is nothing to send: no value is filled in."), "empty")
    if shown_digest(grid) != seen:
        raise ShownChanged(
            _("The values have changed since you looked at them. Check them once more, then send."), "changed"
        )
    values = _checked(grid, notes)
    if grid.is_last_period and not (texts.results and texts.difficulties and texts.proposals):
        raise ReportingRefused(_("The last report needs all three texts: results, difficulties, proposals."), "texts")
    submission = Submission.objects.create(
        report=report,
        number=_receipt_number(report),
        sent_at=now,
        sent_by=by,
        results=texts.results,
        difficulties=texts.difficulties,
        proposals=texts.proposals,
    )
    _record_values(submission, period, values, notes, by=by, now=now)
    for box, _value in values:
        _clear(box, by=by)
    write_texts(report, texts, by=by)
    enqueue(topic="score.refresh", key=str(campaign.pk), now=now, delay=30)
    record(
        action="report.submitted",
        subject=submission,
        by=by,
        now=now,
        participant=participant,
        after={"period": period.code, "values": [_trail_line(box, value) for box, value in values]},
    )
    return submission


def _checked(grid: Grid, notes: Mapping[int, str]) -> list[tuple[Box, Value]]:
    """The boxes to send with what each means. Raises ChecksFailed."""
    values, failed = [], {}
    for box in grid.to_send:
        entry = replace(box.entry, note=notes.get(box.target.pk, box.entry.note))
        value, findings = check_entry(entry, box.facts)
        stopping = [*blocking_of(findings), *unexplained(entry, findings)]
        if stopping or value is None:
            failed[box.target.pk] = stopping
        else:
            values.append((box, value))
    if failed:
        raise ChecksFailed(_("Some values cannot be sent as they are."), failed)
    return values


def _receipt_number(report: Report) -> str:
    """A number people can read out; one made of keys where the codes are too long or read the same."""
    participant, period = report.participant, report.period
    count = Submission.objects.filter(report=report).count() + 1
    number = f"BN-{participant.campaign.code}-{period.code}-{participant.code}-{count:02d}"
    longest = Submission._meta.get_field("number").max_length or 0
    if len(number) > longest or Submission.objects.filter(number=number).exists():
        number = f"BN-{participant.campaign_id}-{period.pk}-{participant.pk}-{count:02d}"
    return number


def _record_values(
    submission: Submission,
    period: Period,
    values: list[tuple[Box, Value]],
    notes: Mapping[int, str],
    *,
    by: User,
    now: dt.datetime,
) -> None:
    rows = [
        Measurement(
            target=box.target,
            period=period,
            period_start=period.starts_on,
            period_end=period.ends_on,
            submission=submission,
            nothing=value.nothing,
            value=value.value,
            numerator=value.numerator,
            denominator=value.denominator,
            completed_on=value.completed_on,
            note=normalise(notes.get(box.target.pk, box.entry.note)),
            sent_at=now,
            sent_by=by,
        )
        for box, value in values
    ]
    Measurement.objects.bulk_create(rows)
    MeasurementEvidence.objects.bulk_create(
        MeasurementEvidence(measurement=row, file=file)
        for row, (box, _value) in zip(rows, values, strict=True)
        for file in box.files
    )


def _clear(box: Box, *, by: User) -> None:
    """Empty a sent draft. The row stays and its version moves on: a typist who still holds it is told."""
    draft = box.draft
    assert draft is not None  # it was just sent
    draft.kind, draft.completed_on, draft.note = EntryKind.EMPTY, None, ""
    draft.typed = draft.typed_numerator = draft.typed_denominator = ""
    draft.updated_by = by
    draft.version += 1
    draft.save()
    draft.files.clear()


def _trail_line(box: Box, value: Value) -> dict[str, str]:
    """One value as the audit trail keeps it."""
    line = {
        "indicator": box.target.indicator.code,
        "unit": box.target.participant.code,
        "value": "nothing" if value.nothing else str(value.value),
    }
    if value.numerator is not None:
        line |= {"numerator": str(value.numerator), "denominator": str(value.denominator)}
    if value.completed_on is not None:
        line["completed_on"] = value.completed_on.isoformat()
    if box.files:
        line["evidence"] = ",".join(file.sha256 for file in box.files)
    return line
