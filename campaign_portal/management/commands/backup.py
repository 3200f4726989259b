"""``manage.py backup FOLDER [--keep N]``: a copy of the database and the evidence, with a manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from campaign_portal.backup import BackupRefused, keep_latest, make_backup, read_manifest


class Command(BaseCommand):
    help = "Copy the database, then the evidence, into a new folder below FOLDER, check the copy, and keep the last N."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument("--keep", type=int, default=0, metavar="N", help="remove all but the latest N copies")

    def handle(self, *, folder: Path, keep: int, **_options: Any) -> str:
        try:
            made = make_backup(folder, now=timezone.now())
            manifest = read_manifest(made)
        except BackupRefused as refused:
            raise CommandError(str(refused)) from refused
        gone = keep_latest(folder, keep) if keep > 0 else []
        return f"{made}: {manifest.summary()}; {len(gone)} older copies removed."
