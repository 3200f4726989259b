"""Lines and branches of the portal's own code that the whole suite reaches, on SQLite and PostgreSQL together

The processes that tests start are measured too, as far as they end by themselves.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

from tests.prove import Figure, Stage

DATABASES = ("sqlite",)
GOAL = 95  # percent
WORST = 10  # files that are named


def run(stage: Stage) -> Iterable[Figure]:
    """Run the suite on both databases, put together what its processes saw, and count."""
    environment = stage.for_tests() | {"COVERAGE_FILE": str(stage.folder / "coverage")}
    answer = stage.folder / "coverage.json"
    workers = os.environ.get("COVERAGE_WORKERS", "2")

    def coverage(*arguments: str, database: str = "sqlite") -> int:
        command = [sys.executable, "-m", "coverage", *arguments]
        return subprocess.run(command, env=environment | {"TEST_DATABASE": database}).returncode

    for database in ("sqlite", "postgres"):
        tests = coverage("run", "-m", "pytest", "-q", "-n", workers, "-p", "no:cacheprovider", database=database)
        yield Figure(f"exit status of the suite on {database}", str(tests), "0", met=tests == 0)
    assert coverage("combine", "-q") == 0, "nothing was measured"
    assert coverage("json", "-q", "-o", str(answer)) == 0
    yield from counted(json.loads(answer.read_text("utf-8")))


def counted(report: dict[str, Any]) -> Iterable[Figure]:
    """The total, what it is made of, and the files that leave most branches."""
    total = report["totals"]
    lines, branches = (
        (total["covered_lines"], total["num_statements"]),
        (total["covered_branches"], total["num_branches"]),
    )
    for what, (seen, there) in (
        ("branches reached", branches),
        ("lines reached", lines),
        ("lines and branches together", (lines[0] + branches[0], lines[1] + branches[1])),
    ):
        share = f"{seen}/{there} = {100 * seen / there:.1f} %"
        yield Figure(what, share, f"≥ {GOAL} %", met=100 * seen >= GOAL * there)
    left = {path: file["summary"]["missing_branches"] for path, file in report["files"].items()}
    worst = sorted((path for path in left if left[path]), key=lambda path: -left[path])[:WORST]
    named = ", ".join(f"{path} {left[path]}" for path in worst)
    yield Figure("files with most branches left", named or "none", "named", met=True)
