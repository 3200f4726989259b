"""``manage.py retention [--do]``: what is kept longer than it need be, and its deletion."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from campaign_portal.retention import KEPT, overdue, purge


class Command(BaseCommand):
    help = "Show how many rows are older than they are kept; with --do delete them and leave an audit entry."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--do", action="store_true", help="delete them")

    def handle(self, *, do: bool, **_options: Any) -> None:
        now = timezone.now()
        found = purge(now=now) if do else overdue(now=now)
        for kept in KEPT:
            self.stdout.write(f"{found.get(kept.key, 0):>8}  {kept.days:>4} d  {kept.words}")
        self.stdout.write("Deleted." if do else "Nothing was deleted; --do deletes.")
