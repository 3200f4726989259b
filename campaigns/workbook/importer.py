"""Import a campaign workbook: all of it, or nothing and a list of what to mend."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import BinaryIO

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from campaigns.actions.campaign import write_opening
from campaigns.actions.outbox import enqueue
from campaigns.enums import CampaignStatus
from campaigns.models import User
from campaigns.permissions import Permission, require
from campaigns.queries.readiness import Code, Finding, blocking, odd, readiness

from .campaign_sheet import CampaignSheet, start_plan
from .confirmation_sheets import GateSheet, PointSheet, ReportWaiverSheet
from .measurement_sheet import MeasurementSheet
from .plan import Change, ImportPlan, Tally
from .plan_sheets import AreaSheet, BlocSheet, IndicatorSheet, PeriodSheet
from .problems import Problems, WorkbookRefused, refuse
from .reader import Book, read_book
from .registry import SheetHandler, extensions
from .sheets import AREAS, CAMPAIGN, INDICATORS, OWN_SHEETS, PERIODS, TARGETS, UNITS, Sheet
from .target_sheets import TargetSheet
from .unit_sheets import RegistrationSheet, UnitSheet
from .writing import write

_SCORE_DELAY = 30  # seconds, as after a report
_CALENDAR = {
    Code.NO_PERIOD,
    Code.PERIOD_GAP,
    Code.PERIOD_OVERLAP,
    Code.CALENDAR_STARTS_LATE,
    Code.CALENDAR_ENDS_EARLY,
    Code.PERIOD_AFTER_END,
}
_SHEET_OF = {
    **dict.fromkeys(_CALENDAR, PERIODS),
    Code.NO_ACTIVE_AREA: AREAS,
    Code.NO_TARGET: TARGETS,
    Code.RULE_BROKEN: TARGETS,
    Code.UNIT_WITHOUT_TARGETS: UNITS,
    Code.AREA_WITHOUT_INDICATORS: INDICATORS,
}


@dataclass(frozen=True)
class ImportResult:
    """What an import did, or would do."""

    campaign_code: str
    is_new: bool
    opened: bool  # the campaign was opened by this import
    written: bool  # something was written (never in a rehearsal)
    tallies: dict[str, Tally]  # by sheet, in the order of the workbook
    changes: list[Change]
    warnings: list[str]


def all_handlers() -> list[SheetHandler]:
    """Return the handlers of every sheet below the campaign's, in the order in which they are compared and written."""
    return [
        AreaSheet(),
        BlocSheet(),
        UnitSheet(),
        IndicatorSheet(),
        PeriodSheet(),
        TargetSheet(),
        MeasurementSheet(),
        PointSheet(),
        ReportWaiverSheet(),
        GateSheet(),
        RegistrationSheet(),
        *extensions(),
    ]


def all_sheets() -> list[Sheet]:
    """Return every sheet a workbook may hold, in the order in which it shows them."""
    return [*OWN_SHEETS, *(handler.sheet for handler in extensions())]


class _Rehearsed(Exception):
    """Ends the transaction of a rehearsal."""


def import_workbook(
    *, file: BinaryIO, file_name: str, by: User | None, now: dt.datetime, dry_run: bool = False
) -> ImportResult:
    """Import a workbook in one transaction; return what was new, changed and unchanged.

    In order: role; the file is read; its rows are compared with the campaign, whose row is locked; new and changed
    records are written; a new campaign with measurements is opened where nothing blocks it; audit entry. With
    ``dry_run`` the same is done up to the measurements and undone. ``by=None`` is the operator at the console.
    Raises WorkbookRefused with every problem found (nothing is written), PermissionDenied.
    """
    if by is not None:
        require(by, Permission.EDIT_PLAN)
    book = read_book(file, all_sheets())
    try:
        with transaction.atomic():
            plan = _compare(book, file_name, by, now)
            if plan.writes:
                _carry_out(plan, dry_run=dry_run)
            result = _result(plan, written=plan.writes and not dry_run)
            if dry_run:
                raise _Rehearsed
    except _Rehearsed:
        pass
    except (IntegrityError, DataError) as error:
        raise refuse(
            _("The database refuses the workbook (%(detail)s). Nothing was written.")
            % {"detail": str(error).splitlines()[0][:200]}
        ) from error
    return result


def _compare(book: Book, file_name: str, by: User | None, now: dt.datetime) -> ImportPlan:
    plan = start_plan(book=book, file_name=file_name, by=by, now=now)
    if plan is None:
        raise WorkbookRefused(book.problems)
    CampaignSheet().compare(book.rows[CAMPAIGN.name], plan)
    for handler in all_handlers():
        handler.compare(book.rows.get(handler.sheet.name, []), plan)
    book.problems.raise_if_any()
    return plan


def _carry_out(plan: ImportPlan, *, dry_run: bool) -> None:
    write(plan, with_history=not dry_run)
    findings = readiness(plan.campaign) if plan.campaign.status == CampaignStatus.PREPARATION else []
    if plan.opens:
        if plan.by is not None:
            require(plan.by, Permission.OPEN_CAMPAIGN)
        _refuse_unready(blocking(findings))
        write_opening(plan.campaign, by=plan.by, now=plan.now)
    elif plan.campaign.is_open:
        enqueue(topic="score.refresh", key=str(plan.campaign.pk), now=plan.now, delay=_SCORE_DELAY)
    plan.warnings += [
        _("Before it can be opened: %(finding)s") % {"finding": finding} for finding in blocking(findings)
    ]
    plan.warnings += [str(finding) for finding in odd(findings)]


def _refuse_unready(findings: list[Finding]) -> None:
    problems = Problems()
    for finding in findings:
        sheet = _SHEET_OF.get(finding.code)
        problems.add(
            _("%(finding)s Mend this, or set the status “dự thảo” to import it without opening.")
            % {"finding": finding.text},
            sheet=sheet.name if sheet else CAMPAIGN.name,
            value=finding.where,
        )
    problems.raise_if_any()


def _result(plan: ImportPlan, *, written: bool) -> ImportResult:
    order = [sheet.name for sheet in all_sheets()]
    return ImportResult(
        campaign_code=plan.campaign.code,
        is_new=plan.is_new,
        opened=plan.opens,
        written=written,
        tallies={name: plan.tallies[name] for name in order if name in plan.tallies},
        changes=plan.changes,
        warnings=plan.warnings,
    )
