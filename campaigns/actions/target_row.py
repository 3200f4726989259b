"""One row of the targets' grid: an indicator given to units, each cell saved or refused by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Indicator, Participant, Target, User
from campaigns.permissions import Permission, require

from .locks import hold_campaign
from .plan import frozen_message, remove_plan_row, save_plan_row
from .records import PlanRefused, StaleRecord, first_message


@dataclass(frozen=True, kw_only=True)
class TargetEntry:
    """What stands in one cell; without a goal the indicator is not given to the unit."""

    baseline: Decimal | None
    goal: Decimal | None
    due_on: dt.date | None
    version: int  # of the target as the editor saw it, 0 for none


@transaction.atomic
def save_target_row(
    *, indicator_id: int, entries: Mapping[int, TargetEntry], by: User, now: dt.datetime
) -> dict[int, PlanRefused]:
    """Save the cells of one indicator, by participant; return the refusals, which leave their own cell as it was.

    In order: role, the campaign's and the indicator's row locks, the frozen plan; then each cell in a savepoint
    with an entry of its own in the trail: made, changed, or taken out where no goal is left. A cell somebody else
    changed since is a StaleRecord among the refusals. Raises Indicator.DoesNotExist, PermissionDenied,
    PlanRefused for a frozen plan.
    """
    require(by, Permission.EDIT_PLAN)
    # The campaign first: whoever opens it holds it alone before writing to the trail.
    campaign = hold_campaign(Indicator.objects.values_list("campaign_id", flat=True).get(pk=indicator_id))
    if message := frozen_message(campaign):
        raise PlanRefused(message)
    indicator = Indicator.objects.select_for_update(of=("self",)).get(pk=indicator_id)
    indicator.campaign = campaign
    units = Participant.objects.filter(campaign=campaign).in_bulk(list(entries))
    stored = {
        target.participant_id: target
        for target in Target.objects.select_for_update(of=("self",)).filter(
            indicator=indicator, participant__in=list(units)
        )
    }
    refused: dict[int, PlanRefused] = {}
    for key, entry in entries.items():
        try:
            with transaction.atomic():
                _save_cell(indicator, units.get(key), stored.get(key), entry, by=by, now=now)
        except PlanRefused as refusal:
            refused[key] = refusal
        except ValidationError as error:
            refused[key] = PlanRefused(first_message(error))
    return refused


def _save_cell(
    indicator: Indicator,
    unit: Participant | None,
    stored: Target | None,
    entry: TargetEntry,
    *,
    by: User,
    now: dt.datetime,
) -> None:
    if unit is None:
        raise PlanRefused(_("The unit is no longer in the campaign."))
    if entry.version != (stored.version if stored else 0):
        raise _stale(stored, entry)
    if entry.goal is None:
        if entry.baseline is not None or entry.due_on is not None:
            raise PlanRefused(_("The goal is missing; empty the other boxes as well to take the target back."))
        if stored is not None:
            remove_plan_row(row=stored, by=by, now=now)
        return
    row = stored or Target(campaign=indicator.campaign, participant=unit)
    row.indicator = indicator
    row.baseline, row.goal, row.due_on = entry.baseline, entry.goal, entry.due_on
    save_plan_row(row=row, by=by, now=now)


def _stale(stored: Target | None, entry: TargetEntry) -> StaleRecord:
    return StaleRecord(
        [
            (_("baseline"), stored.baseline if stored else None, entry.baseline),
            (_("goal"), stored.goal if stored else None, entry.goal),
            (_("due date"), stored.due_on if stored else None, entry.due_on),
        ]
    )
