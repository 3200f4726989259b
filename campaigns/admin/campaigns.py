"""Campaigns: their own data, the parts of their plan as lists, and their life from preparation to closing."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.actions.campaign import (
    NotReady,
    back_to_preparation,
    close_campaign,
    closing_obstacle,
    open_campaign,
    reopen_campaign,
)
from campaigns.actions.plan import CLOSED_FIELDS, OPEN_FIELDS, frozen_message, save_campaign
from campaigns.calendar import local_day
from campaigns.display import points
from campaigns.enums import CampaignStatus
from campaigns.forms.plan import ClosingForm, ReasonForm
from campaigns.models import Campaign
from campaigns.permissions import Permission, can
from campaigns.queries.plan_counts import plan_counts
from campaigns.queries.readiness import blocking, odd, readiness
from campaigns.queries.setup_path import StepKey
from campaigns.workflow import CampaignAct, IllegalTransition, may_move

from .acts import Act, ActPage, act_view
from .base import person
from .setup import SetupPages
from .setup_path import path_of, shown

#: The parts of a plan, in the order in which they are set up.
PARTS = ("area", "bloc", "participant", "indicator", "target", "period")


@admin.register(Campaign)
class CampaignAdmin(SetupPages):
    edit_permissions = (Permission.EDIT_PLAN,)
    list_display = ("code", "name", "starts_on", "ends_on", "status")
    list_display_links = ("code", "name")
    list_filter = ("status",)
    ordering = ("-starts_on", "code")
    change_form_template = "admin/campaigns/campaign.html"
    fieldsets = (
        (None, {"fields": ("code", "name", "theme", "organiser_name", "plan_number", "plan_date")}),
        (gettext_lazy("Dates"), {"fields": ("starts_on", "ends_on", "proposed_closing_day")}),
        (gettext_lazy("Verification and publicity"), {"fields": ("substitute_verifier", "public_board")}),
        (
            gettext_lazy("Scoring policy"),
            {
                "fields": (
                    ("cap_bp", "floor_bp", "late_milestone_bp"),
                    ("bonus_cap_bp", "late_report_bp", "missing_report_bp", "reporting_penalty_cap_bp"),
                    ("excellent_from_bp", "good_from_bp", "completed_from_bp"),
                )
            },
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = set(self.get_fields(request, obj))
        editable = self.has_change_permission(request, obj) if obj else True
        readonly = set(self._frozen(obj)) if editable else set(self._names())
        return [
            (title, {"fields": [_shown(part, readonly) for part in kept]})
            for title, options in self.fieldsets
            if (kept := [part for row in options["fields"] if (part := _kept(row, fields))])
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Once open, the plan's own data are frozen but for a few fields."""
        return tuple(_shown(name, {name}) for name in self._frozen(obj))

    def _frozen(self, obj: Any) -> tuple[str, ...]:
        if obj is None or obj.status == CampaignStatus.PREPARATION:
            return ()
        free = OPEN_FIELDS if obj.status == CampaignStatus.OPEN else CLOSED_FIELDS
        return tuple(name for name in self._names() if name not in free)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self._names()

    def _names(self) -> list[str]:
        flat: list[str] = []
        for _title, options in self.fieldsets:
            for row in options["fields"]:
                flat += [row] if isinstance(row, str) else list(row)
        return flat

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/kiem-tra/", wrap(self.look), name="campaigns_campaign_check"),
            path("<int:pk>/mo/", wrap(self.open), name="campaigns_campaign_open"),
            path("<int:pk>/ve-du-thao/", wrap(self.back), name="campaigns_campaign_back"),
            path("<int:pk>/chot/", wrap(self.close), name="campaigns_campaign_close"),
            path("<int:pk>/mo-lai/", wrap(self.reopen), name="campaigns_campaign_reopen"),
            *super().get_urls(),
        ]

    def save_row(self, request: HttpRequest, obj: Campaign, seen: str) -> None:
        save_campaign(campaign=obj, seen=seen, by=person(request), now=timezone.now())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        campaign = self.get_object(request, object_id)
        extra = {}
        if campaign is not None:
            extra = {
                "frozen": frozen_message(campaign),
                "acts": self._acts(request, campaign),
                "parts": self._parts(request, campaign),
                "campaign_shown": campaign,
                "path": path_of(campaign, StepKey.CAMPAIGN),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def _acts(self, request: HttpRequest, campaign: Campaign) -> list[Act]:
        url = reverse("admin:campaigns_campaign_setup", args=[campaign.pk])
        shown = [Act(label=_("Set-up step by step"), url=url, icon="list-check")]
        if not can(person(request), Permission.OPEN_CAMPAIGN):
            return shown
        possible = (
            (CampaignAct.OPEN, "check", _("Check and open…"), "flag"),
            (CampaignAct.BACK_TO_PREPARATION, "back", _("Back to preparation…"), "arrow-return-left"),
            (CampaignAct.CLOSE, "close", _("Close…"), "lock"),
            (CampaignAct.REOPEN, "reopen", _("Reopen…"), "unlock"),
        )
        return [
            *shown,
            *(
                Act(label=label, url=self._url(name, campaign), icon=icon)
                for act, name, label, icon in possible
                if may_move(campaign, act)
            ),
        ]

    def _parts(self, request: HttpRequest, campaign: Campaign) -> list[dict[str, Any]]:
        """The lists of the plan's parts, each with its count."""
        prepares = can(person(request), Permission.EDIT_PLAN) and campaign.status == CampaignStatus.PREPARATION
        rows, counts = [], plan_counts(campaign)
        for part in PARTS:
            model = self.opts.apps.get_model("campaigns", part)
            url = reverse(f"admin:campaigns_{part}_changelist")
            add = f"{reverse(f'admin:campaigns_{part}_add')}?campaign={campaign.pk}" if prepares else ""
            rows.append(
                {
                    "label": model._meta.verbose_name_plural,
                    "count": getattr(counts, part),
                    "url": f"{url}?campaign__id__exact={campaign.pk}",
                    "add": add,
                }
            )
        return rows

    # --- its life ----------------------------------------------------------------------------

    def look(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what blocks the opening and what is only odd."""
        campaign = self.campaign_or_404(request, pk)
        findings = readiness(campaign)
        context = {
            "campaign_shown": campaign,
            "blocking": shown(blocking(findings), campaign),
            "odd": shown(odd(findings), campaign),
            "path": path_of(campaign, StepKey.CHECK, findings),
            "trail": self.steps_to(campaign, _("Readiness")),
            "may_open": may_move(campaign, CampaignAct.OPEN) and can(person(request), Permission.OPEN_CAMPAIGN),
            "title": _("Readiness"),
            "back": self._card(campaign),
            "open_url": self._url("open", campaign),
        }
        return self.page(request, "admin/campaigns/readiness.html", context)

    def open(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Open the campaign; oddities come acknowledged from the readiness page."""
        campaign = self.campaign_or_404(request, pk)
        if request.method != "POST":
            return redirect(self._url("check", campaign))
        try:
            open_campaign(
                campaign_id=pk,
                by=person(request),
                now=timezone.now(),
                acknowledged=request.POST.getlist("acknowledged")[:100],
            )
        except NotReady as waiting:
            messages.error(request, _("Not opened: look at what is found, and confirm what is meant."))
            for finding in waiting.findings[:5]:
                messages.warning(request, str(finding))
            return redirect(self._url("check", campaign))
        except IllegalTransition as refused:
            messages.error(request, str(refused))
            return redirect(self._card(campaign))
        messages.success(request, _("The campaign is open. Its plan is frozen."))
        return redirect(self._card(campaign))

    def back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Set the campaign back to preparation, until the first verdict."""
        return self._with_reason(
            request, pk, back_to_preparation, _("Back to preparation"), _("The campaign is in preparation again.")
        )

    def reopen(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Reopen a closed campaign; its final run no longer stands."""
        return self._with_reason(
            request, pk, reopen_campaign, _("Reopen the campaign"), _("The campaign is open again.")
        )

    def close(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Close the campaign on a day; its final run follows."""
        campaign, now = self.campaign_or_404(request, pk), timezone.now()
        today = local_day(now)
        obstacle = closing_obstacle(campaign, today, now) if may_move(campaign, CampaignAct.CLOSE) else ""
        stops = _("Reporting, verdicts, points and gates stop. The final scores are those of the closing day.")
        page = ActPage(
            title=_("Close the campaign"),
            lead=campaign.name,
            warning=_("It cannot be closed today: %(why)s") % {"why": obstacle} if obstacle else stops,
            button=_("Close the campaign"),
            back=self._card(campaign),
            done=_("The campaign is closed; its final scores are being settled."),
            danger=True,
        )
        return act_view(
            self,
            request,
            allowed=can(person(request), Permission.OPEN_CAMPAIGN),
            page=page,
            form=ClosingForm(request.POST or None, initial={"day": today}),
            act=lambda said: close_campaign(campaign_id=pk, by=person(request), now=now, **said),
        )

    def _with_reason(self, request: HttpRequest, pk: int, act: Any, title: str, done: str) -> HttpResponse:
        campaign = self.campaign_or_404(request, pk)
        page = ActPage(title=title, lead=campaign.name, button=title, back=self._card(campaign), done=done, danger=True)
        return act_view(
            self,
            request,
            allowed=can(person(request), Permission.OPEN_CAMPAIGN),
            page=page,
            form=ReasonForm(request.POST or None),
            act=lambda said: act(campaign_id=pk, by=person(request), now=timezone.now(), reason=said["reason"]),
        )

    def campaign_or_404(self, request: HttpRequest, pk: int) -> Campaign:
        """Return a campaign the person may look at here."""
        if not self.has_view_permission(request):
            raise Http404
        found: Campaign = get_object_or_404(self.get_queryset(request), pk=pk)
        return found

    def _card(self, campaign: Campaign) -> str:
        return reverse("admin:campaigns_campaign_change", args=[campaign.pk])

    def _url(self, name: str, campaign: Campaign) -> str:
        return reverse(f"admin:campaigns_campaign_{name}", args=[campaign.pk])


def _kept(row: Any, fields: set[str]) -> Any:
    if isinstance(row, str):
        return row if row in fields else None
    return tuple(name for name in row if name in fields) or None


def _shown(row: Any, readonly: set[str]) -> Any:
    """The fields of a row; basis points that are only read are shown as points."""
    if isinstance(row, str):
        return f"shown_{row}" if row in readonly and row.endswith("_bp") else row
    return tuple(_shown(name, readonly) for name in row)


def _as_points(name: str) -> Any:
    @admin.display(description=Campaign._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # a column
    def shown(self: CampaignAdmin, campaign: Campaign) -> str:
        return points(getattr(campaign, name))

    return shown


for _field in Campaign._meta.concrete_fields:
    if _field.name.endswith("_bp"):
        setattr(CampaignAdmin, f"shown_{_field.name}", _as_points(_field.name))
