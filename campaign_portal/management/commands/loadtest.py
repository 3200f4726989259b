"""Play the last hour before a deadline against the portal on this machine, in a database of its own."""

from __future__ import annotations

import os
import secrets
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone

from campaign_portal.rush.hour import GOAL_SECONDS, Hour
from campaign_portal.rush.people import BOXES, READING, TYPING
from campaign_portal.rush.portal import portal
from campaign_portal.rush.scene import set_scene

MOST_PEOPLE, MOST_MINUTES = 400, 15


class Command(BaseCommand):
    help = (
        "Leaders fill in and send their reports with files, officers verify, all at once. Serves a database of its own "
        "on the loopback address and speaks to nothing else; ends with an error if a goal was missed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--leaders", type=int, default=100)
        parser.add_argument("--officers", type=int, default=5)
        parser.add_argument("--minutes", type=float, default=10, help="the hour takes about this long")

    def handle(self, *args: Any, **options: Any) -> str:
        leaders, officers, minutes = options["leaders"], options["officers"], options["minutes"]
        if not settings.LOCAL:
            raise CommandError("The load test makes people with a known password; it runs on the local default only.")
        if not (0 < leaders + officers <= MOST_PEOPLE and leaders > 0 and 0 < minutes <= MOST_MINUTES):
            raise CommandError(f"At most {MOST_PEOPLE} people and {MOST_MINUTES} minutes.")
        creation, original = connection.creation, connection.settings_dict["NAME"]
        with tempfile.TemporaryDirectory(prefix="portal-loadtest-") as folder:
            run = Path(folder)
            connection.settings_dict.setdefault("TEST", {})["NAME"] = (
                str(run / "loadtest.sqlite3") if connection.vendor == "sqlite" else f"loadtest_{secrets.token_hex(6)}"
            )
            creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            try:
                with override_settings(WAKE_WORKER=False):
                    scene = set_scene(leaders=leaders, officers=officers, now=timezone.now())
                self.stdout.write(
                    f"{connection.vendor}, {os.cpu_count()} cores: {leaders} leaders ({BOXES} values, two files each) "
                    f"and {officers} officers in about {minutes:g} minutes; {TYPING[0]:g}-{TYPING[1]:g} s between "
                    f"values, {READING[0]:g}-{READING[1]:g} s between pages"
                )
                with portal(run, database_url=_address(str(connection.settings_dict["NAME"]))) as base:
                    hour = Hour(base, scene, seconds=minutes * 60)
                    hour.play()
                    settled = hour.settle()
                return self._report(hour, settled)
            finally:
                connection.close()
                creation.destroy_test_db(original, verbosity=0)

    def _report(self, hour: Hour, settled: float) -> str:
        for kind in hour.kinds():
            self.stdout.write(
                f"{kind.what}: {kind.count} requests, median {kind.median:.2f} s, 95 % within {kind.slow:.2f} s, "
                f"99 % within {kind.slower:.2f} s, slowest {kind.slowest:.2f} s"
            )
        differences, failures, told = hour.differences(), hour.failures(), hour.told
        self.stdout.write(
            f"kept: {len(told.submissions)} reports, {len(told.values)} values, {told.files} files, "
            f"{len(told.verdicts)} verdicts; the worker was done {settled:.1f} s later"
        )
        self.stdout.write(f"answers of 500 or above, or none: {sum(failures.values())} {failures or ''}".rstrip())
        self.stdout.write(f"differences between what people were told and the database: {len(differences)}")
        for difference in differences[:20]:
            self.stdout.write(f"  {difference}")
        slow = kind.slow  # of all: the last line
        differences += hour.absent()
        if differences or failures or slow > GOAL_SECONDS:
            raise CommandError(f"A goal was missed: 95 % within {GOAL_SECONDS:g} s, no 5xx, nothing lost or doubled.")
        return "Every goal was met."


def _address(name: str) -> str:
    """The database's address for the processes: the one of this process with another name."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
