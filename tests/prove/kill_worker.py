"""kill -9 of the worker at 50 random moments.

Real work on a real database: values sent, nights missed, campaigns closed. On PostgreSQL Redis is the broker, on
SQLite the filesystem; every fifth kill empties it. See tests/killing.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.killing import DAMAGE, in_a_process
from tests.prove import Figure, Stage

DATABASES = ("postgres", "sqlite")
KILLS = 50


def run(stage: Stage) -> Iterator[Figure]:
    """Play it once with the broker that belongs to the database."""
    environment = {
        name: value for name, value in stage.environment.items() if stage.database == "postgres" or name != "REDIS_URL"
    }
    figures = in_a_process(KILLS, 20260701, environment=environment, timeout=1_500)
    broker = "Redis" if "REDIS_URL" in environment else "filesystem"
    work = f"{figures['messages']} messages, {figures['runs']} runs, {figures['campaigns']} campaigns"
    yield Figure(
        f"kills while work was fed ({broker})", f"{figures['kills']} ({work})", "50", figures["kills"] == KILLS
    )
    met = figures["kills that met work half done"]
    yield Figure("kills that met work half done", f"{met} ({figures['claims that died']} claims)", "≥ 10", met >= 10)
    for name in DAMAGE:
        yield Figure(name, str(figures[name]), "0", figures[name] == 0)
    drained = figures["drained after the last kill (s)"]
    yield Figure("drained after the last kill", f"{drained} s", "≤ 120 s", drained <= 120)
