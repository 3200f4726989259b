"""Upgrades from every released migration, killed at random moments: the same rows and schema as without a kill"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.prove import Figure, Stage

DATABASES = ("postgres", "sqlite")
KILLS = int(os.environ.get("UPGRADE_KILLS", "2"))  # of each upgrade; at most so many, since it may end before
#: Tables that Django itself fills after every migration, or that say when one was applied.
OF_DJANGO = ("django_migrations.", "django_content_type.", "auth_permission.")
#: What data migrations mend: the shipped figures of the law.
MENDED = ("awards_rewardcoefficient.", "awards_basesalary.", "awards_legalbasis.", "awards_roundingrule.")
Look = dict[str, Any]


@dataclass
class Seen:
    """What went wrong over all upgrades, and how much there was to go wrong."""

    states: list[str] = field(default_factory=list)
    rows: int = 0  # of the fullest database that was upgraded
    kills: int = 0
    half_way: int = 0  # kills that found some migrations done and others not
    other_rows: list[str] = field(default_factory=list)
    other_schema: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)


def run(stage: Stage) -> Iterator[Figure]:
    """Load the sample, go back to each state from the newest on, and upgrade: straight, then with kills."""
    chance, seen = random.Random(20261127), Seen()
    subprocess.run([sys.executable, "manage.py", "load_sample"], env=stage.environment, check=True, capture_output=True)
    chain = child(stage.environment, "plan")
    newest = child(stage.environment, "look")
    for count in range(len(chain) - 1, 0, -1):
        targets = list({name.partition(".")[0]: name for name in chain[:count]}.values())
        _one_state(stage, targets, chain[count - 1], seen, chance)
    last = child(stage.environment, "look")
    yield Figure(
        "states that a populated database went back to and was upgraded from",
        f"{len(seen.states)} of {len(chain) - 1}, {seen.rows} rows",
        f"{len(chain) - 1}",
        met=len(seen.states) == len(chain) - 1 and seen.rows > 10_000,
    )
    yield Figure(
        "kill -9 while it migrates; of these half-way; upgrades that a second run did not finish",
        f"{seen.kills}; {seen.half_way}; {len(seen.stuck)} {_some(seen.stuck)}",
        "some half-way; 0 stuck",
        met=seen.half_way > 0 and not seen.stuck,
    )
    yield Figure(
        "columns and constraints other than after a straight migration",
        f"{len(seen.other_rows)} {_some(seen.other_rows)}; {len(seen.other_schema)} {_some(seen.other_schema)}",
        "0; 0",
        met=not seen.other_rows + seen.other_schema,
    )
    yield Figure(
        "columns whose values an upgrade lost or changed; append-only triggers lacking afterwards",
        f"{len(seen.lost)} {_some(seen.lost)}; {len(seen.lacking)} {_some(seen.lacking)}",
        "0; 0",
        met=not seen.lost + seen.lacking,
    )
    different = _schema_faults(newest, last)
    yield Figure(
        "schema after all going back and forth, against the first: differences",
        f"{len(different)} {_some(different)}",
        "0",
        met=not different,
    )


def _some(names: list[str]) -> str:
    return ", ".join(names[:4])


def _one_state(stage: Stage, targets: list[str], name: str, seen: Seen, chance: random.Random) -> None:
    before = child(stage.environment, "back", *targets)
    started = time.monotonic()
    _migrate(stage)
    seconds = time.monotonic() - started
    straight = child(stage.environment, "look")
    seen.states.append(name)
    seen.rows = max(seen.rows, sum(before["rows"].values()))
    seen.lost += [f"{name}: {column}" for column in _changed(before, straight)]
    seen.lacking += straight["lacking"]
    again = child(stage.environment, "back", *targets)
    seen.lost += [f"{name} again: {column}" for column in _changed(before, again)]
    for _ in range(KILLS):
        if not _kill_once(stage, seconds * chance.uniform(0.3, 1)):
            break  # it was done before
        seen.kills += 1
        done = set(child(stage.environment, "look")["applied"])
        seen.half_way += set(again["applied"]) < done < set(straight["applied"])
    if not _migrate(stage):
        seen.stuck.append(name)
    killed = child(stage.environment, "look")
    seen.other_rows += [f"{name}: {column}" for column in _changed(straight, killed, mended=())]
    seen.other_schema += [f"{name}: {fault}" for fault in _schema_faults(straight, killed)]
    seen.lacking += killed["lacking"]


def _changed(before: Look, after: Look, mended: tuple[str, ...] = MENDED) -> list[str]:
    """The columns of ``before`` whose values are others afterwards, or that are gone."""
    return [
        column
        for column, (_kind, digest) in before["columns"].items()
        if not column.startswith(OF_DJANGO + mended) and after["columns"].get(column, ["", ""])[1] != digest
    ]


def _schema_faults(one: Look, other: Look) -> list[str]:
    """Columns with another type, and tables with other constraints or indexes."""
    kinds = [{column: kind for column, (kind, _digest) in look["columns"].items()} for look in (one, other)]
    columns = [name for name in {**kinds[0], **kinds[1]} if kinds[0].get(name) != kinds[1].get(name)]
    rules = [one["rules"], other["rules"]]
    return columns + [name for name in {**rules[0], **rules[1]} if rules[0].get(name) != rules[1].get(name)]


def child(environment: dict[str, str], *arguments: str) -> Any:
    """Ask ``_upgrade_child`` in a process of its own. Raises RuntimeError with what it said."""
    command = [sys.executable, "-m", "tests.prove._upgrade_child", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _migrate(stage: Stage) -> bool:
    command = [sys.executable, "manage.py", "migrate", "-v0"]
    return subprocess.run(command, env=stage.environment, capture_output=True, check=False).returncode == 0


def _kill_once(stage: Stage, after: float) -> bool:
    """Kill a migration so many seconds after its start; whether it was still running."""
    command = [sys.executable, "manage.py", "migrate", "-v0"]
    process = subprocess.Popen(command, env=stage.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True
    return False
