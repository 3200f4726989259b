"""``manage.py run_outbox [--once]``: do the worker's work without Celery."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from campaigns.actions import outbox_work

PAUSE_SECONDS = 30


class Command(BaseCommand):
    help = "Do the work that waits in the outbox and the run queue, every 30 seconds or once. Needs no broker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="sweep once and stop")

    def handle(self, *, once: bool, **_: Any) -> str | None:
        while True:
            sentence = outbox_work.sweep(clock=timezone.now)
            if once:
                return sentence
            self.stdout.write(sentence)
            close_old_connections()
            time.sleep(PAUSE_SECONDS)
