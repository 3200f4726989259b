"""Pages: what each main page costs, as a ratio to an empty page of the portal in the same run."""

import re
import subprocess
import sys
from collections.abc import Iterable

from tests.prove import Figure, Stage

DATABASES = ("postgres", "sqlite")
LINE = re.compile(
    r"^(.+): (\d+) queries, ([\d.]+) ms, (\d+) KB, ([\d.]+) times an empty page \(goal (\d+)\)", re.MULTILINE
)


def run(stage: Stage) -> Iterable[Figure]:
    """Load the sample into a database of its own and measure; one figure a page."""
    environment = stage.environment
    if "DATABASE_OWNER_URL" in environment:  # the benchmark makes and drops a database of its own
        environment = environment | {"DATABASE_URL": environment["DATABASE_OWNER_URL"]}
    done = subprocess.run(
        [sys.executable, "manage.py", "bench_pages"], env=environment, capture_output=True, text=True, check=True
    )
    found = LINE.findall(done.stdout)
    yield Figure("pages measured", str(len(found)), "10", met=len(found) == 10)
    for name, queries, milliseconds, size, ratio, goal in found:
        yield Figure(
            f"{name} ({queries} queries, {milliseconds} ms, {size} KB)",
            f"{ratio} empty pages",
            f"at most {goal}",
            met=float(ratio) <= float(goal),
        )
