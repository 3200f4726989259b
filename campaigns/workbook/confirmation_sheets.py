"""Points, report waivers and gates: acts that hold from a day, known by all they say.

They have no code. A row is the record with the same unit, day, reason and so on; two equal rows are two
records. History that comes with a campaign's first set-up counts at once; what is added to an open campaign
waits, like everything entered there, for a second person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Gate, PointEntry, ReportWaiver

from .plan import ImportPlan
from .reader import Row
from .sheets import GATE_ROWS, PERIODS, POINTS, REPORT_WAIVERS, UNITS, Sheet


class ConfirmedSheet:
    """A sheet of one of these acts."""

    sheet: Sheet
    model: type[models.Model]
    identity: tuple[str, ...]  # the columns that together name a record
    related: tuple[str, ...] = ("participant",)
    extra: tuple[str, ...] = ()  # fields of the model that must be empty for the workbook to carry it

    def compare(self, rows: list[Row], plan: ImportPlan) -> None:
        """Match the rows with the campaign's records and plan what is new or void now."""
        existing: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        if not plan.is_new:
            for record in self._records(plan.campaign).filter(withdrawn_at=None):
                existing[self._key(record)].append(record)
        for row in rows:
            values = self._resolved(row, plan)
            if values is None:
                continue
            key = tuple(_named(values[name]) for name in self.identity)
            record = _take(existing[key], values.get("voided_from"))
            if record is None:
                self._create(row, values, plan)
            else:
                self._void(row, record, values, plan)

    def _resolved(self, row: Row, plan: ImportPlan) -> dict[str, Any] | None:
        values = {column.key: row.get(column.key) for column in self.sheet.columns}
        values["participant"] = plan.find(row, "participant", UNITS)
        if "period" in values:
            values["period"] = plan.find(row, "period", PERIODS)
        if row.broken or values["participant"] is None or values.get("period", 0) is None:
            return None
        voided = values.get("voided_from")
        if voided is not None and voided < values["holds_from"]:
            plan.problem(row, "voided_from", _("It cannot be voided before the day from which it holds."))
            return None
        return values

    def _create(self, row: Row, values: dict[str, Any], plan: ImportPlan) -> None:
        if not plan.may_enter(row, "holds_from", values["holds_from"]):
            return
        if not plan.may_enter_for(row, values["participant"]):
            return
        record = self.model(
            **values,
            **self.columns(values, plan),
            entered_by=plan.by,
            entered_at=plan.now,
            imported_in=plan.imported if plan.brings_history else None,
        )
        plan.create(row, record)
        if not plan.brings_history:
            plan.warnings.append(
                _("Sheet “%(sheet)s”, row %(row)d waits for a second person's confirmation.")
                % {"sheet": self.sheet.name, "row": row.number}
            )

    def _void(self, row: Row, record: Any, values: dict[str, Any], plan: ImportPlan) -> None:
        if "voided_from" not in row.values:
            plan.tallies[self.sheet.name].unchanged += 1
            return
        wanted = values["voided_from"]
        ahead = record.voided_from is None or record.voided_from > plan.today
        may = ahead and (wanted is None or wanted >= plan.today)
        if may and record.voided_from != wanted and not plan.may_enter_for(row, values["participant"]):
            return
        plan.settle(row, record, {"voided_from": wanted}, still={"voided_from"} if may else ())

    def columns(self, values: dict[str, Any], plan: ImportPlan) -> dict[str, Any]:
        """Return what the model needs beside the sheet's columns."""
        return {}

    def _records(self, campaign: Campaign) -> models.QuerySet[Any]:
        rows = self.model._default_manager.filter(participant__campaign=campaign, **dict.fromkeys(self.extra, ""))
        return rows.select_related(*self.related, "participant__unit").order_by("pk")

    def _key(self, record: Any) -> tuple[Any, ...]:
        return tuple(_named(getattr(record, name)) for name in self.identity)

    def export(self, campaign: Campaign) -> Iterator[dict[str, Any]]:
        """Yield the records that count: confirmed, or imported with the campaign's history."""
        for record in self._records(campaign).confirmed().filter(withdrawn_at=None):  # type: ignore[attr-defined]
            yield {column.key: _named(getattr(record, column.key)) for column in self.sheet.columns}


def _named(value: Any) -> Any:
    return value.code if isinstance(value, models.Model) else value  # type: ignore[attr-defined]  # units and periods


def _take(records: list[Any], voided_from: Any) -> Any:
    """Take the record of this row out of the equal ones: the one that is void from the same day, else the first."""
    for record in records:
        if getattr(record, "voided_from", None) == voided_from:
            records.remove(record)
            return record
    return records.pop(0) if records else None


class PointSheet(ConfirmedSheet):
    """Bonus and penalty points."""

    sheet, model = POINTS, PointEntry
    identity = ("participant", "points_bp", "holds_from", "reason", "document_number")

    def _resolved(self, row: Row, plan: ImportPlan) -> dict[str, Any] | None:
        if row.values.get("points_bp") == 0:
            plan.problem(row, "points_bp", _("Points are not 0: above for a bonus, below for a penalty."))
            return None
        return super()._resolved(row, plan)


class ReportWaiverSheet(ConfirmedSheet):
    """Reports a unit need not send."""

    sheet, model = REPORT_WAIVERS, ReportWaiver
    identity = ("participant", "period", "holds_from", "reason")
    related = ("participant", "period")


class GateSheet(ConfirmedSheet):
    """Gates on units. Gates on a person are no part of the workbook."""

    sheet, model = GATE_ROWS, Gate
    identity = ("participant", "form", "holds_from", "reason", "document_number")
    extra = ("person_name",)

    def columns(self, values: dict[str, Any], plan: ImportPlan) -> dict[str, Any]:
        return {"campaign": plan.campaign}
