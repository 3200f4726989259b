"""Units in the campaign, and their registrations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Participant, Registration, Unit

from .plan import ImportPlan, Stage
from .plan_sheets import CodedSheet
from .reader import Row
from .sheets import BLOCS, REGISTRATIONS, UNITS

#: What a unit of the organisation takes over from its newest campaign.
_SHARED = ("name", "kind", "valid_from", "valid_to")


class UnitSheet(CodedSheet):
    """Participants. The organisation's unit of the same code is made where there is none, and kept up to date
    by its newest campaign."""

    sheet, model, key = UNITS, Participant, "code"
    related = ("unit", "bloc", "successor")

    def compare(self, rows: list[Row], plan: ImportPlan) -> None:
        codes = [row.values["code"] for row in rows if "code" in row.values]
        self.units = {unit.code: unit for unit in Unit.objects.all() if unit.code in set(codes)}
        super().compare(rows, plan)
        known = plan.known[self.sheet.name]
        for row in rows:
            participant = known.get(row.values.get("code"))
            if participant is not None and not row.broken and row.values.get("successor") is not None:
                self._set_successor(row, participant, plan)

    def wanted(self, row: Row, plan: ImportPlan) -> dict[str, Any] | None:
        wanted = {key: value for key, value in row.values.items() if key != "successor"}
        wanted["bloc"] = plan.find(row, "bloc", BLOCS)
        first, last = wanted.get("valid_from"), wanted.get("valid_to")
        if first is not None and last is not None and last < first:
            plan.problem(row, "valid_to", _("The last day lies before the first."))
            return None
        return wanted if wanted["bloc"] is not None else None

    def create(self, row: Row, values: dict[str, Any], plan: ImportPlan) -> models.Model:
        values.pop("successor", None)
        participant = Participant(campaign=plan.campaign, unit=self._unit(values, plan), **values)
        participant.set_sort_key()
        plan.create(row, participant)
        return participant

    def change(self, row: Row, instance: Any, wanted: dict[str, Any], plan: ImportPlan) -> None:
        still = {"valid_to"} if _may_end(instance.valid_to, wanted.get("valid_to"), plan) else set()
        if plan.settle(row, instance, wanted, still=still):
            instance.set_sort_key()
            plan.changed.append((instance, {"sort_key"}))
            self._update_unit(instance.unit, {key: getattr(instance, key) for key in _SHARED}, plan)

    def _unit(self, values: dict[str, Any], plan: ImportPlan) -> Unit:
        unit = self.units.get(values["code"])
        shared = {key: values[key] for key in _SHARED}
        if unit is None:
            unit = self.units[values["code"]] = Unit(code=values["code"], **shared)
            unit.set_search_columns()
            plan.created[Unit].append(unit)
        else:
            self._update_unit(unit, shared, plan)
        return unit

    def _update_unit(self, unit: Unit, shared: dict[str, Any], plan: ImportPlan) -> None:
        """Bring the organisation's unit up to date where no later campaign has it."""
        changes = {key: value for key, value in shared.items() if getattr(unit, key) != value}
        if not changes or not _is_newest_of(unit, plan):
            return
        for key, value in changes.items():
            setattr(unit, key, value)
        unit.set_search_columns()
        plan.changed.append((unit, {*changes, "search_text", "sort_key"}))

    def _set_successor(self, row: Row, participant: Participant, plan: ImportPlan) -> None:
        successor = plan.find(row, "successor", UNITS)
        if row.values["successor"] and successor is None:
            return
        if successor is participant:
            plan.problem(row, "successor", _("A unit does not succeed itself."))
            return
        current = participant.successor_id
        if successor is None and current is None:
            return
        if successor is not None and successor.pk is not None and successor.pk == current:
            return
        if not participant._state.adding and plan.stage is Stage.CLOSED:
            plan.frozen(row, "successor", participant.successor)
            return
        if _is_newest_of(participant.unit, plan):
            plan.later.append((participant.unit, "successor", successor.unit if successor else None))
        if not participant._state.adding:
            tally = plan.tallies[self.sheet.name]
            counted = any(instance is participant for instance, _names in plan.changed)
            plan.note_change(row, participant, {"successor": successor})
            if counted:
                tally.changed -= 1
            else:
                tally.unchanged -= 1
            return
        plan.later.append((participant, "successor", successor))


def _is_newest_of(unit: Unit, plan: ImportPlan) -> bool:
    """Whether no later campaign has the unit."""
    if unit._state.adding or not plan.campaign.starts_on:  # a first day that could not be read is reported already
        return unit._state.adding
    later = Participant.objects.filter(unit_id=unit.pk, campaign__starts_on__gt=plan.campaign.starts_on)
    return not later.exclude(campaign_id=plan.campaign.pk).exists()


def _may_end(current: dt.date | None, wanted: dt.date | None, plan: ImportPlan) -> bool:
    """Whether a last day may move in an open campaign: both lie ahead, so that no past day is touched."""
    return (current is None or current >= plan.today) and (wanted is None or wanted >= plan.today)


class RegistrationSheet:
    """Each unit's own plan and who answers for it; may change until the campaign closes."""

    sheet = REGISTRATIONS

    def compare(self, rows: list[Row], plan: ImportPlan) -> None:
        """Match the rows with the registrations by unit and plan what is new or changed."""
        existing = (
            {}
            if plan.is_new
            else {
                row.participant.code: row
                for row in Registration.objects.filter(participant__campaign=plan.campaign).select_related(
                    "participant"
                )
            }
        )
        seen: set[str] = set()
        for row in rows:
            participant = plan.find(row, "participant", UNITS)
            if participant is None or row.broken:
                continue
            if participant.code in seen:
                plan.problem(row, "participant", _("This code stands twice on the sheet."))
                continue
            seen.add(participant.code)
            wanted = {key: value for key, value in row.values.items() if key != "participant"}
            registration = existing.get(participant.code)
            if registration is not None:
                if plan.settle(row, registration, wanted, still=wanted):
                    registration.updated_by = plan.by
                    plan.changed.append((registration, {"updated_by"}))
            elif plan.may_enter(row, "participant", None):
                plan.create(row, Registration(participant=participant, updated_by=plan.by, **wanted))

    def export(self, campaign: Campaign) -> Iterator[dict[str, Any]]:
        """Yield the registrations in the order of their units."""
        rows = Registration.objects.filter(participant__campaign=campaign).select_related("participant")
        for row in rows.order_by("pk"):
            values = {column.key: getattr(row, column.key) for column in self.sheet.columns}
            yield values | {"participant": row.participant.code}
