"""Measure the nightly run against the floor of the same database: reading the records and writing the rows."""

from __future__ import annotations

import math
import resource
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from campaigns.calendar import cut_off, local_moment
from campaigns.models import Campaign, Measurement, Target
from scoring.benchmark import SIZES, build
from scoring.enums import RunTrigger
from scoring.models import ScoreRun, UnitScore
from scoring.queries import write_scores


class Command(BaseCommand):
    help = _("Score seeded data of size s, m or l in a database of its own and compare with the floor.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=sorted(SIZES), default="s")
        parser.add_argument("--runs", type=int, default=5)

    def handle(self, *args: Any, **options: Any) -> str:
        sizes = ["s", "m"] if options["size"] == "m" else [options["size"]]
        medians = {size: self._measure(size, options["runs"]) for size in sizes}
        if len(medians) == 2:
            small, large = medians["s"], medians["m"]
            exponent = math.log(large / small) / math.log(SIZES["m"].campaigns / SIZES["s"].campaigns)
            self.stdout.write(f"growth exponent s→m: {exponent:.2f}")
        return _("Measured.")

    def _measure(self, size: str, runs: int) -> float:
        creation = connection.creation
        original = connection.settings_dict["NAME"]
        connection.settings_dict.setdefault("TEST", {})["NAME"] = (
            f"/tmp/bench_scores_{size}.sqlite3" if connection.vendor == "sqlite" else f"bench_scores_{size}"  # noqa: S108
        )
        creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            return self._compare(size, runs)
        finally:
            connection.close()
            creation.destroy_test_db(original, verbosity=0)

    def _compare(self, size: str, runs: int) -> float:
        day = build(SIZES[size])
        campaigns = list(Campaign.objects.values_list("pk", flat=True))
        self.stdout.write(
            f"{connection.vendor} {size} ({SIZES[size].name}): {len(campaigns)} campaigns, "
            f"{Target.objects.count()} targets, {Measurement.objects.count()} measurements"
        )
        ScoreRun.objects.bulk_create(
            ScoreRun(campaign_id=pk, day=day, trigger=RunTrigger.MANUAL, requested_at=local_moment(day))
            for pk in campaigns
        )
        run_ids = dict(ScoreRun.objects.values_list("campaign_id", "pk"))

        # As the night does it: on PostgreSQL in threads side by side, on SQLite (one writer) in one.
        threads = settings.SCORE_THREADS if connection.vendor == "postgresql" and len(campaigns) > 1 else 1
        size_of_chunk = min(settings.SCORE_CHUNK, math.ceil(len(campaigns) / threads))
        chunks = [campaigns[at : at + size_of_chunk] for at in range(0, len(campaigns), size_of_chunk)]

        opened: list[BaseDatabaseWrapper] = []

        def score(chunk: list[int]) -> int:
            opened.append(connections[connection.alias])  # the thread's own
            with transaction.atomic():
                return write_scores(
                    campaign_ids=chunk, day=day, cut_off=cut_off(day), run_ids={pk: run_ids[pk] for pk in chunk}
                ).rows_written

        pool = ThreadPoolExecutor(threads)

        def run() -> int:
            return sum(pool.map(score, chunks) if threads > 1 else map(score, chunks))

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        first = _timed(run)[0]
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as the database does in service once a first night has filled its tables
        times, reruns, reads, writes = [], [], [], []
        _stage_rows()
        for _turn in range(runs):
            reads.append(_timed(_read_floor)[0])
            writes.append(_write_floor())
            UnitScore.objects.all()._raw_delete(connection.alias)  # Django's fast path
            times.append(_timed(run)[0])
            seconds, changed = _timed(run)
            reruns.append(seconds)
            if changed:
                raise AssertionError(f"a rerun wrote {changed} rows")
        pool.shutdown()
        if threads > 1:
            for thread_connection in opened:
                thread_connection.inc_thread_sharing()
                thread_connection.close()
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        floor = statistics.median(reads) + statistics.median(writes)
        median = statistics.median(times)
        self.stdout.write(
            f"  first night {first:.3f} s; run {median:.3f} s ({min(times):.3f}–{max(times):.3f}); "
            f"rerun {statistics.median(reruns):.3f} s, 0 rows; floor read {statistics.median(reads):.3f} + "
            f"write {statistics.median(writes):.3f} s; ratio {median / floor:.2f}; "
            f"rows {UnitScore.objects.count()}; memory +{grown:.0f} MB"
        )
        return median


def _timed(act: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = act()
    return time.perf_counter() - start, result


def _read_floor() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(target_id), max(period_end), max(period_start), max(sent_at), sum(value),"
            " max(verdict), max(verdict_at), sum(verified_value) FROM campaigns_measurement"
        )
        cursor.fetchall()


def _stage_rows() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_rows AS SELECT * FROM scoring_unitscore")


def _write_floor() -> float:
    UnitScore.objects.all()._raw_delete(connection.alias)  # Django's fast path

    def write() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO scoring_unitscore SELECT * FROM bench_rows")

    return _timed(write)[0]
