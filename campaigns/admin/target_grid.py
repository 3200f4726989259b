"""The targets' grid in the administration: indicators × units, each row saved by itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from campaigns.actions.plan import frozen_message
from campaigns.actions.records import PlanRefused
from campaigns.actions.target_row import save_target_row
from campaigns.calendar import local_day
from campaigns.enums import CampaignStatus
from campaigns.forms.target_grid import TargetRowForm
from campaigns.models import Campaign
from campaigns.permissions import Permission, can
from campaigns.queries.setup_path import StepKey
from campaigns.queries.target_grid import read_target_grid

from .base import PortalAdmin, person
from .setup_path import path_of


class TargetGridPages(PortalAdmin):
    """Two addresses of a campaign: the grid, and one row of it."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/giao-chi-tieu/", wrap(self.targets), name="campaigns_campaign_targets"),
            path(
                "<int:pk>/giao-chi-tieu/<int:indicator>/", wrap(self.target_row), name="campaigns_campaign_target_row"
            ),
            *super().get_urls(),
        ]

    def targets(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every target of the plan in one table; one area or one bloc where that is asked for."""
        return self._grid_page(request, self.campaign_or_404(request, pk))

    def target_row(self, request: HttpRequest, pk: int, indicator: int) -> HttpResponse:
        """Save one row; answered with the row (htmx), or with the whole page where something was refused."""
        campaign = self.campaign_or_404(request, pk)
        if request.method != "POST":
            return redirect(f"{self._targets_url(campaign)}#chi-tieu-{indicator}")
        if not can(person(request), Permission.EDIT_PLAN):
            raise PermissionDenied
        frozen = frozen_message(campaign)
        form = self._save(request, campaign, indicator) if not frozen else self._row_form(request, campaign, indicator)
        status = 409 if form.is_stale or frozen else 422 if form.has_errors else 200
        if request.htmx:  # type: ignore[attr-defined]  # set by django-htmx's middleware
            context = {"row": form, "campaign_shown": campaign, "editable": not frozen, "query": _query(request)}
            context["state"] = "failed" if status != 200 else "saved"
            return self.page(request, "admin/campaigns/_target_row.html", context, status=status)
        if status != 200:
            return self._grid_page(request, campaign, refused=form, status=status)
        messages.success(request, _("The row has been saved."))
        return redirect(f"{self._targets_url(campaign)}?{_query(request)}#chi-tieu-{indicator}")

    def _save(self, request: HttpRequest, campaign: Campaign, indicator: int) -> TargetRowForm:
        form = self._row_form(request, campaign, indicator, request.POST)
        try:
            refused = save_target_row(
                indicator_id=indicator, entries=form.entries, by=person(request), now=timezone.now()
            )
        except PlanRefused as frozen:
            refused = dict.fromkeys(form.entries, frozen) or dict.fromkeys([form.cells[0].key], frozen)
        form.refuse(refused)
        return self._row_form(request, campaign, indicator).keep(form)

    def _row_form(self, request: HttpRequest, campaign: Campaign, indicator: int, data: Any = None) -> TargetRowForm:
        grid = read_target_grid(
            campaign=campaign, day=local_day(timezone.now()), bloc=_number(request, "bloc"), indicator=indicator
        )
        if not grid.rows or not grid.participants:
            raise Http404
        try:
            return TargetRowForm(grid.rows[0], data)
        except ValueError as error:
            raise SuspiciousOperation from error

    def _grid_page(
        self, request: HttpRequest, campaign: Campaign, *, refused: TargetRowForm | None = None, status: int = 200
    ) -> HttpResponse:
        area, bloc = _number(request, "area"), _number(request, "bloc")
        grid = read_target_grid(campaign=campaign, day=local_day(timezone.now()), area=area, bloc=bloc)
        rows = [TargetRowForm(row) for row in grid.rows]
        if refused is not None:
            rows = [refused if row.indicator.pk == refused.indicator.pk else row for row in rows]
        editable = campaign.status == CampaignStatus.PREPARATION and can(person(request), Permission.EDIT_PLAN)
        context = {
            "campaign_shown": campaign,
            "grid": grid,
            "rows": rows,
            "area": area,
            "bloc": bloc,
            "editable": editable,
            "frozen": frozen_message(campaign),
            "query": _query(request),
            "path": path_of(campaign, StepKey.TARGETS),
            "title": _("Targets of the units"),
            "trail": self.steps_to(campaign, _("Targets of the units")),
        }
        return self.page(request, "admin/campaigns/target_grid.html", context, status=status)

    def _targets_url(self, campaign: Campaign) -> str:
        return reverse("admin:campaigns_campaign_targets", args=[campaign.pk])

    def campaign_or_404(self, request: HttpRequest, pk: int) -> Campaign:
        """Return a campaign the person may look at here."""
        raise NotImplementedError

    def steps_to(self, campaign: Campaign, here: str) -> list[dict[str, str]]:
        """Return the breadcrumb of a page below the campaign."""
        url = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
        return [
            {"label": _("Campaigns"), "url": reverse("admin:campaigns_campaign_changelist")},
            {"label": campaign.code, "url": url},
            {"label": here, "url": ""},
        ]


def _number(request: HttpRequest, name: str) -> int | None:
    """A filter of the page; what is no key of a row filters nothing."""
    asked = request.GET.get(name, "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None


def _query(request: HttpRequest) -> str:
    kept = {name: value for name in ("area", "bloc") if (value := _number(request, name)) is not None}
    return urlencode(kept)
