"""Make a campaign after an earlier one: its plan and policy with the dates moved, none of its values."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from campaigns.calendar import local_day, local_moment
from campaigns.calendar_plan import after_holidays
from campaigns.display import local
from campaigns.enums import CampaignStatus
from campaigns.models import Campaign, Indicator, Participant, Period, Target, TargetRevision, User
from campaigns.permissions import Permission, require
from campaigns.queries.calendar_preview import holidays_of
from campaigns.vietnamese import normalise

from .audit import record
from .clone_registry import copiers
from .idempotency import act_once
from .records import PlanRefused, first_message

R = TypeVar("R", bound=models.Model)


def clone_campaign(
    *,
    source_id: int,
    code: str,
    name: str,
    starts_on: dt.date,
    with_targets: bool = True,
    key: str,
    by: User,
    now: dt.datetime,
) -> Campaign:
    """Make a campaign in preparation after another one, and return it.

    Copied: policy, areas, blocs, units that still exist (under the name they have today), indicators, the calendar,
    rungs of reminders, with ``with_targets`` the targets in force at the end, and what the apps above registered.
    All dates move as the first day does; a due day on a public holiday moves on to a working day. Not copied: plan
    number and date, values, points, gates, ended targets and units. One entry in the trail. ``key`` makes a form
    sent twice act once. Raises Campaign.DoesNotExist, PermissionDenied, PlanRefused, IdempotencyMismatch.
    """
    require(by, Permission.EDIT_PLAN)
    request = {"source": source_id, "code": code, "name": name, "day": starts_on.isoformat(), "targets": with_targets}

    def act() -> dict[str, Any]:
        source = Campaign.objects.get(pk=source_id)
        return {"campaign": _clone(source, code, name, starts_on, with_targets=with_targets, by=by, now=now).pk}

    made = act_once(actor=by, key=key, request=request, now=now, act=act)
    return Campaign.objects.get(pk=made["campaign"])


@transaction.atomic
def _clone(
    source: Campaign, code: str, name: str, starts_on: dt.date, *, with_targets: bool, by: User, now: dt.datetime
) -> Campaign:
    shift = starts_on - source.starts_on
    made = _campaign(source, normalise(code), normalise(name), shift)
    areas = _copies(source.areas.all(), campaign=made)
    blocs = _copies(source.blocs.all(), campaign=made)
    units, ended = _units(source, made, blocs)
    indicators = _indicators(source, made, areas, units)
    counts = {
        "areas": len(areas),
        "blocs": len(blocs),
        "units": len({row.pk for row in units.values()}),
        "indicators": len(indicators),
        "targets": _targets(source, made, indicators, units, shift) if with_targets else 0,
        "periods": _calendar(source, made, shift),
        "reminders": len(_copies(source.reminder_rules.all(), campaign=made)),
    }
    for noun, copier in copiers().items():
        counts[noun] = copier(source=source, target=made, by=by, now=now)
    after = {"after_campaign": source.code, "starts_on": starts_on.isoformat(), **counts, "not_taken_over": ended}
    record(action="campaign.cloned", subject=made, by=by, now=now, campaign=made, after=after)
    return made


def _campaign(source: Campaign, code: str, name: str, shift: dt.timedelta) -> Campaign:
    made = _copy(source, code=code, name=name, status=CampaignStatus.PREPARATION, version=1)
    made.plan_number, made.plan_date, made.public_board = "", None, False
    made.opened_at = made.closed_at = made.closing_day = None
    made.starts_on, made.ends_on = source.starts_on + shift, source.ends_on + shift
    made.proposed_closing_day = _moved(source.proposed_closing_day, shift)
    try:
        made.full_clean()
    except ValidationError as error:
        raise PlanRefused(first_message(error)) from error
    made.save()
    return made


def _units(source: Campaign, made: Campaign, blocs: dict[int, Any]) -> tuple[dict[int, Participant], str]:
    """Copy the units that still exist on the first day; the others' keys lead to their successor's copy, if any."""
    old = {row.pk: row for row in source.participants.select_related("unit")}
    copies: dict[int, Participant] = {}
    for key, row in old.items():
        if row.valid_to is not None or (row.unit.valid_to is not None and row.unit.valid_to < made.starts_on):
            continue
        unit = row.unit
        copied = _copy(row, campaign=made, bloc=blocs[row.bloc_id], name=unit.name, kind=unit.kind, version=1)
        copied.valid_from = copied.successor = None
        copied.set_sort_key()
        copied.save()
        copies[key] = copied
    ended = [row for key, row in old.items() if key not in copies]
    for row in ended:
        heir: Participant | None = row
        for _step in range(len(old)):  # a chain of mergers, never a ring
            heir = old.get(heir.successor_id) if heir is not None and heir.successor_id else None
            if heir is None or heir.pk in copies:
                break
        if heir is not None and heir.pk in copies:
            copies[row.pk] = copies[heir.pk]
    return copies, ", ".join(sorted(row.code for row in ended))


def _indicators(
    source: Campaign, made: Campaign, areas: dict[int, Any], units: dict[int, Participant]
) -> dict[int, Indicator]:
    copies = {}
    for row in source.indicators.order_by("pk"):
        copied = _copy(row, campaign=made, area=areas[row.area_id], version=1)
        copied.provider = units.get(row.provider_id) if row.provider_id else None
        copied.verifier = units.get(row.verifier_id) if row.verifier_id else None
        copied.save()
        copies[row.pk] = copied
    return copies


def _targets(
    source: Campaign,
    made: Campaign,
    indicators: dict[int, Indicator],
    units: dict[int, Participant],
    shift: dt.timedelta,
) -> int:
    """Copy the targets that were not ended, of units that go on themselves, with the terms last in force."""
    latest = {
        row.target_id: row
        for row in TargetRevision.objects.filter(target__campaign=source).order_by("effective_from", "pk")
    }
    rows = []
    given = source.targets.filter(ends_from=None).select_related("participant")
    for target in given.order_by("pk"):
        unit = units.get(target.participant_id)
        if unit is None or unit.unit_id != target.participant.unit_id:  # a successor has targets of its own
            continue
        terms = latest.get(target.pk, target)
        rows.append(
            Target(
                campaign=made,
                indicator=indicators[target.indicator_id],
                participant=unit,
                baseline=terms.baseline,
                goal=terms.goal,
                due_on=_moved(terms.due_on, shift),
            )
        )
    Target.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def _calendar(source: Campaign, made: Campaign, shift: dt.timedelta) -> int:
    holidays = holidays_of(made)
    rows = []
    for row in source.periods.order_by("ends_on"):
        due = local(row.due_at)
        due_at = local_moment(after_holidays(local_day(row.due_at) + shift, holidays), due.time())
        locks_at = row.locks_at and due_at + (row.locks_at - row.due_at)
        starts_on, ends_on = row.starts_on + shift, row.ends_on + shift
        rows.append(
            Period(campaign=made, code=row.code, starts_on=starts_on, ends_on=ends_on, due_at=due_at, locks_at=locks_at)
        )
    Period.objects.bulk_create(rows)
    return len(rows)


def _copies(rows: Iterable[R], **columns: Any) -> dict[int, R]:
    """Save a copy of each row; return the copies by the old key."""
    copies = {}
    for row in rows:
        copies[row.pk] = made = _copy(row, **columns)
        made.save()
    return copies


def _copy(row: R, **columns: Any) -> R:
    made = copy.copy(row)
    made._state = copy.copy(row._state)
    made._state.fields_cache = {}  # the rows it pointed to were the old campaign's
    made.pk, made._state.adding = None, True
    for name, value in columns.items():
        setattr(made, name, value)
    return made


def _moved(day: dt.date | None, shift: dt.timedelta) -> dt.date | None:
    return day + shift if day else None
