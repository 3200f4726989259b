"""Bring a campaign workbook in."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns.actions.audit import origin
from campaigns.models import User
from campaigns.workbook.importer import ImportResult, import_workbook
from campaigns.workbook.problems import WorkbookRefused


class Command(BaseCommand):
    help = "Import a campaign workbook (.xlsx): all of it, or nothing and a list of what to mend."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="show what would change and write nothing")
        parser.add_argument("--by", metavar="USERNAME", help="the person who imports; without it, the operator")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("vi"):
            try:
                with options["file"].open("rb") as file, origin(command="import_workbook"):
                    result = import_workbook(
                        file=file,
                        file_name=options["file"].name,
                        by=_person(options["by"]),
                        now=timezone.now(),
                        dry_run=options["dry_run"],
                    )
            except OSError as error:
                raise CommandError(
                    _("The file %(path)s cannot be read: %(error)s")
                    % {"path": options["file"], "error": error.strerror or error}
                ) from error
            except PermissionDenied as error:
                raise CommandError(_("This person may not import a campaign.")) from error
            except WorkbookRefused as refusal:
                for line in refusal.problems.lines():
                    self.stderr.write(line)
                raise CommandError(
                    _("%(count)d errors; nothing was written.") % {"count": refusal.problems.count}
                ) from refusal
            self._report(result, dry_run=options["dry_run"])

    def _report(self, result: ImportResult, *, dry_run: bool) -> None:
        for name, tally in result.tallies.items():
            self.stdout.write(
                _("%(sheet)s: %(new)d new, %(changed)d changed, %(unchanged)d unchanged")
                % {"sheet": name, **vars(tally)}
            )
        for change in result.changes:
            self.stdout.write(f"  {change}")
        for warning in result.warnings:
            self.stdout.write(_("Warning: %(text)s") % {"text": warning})
        self.stdout.write(_sentence(result, dry_run))


def _sentence(result: ImportResult, dry_run: bool) -> str:
    if dry_run:
        text = _("Campaign %(code)s: this is what would be imported; nothing was written.")
    elif not result.written:
        text = _("Campaign %(code)s: nothing has changed; nothing was written.")
    elif result.opened:
        text = _("Campaign %(code)s was imported and opened.")
    else:
        text = _("Campaign %(code)s was imported.")
    return text % {"code": result.campaign_code}


def _person(username: str | None) -> User | None:
    if username is None:
        return None
    try:
        return User.objects.get(username=username, is_active=True)
    except User.DoesNotExist as error:
        raise CommandError(_("There is no active account “%(username)s”.") % {"username": username}) from error
