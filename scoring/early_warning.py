"""What will miss its goal if it goes on like this, and which limits are kept: for staff and the chairman."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.models import Campaign, Indicator, Participant

from .enums import Basis, Pace
from .snapshots import Snapshot
from .standings import Standing, read_standings


@dataclass(frozen=True, kw_only=True)
class EarlyWarning:
    """The two lists of the page, on official values."""

    warnings: list[Standing]  # the farthest behind first
    limits: list[Standing]  # the broken ones first, then the shortest kept
    kept: int  # of the limits, how many are

    @property
    def broken(self) -> int:
        return len(self.limits) - self.kept


def warns(standing: Standing) -> bool:
    """Whether a target belongs on the list: behind by pace, or its line ends short of the goal."""
    if not standing.figure.is_counted or standing.kept is not None or standing.figure.is_fulfilled:
        return False
    return standing.pace is Pace.BEHIND or standing.misses_goal


def read_early_warning(
    *, campaign: Campaign, snapshot: Snapshot, bloc: str = "", area: int | None = None
) -> EarlyWarning:
    """Return the lists of a scored day in six queries, one more for a bloc or content area where given."""
    units = Participant.objects.filter(campaign=campaign, bloc__code=bloc)
    indicators = Indicator.objects.filter(campaign=campaign, area__number=area or 0)
    rows = [
        one
        for one in read_standings(
            campaign=campaign,
            snapshot=snapshot,
            basis=Basis.OFFICIAL,
            participants=list(units.values_list("pk", flat=True)) if bloc else None,
            indicators=None if area is None else list(indicators.values_list("pk", flat=True)),
        )
        if (not bloc or one.target.participant.bloc.code == bloc)
        and (area is None or one.target.indicator.area.number == area)
        and one.target.participant.is_valid_on(snapshot.day)
    ]
    limits = [one for one in rows if one.kept is not None]
    return EarlyWarning(
        warnings=_farthest_first([one for one in rows if warns(one)]),
        limits=sorted(limits, key=lambda one: (one.figure.is_fulfilled, one.kept.days if one.kept else 0, _place(one))),
        kept=sum(one.figure.is_fulfilled for one in limits),
    )


def _farthest_first(rows: Sequence[Standing]) -> list[Standing]:
    return sorted(rows, key=lambda one: (one.pace is not Pace.BEHIND, -one.behind_bp, _place(one)))


def _place(one: Standing) -> tuple[str, str]:
    return one.target.participant.sort_key, one.target.indicator.code
