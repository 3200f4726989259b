"""Every hostile file at every door that takes files: refused with its reason, nothing kept"""

import re
import subprocess
import sys
from collections.abc import Iterator

from tests.prove import Figure, Stage

DATABASES = ("sqlite",)


def run(stage: Stage) -> Iterator[Figure]:
    """Run the test of the doors with the whole corpus, where `make test` sends one file for each reason."""
    from tests.campaigns.files.corpus import HOSTILE

    command = [sys.executable, "-m", "pytest", "-q", "--no-migrations", "-p", "no:cacheprovider"]
    environment = stage.environment | {"ASK_EVERYTHING": "1", "TEST_DATABASE": stage.database}
    done = subprocess.run(
        [*command, "tests/campaigns/test_uploads.py", "-k", "hostile"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    last = (done.stdout.strip().splitlines() or ["nothing"])[-1]
    passed = re.search(r"(\d+) passed", last)
    doors = int(passed[1]) if passed else 0
    yield Figure(
        "doors that refuse every hostile file and then take an ordinary one",
        f"{doors} doors × {len(HOSTILE)} files: {last}",
        "all",
        met=done.returncode == 0 and doors >= 8,
    )
