"""``manage.py restore FOLDER [--force]``: the portal back from a copy, checked against its manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaign_portal.backup import BackupRefused, restore_backup
from campaigns.queries.audit import verify


class Command(BaseCommand):
    help = "Bring database and evidence back from one copy, migrate to this version, and walk the audit trail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER", help="one copy, as backup printed it")
        parser.add_argument("--force", action="store_true", help="replace a database that is not empty")

    def handle(self, *, folder: Path, force: bool, **_options: Any) -> str:
        try:
            manifest = restore_backup(folder, force=force)
        except BackupRefused as refused:
            raise CommandError(str(refused)) from refused
        call_command("migrate", verbosity=0)
        trail = verify()
        if trail.fault is not None:
            raise CommandError(trail.fault.sentence)
        return f"Restored of {manifest.made_at}: {manifest.summary()}; the audit trail is whole."
