"""The plan's plain sheets: content areas, blocs, indicators, reporting periods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from campaigns.models import Area, Bloc, Campaign, Indicator, Measurement, Period
from campaigns.plan_rules import mode_problem
from campaigns.wording import plan_problem

from .plan import ImportPlan, Stage
from .reader import Row
from .sheets import AREAS, BLOCS, INDICATORS, PERIODS, UNITS, Sheet


class CodedSheet:
    """A sheet whose rows are records of the campaign, each known by its first column."""

    sheet: Sheet
    model: type[models.Model]
    key: str  # the column that names a row
    related: tuple[str, ...] = ()

    def compare(self, rows: list[Row], plan: ImportPlan) -> None:
        """Match the rows with the campaign's records by code and plan what is new or changed."""
        known = plan.known[self.sheet.name]
        known.update(self.existing(plan))
        seen: set[Any] = set()
        for row in rows:
            code = row.values.get(self.key)
            if code is None:  # reported when it was read; who refers to it is not told again
                plan.unnamed.add(self.sheet.name)
                continue
            if code in seen:
                plan.problem(row, self.key, _("This code stands twice on the sheet."))
                continue
            seen.add(code)
            self._compare_row(row, code, known, plan)

    def _compare_row(self, row: Row, code: Any, known: dict[Any, Any], plan: ImportPlan) -> None:
        instance = known.get(code)
        wanted = None if row.broken else self.wanted(row, plan)
        if wanted is None:
            if instance is None:
                plan.suspects[self.sheet.name].add(code)
            return
        if instance is not None:
            self.change(row, instance, wanted, plan)
        elif plan.stage in (Stage.OPEN, Stage.CLOSED):
            plan.suspects[self.sheet.name].add(code)
            plan.problem(row, self.key, _("The plan is frozen since the campaign was opened; nothing is added here."))
        else:
            full = {column.key: column.default for column in self.sheet.columns} | wanted
            known[code] = self.create(row, full, plan)

    def existing(self, plan: ImportPlan) -> dict[Any, Any]:
        """Return the campaign's records by code."""
        if plan.is_new:
            return {}
        rows = self.model._default_manager.filter(campaign=plan.campaign).select_related(*self.related)
        return {getattr(row, self.key): row for row in rows}

    def wanted(self, row: Row, plan: ImportPlan) -> dict[str, Any] | None:
        """Return the values the row asks for, codes replaced by records; None where something was reported."""
        return dict(row.values)

    def create(self, row: Row, values: dict[str, Any], plan: ImportPlan) -> models.Model:
        """Plan a new record and return it."""
        instance = self.model(campaign=plan.campaign, **values)
        plan.create(row, instance)
        return instance

    def change(self, row: Row, instance: Any, wanted: dict[str, Any], plan: ImportPlan) -> None:
        """Plan the changes of an existing record."""
        plan.settle(row, instance, wanted)

    def export(self, campaign: Campaign) -> Iterator[dict[str, Any]]:
        """Yield the records in the order in which they were entered."""
        rows = self.model._default_manager.filter(campaign=campaign).select_related(*self.related).order_by("pk")
        for row in rows.iterator():
            yield {column.key: _exported(getattr(row, column.key)) for column in self.sheet.columns}


def _exported(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.number if isinstance(value, Area) else value.code  # type: ignore[attr-defined]  # all have codes
    return value


class AreaSheet(CodedSheet):
    """Content areas, by their numbers."""

    sheet, model, key = AREAS, Area, "number"


class BlocSheet(CodedSheet):
    """Blocs, by their codes."""

    sheet, model, key = BLOCS, Bloc, "code"


class IndicatorSheet(CodedSheet):
    """Indicators, by their codes."""

    sheet, model, key = INDICATORS, Indicator, "code"
    related = ("area", "provider", "verifier")

    def wanted(self, row: Row, plan: ImportPlan) -> dict[str, Any] | None:
        wanted = dict(row.values)
        complete = True
        for key, sheet in (("area", AREAS), ("provider", UNITS), ("verifier", UNITS)):
            if key in wanted:
                complete &= wanted[key] in (None, "") or plan.find(row, key, sheet) is not None
                wanted[key] = plan.known[sheet.name].get(wanted[key])
        problem = mode_problem(wanted["kind"], row.get("mode"))
        if problem is not None:
            plan.problem(row, problem.field, plan_problem(problem))
            return None
        return wanted if complete else None

    def create(self, row: Row, values: dict[str, Any], plan: ImportPlan) -> models.Model:
        for key in ("provider", "verifier"):
            values[key] = values[key] or None
        return super().create(row, values, plan)

    def change(self, row: Row, instance: Any, wanted: dict[str, Any], plan: ImportPlan) -> None:
        measured = [key for key in ("kind", "mode") if key in wanted and wanted[key] != getattr(instance, key)]
        if measured and Measurement.objects.filter(target__indicator=instance).exists():
            for key in measured:
                plan.frozen(row, key, getattr(instance, key))
            return
        super().change(row, instance, wanted, plan)


class PeriodSheet(CodedSheet):
    """Reporting periods, by their codes; two never end on the same day."""

    sheet, model, key = PERIODS, Period, "code"

    def compare(self, rows: list[Row], plan: ImportPlan) -> None:
        super().compare(rows, plan)
        ends: dict[Any, Any] = {}
        by_code = {row.values.get("code"): row for row in rows}
        for code, period in plan.known[self.sheet.name].items():
            other = ends.setdefault(period.ends_on, code)
            if other != code and code in by_code:
                plan.problem(
                    by_code[code], "ends_on", _("The period “%(code)s” ends on the same day.") % {"code": other}
                )

    def wanted(self, row: Row, plan: ImportPlan) -> dict[str, Any] | None:
        wanted = dict(row.values)
        if wanted["ends_on"] < wanted["starts_on"]:
            plan.problem(row, "ends_on", _("The last day lies before the first."))
            return None
        if wanted.get("locks_at") is not None and wanted["locks_at"] < wanted["due_at"]:
            plan.problem(row, "locks_at", _("A period cannot lock before its reports are due."))
            return None
        return wanted

    def change(self, row: Row, instance: Any, wanted: dict[str, Any], plan: ImportPlan) -> None:
        moved = [key for key in ("starts_on", "ends_on") if wanted[key] != getattr(instance, key)]
        if moved and instance.measurements.exists():
            for key in moved:
                plan.frozen(row, key, getattr(instance, key))
            return
        super().change(row, instance, wanted, plan)
