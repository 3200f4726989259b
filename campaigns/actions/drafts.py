"""Drafts: what a unit types before it sends. One writer for a box, one for the three texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.calendar import local_day
from campaigns.enums import EntryKind
from campaigns.models import DraftValue, Participant, Period, Report, Target, User
from campaigns.permissions import Permission, require
from campaigns.queries.report_box import Box
from campaigns.queries.reporting_grid import read_grid
from campaigns.vietnamese import normalise

from .refusals import ActRefused

LONGEST_NOTE = 2_000  # characters
LONGEST_TEXT = 5_000


class ReportingRefused(ActRefused):
    """The value, file or report is not taken."""


class StaleDraft(Exception):
    """Somebody else saved the box first. ``current`` is what is stored now, ``typed`` what would have replaced it."""

    def __init__(self, *, current: DraftValue, typed: DraftEntry) -> None:
        super().__init__("the box was saved by somebody else")
        self.current = current
        self.typed = typed


class StaleTexts(Exception):
    """Somebody else saved the report's texts first; ``current`` is what is stored now."""

    def __init__(self, *, current: Report) -> None:
        super().__init__("the texts were saved by somebody else")
        self.current = current


@dataclass(frozen=True)
class DraftEntry:
    """What a person leaves in one box, exactly as typed."""

    kind: EntryKind = EntryKind.EMPTY
    typed: str = ""
    numerator: str = ""
    denominator: str = ""
    completed_on: dt.date | None = None
    note: str = ""


@dataclass(frozen=True)
class ReportTexts:
    """The three short texts that go with a report."""

    results: str = ""
    difficulties: str = ""
    proposals: str = ""

    def normalised(self) -> ReportTexts:
        """Return the texts in the one form that is stored."""
        return ReportTexts(*(normalise(text) for text in (self.results, self.difficulties, self.proposals)))


@transaction.atomic
def save_draft(
    *,
    participant: Participant,
    period: Period,
    target: int,
    entry: DraftEntry,
    version: int,
    by: User,
    now: dt.datetime,
) -> DraftValue | None:
    """Keep what is typed in one box; ``version`` is the one the typist saw (0: none).

    Returns the draft, or None when nothing was typed and nothing is kept. Saving what is already there succeeds
    whatever the version, so a repeated request is harmless. A returned value's files come along when its box is
    filled again. Raises PermissionDenied, ReportingRefused (the box is not open), StaleDraft, and
    Target.DoesNotExist for a target that is not in the unit's grid.
    """
    require(by, Permission.DRAFT_REPORT, unit=participant.unit_id, on=local_day(now))
    report = lock_report(participant, period, by=by)
    box = open_box(participant, period, target, now=now)
    return write_box(report, box, entry, version, by=by)


@transaction.atomic
def save_drafts(
    *,
    participant: Participant,
    period: Period,
    entries: Mapping[int, tuple[DraftEntry, int]],
    by: User,
    now: dt.datetime,
) -> dict[int, StaleDraft]:
    """Keep a whole page of boxes, given by target with the version each was seen in; boxes that are not open stay.

    Returns the boxes somebody else saved first, which stay as they are. Raises PermissionDenied.
    """
    require(by, Permission.DRAFT_REPORT, unit=participant.unit_id, on=local_day(now))
    report = lock_report(participant, period, by=by)
    stale = {}
    for box in read_grid(participant=participant, period=period, now=now).boxes:
        if box.is_open and box.target.pk in entries:
            entry, version = entries[box.target.pk]
            try:
                write_box(report, box, entry, version, by=by)
            except StaleDraft as conflict:
                stale[box.target.pk] = conflict
    return stale


def write_box(report: Report, box: Box, entry: DraftEntry, version: int, *, by: User) -> DraftValue | None:
    """Write one box of a locked report, as ``save_draft`` says. Raises StaleDraft."""
    draft = DraftValue.objects.filter(report=report, target=box.target).first()
    entry = replace(entry, note=normalise(entry.note))
    if draft is not None and _same(draft, entry):
        return draft
    if draft is None:
        if entry == DraftEntry() and not version:
            return None
        draft = DraftValue(report=report, target=box.target, version=0)
    if draft.version != version:
        raise StaleDraft(current=draft, typed=entry)
    begins = box.is_returned and not box.has_entry and not box.files and entry.kind != EntryKind.EMPTY
    draft.kind = entry.kind
    draft.typed, draft.note, draft.completed_on = entry.typed, entry.note, entry.completed_on
    draft.typed_numerator, draft.typed_denominator = entry.numerator, entry.denominator
    draft.updated_by = by
    draft.version += 1
    draft.save()
    if begins:
        draft.files.set(box.sent_files)
    return draft


def _same(draft: DraftValue, entry: DraftEntry) -> bool:
    return entry == DraftEntry(
        EntryKind(draft.kind),
        draft.typed,
        draft.typed_numerator,
        draft.typed_denominator,
        draft.completed_on,
        draft.note,
    )


@transaction.atomic
def save_texts(
    *, participant: Participant, period: Period, texts: ReportTexts, version: int, by: User, now: dt.datetime
) -> Report:
    """Keep the three texts of a report that is not sent yet; ``version`` is the one the typist saw (0: none).

    Raises PermissionDenied, ReportingRefused (nothing in the period is open), StaleTexts.
    """
    require(by, Permission.DRAFT_REPORT, unit=participant.unit_id, on=local_day(now))
    existed = Report.objects.filter(participant=participant, period=period).exists()
    report = lock_report(participant, period, by=by)
    if not read_grid(participant=participant, period=period, now=now).takes_input:
        raise ReportingRefused(closed_message(participant), "closed")
    texts = texts.normalised()
    if texts == ReportTexts(report.results, report.difficulties, report.proposals):
        return report
    if report.version != version and (existed or version):
        raise StaleTexts(current=report)
    write_texts(report, texts, by=by)
    return report


def write_texts(report: Report, texts: ReportTexts, *, by: User) -> None:
    """Write the three texts of a locked report, and count its version up."""
    report.results, report.difficulties, report.proposals = texts.results, texts.difficulties, texts.proposals
    report.updated_by = by
    report.version += 1
    report.save()


def lock_report(participant: Participant, period: Period, *, by: User) -> Report:
    """Return the unit's report for the period, locked until the transaction ends; made where there is none."""
    Report.objects.get_or_create(participant=participant, period=period, defaults={"updated_by": by})
    return Report.objects.select_for_update(of=("self",)).get(participant=participant, period=period)


def open_box(participant: Participant, period: Period, target: int, *, now: dt.datetime) -> Box:
    """Return one box of the unit's grid. Raises Target.DoesNotExist, and ReportingRefused when it is not open."""
    box = read_grid(participant=participant, period=period, now=now, only=target).box(target)
    if box is None:
        raise Target.DoesNotExist
    if not box.is_open:
        raise ReportingRefused(closed_message(participant), "closed")
    return box


def closed_message(participant: Participant) -> str | Promise:
    """Return why nothing can be sent now."""
    if participant.campaign.is_open:
        return _("The period is not open for reporting: its first day is not reached, or it is locked.")
    return _("The campaign is not running; reports are no longer taken.")
