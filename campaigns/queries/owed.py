"""Which boxes a unit reports, and in which periods each is owed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from django.db.models import Q

from campaigns.models import Indicator, Participant, Period, Target
from campaigns.plan_rules import is_in_force, owed_periods


class _Asked(Protocol):
    """What of a target decides whether it is asked for."""

    @property
    def indicator(self) -> Indicator: ...
    @property
    def starts_on(self) -> dt.date | None: ...
    @property
    def ends_from(self) -> dt.date | None: ...


T = TypeVar("T", bound=_Asked)


class AskedTarget(NamedTuple):
    """A target as pages of many units need it: of a city tens of thousands, for which no model is made."""

    pk: int
    participant: Participant
    indicator: Indicator
    starts_on: dt.date | None
    ends_from: dt.date | None

    @property
    def participant_id(self) -> int:
        return self.participant.pk


def reported_by(participant: Participant, *, only: int | None = None) -> list[Target]:
    """Return the targets whose reporter the unit is, of areas and indicators in use, in the plan's order.

    Its own targets without a data provider, and every unit's where it is the provider; ``only`` narrows them to
    one target. One query.
    """
    one = Q() if only is None else Q(pk=only)
    return list(
        Target.objects.filter(
            one,
            Q(participant=participant, indicator__provider__isnull=True) | Q(indicator__provider=participant),
            campaign_id=participant.campaign_id,
            indicator__is_active=True,
            indicator__area__is_active=True,
        )
        .select_related("indicator__area", "participant")
        .order_by("indicator__area__number", "indicator__code", "participant__sort_key", "participant__code")
    )


def in_period(targets: Iterable[T], period: Period, *, reporter: Participant) -> list[T]:
    """Return the targets that have a box in the period: in force on its last day, the reporter still existing."""
    if not reporter.is_valid_on(period.ends_on):
        return []
    return [t for t in targets if is_in_force(t.starts_on, t.ends_from, period.ends_on)]


class Schedule:
    """Which frequencies are due in which period of a campaign's calendar."""

    def __init__(self, periods: Sequence[Period]) -> None:
        self._periods = periods
        self._due: dict[str, frozenset[int]] = {}

    def is_due(self, target: _Asked, period: Period) -> bool:
        """Whether the target's frequency asks for a value in the period."""
        return self.is_asked(target.indicator.frequency, period)

    def is_asked(self, frequency: str, period: Period) -> bool:
        """Whether an indicator of this frequency asks for a value in the period."""
        if frequency not in self._due:
            self._due[frequency] = frozenset(p.pk for p in owed_periods(frequency, self._periods))
        return period.pk in self._due[frequency]

    def owed(self, targets: Iterable[T], period: Period, *, reporter: Participant) -> list[T]:
        """Return the targets the reporter owes for the period (scoring.md, reporting penalty)."""
        if not reporter.is_valid_on(period.ends_on):
            return []
        owed: dict[tuple[str, dt.date | None, dt.date | None], bool] = {}  # most targets are alike
        found = []
        for target in targets:
            alike = (target.indicator.frequency, target.starts_on, target.ends_from)
            if alike not in owed:
                owed[alike] = self.is_due(target, period) and is_in_force(*alike[1:], period.ends_on)
            if owed[alike]:
                found.append(target)
        return found
