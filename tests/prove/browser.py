"""Every page of everybody in Chromium: planted scripts stay words, the policy holds, everybody can read it"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

from tests.prove import Figure, Stage

DATABASES = ("sqlite",)
COMMAND = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--tb=short")
TESTS = ("tests/access/test_chromium.py", "tests/browser/test_two_origins.py", "tests/browser/test_stored_files.py")


def run(stage: Stage) -> Iterator[Figure]:
    """Run the tests with everybody and every page, where `make test` opens a few; BROWSER_ROLES names some people."""
    told = stage.folder / "figures.jsonl"
    environment = stage.for_tests() | {"ASK_EVERYTHING": "1", "FIGURES": str(told)}
    only = os.environ.get("BROWSER_ROLES")
    chosen = ("-k", f"({only}) or not (stays_words or keeps_to)") if only else ()
    done = subprocess.run([*COMMAND, *TESTS, *chosen], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout[-12_000:], flush=True)
    lines = [json.loads(line) for line in told.read_text("utf-8").splitlines()] if told.exists() else []
    yield from _figures(lines)
    last = (done.stdout.strip().splitlines() or ["nothing"])[-1]
    yield Figure("careless pages found, other origins and stored files", last, "all", met=done.returncode == 0)


def _figures(lines: list[dict]) -> Iterator[Figure]:
    script = [line for line in lines if line["what"] == "script"]
    looks = [line for line in lines if line["what"] == "looks"]
    read = {column for line in lines if line["what"] == "read" for column in line["faults"]}
    counts = sum((Counter(line["counts"]) for line in script), Counter[str]())
    one = Counter[str](script[0]["counts"] if script else {})
    people = len({line["role"] for line in script})
    yield Figure(
        "script planted in columns of words, and columns read on a page",
        f"{one['payloads']} payloads in {one['columns']} of {one['columns of words']} columns, {len(read)} read",
        "≥ 60 payloads",
        met=one["payloads"] >= 60 and len(read) > 0,
    )
    faults = sum(len(line["faults"]) for line in script)
    opened = ", ".join(f"{counts[what]} {what}" for what in ("pages", "questions", "parts", "files"))
    yield Figure(
        "dialogs, policy violations, script errors, planted elements, requests elsewhere",
        f"{faults} on {opened} of {people} people",
        "0",
        met=faults == 0 and counts["pages"] > 0,
    )
    faults = sum(len(line["faults"]) for line in looks)
    pages = sum(line["counts"].get("pages", 0) for line in looks)
    yield Figure(
        "serious findings of axe at 390 and 1440 px, sideways scrolling, pages without h1, title or language",
        f"{faults} on {pages} pages of {len({line['role'] for line in looks})} people",
        "0",
        met=faults == 0 and pages > 0,
    )
