"""How much of a plan there is: what its set-up and the campaign's own page count. One query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from campaigns.models import Area, Bloc, Campaign, Indicator, Participant, Period, Target


@dataclass(frozen=True)
class PlanCounts:
    """The parts of one plan; a field named as a model counts its rows."""

    area: int
    areas_in_use: int
    bloc: int
    participant: int
    competing: int
    indicator: int
    indicators_in_use: int
    target: int
    period: int


def plan_counts(campaign: Campaign) -> PlanCounts:
    """Return how many rows each part of the campaign's plan has."""
    in_use = Q(is_active=True)
    counts = {
        "area": _rows(Area.objects.all()),
        "areas_in_use": _rows(Area.objects.filter(in_use)),
        "bloc": _rows(Bloc.objects.all()),
        "participant": _rows(Participant.objects.all()),
        "competing": _rows(Participant.objects.filter(competes=True)),
        "indicator": _rows(Indicator.objects.all()),
        "indicators_in_use": _rows(Indicator.objects.filter(in_use)),
        "target": _rows(Target.objects.all()),
        "period": _rows(Period.objects.all()),
    }
    found: dict[str, int] = Campaign.objects.filter(pk=campaign.pk).annotate(**counts).values(*counts)[0]
    return PlanCounts(**found)


def _rows(rows: QuerySet[Any]) -> Coalesce:
    """The number of the campaign's own among the rows."""
    own = rows.filter(campaign=OuterRef("pk")).order_by().values("campaign")
    return Coalesce(Subquery(own.annotate(count=Count("pk")).values("count")), 0)
