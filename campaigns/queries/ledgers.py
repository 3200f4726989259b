"""The incident ledger of targets to be held at zero: what it sums up to, and for how many days nothing happened."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet

from campaigns.calendar import local_day
from campaigns.enums import IndicatorKind, ReportingMode
from campaigns.models import Campaign, Incident, Target, TargetRevision, User
from campaigns.permissions import Permission, access_of, can
from campaigns.thread_rules import days_without_incident, keeps_ledger
from campaigns.visibility import visible_to


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """One target's ledger as it stands."""

    target: Target
    total: int
    last_on: dt.date | None  # day of the latest incident
    days: int  # of the campaign, before the first incident
    of: int
    is_reporter: bool  # the person records in it


def goals_of(targets: Iterable[Target], *, on: dt.date) -> dict[int, Decimal]:
    """Return the goal in force of each target on a local day. One query."""
    goals = {target.pk: target.goal for target in targets}
    revised = TargetRevision.objects.filter(target_id__in=goals, effective_from__lte=on).order_by("effective_from")
    return goals | dict(revised.values_list("target_id", "goal"))


def ledger_targets(campaign: Campaign) -> QuerySet[Target]:
    """Return the campaign's limits, of areas and indicators in use; which of them are held at zero their goal says."""
    return (
        Target.objects.filter(
            campaign=campaign,
            indicator__kind=IndicatorKind.MAINTAIN,
            indicator__is_active=True,
            indicator__area__is_active=True,
        )
        .select_related("participant__unit", "participant__campaign", "indicator__area", "indicator__provider")
        .order_by("participant__sort_key", "participant__code", "indicator__area__number", "indicator__code")
    )


def reporting_unit_of(target: Target) -> int:
    """Return the unit that records in the ledger: the data provider's, else the target's own."""
    return (target.indicator.provider or target.participant).unit_id


def read_ledgers(*, user: User, campaign: Campaign, now: dt.datetime, only: int | None = None) -> list[Ledger]:
    """Return the ledgers that the person sees in the campaign, or that of one target. Three queries."""
    day, access = local_day(now), access_of(user)
    rows = ledger_targets(campaign)
    if only is not None:
        rows = rows.filter(pk=only)
    if not can(user, Permission.VIEW_ALL_UNITS):
        own = tuple(access.unit_permissions)
        rows = rows.filter(
            Q(participant__unit__in=own) | Q(indicator__provider__unit__in=own) | Q(indicator__verifier__unit__in=own)
        )
    targets = list(rows)
    goals = goals_of(targets, on=day)
    kept = [target for target in targets if keeps_ledger(kind=target.indicator.kind, goal=goals[target.pk])]
    incidents: dict[int, list[tuple[dt.date, int]]] = defaultdict(list)
    standing = visible_to(user, Incident).filter(target__in=kept, withdrawn_at__isnull=True)
    for target_id, happened_on, count in standing.values_list("target_id", "happened_on", "count"):
        incidents[target_id].append((happened_on, count))
    return [_ledger(target, incidents[target.pk], campaign, user, day) for target in kept]


def _ledger(
    target: Target, rows: Sequence[tuple[dt.date, int]], campaign: Campaign, user: User, day: dt.date
) -> Ledger:
    first = min((happened_on for happened_on, _count in rows), default=None)
    days, whole = days_without_incident(start=campaign.starts_on, end=campaign.ends_on, today=day, first=first)
    return Ledger(
        target=target,
        total=sum(count for _day, count in rows),
        last_on=max((happened_on for happened_on, _count in rows), default=None),
        days=days,
        of=whole,
        is_reporter=can(user, Permission.DRAFT_REPORT, unit=reporting_unit_of(target)),
    )


class LedgerFigures:
    """What the ledgers say for any period: the total so far, or what fell in it, by the reporting mode.

    Only limits are looked at, and of these only the ones to be held at zero have a figure. One query, none where
    no target is a limit.
    """

    def __init__(self, targets: Iterable[Target]) -> None:
        limits = [target.pk for target in targets if target.indicator.kind == IndicatorKind.MAINTAIN]
        self._rows: dict[int, list[tuple[dt.date, int]]] = defaultdict(list)
        if not limits:
            return
        rows = Incident.objects.standing().filter(target_id__in=limits)
        for target_id, happened_on, count in rows.values_list("target_id", "happened_on", "count"):
            self._rows[target_id].append((happened_on, count))

    def figure(self, target: Target, *, goal: Decimal, start: dt.date, end: dt.date) -> Decimal | None:
        """Return the figure of a period from ``start`` to ``end``; None where the target has no ledger."""
        if not keeps_ledger(kind=target.indicator.kind, goal=goal):
            return None
        since = start if target.indicator.mode == ReportingMode.INCREMENT else dt.date.min
        return Decimal(sum(count for day, count in self._rows[target.pk] if since <= day <= end))
