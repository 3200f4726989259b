"""What another policy would make of a scored day: totals, ranks and classes side by side; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from campaigns.models import Bloc, Campaign, Participant

from .enums import Basis
from .live import UnitFigure, unit_figures
from .policy import Policy
from .queries import Scope
from .snapshots import Snapshot


@dataclass(frozen=True, kw_only=True)
class WhatIfRow:
    """One unit under both policies."""

    participant: Participant
    stored: UnitFigure
    tried: UnitFigure

    @property
    def difference_bp(self) -> int | None:
        if self.stored.total_bp is None or self.tried.total_bp is None:
            return None
        return self.tried.total_bp - self.stored.total_bp

    @property
    def class_changes(self) -> bool:
        return self.stored.score_class != self.tried.score_class


@dataclass(frozen=True, kw_only=True)
class WhatIfBloc:
    """One bloc, as the tried policy ranks it."""

    bloc: Bloc
    rows: list[WhatIfRow]

    @property
    def moved(self) -> int:
        """Units whose rank would be another."""
        return sum(row.stored.rank != row.tried.rank for row in self.rows)


def read_what_if(*, campaign: Campaign, snapshot: Snapshot, policy: Policy) -> list[WhatIfBloc]:
    """Return every unit's official figures under the stored and the given policy, in three queries.

    Both come from the run's own expressions over the records of the day; no row is written.
    """
    scope = Scope((campaign.pk,), snapshot.day, snapshot.as_of)
    stored = unit_figures(scope, Basis.OFFICIAL)
    tried = unit_figures(replace(scope, policy=policy), Basis.OFFICIAL)
    units = Participant.objects.filter(campaign=campaign).select_related("bloc").order_by("bloc__code", "sort_key")
    rows = [WhatIfRow(participant=one, stored=stored[one.pk], tried=tried[one.pk]) for one in units]
    return [
        WhatIfBloc(bloc=(found := list(group))[0].participant.bloc, rows=_by_rank(found))
        for _pk, group in groupby(rows, key=lambda row: row.participant.bloc_id)
    ]


def _by_rank(rows: Sequence[WhatIfRow]) -> list[WhatIfRow]:
    return sorted(rows, key=lambda row: (row.tried.rank is None, row.tried.rank or 0, row.participant.sort_key))
