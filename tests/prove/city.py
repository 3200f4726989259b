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
LINE = re.compile(r"^(.+): (\d+) queries, ([\d.]+) ms, (\d+) KB, ([\d.]+) times an empty page", re.MULTILINE)


def run(stage: Stage) -> Iterator[Figure]:
    """Measure both; a figure a page."""
    district, city = (measured(stage, units) for units in (DISTRICT, CITY))
    yield Figure("pages measured", str(len(city)), "16", met=len(city) == len(district) == 16)
    for name, (queries, milliseconds, size, ratio) in city.items():
        _queries, _milliseconds, _size, small = district[name]
        grown = ratio / small
        yield Figure(
            f"{name} ({queries} queries, {milliseconds} ms, {size} KB, {ratio} empty pages)",
            f"{grown:.2f} × a district's",
            f"≤ {MOST}",
            met=grown <= MOST,
        )


def measured(stage: Stage, units: int) -> dict[str, tuple[str, str, str, float]]:
    """Each page by its name: statements, milliseconds, kilobytes, empty pages."""
    environment = stage.environment | {"DATABASE_URL": stage.environment["DATABASE_OWNER_URL"]}
    command = [sys.executable, "manage.py", "bench_pages", "--units", str(units), "--runs", "9"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return {
        name: (queries, milliseconds, size, float(ratio))
        for name, queries, milliseconds, size, ratio in LINE.findall(done.stdout)
    }
