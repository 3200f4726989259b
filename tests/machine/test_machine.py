"""The machine finds nothing in the portal, and finds what is broken on purpose (more in ``tests/prove``)."""

from __future__ import annotations

import pytest

from tests.machine.faults import FAULTS
from tests.machine.play import play
from tests.machine.world import World

pytestmark = pytest.mark.django_db


def test_whatever_anybody_tries_in_any_order() -> None:
    seen = play(World(), 10, 25)
    assert seen.steps >= 10 * 25
    assert min(seen.acts, seen.refused, seen.scores) > 40
    assert len(seen.transitions) > 20


def test_a_guard_that_is_taken_away_is_missed() -> None:
    world = World()
    with FAULTS["a step is taken from anywhere"](), pytest.raises(AssertionError):
        play(world, 10, 25)
