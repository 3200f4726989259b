"""Who may do what, in full: every address × everybody × method × plain and htmx, every crawl, on both databases."""

import re
import subprocess
import sys
from collections.abc import Iterable

from tests.prove import Figure, Stage

DATABASES = ("sqlite", "postgres")


def run(stage: Stage) -> Iterable[Figure]:
    """Run the tests of access with nothing left out; ``make test`` asks each question on one database only."""
    environment = {name: value for name, value in stage.environment.items() if not name.startswith("DATABASE_")}
    environment |= {
        "TEST_DATABASE": stage.database,
        "ASK_EVERYTHING": "1",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", "-q", "tests/access"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stdout.strip().splitlines()[-1]
    passed, failed = re.search(r"(\d+) passed", last), re.search(r"(\d+) failed", last)
    yield Figure("tests of access that passed", passed[1] if passed else "0", "all", met=done.returncode == 0)
    yield Figure("tests of access that failed", failed[1] if failed else "0", "0", met=failed is None)
