"""What a change is made of. Figures are basis points (bp), values Decimals as entered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from campaigns.models import Bloc, Participant, Period, Target
from scoring.enums import Cause
from scoring.models import UnitScore


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """One cause and what it moved."""

    cause: Cause
    points_bp: int
    target: Target | None = None  # whose part of the base moved
    period: Period | None = None  # of a report that was due or came
    value_before: Decimal | None = None  # of the target; None: no data
    value_after: Decimal | None = None
    goal_before: Decimal | None = None  # of a revised target
    goal_after: Decimal | None = None

    @property
    def shows_values(self) -> bool:
        return self.target is not None and self.value_before != self.value_after

    @property
    def shows_goals(self) -> bool:
        return self.target is not None and self.goal_before != self.goal_after


@dataclass(frozen=True, kw_only=True)
class CauseSum:
    """All that one cause moved."""

    cause: Cause
    points_bp: int
    count: int  # of lines


@dataclass(frozen=True, kw_only=True)
class UnitChange:
    """A unit's totals on two days and every cause between them."""

    participant: Participant
    before: UnitScore | None  # None: no figures of the earlier day
    after: UnitScore | None
    lines: list[ChangeLine]  # what moved most first

    @property
    def total_before(self) -> int | None:
        return self.before.total_bp if self.before else None

    @property
    def total_after(self) -> int | None:
        return self.after.total_bp if self.after else None

    @property
    def rank_before(self) -> int | None:
        return self.before.rank if self.before else None

    @property
    def rank_after(self) -> int | None:
        return self.after.rank if self.after else None

    @property
    def difference_bp(self) -> int:
        """What the totals differ by; no total counts as 0."""
        return (self.total_after or 0) - (self.total_before or 0)

    @property
    def causes(self) -> list[CauseSum]:
        return cause_sums(self.lines)

    @property
    def has_changed(self) -> bool:
        return bool(self.lines) or self.rank_before != self.rank_after


def cause_sums(lines: Iterable[ChangeLine]) -> list[CauseSum]:
    """Return what each cause moved together, in the causes' own order."""
    found: dict[Cause, list[int]] = defaultdict(list)
    for line in lines:
        found[line.cause].append(line.points_bp)
    return [
        CauseSum(cause=cause, points_bp=sum(found[cause]), count=len(found[cause])) for cause in Cause if cause in found
    ]


@dataclass(frozen=True, kw_only=True)
class BlocChange:
    """The units of one bloc, what moved most first."""

    bloc: Bloc
    units: list[UnitChange]

    @property
    def causes(self) -> list[CauseSum]:
        return cause_sums(line for unit in self.units for line in unit.lines)

    @property
    def difference_bp(self) -> int:
        return sum(unit.difference_bp for unit in self.units)

    @property
    def risen(self) -> int:
        return sum(unit.difference_bp > 0 for unit in self.units)

    @property
    def fallen(self) -> int:
        return sum(unit.difference_bp < 0 for unit in self.units)


def by_bloc(changes: Sequence[UnitChange]) -> list[BlocChange]:
    """Return the changes bloc by bloc, in the blocs' order."""
    ordered = sorted(changes, key=lambda change: change.participant.bloc.code)
    return [
        BlocChange(
            bloc=(rows := list(group))[0].participant.bloc,
            units=sorted(rows, key=lambda change: (-abs(change.difference_bp), change.participant.sort_key)),
        )
        for _code, group in groupby(ordered, key=lambda change: change.participant.bloc.code)
    ]
