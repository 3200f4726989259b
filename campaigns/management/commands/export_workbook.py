"""Write a campaign's workbook, or the empty template."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from campaigns.workbook.writer import export_campaign, write_template


class Command(BaseCommand):
    help = "Write a campaign as a workbook (.xlsx), or an empty template."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--campaign", metavar="CODE", help="the campaign to write")
        what.add_argument("--template", action="store_true", help="an empty workbook with examples and lists")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        with translation.override("vi"):
            if options["template"]:
                _save(path, write_template)
                self.stdout.write(_("The template was written to %(path)s.") % {"path": path})
                return
            campaign = Campaign.objects.filter(code=options["campaign"]).first()
            if campaign is None:
                raise CommandError(_("There is no campaign “%(code)s”.") % {"code": options["campaign"]})
            count = 0

            def write(file: BinaryIO) -> None:
                nonlocal count
                count = export_campaign(campaign=campaign, file=file)

            _save(path, write)
            self.stdout.write(
                _("Campaign %(code)s: %(count)d rows were written to %(path)s.")
                % {"code": campaign.code, "count": count, "path": path}
            )


def _save(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write beside the file first, so that a failure leaves what was there."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            write(file)
        os.replace(part, path)
    except OSError as error:
        raise CommandError(
            _("The file %(path)s cannot be written: %(error)s") % {"path": path, "error": error.strerror or error}
        ) from error
    finally:
        part.unlink(missing_ok=True)
