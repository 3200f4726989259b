"""Parts of the base, and one step between two states: every number is worked out by hand beside it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from campaigns.models import Area
from scoring.changes.steps import Moved, State, base_step, state_of
from scoring.contributions import contributions
from scoring.queries import TargetFigure


def figure(
    target: int, achievement: int | None, *, weight: int = 100, area: int = 1, counted: bool = True
) -> TargetFigure:
    return TargetFigure(
        target_id=target,
        participant_id=1,
        indicator_id=target,
        area_id=area,
        kind="increase",
        weight=weight,
        cap_bp=11000,
        floor_bp=0,
        late_milestone_bp=7500,
        by_another=not counted,
        baseline=0,
        goal=1_000_000,
        value=None,
        on_time=False,
        unclamped=achievement or 0,
        achievement_bp=achievement,
        is_fulfilled=False,
        is_counted=counted,
    )


def areas(*rows: tuple[int, int, str]) -> dict[int, Area]:
    return {pk: Area(pk=pk, number=number, weight=Decimal(weight)) for pk, number, weight in rows}


ONE = areas((1, 3, "1"))


def test_the_parts_of_example_4_add_up_to_its_8075() -> None:
    """Weights 3, 2, 1 with 8816, 11000, 0: 48448 points; at 100 % 5000, 3333⅓ and 1666⅔, of 8075 4408,2 and 3666,8."""
    rows = [figure(1, 8816, weight=300), figure(2, 11000, weight=200), figure(3, 0, weight=100)]
    assert contributions(rows, ONE, {"3": 8075}) == {1: (5000, 4408), 2: (3333, 3667), 3: (1667, 0)}


def test_areas_weigh_in_and_are_found_by_their_number() -> None:
    """Weights 1,5 and 1: 6000 and 4000 at 100 %; base div(150·8000 + 100·5000, 250) = 6800, of it 4800 and 2000."""
    plan = areas((8, 2, "1.5"), (9, 1, "1"))
    rows = [figure(1, 8000, area=8), figure(2, 5000, area=9)]
    assert contributions(rows, plan, {"2": 8000, "1": 5000}) == {1: (6000, 4800), 2: (4000, 2000)}


def test_what_rounding_leaves_goes_to_the_area_with_the_lowest_number() -> None:
    plan = areas((7, 3, "1"), (8, 2, "1"), (9, 1, "1"))
    rows = [figure(pk, 10000, area=pk) for pk in (7, 8, 9)]
    found = contributions(rows, plan, {"1": 10000, "2": 10000, "3": 10000})
    assert found == {9: (3334, 3334), 8: (3333, 3333), 7: (3333, 3333)}


def test_what_reached_nothing_gets_nothing_of_what_rounding_leaves() -> None:
    """0 and 1 of one weight: div(1, 2) = 1, and it is the second's."""
    assert contributions([figure(1, 0), figure(2, 1)], ONE, {"3": 1}) == {1: (5000, 0), 2: (5000, 1)}


def test_what_is_left_out_has_no_part_and_an_area_without_a_score_gives_none() -> None:
    rows = [figure(1, 4000), figure(2, None, counted=False)]
    assert contributions(rows, ONE, {"3": 4000}) == {1: (10000, 4000)}
    assert contributions(rows, ONE, {}) == {1: (10000, 0)}
    assert contributions([figure(2, None, counted=False)], ONE, {}) == {}


def state(*rows: TargetFigure, base: int | None, **given: Any) -> State:
    """A unit with one area; without points its total is the base."""
    known = {"total_bp": base, "bonus_bp": 0, "penalty_bp": 0, "points_penalty_bp": 0, **given}
    return state_of(
        figures={row.target_id: row for row in rows},
        areas=ONE,
        scores={} if base is None else {"3": base},
        base_bp=base,
        **known,
    )


def test_a_state_divides_its_penalty_into_points_and_reports() -> None:
    found = state(figure(1, 8000), base=8000, total_bp=7930, bonus_bp=130, penalty_bp=200, points_penalty_bp=50)
    assert (found.total_bp, found.base_bp, found.bonus_bp) == (7930, 8000, 130)
    assert (found.points_penalty_bp, found.reporting_penalty_bp) == (50, 150)
    assert (found.has_total, found.parts) == (True, {1: (10000, 8000)})


def test_without_a_total_there_is_nothing_to_move() -> None:
    found = state(figure(1, None, counted=False), base=None, bonus_bp=130, penalty_bp=200, points_penalty_bp=50)
    assert (found.total_bp, found.base_bp, found.bonus_bp) == (0, 0, 0)
    assert (found.points_penalty_bp, found.reporting_penalty_bp) == (0, 0)
    assert (found.has_total, dict(found.parts)) == (False, {})
    assert found.figures.keys() == {1}


def test_without_stored_area_scores_no_target_has_reached_anything() -> None:
    found = state_of(
        figures={1: figure(1, 8000)},
        areas=ONE,
        scores=None,
        total_bp=200,
        base_bp=None,
        bonus_bp=200,
        penalty_bp=0,
        points_penalty_bp=0,
    )
    assert (found.base_bp, found.parts) == (0, {1: (10000, 0)})


def test_a_target_moves_by_its_own_part_where_the_set_is_the_same() -> None:
    """6000 and 0 → 3000; 6000 and 5000 → 5500: the second brought 2500."""
    still, was, now = figure(1, 6000), figure(2, 0), figure(2, 5000)
    found = base_step(state(still, was, base=3000), state(still, now, base=5500))
    assert found.moved == [Moved(2, 2500, was, now)]
    assert (found.weights_bp, found.rounding_bp) == (0, 0)


def test_an_added_target_moves_its_part_and_what_the_others_lose_is_their_weight() -> None:
    """6000 and 3000 → 4500; 6000, 6000 and 9000 → 7000, parts 2000, 2000 and 3000.

    The third brings 3000; the second rose by 3000 at a third of the base: 1000, of which its part shows 500.
    """
    first, was, now, added = figure(1, 6000), figure(2, 3000), figure(2, 6000), figure(3, 9000)
    before, after = state(first, was, base=4500), state(first, now, added, base=7000)
    found = base_step(before, after)
    assert found.moved == [Moved(2, 1000, was, now), Moved(3, 3000, None, added)]
    assert (found.weights_bp, found.rounding_bp) == (-1500, 0)
    back = base_step(after, before)
    assert back.moved == [Moved(2, -1500, now, was), Moved(3, -3000, added, None)]
    assert (back.weights_bp, back.rounding_bp) == (2000, 0)


def test_a_part_that_only_rounding_shifts_is_called_rounding() -> None:
    """10, 10, 10 → parts of 10: 4, 3, 3; with 11 at the end div(31, 3) is 10 again: 3, 3, 4."""
    before = state(figure(1, 10), figure(2, 10), figure(3, 10), base=10)
    after = state(figure(1, 10), figure(2, 10), figure(3, 11), base=10)
    found = base_step(before, after)
    assert [(one.target_id, one.points_bp) for one in found.moved] == [(3, 1)]
    assert (found.weights_bp, found.rounding_bp) == (0, -1)


@pytest.mark.parametrize(
    ("was", "now", "own"),
    [(500, 502, 1), (500, 501, 1), (500, 499, 0), (500, 498, -1), (500, 497, -1), (0, 1, 1), (2, 0, -1)],
)
def test_half_a_point_is_rounded_up(was: int, now: int, own: int) -> None:
    """At half of the base 1 bp of achievement is worth 0,5: up from either side."""
    still, gone = figure(1, 0), figure(3, 0)
    before = state(still, figure(2, was), gone, base=was // 3)
    after = state(still, figure(2, now), base=now // 2)
    moved = {one.target_id: one.points_bp for one in base_step(before, after).moved}
    assert moved == {2: own, 3: 0}


def test_a_target_that_has_left_the_count_is_named_with_what_it_was() -> None:
    """Left out on the later day: it reaches nothing, though it still is there."""
    was, now = figure(1, 4000), figure(1, None, counted=False)
    found = base_step(state(was, base=4000), state(now, base=None))
    assert found.moved == [Moved(1, -4000, was, now)]
    assert (found.weights_bp, found.rounding_bp) == (0, 0)


def test_the_whole_difference_of_the_base_is_named() -> None:
    """Where the stored base is another than its parts give, the rest is called rounding."""
    before = state(figure(1, 4000), base=4000)
    after = state_of(
        figures={1: figure(1, 5000)},
        areas=ONE,
        scores={"3": 5000},
        total_bp=5003,
        base_bp=5003,
        bonus_bp=0,
        penalty_bp=0,
        points_penalty_bp=0,
    )
    found = base_step(before, after)
    assert ([one.points_bp for one in found.moved], found.rounding_bp) == ([1000], 3)
