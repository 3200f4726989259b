"""``manage.py doctor [--full] [--json]``: is the portal well, in words; exits with 1 where something is not."""

from __future__ import annotations

import json as json_format
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaign_portal.health import examine


class Command(BaseCommand):
    help = "Look at configuration, database, worker, queue, scores, disk, clock and backups, and say what is wrong."
    requires_system_checks = []  # it makes them itself

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--full", action="store_true", help="walk the whole audit trail, too")
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *, full: bool, json: bool, **_options: Any) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            findings = list(examine(now=timezone.now(), whole_trail=full))
            if json:
                self.stdout.write(json_format.dumps([asdict(one) for one in findings], ensure_ascii=False))
            else:
                for one in findings:
                    mark = self.style.SUCCESS("✓") if one.is_well else self.style.ERROR("✗")
                    self.stdout.write(f"{mark} {one.name}: {one.words}")
            ill = [one.name for one in findings if not one.is_well]
            if ill:
                raise CommandError(_("Not well: %(names)s.") % {"names": ", ".join(ill)})
