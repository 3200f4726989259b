"""Statements kept as text, compiled over a scope that exists nowhere.

Compiling the querysets of the stages takes longer than scoring a district. What they compile to depends on how many
campaigns, units and indicators there are and not on which; so the text is kept, and a run or a page puts its own day,
moment and keys in. No figure is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection

from campaigns.calendar import LOCAL, local_day
from scoring.policy import STORED
from scoring.stages import Step, with_stages

from .values import Scope

#: SQL with the parameters that go with it.
Statement = tuple[str, tuple[Any, ...]]

_DAY, _CUT_OFF = dt.date(9001, 1, 1), dt.datetime(9001, 1, 3, tzinfo=LOCAL)
#: Far from every number in the rules, and a million apart.
_FIRST_CAMPAIGN, _FIRST_UNIT, _FIRST_INDICATOR = -2_000_000, -3_000_000, -4_000_000
FIRST_RUN = -1_000_000


@dataclass(frozen=True)
class Shape:
    """What the text of a scope's statements depends on."""

    campaigns: int
    participants: int | None = None  # None: all
    indicators: int | None = None  # None: all


def _shape_of(scope: Scope) -> Shape:
    units, indicators = scope.participant_ids, scope.indicator_ids
    return Shape(
        len(scope.campaign_ids),
        None if units is None else len(units),
        None if indicators is None else len(indicators),
    )


def nowhere(shape: Shape) -> Scope:
    """Return the scope that a shape's statements are compiled over."""
    return Scope(
        _numbers(_FIRST_CAMPAIGN, shape.campaigns),
        _DAY,
        _CUT_OFF,
        None if shape.participants is None else _numbers(_FIRST_UNIT, shape.participants),
        None if shape.indicators is None else _numbers(_FIRST_INDICATOR, shape.indicators),
    )


def _numbers(first: int, count: int) -> tuple[int, ...]:
    return tuple(range(first, first + count))


def given(scope: Scope) -> dict[Any, Any]:
    """Return what stands for what: each parameter of the scope that is nowhere → the scope's own."""
    empty, ops = nowhere(_shape_of(scope)), connection.ops
    return {
        **dict(zip(empty.campaign_ids, scope.campaign_ids, strict=True)),
        **dict(zip(empty.participant_ids or (), scope.participant_ids or (), strict=True)),
        **dict(zip(empty.indicator_ids or (), scope.indicator_ids or (), strict=True)),
        ops.adapt_datefield_value(_DAY): ops.adapt_datefield_value(scope.day),
        ops.adapt_datefield_value(local_day(_CUT_OFF)): ops.adapt_datefield_value(local_day(scope.cut_off)),
        ops.adapt_datetimefield_value(_CUT_OFF): ops.adapt_datetimefield_value(scope.cut_off),
    }


def stages_of(build: Callable[[Scope], list[Step]], scope: Scope) -> Statement:
    """Return the WITH part of the stages that ``build`` makes of the scope; another policy's is compiled each time."""
    if scope.policy is not STORED:
        return with_stages(build(scope), using=connection.alias)
    sql, params = _kept(build, connection.alias, _shape_of(scope))
    own = given(scope)
    return sql, tuple(own.get(param, param) for param in params)


@lru_cache(maxsize=128)
def _kept(build: Callable[[Scope], list[Step]], alias: str, shape: Shape) -> Statement:
    return with_stages(build(nowhere(shape)), using=alias)
