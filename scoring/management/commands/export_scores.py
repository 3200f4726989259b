"""``manage.py export_scores``: print the scores of a day, computing it first where there is no run."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.calendar import local_day
from campaigns.display import local_date
from campaigns.models import Campaign
from scoring.actions.requests import RunRefused, is_sealed, request_run
from scoring.actions.runs import wait_for
from scoring.enums import Basis, RunStatus, RunTrigger
from scoring.export import as_csv, as_json, as_xlsx, exported_scores
from scoring.snapshots import Snapshot, snapshots


class Command(BaseCommand):
    help = (
        "Print the scores of a campaign's day (workbook.md, Scores out), computing the day first where it has no run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--campaign", required=True, metavar="CODE", help="code of the campaign")
        parser.add_argument("--date", required=True, metavar="YYYY-MM-DD", help="local day")
        parser.add_argument("--basis", choices=Basis.values, default=Basis.OFFICIAL.value)
        parser.add_argument("--format", choices=["json", "csv", "xlsx"], default="json")
        parser.add_argument("--output", metavar="FILE", help="write to a file instead of the standard output")

    def handle(self, *, campaign: str, date: str, basis: str, format: str, output: str | None, **_options: Any) -> None:
        found = Campaign.objects.filter(code=campaign).first()
        if found is None:
            raise CommandError(_("There is no campaign %(code)s.") % {"code": campaign})
        snapshot = _figures_of(found, _day(found, date))
        scores = exported_scores(campaign=found, day=snapshot.day, basis=Basis(basis), cut_off=snapshot.as_of)
        if format == "xlsx":
            self._write_bytes(as_xlsx(scores), output)
        else:
            self._write_text(as_json(scores) if format == "json" else as_csv(scores), output)

    def _write_text(self, text: str, output: str | None) -> None:
        if output:
            Path(output).write_text(text, encoding="utf-8", newline="")
        else:
            self.stdout.write(text, ending="")

    def _write_bytes(self, content: bytes, output: str | None) -> None:
        if output:
            Path(output).write_bytes(content)
        else:
            sys.stdout.buffer.write(content)


def _day(campaign: Campaign, text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(_("%(text)s is not a day; write it as 2024-11-15.") % {"text": text}) from error
    words = {"day": local_date(day), "first": local_date(campaign.starts_on), "last": local_date(campaign.closing_day)}
    if day < campaign.starts_on:
        raise CommandError(_("%(day)s lies before the campaign's first day, %(first)s.") % words)
    if campaign.closing_day is not None and day > campaign.closing_day:
        raise CommandError(_("%(day)s lies after %(last)s, the day on which the campaign was closed.") % words)
    return day


def _figures_of(campaign: Campaign, day: dt.date) -> Snapshot:
    """The day's figures: those of its last good run, or of a new one where there is none that covers the whole day."""
    stored = _stored(campaign, day)
    day_goes_on = day == local_day(timezone.now())
    if stored is not None and (not stored.is_partial or day_goes_on or is_sealed(campaign)):
        return stored
    try:
        run = request_run(campaign=campaign, day=day, trigger=RunTrigger.MANUAL, by=None, now=timezone.now())
    except RunRefused as refused:
        raise CommandError(str(refused.message)) from refused
    run = wait_for(run=run, clock=timezone.now)
    stored = _stored(campaign, day)
    if run.status != RunStatus.DONE or stored is None:
        words = {"day": local_date(day), "error": run.error or _("another run is at work")}
        raise CommandError(_("%(day)s could not be scored: %(error)s") % words)
    return stored


def _stored(campaign: Campaign, day: dt.date) -> Snapshot | None:
    return next((found for found in snapshots(campaign) if found.day == day), None)
