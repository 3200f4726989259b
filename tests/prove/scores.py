"""Scores: random campaigns against the independent reference, and the night against its floor."""

import re
import subprocess
import sys
from collections.abc import Iterable

from tests.prove import Figure, Stage

DATABASES = ("postgres", "sqlite")
CAMPAIGNS = 320  # with every day on which something happens: more than ten thousand comparisons


def run(stage: Stage) -> Iterable[Figure]:
    """Compare every figure of many campaigns on many days and both bases; then measure sizes s and m."""
    yield _figures()
    yield from _night(stage)


def _figures() -> Figure:
    from django.db import transaction

    from tests.scoring.generation import MEDIUM, SMALL, days_of_interest, random_campaign
    from tests.scoring.loading import exported, load, run
    from tests.scoring.reference import compare, score

    different = compared = 0
    for seed in range(10_000, 10_000 + CAMPAIGNS):
        source = random_campaign(seed, MEDIUM if seed % 50 == 0 else SMALL)
        with transaction.atomic():
            campaign = load(source)
            for day in days_of_interest(source):
                run(campaign, day)
                for basis in ("official", "provisional"):
                    compared += 1
                    different += bool(compare(score(source, day, basis), exported(campaign, day, basis)))
            transaction.set_rollback(True)
    return Figure(
        f"days of {CAMPAIGNS} random campaigns that differ from the reference",
        f"{different} of {compared}",
        "0",
        met=different == 0 and compared >= 10_000,
    )


def _night(stage: Stage) -> Iterable[Figure]:
    environment = stage.environment
    if "DATABASE_OWNER_URL" in environment:  # the benchmark makes and drops databases of its own
        environment = environment | {"DATABASE_URL": environment["DATABASE_OWNER_URL"]}
    done = subprocess.run(
        [sys.executable, "manage.py", "bench_scores", "--size", "m"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    sizes = re.findall(
        r"(\w+) ([sml]) \((\w+)\): .*?; run ([\d.]+) s .*?; rerun ([\d.]+) s, 0 rows; .*?"
        r"ratio ([\d.]+); .*?memory \+(\d+) MB",
        done.stdout,
        re.DOTALL,
    )
    limits = {"s": 0.05, "m": 0.6}
    for _database, size, name, seconds, _rerun, ratio, memory in sizes:
        yield Figure(f"night of a {name}", f"{seconds} s", f"under {limits[size]} s", met=float(seconds) < limits[size])
        if size == "m":
            yield Figure("times its floor (read and write)", ratio, "at most 4", met=float(ratio) <= 4)
            yield Figure("memory growth", f"{memory} MB", "at most 100 MB", met=int(memory) <= 100)
    exponent = re.search(r"growth exponent s→m: ([\d.]+)", done.stdout)
    value = exponent[1] if exponent else "missing"
    yield Figure("growth exponent", value, "at most 1.1", met=exponent is not None and float(value) <= 1.1)
