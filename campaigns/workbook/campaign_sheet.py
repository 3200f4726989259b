"""The campaign's own row: it says which campaign the workbook is about, and whether it opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from campaigns.enums import CampaignStatus
from campaigns.models import Campaign, Measurement, User, WorkbookImport

from .plan import ImportPlan, Stage, stage_of
from .reader import Book, Row
from .sheets import CAMPAIGN, MEASUREMENTS

#: What may still change in an open campaign: nothing of it bears on a score.
_STILL = frozenset({"name", "theme", "plan_number", "plan_date", "organiser_name", "proposed_closing_day"})
_BANDS = ("excellent_from_bp", "good_from_bp", "completed_from_bp")


class CampaignSheet:
    """The one row of the first sheet."""

    sheet = CAMPAIGN

    def compare(self, rows: list[Row], plan: ImportPlan) -> None:
        """Compare the campaign's own columns; ``start_plan`` has found the campaign already."""
        row = rows[0]
        if row.broken or not _is_sound(row, plan):
            return
        wanted = {key: value for key, value in row.values.items() if key != "status"}
        if plan.is_new:
            plan.tallies[self.sheet.name].new += 1
        else:
            plan.settle(row, plan.campaign, wanted, still=_STILL)
        self._decide_opening(row, plan)

    def _decide_opening(self, row: Row, plan: ImportPlan) -> None:
        """Take the status asked for; an empty one means open where there are measurements, at the first set-up."""
        asked = row.values.get("status")
        if plan.stage in (Stage.OPEN, Stage.CLOSED):
            if asked == CampaignStatus.PREPARATION:
                plan.frozen(row, "status", CampaignStatus.OPEN)
            return
        if asked is None and plan.stage is Stage.SETUP and _has_measurements(plan):
            asked = CampaignStatus.OPEN
        plan.opens = asked == CampaignStatus.OPEN

    def export(self, campaign: Campaign) -> Iterator[dict[str, Any]]:
        """Yield the campaign's row; a closed campaign reads as a running one."""
        in_preparation = campaign.status == CampaignStatus.PREPARATION
        row = {column.key: getattr(campaign, column.key) for column in self.sheet.columns}
        yield row | {"status": CampaignStatus.PREPARATION if in_preparation else CampaignStatus.OPEN}


def _has_measurements(plan: ImportPlan) -> bool:
    if plan.book.rows.get(MEASUREMENTS.name):
        return True
    return not plan.is_new and Measurement.objects.filter(target__campaign=plan.campaign).exists()


def _is_sound(row: Row, plan: ImportPlan) -> bool:
    before = plan.problems.count
    if row.values["ends_on"] < row.values["starts_on"]:
        plan.problem(row, "ends_on", _("The last day lies before the first."))
    excellent, good, completed = (row.get(key) for key in _BANDS)
    if not completed <= good <= excellent:
        plan.problem(row, "excellent_from_bp", _("The class thresholds must rise from completed to excellent."))
    return plan.problems.count == before


def start_plan(*, book: Book, file_name: str, by: User | None, now: dt.datetime) -> ImportPlan | None:
    """Find (and lock) the campaign the workbook is about, or begin a new one; None where no row names it."""
    rows = book.rows.get(CAMPAIGN.name, [])
    if len(rows) != 1:
        book.problems.add(
            _("The sheet must hold exactly one row, the campaign's; it holds %(count)d.") % {"count": len(rows)},
            sheet=CAMPAIGN.name,
        )
        return None
    row = rows[0]
    code = row.values.get("code")
    if code is None:
        return None
    known = Campaign.objects.select_for_update(of=("self",)).filter(code=code).first()
    values = {column.key: row.get(column.key) for column in CAMPAIGN.columns if column.key != "status"}
    campaign = known or Campaign(**values)
    return ImportPlan(
        campaign=campaign,
        book=book,
        by=by,
        now=now,
        imported=WorkbookImport(file_name=file_name[:255], sha256=book.sha256, imported_by=by, imported_at=now),
        is_new=known is None,
        stage=stage_of(campaign),
        warnings=list(book.notices),
        unnamed=set(book.unreadable),
    )
