"""A city beside a district: every page that lists, with 1 200 units and 43 000 targets and with 40 units

Both are built the same way and measured in one run, each page against an empty page of the portal.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

from tests.prove import Figure, Stage

DATABASES = ("postgres",)
DISTRICT, CITY = 40, 1_200
MOST = 1.5  # times a district's page
EMPTY = 8.0  # empty pages that a page may cost
PAGES = 46
LINE = re.compile(r"^(.+): (\d+) queries, ([\d.]+) ms, (\d+) KB, ([\d.]+) times an empty page", re.MULTILINE)


def run(stage: Stage) -> Iterator[Figure]:
    """Measure both; two figures a page: beside the district's, and beside the empty one."""
    district, city = (measured(stage, units) for units in (DISTRICT, CITY))
    found = f"{len(city)} and {len(district)}"
    yield Figure("pages measured", found, f"{PAGES} of each", met=len(city) == len(district) == PAGES)
    for name, (queries, milliseconds, size, ratio) in city.items():
        _queries, _milliseconds, _size, small = district[name]
        grown = ratio / small
        yield Figure(
            f"{name} ({queries} queries, {milliseconds} ms, {size} KB)",
            f"{grown:.2f} × a district's",
            f"≤ {MOST}",
            met=grown <= MOST,
        )
        yield Figure(f"{name}, alone", f"{ratio} empty pages", f"< {EMPTY:.0f}", met=ratio < EMPTY)


def measured(stage: Stage, units: int) -> dict[str, tuple[str, str, str, float]]:
    """Each page by its name: statements, milliseconds, kilobytes, empty pages."""
    environment = stage.environment
    if "DATABASE_OWNER_URL" in environment:  # the benchmark makes and drops a database of its own
        environment = environment | {"DATABASE_URL": environment["DATABASE_OWNER_URL"]}
    command = [sys.executable, "manage.py", "bench_pages", "--units", str(units), "--runs", "9"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return {
        name: (queries, milliseconds, size, float(ratio))
        for name, queries, milliseconds, size, ratio in LINE.findall(done.stdout)
    }
