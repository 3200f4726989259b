"""One step between two states of a unit: what each of its targets moved of the base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from campaigns.models import Area
from scoring.contributions import contributions
from scoring.queries import TargetFigure


@dataclass(frozen=True, kw_only=True)
class State:
    """A unit at one point of the way. Without a total all its figures are 0: there was nothing to move."""

    figures: Mapping[int, TargetFigure]  # by target
    parts: Mapping[int, tuple[int, int]]  # of the base at 100 % and as it is, by target
    total_bp: int
    base_bp: int
    bonus_bp: int
    points_penalty_bp: int  # of penalty points
    reporting_penalty_bp: int
    has_total: bool


@dataclass(frozen=True)
class Moved:
    """One target and what it moved of the base in a step."""

    target_id: int
    points_bp: int
    before: TargetFigure | None  # None: not in force before
    after: TargetFigure | None


@dataclass
class BaseStep:
    """What moved the base in a step: targets, the weights of others, and the rest that rounding leaves."""

    moved: list[Moved] = field(default_factory=list)
    weights_bp: int = 0
    rounding_bp: int = 0  # set last: what the others leave of the difference


def state_of(
    *,
    figures: Mapping[int, TargetFigure],
    areas: Mapping[int, Area],
    scores: Mapping[str, int] | None,
    total_bp: int | None,
    base_bp: int | None,
    bonus_bp: int,
    penalty_bp: int,
    points_penalty_bp: int,
) -> State:
    """Return the unit's state from its figures as the run computes or stored them."""
    if total_bp is None:
        return State(
            figures=figures,
            parts={},
            total_bp=0,
            base_bp=0,
            bonus_bp=0,
            points_penalty_bp=0,
            reporting_penalty_bp=0,
            has_total=False,
        )
    return State(
        figures=figures,
        parts=contributions(figures.values(), areas, scores or {}),
        total_bp=total_bp,
        base_bp=base_bp or 0,
        bonus_bp=bonus_bp,
        points_penalty_bp=points_penalty_bp,
        reporting_penalty_bp=penalty_bp - points_penalty_bp,
        has_total=True,
    )


def base_step(before: State, after: State) -> BaseStep:
    """Return what moved the base between two states; everything together is exactly the difference.

    Where the set of counted targets is the same, a target's part moves by itself alone. Where it is not, a
    target moves by its own achievement, and what its share of the weight gained or lost is named apart.
    """
    found = BaseStep()
    same_set = before.parts.keys() == after.parts.keys()
    for target_id in sorted(before.parts.keys() | after.parts.keys()):
        was, now = before.figures.get(target_id), after.figures.get(target_id)
        delta = _part(after, target_id) - _part(before, target_id)
        if target_id not in before.parts or target_id not in after.parts:
            found.moved.append(Moved(target_id, delta, was, now))
            continue
        own = 0
        if _reached(was) != _reached(now):
            own = delta if same_set else _own(after.parts[target_id][0], was, now)
            found.moved.append(Moved(target_id, own, was, now))
        if not same_set:
            found.weights_bp += delta - own
    named = sum(one.points_bp for one in found.moved) + found.weights_bp
    found.rounding_bp = after.base_bp - before.base_bp - named
    return found


def _part(state: State, target_id: int) -> int:
    return state.parts[target_id][1] if target_id in state.parts else 0


def _reached(figure: TargetFigure | None) -> int:
    reached = figure.achievement_bp if figure else None
    return reached or 0


def _own(potential: int, was: TargetFigure | None, now: TargetFigure | None) -> int:
    """What the achievement alone moves at the weight it has now, half up."""
    moved = potential * (_reached(now) - _reached(was))
    return (2 * moved + 10000) // 20000
