"""Parts that add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.shares import apportion, middle, share


@given(st.integers(0, 20_000), st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any))
def test_parts_add_up_and_lie_within_one_of_their_exact_share(total: int, weights: list[int]) -> None:
    parts = apportion(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    assert all(abs(part * whole - total * weight) < whole for part, weight in zip(parts, weights, strict=True))


def test_what_is_left_goes_to_the_largest_remainders_the_earlier_first() -> None:
    assert apportion(10000, [1, 1, 1]) == [3334, 3333, 3333]
    assert apportion(100, [1, 2, 4]) == [14, 29, 57]
    assert apportion(5, [1]) == [5]


def test_nothing_is_split_where_nothing_weighs() -> None:
    assert apportion(500, [0, 0]) == [0, 0]
    assert apportion(500, []) == []


@pytest.mark.parametrize(("weighted", "weights", "expected"), [(48448, 6, 8075), (1, 2, 1), (1, 3, 0)])
def test_a_mean_rounds_half_up(weighted: int, weights: int, expected: int) -> None:
    assert share(weighted, weights) == expected


def test_the_median_is_a_score_that_was_reached() -> None:
    assert middle([]) is None
    assert middle([5, 1, 3]) == 3
    assert middle([4, 1, 3, 2]) == 2
