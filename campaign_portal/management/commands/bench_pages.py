"""Measure every main page against an empty page of the portal, in a database of its own."""

from __future__ import annotations

import cProfile
import io
import pstats
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test.utils import override_settings

from campaign_portal import page_benchmark
from campaign_portal.page_benchmark import Cost, Page, build, build_plain, measure, signed_in, slowest_plan


class Command(BaseCommand):
    help = "Print what each main page costs as a ratio to an empty page; profile those over their goal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--runs", type=int, default=15)
        parser.add_argument(
            "--units", type=int, default=0, help="in place of the sample a campaign of so many units, 36 targets each"
        )
        parser.add_argument(
            "--plans", action="store_true", help="show each page's slowest statement and its plan (PostgreSQL)"
        )
        parser.add_argument("--profile", action="store_true", help="show where pages over their goal spend their time")

    def handle(self, *args: Any, **options: Any) -> str:
        if not settings.LOCAL:
            raise CommandError("The benchmark loads the sample; it runs on the local default only.")
        creation, original = connection.creation, connection.settings_dict["NAME"]
        connection.settings_dict.setdefault("TEST", {})["NAME"] = (
            "/tmp/bench_pages.sqlite3" if connection.vendor == "sqlite" else "bench_pages"  # noqa: S108
        )
        creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            with override_settings(ROOT_URLCONF=page_benchmark.__name__, WAKE_WORKER=False):
                over = [
                    cost
                    for cost in self._all(options["runs"], options["units"], plans=options["plans"])
                    if not cost.is_met
                ]
                if options["profile"]:
                    for cost in over:
                        self.stdout.write(_profile(cost.page))
        finally:
            connection.close()
            creation.destroy_test_db(original, verbosity=0)
        names = ", ".join(cost.page.name for cost in over)
        return f"Over their goal: {names}." if over else "Every page within its goal."

    def _all(self, runs: int, units: int, *, plans: bool) -> list[Cost]:
        costs = []
        found = build_plain(units) if units else build()
        self.stdout.write(f"{connection.vendor}, medians of {runs} interleaved runs")
        for cost in measure(found, runs=runs):
            costs.append(cost)
            self.stdout.write(
                f"{cost.page.name}: {cost.queries} queries, {cost.seconds * 1000:.1f} ms, {cost.size / 1024:.0f} KB, "
                f"{cost.ratio:.1f} times an empty page (goal {cost.page.goal:.0f}){'' if cost.is_met else ' OVER'}"
            )
        if plans:
            for page in found:
                seconds, plan = slowest_plan(page)
                self.stdout.write(f"\n{page.name}: slowest statement {seconds * 1000:.0f} ms\n{plan}")
        return costs


def _profile(page: Page) -> str:
    """The twenty most expensive functions of one asking."""
    client, profiler, text = signed_in(page), cProfile.Profile(), io.StringIO()
    client.get(page.address)
    profiler.runcall(client.get, page.address)
    pstats.Stats(profiler, stream=text).sort_stats("tottime").print_stats(25)
    return f"\n{page.name}\n{text.getvalue()}"
