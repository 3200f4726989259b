"""Reported values and the verdicts on them: history, which comes in before a campaign is opened and never later."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from campaigns.calendar import local_day
from campaigns.enums import IndicatorKind, VerdictOutcome
from campaigns.models import Campaign, Measurement
from campaigns.numbers import NumberProblem, share_value
from campaigns.plan_rules import PlanCode, share_problem, value_problem
from campaigns.wording import number_problem, plan_problem

from .columns import NOTHING
from .plan import ImportPlan
from .reader import Row
from .sheets import INDICATORS, MEASUREMENTS, PERIODS, TARGETS, UNITS

_SENT = ("nothing", "value", "numerator", "denominator", "completed_on", "note")
_VERDICT = ("verdict", "verdict_at", "verified_value", "verified_completed_on", "verdict_reason")
_NAMES = ("sent_by_name", "verdict_by_name")
#: The column that shows a field which has none of its own.
_COLUMN_OF = {"nothing": "value"}


class MeasurementSheet:
    """Measurements. One is known by target, period, sending time and its order among those of the same time."""

    sheet = MEASUREMENTS

    def compare(self, rows: list[Row], plan: ImportPlan) -> None:
        """Match the rows with the recorded measurements; plan the new ones in the order of the sheet."""
        self.existing = self._load(plan)
        self.oddities: dict[str, int] = defaultdict(int)
        taken: dict[tuple[Any, ...], int] = defaultdict(int)
        for row in rows:
            self._compare_row(row, taken, plan)
        self._warn(plan)

    def _compare_row(self, row: Row, taken: dict[tuple[Any, ...], int], plan: ImportPlan) -> None:
        values = row.values
        period = plan.known[PERIODS.name].get(values.get("period"))
        pair = (values.get("indicator"), values.get("participant"))
        target = plan.known[TARGETS.name].get(pair)
        if period is None or target is None:
            self._report_missing(row, period, pair, plan)
            return
        if row.broken or not self._is_sent_well(row, period, plan):
            return
        record = self._sent(row, target.indicator, plan)
        if record is None or not self._add_verdict(row, record, target.indicator.kind, plan):
            return
        key = (target.pk, period.pk, values["sent_at"])
        place = taken[key]
        taken[key] += 1
        recorded = self.existing.get(key, ()) if target.pk and period.pk else ()
        if place < len(recorded):
            self._compare_recorded(row, record, recorded[place], plan)
            return
        if not plan.brings_history:
            plan.problem(
                row, "sent_at", _("Reported values come in only before the campaign is opened for the first time.")
            )
            return
        plan.create(
            row,
            Measurement(
                target=target,
                period=period,
                period_start=period.starts_on,
                period_end=period.ends_on,
                sent_at=values["sent_at"],
                imported_in=plan.imported,
                **record,
            ),
        )

    def _report_missing(self, row: Row, period: Any, pair: tuple[Any, Any], plan: ImportPlan) -> None:
        if period is None:
            plan.find(row, "period", PERIODS)
        indicator, participant = plan.find(row, "indicator", INDICATORS), plan.find(row, "participant", UNITS)
        if indicator is None or participant is None or pair in plan.known[TARGETS.name]:
            return
        if pair not in plan.suspects[TARGETS.name] and TARGETS.name not in plan.unnamed:
            plan.problem(row, "indicator", _("The indicator is not given to the unit %(unit)s.") % {"unit": pair[1]})

    def _is_sent_well(self, row: Row, period: Any, plan: ImportPlan) -> bool:
        sent_at = row.values["sent_at"]
        if local_day(sent_at) < period.starts_on:
            plan.problem(
                row,
                "sent_at",
                _("It is sent before the period's first day, %(day)s.")
                % {"day": period.starts_on.strftime("%d/%m/%Y")},
            )
            return False
        if sent_at > plan.now or (row.get("verdict_at") or sent_at) > plan.now:
            self.oddities["future"] += 1
        return True

    # --- what was sent -------------------------------------------------------------------------------------

    def _sent(self, row: Row, indicator: Any, plan: ImportPlan) -> dict[str, Any] | None:
        """Return the submitted columns of the row; None where something was reported."""
        value, numerator, denominator = row.get("value"), row.get("numerator"), row.get("denominator")
        if numerator is not None or denominator is not None:
            value = self._share(row, indicator, value, numerator, denominator, plan)
            if value is None:
                return None
        elif value is None:
            plan.problem(
                row,
                "value",
                _("The cell is empty: give a number, “%(nothing)s”, or a numerator and a denominator.")
                % {"nothing": NOTHING},
            )
            return None
        nothing = value == NOTHING
        completed_on = row.get("completed_on")
        problem = value_problem(
            indicator.kind, None if nothing else value, completed_on, sent_on=local_day(row.values["sent_at"])
        )
        if problem is not None and problem.code is PlanCode.COMPLETION_DATE_UNASKED:
            self.oddities["completion"] += 1
        elif problem is not None:
            plan.problem(row, problem.field, plan_problem(problem))
            return None
        return {
            "nothing": nothing,
            "value": None if nothing else value,
            "numerator": numerator,
            "denominator": denominator,
            "completed_on": completed_on,
            "note": row.get("note"),
            "sent_by_name": row.get("sent_by_name"),
        }

    def _share(
        self, row: Row, indicator: Any, value: Any, numerator: Any, denominator: Any, plan: ImportPlan
    ) -> Decimal | None:
        if value is not None:
            plan.problem(row, "value", _("Give either the value or numerator and denominator, not both."))
            return None
        for key, part in (("numerator", numerator), ("denominator", denominator)):
            if part is None:
                plan.problem(row, key, _("Numerator and denominator go together; fill in both."))
                return None
        problem = share_problem(indicator.kind, indicator.mode, denominator)
        if problem is not None:
            plan.problem(row, problem.field, plan_problem(problem))
            return None
        try:
            return share_value(numerator, denominator)
        except NumberProblem as too_large:
            plan.problem(row, "numerator", number_problem(too_large))
            return None

    # --- the verdict ---------------------------------------------------------------------------------------

    def _add_verdict(self, row: Row, record: dict[str, Any], kind: str, plan: ImportPlan) -> bool:
        """Add the verdict columns; False where something was reported."""
        verdict = row.get("verdict")
        record |= {
            "verdict": verdict or "",
            "verdict_at": row.get("verdict_at"),
            "verdict_by_name": row.get("verdict_by_name"),
            "verified_value": row.get("verified_value"),
            "verified_completed_on": row.get("verified_completed_on"),
            "verdict_reason": row.get("verdict_reason"),
        }
        if verdict is None:
            return self._has_no_verdict(row, plan)
        if record["verdict_at"] is None:
            plan.problem(row, "verdict_at", _("A verdict needs its time."))
            return False
        if record["verdict_at"] < row.values["sent_at"]:
            plan.problem(row, "verdict_at", _("The verdict lies before the sending."))
            return False
        if record["sent_by_name"] and record["sent_by_name"] == record["verdict_by_name"]:
            self.oddities["same_person"] += 1
        if verdict == VerdictOutcome.ACCEPTED:
            return self._accept(row, record, plan)
        if not record["verdict_reason"]:
            plan.problem(row, "verdict_reason", _("A value that is adjusted or returned needs a reason."))
            return False
        return (
            self._return(row, record, plan)
            if verdict == VerdictOutcome.RETURNED
            else self._adjust(row, record, kind, plan)
        )

    def _has_no_verdict(self, row: Row, plan: ImportPlan) -> bool:
        for key in ("verified_value", "verified_completed_on", "verdict_at", "verdict_by_name", "verdict_reason"):
            if row.get(key) not in (None, ""):
                plan.problem(
                    row,
                    "verdict",
                    _("The verdict is missing although “%(header)s” is filled in.")
                    % {"header": self.sheet.header(key)},
                )
                return False
        return True

    def _accept(self, row: Row, record: dict[str, Any], plan: ImportPlan) -> bool:
        for key, submitted in (("verified_value", "value"), ("verified_completed_on", "completed_on")):
            if record[key] is not None and record[key] != record[submitted]:
                plan.problem(
                    row, key, _("An accepted value stays as it was sent; leave this empty or choose “điều chỉnh”.")
                )
                return False
            record[key] = record[submitted]
        return True

    def _return(self, row: Row, record: dict[str, Any], plan: ImportPlan) -> bool:
        for key in ("verified_value", "verified_completed_on"):
            if record[key] is not None:
                plan.problem(row, key, _("A returned value has no verified value; leave this empty."))
                return False
        return True

    def _adjust(self, row: Row, record: dict[str, Any], kind: str, plan: ImportPlan) -> bool:
        value = record["verified_value"]
        if value is None:
            plan.problem(row, "verified_value", _("An adjusted value needs the verified value."))
            return False
        if kind != IndicatorKind.MILESTONE:
            return True
        if value not in (0, 1):
            plan.problem(row, "verified_value", _("A milestone's value is 1 (done) or 0 (not done)."))
            return False
        if value == 1:
            record["verified_completed_on"] = record["verified_completed_on"] or record["completed_on"]
            if record["verified_completed_on"] is None:
                plan.problem(row, "verified_completed_on", _("A milestone that is done needs its completion date."))
                return False
            if record["verified_completed_on"] > local_day(record["verdict_at"]):
                plan.problem(row, "verified_completed_on", _("The completion date lies after the day of the verdict."))
                return False
        return True

    # --- what is recorded ----------------------------------------------------------------------------------

    def _load(self, plan: ImportPlan) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
        found: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
        if plan.is_new:
            return found
        columns = ("pk", "target_id", "period_id", "sent_at", "sent_by_id", "verdict_by_id", *_SENT, *_VERDICT, *_NAMES)
        rows = Measurement.objects.filter(target__campaign=plan.campaign).order_by("sent_at", "pk")
        for row in rows.values(*columns).iterator(chunk_size=5000):
            found[row["target_id"], row["period_id"], row["sent_at"].replace(microsecond=0)].append(row)
        return found

    def _compare_recorded(self, row: Row, record: dict[str, Any], recorded: dict[str, Any], plan: ImportPlan) -> None:
        """Report what differs from the recorded measurement; an empty verdict says nothing about a recorded one."""
        fields = [*_SENT, *(("sent_by_name",) if recorded["sent_by_id"] is None else ())]
        adds_verdict = bool(record["verdict"]) and not recorded["verdict"]
        if record["verdict"] and recorded["verdict"]:
            fields += [*_VERDICT, *(("verdict_by_name",) if recorded["verdict_by_id"] is None else ())]
        for name in fields:
            column = _COLUMN_OF.get(name, name)
            if column in row.values and not _is_same(recorded[name], record[name]):
                plan.frozen(row, column, NOTHING if name == "nothing" and recorded[name] else recorded[column])
                return
        if not adds_verdict:
            plan.tallies[self.sheet.name].unchanged += 1
        elif not plan.brings_history:
            plan.problem(row, "verdict", _("Verdicts come in only before the campaign is opened for the first time."))
        else:
            plan.verdicts.append((recorded["pk"], {name: record[name] for name in (*_VERDICT, "verdict_by_name")}))
            plan.tallies[self.sheet.name].changed += 1

    def _warn(self, plan: ImportPlan) -> None:
        texts = {
            "future": _("%(count)d rows of “%(sheet)s” are dated after now."),
            "completion": _("%(count)d rows of “%(sheet)s” have a completion date although they are no milestones."),
            "same_person": _("%(count)d rows of “%(sheet)s” name one person as sender and as verifier."),
        }
        for kind, count in self.oddities.items():
            plan.warnings.append(texts[kind] % {"count": count, "sheet": self.sheet.name})

    # --- export --------------------------------------------------------------------------------------------

    def export(self, campaign: Campaign) -> Iterator[dict[str, Any]]:
        """Yield the measurements in the order in which they were recorded."""
        rows = Measurement.objects.filter(target__campaign=campaign).order_by("pk")
        columns = (
            "period__code",
            "target__indicator__code",
            "target__participant__code",
            "sent_at",
            "sent_by__full_name",
            "verdict_by__full_name",
            *_SENT,
            *_VERDICT,
            *_NAMES,
        )
        for row in rows.values(*columns).iterator(chunk_size=5000):
            yield _exported(row)


def _is_same(recorded: Any, wanted: Any) -> bool:
    if isinstance(recorded, dt.datetime) and isinstance(wanted, dt.datetime):
        return recorded.replace(microsecond=0) == wanted
    return bool(recorded == wanted)


def _exported(row: dict[str, Any]) -> dict[str, Any]:
    is_share = row["numerator"] is not None
    adjusted = row["verdict"] == VerdictOutcome.ADJUSTED
    completed = row["verified_completed_on"]
    return row | {
        "period": row["period__code"],
        "indicator": row["target__indicator__code"],
        "participant": row["target__participant__code"],
        "value": NOTHING if row["nothing"] else None if is_share else row["value"],
        "sent_by_name": row["sent_by_name"] or row["sent_by__full_name"],
        "verdict_by_name": row["verdict_by_name"] or row["verdict_by__full_name"],
        "verdict": row["verdict"] or None,
        "verified_value": row["verified_value"] if adjusted else None,
        "verified_completed_on": completed if adjusted and completed != row["completed_on"] else None,
    }
