"""What staff set: categories, criteria with their versions, the procedure, dated figures, the earlier register."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from awards.models import AwardCategory, AwardPolicy, Dated, EarlierAward, LegalBasis, RewardCoefficient
from awards.names import name_key
from campaigns.actions.records import PlanRefused, changes_between, lock_stored, require_shown, write
from campaigns.calendar import local_day
from campaigns.display import local_date
from campaigns.models import User
from campaigns.permissions import Permission, require
from campaigns.vietnamese import fold

from .eligibility import ask_to_evaluate

R = TypeVar("R", bound=models.Model)


@transaction.atomic
def save_setting(*, row: R, seen: str, by: User, now: dt.datetime) -> R:
    """Save a category, a procedure, a dated figure or a row of the earlier register; ``seen`` as the form had it.

    A category's recipient and basis stay once it has proposals; the worker judges the units anew after a change of
    it. Two dated figures of one kind never hold on one day: a later one ends the open-ended one before it. Raises
    PermissionDenied, StaleRecord, PlanRefused, ValidationError.
    """
    require(by, Permission.EDIT_AWARD_RULES, on=local_day(now))
    stored = lock_stored(row)
    require_shown(stored, row, seen)
    if isinstance(row, EarlierAward):
        row.entered_by = row.entered_by or by
        set_register_keys(row)
    if isinstance(row, Dated):
        _one_at_a_time(row, by=by, now=now)
    campaign = row.campaign if isinstance(row, AwardCategory | AwardPolicy) else None
    if isinstance(row, AwardCategory) and stored is not None and row.proposals.exists():
        fixed = {"campaign", "recipient_kind", "basis", "basis_day"} & set(changes_between(stored, row))
        if fixed:
            raise PlanRefused(_("The award has proposals: its campaign, recipient and basis stay."))
    if isinstance(row, AwardCategory) and row.campaign_id is not None:
        ask_to_evaluate(campaign_id=row.campaign_id, now=now)
    return write(row, stored, action=f"award.{row._meta.model_name}", by=by, now=now, campaign=campaign)


def set_register_keys(row: EarlierAward) -> None:
    """Set the folded columns by which a row of the earlier register is found."""
    row.recipient_key = name_key(row.recipient_name)
    names = [fold(row.unit_name), fold(row.unit.name) if row.unit else ""]
    row.unit_key = " ".join(dict.fromkeys(name for name in names if name))


def _one_at_a_time(row: Dated, *, by: User, now: dt.datetime) -> None:
    """End the open-ended figure that a later one replaces; refuse any other overlap of the same kind's days.

    The table's rows are locked first, so of two officers who enter overlapping figures at once one is refused.
    Raises PlanRefused.
    """
    rows: models.QuerySet[Any] = type(row)._default_manager.all()
    list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    first: dt.date | None = row.valid_from
    if first is None:
        return  # its own field says that it is missing
    if isinstance(row, RewardCoefficient):
        rows = rows.filter(recipient_kind=row.recipient_kind, authority=row.authority)
    elif isinstance(row, LegalBasis):
        rows = rows.filter(number=row.number) if row.number else rows.filter(title=row.title)
    days = Q(valid_to__isnull=True) | Q(valid_to__gte=row.valid_from)
    if row.valid_to is not None:
        days &= Q(valid_from__lte=row.valid_to)
    for other in rows.exclude(pk=row.pk).filter(days).order_by("-valid_from"):
        if row.pk is not None or other.valid_to is not None or other.valid_from >= row.valid_from:
            last = local_date(other.valid_to) if other.valid_to else _("further notice")
            raise PlanRefused(
                _(
                    "On some of these days another one holds: %(other)s (from %(first)s until %(last)s). "
                    "End that one first, or choose other days."
                )
                % {"other": other, "first": local_date(other.valid_from), "last": last}
            )
        stored = type(row)._default_manager.get(pk=other.pk)
        other.valid_to = row.valid_from - dt.timedelta(days=1)
        write(other, stored, action="award.figure_ended", by=by, now=now)
