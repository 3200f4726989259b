"""The last hour before a deadline: 100 leaders send reports with files, 5 officers verify, on two cores

``manage.py loadtest`` makes its own database and people; here its words become figures.
"""

import re
import subprocess
import sys
from collections.abc import Iterable

from tests.prove import Figure, Stage

DATABASES = ("postgres",)
GOAL = 1.5  # seconds for 95 % of all answers
KIND = re.compile(r"^(.+): (\d+) requests, median [\d.]+ s, 95 % within ([\d.]+) s, 99 % .* s$", re.M)
KEPT = re.compile(
    r"^kept: (\d+) reports, (\d+) values, (\d+) files, (\d+) verdicts; .* ([\d.]+) s later$", re.MULTILINE
)


def run(stage: Stage) -> Iterable[Figure]:
    """Play the hour once; a figure for all requests, one each for what people wait for, and what was kept."""
    environment = stage.environment | {"DATABASE_URL": stage.environment["DATABASE_OWNER_URL"]}
    done = subprocess.run([sys.executable, "manage.py", "loadtest"], env=environment, capture_output=True, text=True)
    kinds = {what: (int(count), slow) for what, count, slow in KIND.findall(done.stdout)}
    kept = KEPT.search(done.stdout)
    if kept is None or "all" not in kinds:
        yield Figure("the hour was played", (done.stderr or done.stdout)[-300:], "to its end", met=False)
        return
    count, slow = kinds.pop("all")
    yield Figure(f"95 % of all {count} answers within", f"{slow} s", f"≤ {GOAL} s", met=float(slow) <= GOAL)
    for what in ("report", "box", "file", "send", "queue", "verdict", "board"):
        count, slow = kinds[what]
        yield Figure(f"95 % of {count} answers to: {what}", f"{slow} s", f"≤ {GOAL} s", met=float(slow) <= GOAL)
    failed, different = (_count(words, done.stdout) for words in ("answers of 500 or above, or none", "database"))
    yield Figure("answers of 500 or above, or none", str(failed), "0", met=failed == 0)
    yield Figure("differences between what people were told and the database", str(different), "0", met=different == 0)
    reports, values, files, verdicts, later = kept.groups()
    words = f"{reports} reports, {values} values, {files} files, {verdicts} verdicts; worker done after {later} s"
    yield Figure(
        "kept", words, "100 reports, 1200 values, 200 files", met=(reports, values, files) == ("100", "1200", "200")
    )


def _count(words: str, text: str) -> int:
    found = re.search(rf"{words}: (\d+)", text)
    return int(found[1]) if found else -1
