"""Kills the real worker while it does real work, and counts what is lost or doubled.

A process of its own (``python -m tests.killing KILLS SEED``): the environment names the database, the broker and
the folder. It feeds work all the time (values sent, campaigns opened and closed, nights missed), rings the bell
and the sweep as beat would, kills the worker's whole process group at random moments, empties the broker now and
then, and prints what it found as JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NIGHTS = 6  # that every campaign has missed
LEASE_SECONDS = 4


class Worker:
    """One Celery worker with two processes, in a process group of its own."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "celery", "-A", "campaign_portal", "worker", "-c", "2", "-l", "CRITICAL"]
        self.process = subprocess.Popen(
            [*command, "--without-gossip", "--without-mingle"],
            cwd=ROOT,
            env={**os.environ, "WORK_LEASE_SECONDS": str(LEASE_SECONDS)},
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """Kill -9 the whole tree at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Play:
    """Feeds, rings, kills, and counts at the end."""

    def __init__(self, seed: int) -> None:
        from campaigns.calendar import local_day  # the models are ready only now

        self.random = random.Random(seed)
        self.today = local_day(dt.datetime.now(dt.UTC))
        self.open: list[Any] = []
        self.closed: list[Any] = []

    def feed(self) -> None:
        """One round of work: two campaigns with missed nights, values for five, and an old one closed."""
        for _ in range(2):
            self.open.append(self._campaign())
        for campaign in self.random.choices(self.open, k=5):
            self._report(campaign)
        if len(self.open) > 8:
            self._close(self.open.pop(0))

    def _campaign(self) -> Any:
        from tests import factories as make

        campaign = make.make_campaign(starts_on=self.today - dt.timedelta(days=NIGHTS), days=30)
        indicators = [make.make_indicator(make.make_area(campaign)) for _ in range(2)]
        for _ in range(3):
            participant = make.make_participant(campaign)
            for indicator in indicators:
                make.make_target(indicator, participant)
        return campaign

    def _report(self, campaign: Any) -> None:
        from django.db import transaction

        from campaigns.actions.outbox import enqueue
        from campaigns.models import Measurement

        now = dt.datetime.now(dt.UTC)
        period = campaign.periods.get(starts_on__lte=self.today, ends_on__gte=self.today)
        with transaction.atomic():
            Measurement.objects.create(
                target=self.random.choice(list(campaign.targets.all())),
                period=period,
                period_start=period.starts_on,
                period_end=period.ends_on,
                value=self.random.randint(1, 100),
                sent_at=now,
            )
            enqueue(topic="score.refresh", key=str(campaign.pk), now=now)

    def _close(self, campaign: Any) -> None:
        from django.db import transaction

        from campaigns.actions.outbox import enqueue
        from campaigns.models import Campaign

        now = dt.datetime.now(dt.UTC)
        with transaction.atomic():
            Campaign.objects.filter(pk=campaign.pk).update(status="closed", closed_at=now, closing_day=self.today)
            enqueue(topic="score.final", key=str(campaign.pk), now=now)
        self.closed.append(campaign)

    def ring(self) -> None:
        """What beat does, more often; a broker that is away is no matter."""
        from celery import current_app

        for task in ("campaigns.tasks.sweep_outbox", "scoring.tasks.nightly"):
            with suppress(OSError):
                current_app.send_task(task, expires=30, ignore_result=True, retry=False)

    def progress(self) -> int:
        """How much was claimed or finished so far: grows while a worker works."""
        from django.db.models import Sum

        from campaigns.models import OutboxMessage
        from scoring.models import ScoreRun

        totals = [model.objects.aggregate(total=Sum("attempts"))["total"] or 0 for model in (OutboxMessage, ScoreRun)]
        return sum(totals)

    def unfinished(self) -> int:
        from campaigns.models import OutboxMessage
        from scoring.models import ScoreRun

        waiting = OutboxMessage.objects.filter(state__in=["pending", "claimed"]).count()
        return waiting + ScoreRun.objects.filter(status__in=["queued", "running"]).count()

    def interrupted(self) -> set[str]:
        """The claims of work that is not finished."""
        from campaigns.models import OutboxMessage
        from scoring.models import ScoreRun

        claimed = OutboxMessage.objects.filter(state="claimed").values_list("lease_owner", flat=True)
        return {*claimed, *ScoreRun.objects.filter(status="running").values_list("lease_owner", flat=True)}

    def kill_once(self) -> int:
        """Start a worker, wait until it works, kill it a random moment later; return how many claims died with it."""
        before, held, worker = self.progress(), self.interrupted(), Worker()
        try:
            until = time.monotonic() + 40
            while self.progress() == before and time.monotonic() < until:
                self.ring()
                time.sleep(0.2)
            assert self.progress() > before, "the worker never began to work"
            time.sleep(self.random.uniform(0, 0.6))
        finally:
            worker.kill()
        return len(self.interrupted() - held)

    def drain(self) -> float:
        """Let one worker finish; return the seconds it took."""
        started, worker = time.monotonic(), Worker()
        try:
            while self.unfinished() and time.monotonic() - started < 180:
                self.ring()
                time.sleep(0.5)
        finally:
            worker.kill()
        return time.monotonic() - started

    def count(self) -> dict[str, int]:
        """What is lost, doubled or wrong."""
        from campaigns.models import AuditEntry, OutboxMessage
        from scoring.models import ScoreRun, TargetScore, UnitScore

        campaigns = [*self.open, *self.closed]
        nights = Counter(ScoreRun.objects.filter(trigger="nightly", status="done").values_list("campaign", "day"))
        finals = Counter(ScoreRun.objects.filter(trigger="final", status="done").values_list("campaign", flat=True))
        audited = Counter(AuditEntry.objects.filter(action="scoring.final_run").values_list("campaign", flat=True))
        wanted_nights = {(c.pk, self.today - dt.timedelta(days=n)) for c in campaigns for n in range(1, NIGHTS + 1)}
        wanted_finals = {campaign.pk for campaign in self.closed}
        targets = TargetScore.objects.count()
        expected_targets = len(self.closed) * 6 * 2
        snapshot = Counter(UnitScore.objects.values_list("participant", "day", "basis"))
        return {
            "messages": OutboxMessage.objects.count(),
            "runs": ScoreRun.objects.count(),
            "campaigns": len(campaigns),
            "lost messages": OutboxMessage.objects.exclude(state="done").count(),
            "lost runs": ScoreRun.objects.exclude(status="done").count() - self._overtaken(),
            "lost nights": len(wanted_nights - nights.keys()),
            "lost final runs": len(wanted_finals - finals.keys()),
            "doubled nights": sum(nights.values()) - len(nights),
            "doubled final runs": sum(finals.values()) - len(finals),
            "doubled audit entries": sum((audited - Counter(list(wanted_finals))).values()),
            "missing audit entries": sum((Counter(list(wanted_finals)) - audited).values()),
            "target scores too many or too few": abs(targets - expected_targets),
            "doubled unit scores": sum(snapshot.values()) - len(snapshot),
            "wrong unit scores": self._wrong(campaigns),
            "faults of the audit trail": self._trail_faults(),
        }

    def _overtaken(self) -> int:
        """Refreshes that were still queued when their campaign was closed: refused, and said so, by design."""
        from scoring.models import ScoreRun

        closed = {campaign.pk for campaign in self.closed}
        refused = ScoreRun.objects.filter(trigger="event", status="failed", campaign__in=closed)
        return sum(run.campaign.code in run.error for run in refused.select_related("campaign"))

    def _wrong(self, campaigns: list[Any]) -> int:
        """Rows that a computation from the records, now and undisturbed, would change."""
        from django.db import transaction

        from campaigns.calendar import cut_off
        from scoring.models import ScoreRun
        from scoring.queries import write_scores

        run = ScoreRun.objects.first()
        wrong, now = 0, dt.datetime.now(dt.UTC)
        for campaign in campaigns:
            scored = ScoreRun.objects.filter(campaign=campaign, status="done")
            for day in scored.values_list("day", flat=True).distinct().order_by():
                with transaction.atomic():
                    figures = write_scores(
                        campaign_ids=[campaign.pk],
                        day=day,
                        cut_off=cut_off(day) if campaign in self.closed else min(cut_off(day), now),
                        run_ids={campaign.pk: run.pk},
                    )
                    transaction.set_rollback(True)
                wrong += figures.rows_written
        return wrong

    def _trail_faults(self) -> int:
        from campaigns.queries.audit import verify

        return int(verify().fault is not None)


def empty_the_broker() -> None:
    """Lose every message: the database is the queue of record."""
    if os.environ.get("REDIS_URL"):
        import redis  # only where it is the broker

        redis.Redis.from_url(os.environ["REDIS_URL"]).flushall()
        return
    folder = Path(os.environ["RUN_DIR"]) / "queue" / "messages"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


#: What must be 0 at the end.
DAMAGE = (
    "lost messages",
    "lost runs",
    "lost nights",
    "lost final runs",
    "doubled nights",
    "doubled final runs",
    "doubled audit entries",
    "missing audit entries",
    "target scores too many or too few",
    "doubled unit scores",
    "wrong unit scores",
    "faults of the audit trail",
)


def in_a_process(kills: int, seed: int, *, environment: dict[str, str], timeout: float) -> dict[str, Any]:
    """Play it in a process with this environment (DATABASE_URL, RUN_DIR, REDIS_URL or none) and return the figures."""
    given = {**environment, "DJANGO_SETTINGS_MODULE": "campaign_portal.settings", "LOG_LEVEL": "CRITICAL"}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.killing", str(kills), str(seed)],
        cwd=ROOT,
        env={**given, "WAKE_WORKER": "1"},
        stdout=subprocess.PIPE,
        timeout=timeout,
        check=True,
    )
    figures: dict[str, Any] = json.loads(ran.stdout)
    return figures


def main(kills: int, seed: int) -> dict[str, Any]:
    """Play it and return the figures."""
    started, play, left = time.monotonic(), Play(seed), []
    for number in range(kills):
        play.feed()
        left.append(play.kill_once())
        if number % 5 == 4:
            empty_the_broker()
    drained = play.drain()
    return {
        **play.count(),
        "kills": kills,
        "kills that met work half done": sum(1 for rest in left if rest),
        "claims that died": sum(left),
        "drained after the last kill (s)": round(drained, 1),
        "seconds": round(time.monotonic() - started),
    }


if __name__ == "__main__":
    import django  # settings come from the environment

    django.setup()
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
