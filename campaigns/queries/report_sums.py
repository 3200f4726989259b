"""How each period stands over all units: the last line of the board, without reading a city value by value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from campaigns.enums import ReportState, VerdictOutcome
from campaigns.models import Campaign, Measurement, Participant, Period, Target
from campaigns.openness import phase_of
from campaigns.plan_rules import is_in_force

from .follow_board import PAST_DUE, PeriodSum, open_exceptions, shown_state, waived_reports
from .owed import Schedule

#: Frequency, first day and end: targets of one reporter that share them are owed in the same periods.
_Group = tuple[str, dt.date | None, dt.date | None]
_Counts = dict[int, dict[_Group, int]]  # reporter → group → targets


def read_sums(
    *, campaign: Campaign, now: dt.datetime, periods: Sequence[Period], units: QuerySet[Participant]
) -> list[PeriodSum]:
    """Return what the board of these units would sum up, in seven queries whatever their number."""
    targets = Target.objects.filter(
        campaign=campaign, indicator__is_active=True, indicator__area__is_active=True
    ).order_by()
    reporters = list(units.select_related(None).only("pk", "valid_from", "valid_to"))
    owed: _Counts = {}
    for reporter, group, count in _grouped(targets, ""):
        owed.setdefault(reporter, {})[group] = count
    sent: dict[int, _Counts] = {period.pk: {} for period in periods}
    values = Measurement.objects.filter(target__in=targets.values("pk"), period__in=periods).order_by()
    for period_id, reporter, group, count in _grouped(values, "target__", "period", distinct="target"):
        sent[period_id].setdefault(reporter, {})[group] = count
    sides = _Sides(campaign, now, targets.values("pk"))
    return [_sum(period, reporters, owed, sent[period.pk], sides) for period in periods]


class _Sides:
    """What decides whether a report that lacks something is past due."""

    def __init__(self, campaign: Campaign, now: dt.datetime, targets: QuerySet[Any]) -> None:
        self.now = now
        self.schedule = Schedule(list(Period.objects.filter(campaign=campaign)))
        self.exceptions = open_exceptions(now=now, participant__campaign=campaign)
        self.waived = waived_reports(now=now, participant__campaign=campaign)
        sent_later = Q(sent_at__gt=OuterRef("sent_at")) | Q(sent_at=OuterRef("sent_at"), pk__gt=OuterRef("pk"))
        later = Measurement.objects.filter(sent_later, target=OuterRef("target"), period=OuterRef("period"))
        returned = Measurement.objects.filter(target__in=targets, verdict=VerdictOutcome.RETURNED)
        reporter = Coalesce("target__indicator__provider", "target__participant")
        self.returned = set(
            returned.exclude(Exists(later)).annotate(reporter=reporter).values_list("reporter", "period_id").order_by()
        )

    def is_late(self, reporter: int, period: Period) -> bool:
        """Whether the board shows a report that lacks something as past due."""
        key = (reporter, period.pk)
        phase = phase_of(
            starts_on=period.starts_on,
            due_at=period.due_at,
            locks_at=period.locks_at,
            exception_until=self.exceptions.get(key),
            now=self.now,
        )
        state = ReportState.RETURNED if key in self.returned else ReportState.NOT_STARTED
        return shown_state(state, phase, is_missing=True, is_waived=key in self.waived) in PAST_DUE


def _grouped(rows: QuerySet[Any], prefix: str, *also: str, distinct: str = "pk") -> Iterable[tuple[Any, ...]]:
    """Count rows by ``also``, reporter and what makes targets alike; the group comes as one tuple."""
    found = (
        rows.annotate(reporter=Coalesce(f"{prefix}indicator__provider", f"{prefix}participant"))
        .values_list(*also, "reporter", f"{prefix}indicator__frequency", f"{prefix}starts_on", f"{prefix}ends_from")
        .annotate(count=Count(distinct, distinct=True))
    )
    at = len(also) + 1
    return ((*row[:at], row[at : at + 3], row[-1]) for row in found)


def _sum(period: Period, reporters: Iterable[Participant], owed: _Counts, sent: _Counts, sides: _Sides) -> PeriodSum:
    owing = complete = late = 0
    for one in reporters:
        if not one.is_valid_on(period.ends_on):
            continue
        asked = [
            group
            for group in owed.get(one.pk, {})
            if sides.schedule.is_asked(group[0], period) and is_in_force(group[1], group[2], period.ends_on)
        ]
        if not asked:
            continue
        owing += 1
        has = sent.get(one.pk, {})
        if all(has.get(group, 0) >= owed[one.pk][group] for group in asked):
            complete += 1
        elif sides.is_late(one.pk, period):
            late += 1
    return PeriodSum(period=period, owing=owing, complete=complete, late=late)
