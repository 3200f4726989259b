"""Which days of a campaign have figures, and as of when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max, Q

from campaigns.calendar import cut_off
from campaigns.models import Campaign

from .models import ScoreRun


@dataclass(frozen=True)
class Snapshot:
    """The figures of a local day as its last good run left them."""

    day: dt.date
    as_of: dt.datetime  # records strictly before it count

    @property
    def is_partial(self) -> bool:
        """Scored during the day: it goes on changing until the night."""
        return self.as_of < cut_off(self.day)


def snapshots(campaign: Campaign) -> list[Snapshot]:
    """Return the scored days, the latest first; runs of a plan that was opened again since are left out."""
    if campaign.opened_at is None:
        return []
    rows = (
        ScoreRun.objects.good()
        .filter(Q(finished_at__gte=campaign.opened_at), campaign=campaign, cut_off__isnull=False)
        .order_by("-day")
        .values("day")
        .annotate(as_of=Max("cut_off"))
    )
    return [Snapshot(row["day"], row["as_of"]) for row in rows]


def last_snapshot(campaign: Campaign) -> Snapshot | None:
    """Return the latest scored day; what every page says its figures are as of."""
    if campaign.opened_at is None:
        return None
    row = (
        ScoreRun.objects.good()
        .filter(Q(finished_at__gte=campaign.opened_at), campaign=campaign, cut_off__isnull=False)
        .order_by("-day", "-cut_off")
        .values_list("day", "cut_off")
        .first()
    )
    return None if row is None or row[1] is None else Snapshot(row[0], row[1])
