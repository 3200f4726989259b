"""Forged forms, forged administration, lookups, two hands and ways out: everything asked, nothing given"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from tests.prove import Figure, Stage

DATABASES = ("sqlite",)
#: Test → what it counts, in its own words, and the least of it.
COUNTED = {
    "test_no_form_takes_more_than_it_shows": ("forms sent with columns that are not theirs", 220),
    "test_no_forged_post_changes_a_row": ("forged posts to lists of the administration", 600),
    "test_no_list_allows_a_lookup_that_is_not_named_here": (
        "lookups × columns held against the lists' filters",
        50_000,
    ),
    "test_a_question_over_http_is_refused_without_an_answer": ("of them asked over HTTP", 2_000),
    "test_nobody_takes_the_second_step_on_their_own_work": ("second steps on one's own work, by action and HTTP", 60),
    "test_signing_in_and_out_the_language_and_a_notice_lead_home_instead": ("ways out named to what leads on", 200),
}


def run(stage: Stage) -> Iterator[Figure]:
    """Run the tests with nothing left out; each says how much it asked."""
    report = Path(stage.folder) / "separation.xml"
    files = ("mass_assignment", "forged_admin", "lookups", "two_hands", "redirects")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--no-migrations", f"--junitxml={report}"]
        + [f"tests/access/test_{name}.py" for name in files],
        env=stage.for_tests() | {"ASK_EVERYTHING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout[-6000:])
    counts: dict[str, int] = {}
    for case in ElementTree.parse(report).iter("testcase"):  # our own run wrote it
        first = case.find("properties/property")
        if first is not None and case.find("failure") is None:
            counts[case.get("name", "").partition("[")[0]] = int(first.get("value", "0"))
    for name, (words, least) in COUNTED.items():
        seen = counts.get(name, 0)
        yield Figure(words, f"{seen}", f"{least} or more, 0 given", met=seen >= least)
    yield Figure("tests that failed", "0" if done.returncode == 0 else "some", "0", met=done.returncode == 0)
