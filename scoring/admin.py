"""The history of score runs: looked at, and a day asked for again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.admin.acts import Act, ActPage, act_view
from campaigns.admin.base import ReadOnlyAdmin, person
from campaigns.display import local_date
from campaigns.permissions import Permission, can

from .actions.requests import RunRefused, request_run
from .enums import RunTrigger
from .models import ScoreRun


@admin.register(ScoreRun)
class ScoreRunAdmin(ReadOnlyAdmin):
    """Every run with what it read, wrote and came to."""

    view_permissions = (Permission.VIEW_ALL_UNITS, Permission.RECOMPUTE)
    list_display = ("campaign", "day", "trigger", "status", "cut_off", "finished_at", "rows_read", "rows_written")
    list_filter = ("status", "trigger", "campaign")
    list_select_related = ("campaign",)
    ordering = ("-requested_at", "-pk")
    fields = (
        *("campaign", "day", "trigger", "status", "cut_off", "requested_at", "started_at", "finished_at"),
        *("rows_read", "rows_written", "checksum", "error"),
    )

    def get_urls(self) -> list[URLPattern]:
        rerun = self.admin_site.admin_view(self.rerun)
        return [path("<int:pk>/rerun/", rerun, name="scoring_scorerun_rerun"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the run, with the way to have its day scored again."""
        acts = []
        if can(person(request), Permission.RECOMPUTE) and object_id.isdecimal():
            acts = [Act(label=_("Score again"), url=reverse("admin:scoring_scorerun_rerun", args=[object_id]))]
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "acts": acts})

    def rerun(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask before the day of a run is scored again, and queue it."""
        if not can(person(request), Permission.RECOMPUTE):
            raise PermissionDenied
        run = get_object_or_404(ScoreRun.objects.select_related("campaign"), pk=pk)
        back = reverse("admin:scoring_scorerun_changelist")
        page = ActPage(
            title=_("Have %(day)s scored again") % {"day": local_date(run.day)},
            button=_("Score again"),
            back=back,
            done=_("The run is queued."),
            lead=run.campaign.name,
            warning=_("The day is scored from the records as they are now; figures of the day may change."),
        )

        def act(_data: dict[str, Any]) -> None:
            request_run(
                campaign=run.campaign,
                day=run.day,
                trigger=RunTrigger.MANUAL,
                by=person(request),
                now=timezone.now(),
            )

        try:
            return act_view(self, request, allowed=True, page=page, form=None, act=act)
        except RunRefused as refused:
            messages.error(request, refused.messages[0])
            return redirect(back)
