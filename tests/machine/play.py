"""Let the machine run: so many months, so many steps each."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.ledger import Seen
from tests.machine.machine import PortalMachine
from tests.machine.world import World


def play(world: World, runs: int, steps: int) -> Seen:
    """Play, and return what was met. Raises what the machine finds, with the steps that led there."""
    PortalMachine.world, PortalMachine.seen = world, Seen()
    run_state_machine_as_test(
        PortalMachine,
        _min_steps=steps + 1,  # Hypothesis ends some earlier; the first step sets the day
        settings=settings(
            max_examples=runs, stateful_step_count=steps + 1, deadline=None, database=None, derandomize=True,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    return PortalMachine.seen
