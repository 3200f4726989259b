"""``manage.py recompute [--campaign CODE] [--date D]``: score a day again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.actions.audit import origin
from campaigns.actions.outbox_work import drain
from campaigns.calendar import LOCAL, local_day
from campaigns.enums import CampaignStatus
from campaigns.models import Campaign
from scoring.actions.requests import RunRefused, request_run
from scoring.actions.runs import AFTER, wait_for
from scoring.enums import RunStatus, RunTrigger
from scoring.models import ScoreRun


def _day(text: str) -> dt.date:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=LOCAL).date()
        except ValueError:
            continue
    raise CommandError(f"{text} is not a date; write 2026-05-30 or 30/05/2026.")


class Command(BaseCommand):
    help = "Score a local day (today by default) of one campaign, or of every open one, and print a sentence for each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--campaign", metavar="CODE", help="code of one campaign; all open ones by default")
        parser.add_argument("--date", metavar="D", help="local day, 2026-05-30 or 30/05/2026; today by default")

    def handle(self, *, campaign: str | None, date: str | None, **_options: Any) -> None:
        day = _day(date) if date else local_day(timezone.now())
        if campaign is None:
            chosen = Campaign.objects.filter(status=CampaignStatus.OPEN, starts_on__lte=day)
        else:
            chosen = Campaign.objects.filter(code=campaign)
            if not chosen.exists():
                raise CommandError(_("There is no campaign %(code)s.") % {"code": campaign})
        failed = False
        with origin(command="recompute"):
            for found in chosen.order_by("code"):
                sentence, good = self._recompute(found, day)
                failed |= not good
                (self.stdout if good else self.stderr).write(sentence)
            drain(clock=timezone.now, topics=[AFTER])
        if not chosen:
            self.stdout.write(_("No campaign is open."))
        if failed:
            raise CommandError(_("Not every campaign was scored."))

    def _recompute(self, campaign: Campaign, day: dt.date) -> tuple[str, bool]:
        try:
            run = request_run(campaign=campaign, day=day, trigger=RunTrigger.MANUAL, by=None, now=timezone.now())
        except RunRefused as refused:
            return str(refused.message), False
        return _sentence(wait_for(run=run, clock=timezone.now))


def _sentence(run: ScoreRun) -> tuple[str, bool]:
    """What a run did, and whether it is done."""
    words = {
        "campaign": run.campaign.code,
        "day": f"{run.day:%d/%m/%Y}",
        "read": run.rows_read,
        "written": run.rows_written,
        "checksum": run.checksum[:12],
        "error": run.error,
    }
    if run.status == RunStatus.DONE and run.cut_off is not None:
        words["moment"] = f"{run.cut_off.astimezone(LOCAL):%H:%M %d/%m/%Y}"
        text = _(
            "%(campaign)s, %(day)s: %(read)s targets read, %(written)s unit rows written, "
            "as of %(moment)s, result %(checksum)s."
        )
        return text % words, True
    if run.status == RunStatus.FAILED or run.error:
        return _("%(campaign)s, %(day)s: failed: %(error)s") % words, False
    return _("%(campaign)s, %(day)s: waits for another run; the worker will do it.") % words, True
