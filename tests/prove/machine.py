"""Whatever anybody tries, in any order: a machine plays a month, and finds what is broken on purpose.

Every act of fourteen people, the forbidden ones included, on reports, verdicts, corrections, proposals, votes,
submissions, decisions and the campaign's life; after each all that must hold is checked (``tests/machine``).
MACHINE_RUNS plays fewer months.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.prove import Figure, Stage

DATABASES = ("sqlite", "postgres")
RUNS, STEPS, LEAST = 500, 50, 20


def run(stage: Stage) -> Iterator[Figure]:
    """Play; count what was met; then break one guard after another. On PostgreSQL a tenth: only the SQL differs."""
    from django.db import transaction

    from tests.machine.ledger import Seen
    from tests.machine.machine import PortalMachine
    from tests.machine.play import play
    from tests.machine.world import World

    runs = int(os.environ.get("MACHINE_RUNS", RUNS if stage.database == "sqlite" else RUNS // 10))
    with transaction.atomic():
        world, found = World(), ""
        try:
            play(world, runs, STEPS)
        except Exception as violation:  # noqa: BLE001  # a figure, shown with its steps
            found = f"{type(violation).__name__}: {str(violation)[:200]}"
            print("\n".join([found, *getattr(violation, "__notes__", [])]), file=sys.stderr)
        seen: Seen = PortalMachine.seen
        yield Figure(
            f"violations in {seen.runs} months of {STEPS} steps",
            f"{found or 0} ({seen.steps} steps, {seen.acts} acts, {seen.refused} of them refused)",
            f"0 in {runs}",
            met=not found and seen.runs >= runs and seen.steps >= runs * STEPS,
        )
        yield from _met(seen, LEAST if stage.database == "sqlite" else 1)
        yield Figure(
            "scores held against the calculator; forms sent again; decisions revoked, the old one as it was",
            f"{seen.scores}; {seen.replayed}; {seen.revoked}",
            "at least 1 each",
            met=min(seen.scores, seen.replayed, seen.revoked) > 0,
        )
        yield from _faults(world)
        transaction.set_rollback(True)


def _met(seen: Any, least: int) -> Iterator[Figure]:
    """Every legal step and every refusal was met so often."""
    steps, refusals = seen.wanted()
    for what, wanted, counts in (("transitions", steps, seen.transitions), ("refusals", refusals, seen.refusals)):
        rare = {name: counts[name] for name in wanted if counts[name] < least}
        value = f"{len(wanted) - len(rare)} of {len(wanted)}"
        if rare:
            value += "; seldom: " + ", ".join(f"{name} {count}" for name, count in sorted(rare.items()))
        yield Figure(f"{what} met at least {least} times", value, "all", met=not rare)


def _faults(world: Any) -> Iterator[Figure]:
    """One guard is taken away at a time; the machine must find each."""
    from tests.machine.faults import FAULTS
    from tests.machine.play import play

    outcome: Counter[str] = Counter()
    missed = []
    for name, taken_away in FAULTS.items():
        try:
            with taken_away():
                play(world, 40, STEPS)
        except Exception:  # noqa: BLE001  # that it found something is what is asked
            outcome["found"] += 1
        else:
            missed.append(name)
    value = f"{outcome['found']} of {len(FAULTS)}" + (f"; missed: {', '.join(missed)}" if missed else "")
    yield Figure("guards taken away that the machine missed", value, "all found", met=not missed)
