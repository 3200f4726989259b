"""The long figures: what ``make prove`` runs, and the shapes a proof is written in.

A proof is a module here with a first docstring line (its title), optionally ``DATABASES`` (default
``("postgres",)``), and ``run(stage) -> Iterable[Figure]``. It runs in a process of its own, with a
freshly migrated database of its own behind ``DATABASE_URL`` (as the application role; the owner's
address is ``DATABASE_OWNER_URL``), a real Redis behind ``REDIS_URL``, and its own ``RUN_DIR``; so it
may start workers and kill them. It imports Django's models inside ``run``.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One line of the ledger: what was measured, the value seen, the goal, and whether it was met."""

    name: str
    value: str
    goal: str
    met: bool


@dataclass(frozen=True)
class Stage:
    """Where a proof plays."""

    database: str  # "postgres" or "sqlite"
    folder: Path  # empty, removed afterwards
    environment: dict[str, str]  # for processes the proof starts (workers, beat, web)
    redis_port: int  # where the real redis-server listens; a proof may kill it and start another

    def for_tests(self) -> dict[str, str]:
        """The environment of a process that runs tests: they start servers of their own, on SQLite."""
        of_the_proof = ("DATABASE_", "REDIS_URL", "RUN_DIR")
        kept = {name: value for name, value in self.environment.items() if not name.startswith(of_the_proof)}
        return kept | {"DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE": "sqlite"}
