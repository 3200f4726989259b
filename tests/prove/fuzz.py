"""Ten thousand malformed requests to every address as seven people: no answer of 500 or above"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable

from tests.prove import Figure, Stage

DATABASES = ("postgres", "sqlite")
REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "10000"))


def run(stage: Stage) -> Iterable[Figure]:
    """Run the test of make test with more requests; it says which request was answered wrongly."""
    environment = {name: value for name, value in stage.environment.items() if not name.startswith("DATABASE_")}
    environment |= {
        "TEST_DATABASE": stage.database,
        "FUZZ_REQUESTS": str(REQUESTS),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--no-migrations", "tests/access/test_fuzz.py"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    broken = len(set(re.findall(r"'(\d+): (?:GET|POST) ", done.stdout)))
    if done.returncode:
        print(done.stdout[-6000:])
    yield Figure("malformed requests sent", str(REQUESTS), "10000", met=REQUESTS >= 10_000)
    yield Figure("answered with 500 or above", str(broken), "0", met=done.returncode == 0)
