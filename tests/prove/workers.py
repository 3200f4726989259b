"""A night of the whole country shared by several workers over PostgreSQL and Redis, and one of them killed in it

The same night by one worker, by three, and by three of which one is killed with -9 while it holds runs, a third of the
night done. The checksum of each campaign's rows says whether all of them are the same night. The first night and the
hurt one also find out when each report of thirteen weeks was complete; the others know it from the nights before.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from tests.prove import Figure, Stage
from tests.prove._portal import Portal

DATABASES = ("postgres",)
SIZE = "l"  # 875 campaigns, 35 000 units, 1.26 million targets: scoring/benchmark.py
WORKERS = ("first", "second", "third")
WORKER = ("celery", "-A", "campaign_portal", "worker", "-P", "solo", "-l", "CRITICAL", "--without-gossip")
SECONDS = 600
#: The owner fills the tables and empties them between the nights.
AS_OWNER = """
import django; django.setup()
from django.db import connection
{}
"""
BUILD = "from scoring.benchmark import SIZES, build; build(SIZES['{}'])"
EMPTY = """
for table in {}:
    connection.cursor().execute(f'DELETE FROM scoring_{{table}}')
for table in ('unitscore', 'scorerun', 'completedreport'):
    connection.cursor().execute(f'VACUUM (ANALYZE) scoring_{{table}}')
"""
SCORES, KNOWN = ("unitscore", "scorerun"), "completedreport"


@dataclass(frozen=True)
class Night:
    """What one night came to."""

    seconds: float
    checksums: dict[int, str]
    workers: set[str]  # that held a run
    attempts: int  # runs that were begun more than once


def run(stage: Stage) -> Iterator[Figure]:
    """Fill, and let the night come three times."""
    from campaigns.models import Campaign, Participant, Target

    as_owner(stage, BUILD.format(SIZE))
    figures = [f"{model.objects.count():,}".replace(",", " ") for model in (Campaign, Participant, Target)]
    size = "{} campaigns, {} units, {} targets".format(*figures)
    first = night(stage, WORKERS[:1])
    alone = night(stage, WORKERS[:1], knowing=True)
    shared = night(stage, WORKERS, knowing=True)
    hurt = night(stage, WORKERS, kill="second")
    count = len(alone.checksums)
    yield Figure(f"campaigns scored by one worker ({size})", str(count), figures[0], str(count) == figures[0])
    yield Figure("seconds of one worker in the first night", f"{first.seconds:.1f}", "≤ 180", first.seconds <= 180)
    yield Figure("seconds of one worker", f"{alone.seconds:.1f}", "≤ 60 with a process started", alone.seconds <= 60)
    yield Figure("seconds of three on these cores", f"{shared.seconds:.1f}", "≤ one's", shared.seconds <= alone.seconds)
    yield Figure("workers that took a part of the three", str(len(shared.workers)), "3", len(shared.workers) == 3)
    different = sum(first.checksums.get(pk) != checksum for pk, checksum in alone.checksums.items())
    yield Figure(
        "campaigns whose checksum differs between the first night and the next", str(different), "0", different == 0
    )
    different = sum(shared.checksums.get(pk) != checksum for pk, checksum in alone.checksums.items())
    yield Figure("campaigns whose checksum differs between one and three", str(different), "0", different == 0)
    yield Figure("runs begun twice by three", str(shared.attempts), "0", shared.attempts == 0)
    yield Figure("runs of the killed worker that others took up", str(hurt.attempts), "≥ 1", hurt.attempts >= 1)
    yield Figure("seconds of three, one killed in it", f"{hurt.seconds:.1f}", "≤ 120", hurt.seconds <= 120)
    different = sum(hurt.checksums.get(pk) != checksum for pk, checksum in alone.checksums.items())
    yield Figure("campaigns whose checksum differs after the kill", str(different), "0", different == 0)


def night(stage: Stage, names: tuple[str, ...], *, knowing: bool = False, kill: str = "") -> Night:
    """Queue the night of every campaign, let the workers find it, kill one after a third; return what it came to.

    ``knowing``: which reports are complete is known from a night before.
    """
    from django.db.models import Count, Q

    from campaigns.calendar import local_moment
    from campaigns.models import Campaign
    from scoring.enums import RunStatus, RunTrigger
    from scoring.models import ScoreRun

    as_owner(stage, EMPTY.format(SCORES if knowing else (*SCORES, KNOWN)))
    day = Campaign.objects.order_by("pk")[0].ends_on
    with closing(Portal(stage)) as portal:
        portal.redis.start()
        for name in names:
            portal.start(name, "-m", *WORKER, "-n", f"{name}@here")
        portal.start_beat()
        wait_for_workers(portal, names)
        started, killed, holders = time.monotonic(), False, set[str]()
        ScoreRun.objects.bulk_create(
            [
                ScoreRun(campaign_id=pk, day=day, trigger=RunTrigger.NIGHTLY, requested_at=local_moment(day))
                for pk in Campaign.objects.values_list("pk", flat=True)
            ]
        )
        for _name in names:
            portal.ring("campaigns.tasks.drain_outbox")
        while time.monotonic() - started < SECONDS:
            state: dict[str, Any] = ScoreRun.objects.aggregate(
                done=Count("pk", filter=Q(status=RunStatus.DONE)),
                open=Count("pk", filter=Q(status__in=(RunStatus.QUEUED, RunStatus.RUNNING))),
            )
            held = ScoreRun.objects.filter(status=RunStatus.RUNNING).values_list("lease_owner", flat=True)
            at_work = {owner.rsplit(":", 2)[0] for owner in held.distinct()}  # host and worker, without process
            holders |= at_work
            # Only a worker that holds runs is worth killing; it runs in one process, whose number its name holds.
            third = kill != "" and not killed and state["done"] * 2 >= state["open"]
            if third and any(f":{portal.processes[kill].pid}@" in owner for owner in at_work):
                portal.stop(kill)
                killed = True
            if not state["open"]:
                break
            time.sleep(0.02)
        seconds = time.monotonic() - started
    checksums = dict(ScoreRun.objects.good().values_list("campaign", "checksum"))
    again = ScoreRun.objects.filter(attempts__gt=1).count()
    return Night(seconds, checksums, holders, again)


def wait_for_workers(portal: Portal, names: tuple[str, ...]) -> None:
    """Wait until each worker listens at the broker. Raises TimeoutError."""
    from redis import Redis

    until = time.monotonic() + 120
    with Redis.from_url(portal.redis.url) as redis:
        while time.monotonic() < until:
            if sum(client["cmd"] == "brpop" for client in redis.client_list()) >= len(names):
                return
            time.sleep(0.2)
    raise TimeoutError("a worker did not come up")


def as_owner(stage: Stage, what: str) -> None:
    """Let the owner of the tables do something in a process of its own."""
    environment = stage.environment | {"DATABASE_URL": stage.environment["DATABASE_OWNER_URL"]}
    subprocess.run([sys.executable, "-c", AS_OWNER.format(what)], env=environment, check=True)
