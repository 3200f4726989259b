""" "Giữ nguyên": figures that have not changed are drafted again in one act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from campaigns.calendar import local_day
from campaigns.display import input_number
from campaigns.enums import EntryKind, VerdictOutcome
from campaigns.models import EvidenceFile, MeasurementEvidence, Participant, Period, User
from campaigns.permissions import Permission, require
from campaigns.queries.report_box import Box
from campaigns.queries.reporting_grid import read_grid

from .drafts import DraftEntry, lock_report, write_box


@transaction.atomic
def carry_over(
    *, participant: Participant, period: Period, by: User, now: dt.datetime, target: int | None = None
) -> list[Box]:
    """Draft the last figure again in every due box that is open and empty, or in one box; return these boxes.

    A figure of which evidence is asked brings the files along that it stood on: they show what has not changed.
    Nothing is sent. A box with something typed, and one already sent, is left as it is. Raises PermissionDenied.
    """
    require(by, Permission.DRAFT_REPORT, unit=participant.unit_id, on=local_day(now))
    report = lock_report(participant, period, by=by)
    grid = read_grid(participant=participant, period=period, now=now, only=target)
    boxes = grid.may_stay if target is None else [box for box in grid.boxes if box.may_stay]
    files = _files_behind(boxes, participant)
    for box in boxes:
        draft = write_box(report, box, _same_again(box), box.draft_version, by=by)
        if draft is not None and not box.files and (kept := files.get(box.target.pk)):
            draft.files.set(kept)
    return boxes


def _same_again(box: Box) -> DraftEntry:
    last = box.previous
    assert last is not None  # Box.may_stay
    return DraftEntry(
        kind=EntryKind.NUMBER, typed=input_number(last.value), completed_on=last.completed_on, note=box.entry.note
    )


def _files_behind(boxes: Iterable[Box], participant: Participant) -> dict[int, list[EvidenceFile]]:
    """The files of the measurements that gave the figures, by target; of the unit's own files."""
    asked = {
        box.target.pk: box.previous.period_end
        for box in boxes
        if box.target.indicator.evidence_required and box.previous is not None
    }
    uses = (
        MeasurementEvidence.objects.filter(measurement__target_id__in=asked, file__participant=participant)
        .exclude(measurement__verdict=VerdictOutcome.RETURNED)
        .select_related("measurement", "file")
        .order_by("measurement__sent_at", "measurement_id", "pk")
    )
    found: dict[int, dict[int, list[EvidenceFile]]] = {}
    for use in uses:
        row = use.measurement
        if row.period_end == asked[row.target_id]:
            found.setdefault(row.target_id, {}).setdefault(row.pk, []).append(use.file)
    return {target: list(by_row.values())[-1] for target, by_row in found.items()}
