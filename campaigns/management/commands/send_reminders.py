"""``manage.py send_reminders``: send today's reminders now; who has had them is not reminded again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from campaigns.actions.reminders import send_reminders


class Command(BaseCommand):
    help = "Send the reminders of today by the ladder of each running campaign: what the worker does at 07:30."

    def handle(self, **_: Any) -> str:
        return send_reminders(now=timezone.now())
