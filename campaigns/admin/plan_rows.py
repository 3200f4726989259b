"""The rows of a plan: areas, blocs, periods, units, indicators. Edited while the campaign is prepared, then frozen."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.actions.plan import frozen_message, remove_plan_row, save_plan_row
from campaigns.actions.plan_changes import end_participant
from campaigns.enums import CampaignStatus
from campaigns.forms.plan import LastDayForm
from campaigns.models import Area, Bloc, Campaign, Indicator, Participant, Period
from campaigns.permissions import Permission, can
from campaigns.queries.setup_path import StepKey
from campaigns.visibility import visible_to

from .acts import Act, ActPage, act_view
from .base import PortalAdmin, SeenForm, person
from .setup_path import path_of


class PlanRowAdmin(PortalAdmin):
    """One noun of the plan; everything it points to is of the same campaign."""

    edit_permissions = (Permission.EDIT_PLAN,)
    step: StepKey | None = None  # of the set-up, that the list belongs to
    list_filter: ClassVar[Any] = ("campaign",)
    list_select_related: ClassVar[Any] = ("campaign",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.list_select_related)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.campaign.status == CampaignStatus.PREPARATION)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and self.has_change_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        remove_plan_row(row=obj, by=person(request), now=timezone.now())

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        return None

    def save_row(self, request: HttpRequest, obj: Any, seen: str) -> None:
        save_plan_row(row=obj, seen=seen, by=person(request), now=timezone.now())

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Add to the campaign that is named, else to the latest in preparation."""
        if self.has_add_permission(request) and "campaign" not in request.GET:
            campaign = visible_to(person(request), Campaign).filter(status=CampaignStatus.PREPARATION).first()
            if campaign is None:
                messages.warning(request, _("No campaign is being prepared; its plan is where rows are added."))
                return redirect(f"admin:campaigns_{self.opts.model_name}_changelist")
            return redirect(f"{request.path}?campaign={campaign.pk}")
        return super().add_view(request, form_url, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        extra = {"frozen": frozen_message(row.campaign), "acts": self.acts(request, row)} if row else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list; of one campaign it stands below the path of the set-up."""
        asked = request.GET.get("campaign__id__exact", "")
        campaign = None
        if asked.isascii() and asked.isdecimal() and len(asked) < 19:
            campaign = visible_to(person(request), Campaign).filter(pk=asked).first()
        extra = {"path": path_of(campaign, self.step)} if campaign is not None else {}
        return super().changelist_view(request, {**(extra_context or {}), **extra})

    def acts(self, request: HttpRequest, row: Any) -> list[Act]:
        """Return the buttons above the form."""
        return []

    def campaign_of(self, request: HttpRequest) -> Campaign | None:
        """The campaign that the form is about."""
        match = request.resolver_match
        object_id = match.kwargs.get("object_id") if match else None
        if object_id is not None:
            row = self.get_object(request, object_id)
            return row.campaign if row else None
        asked = request.GET.get("campaign", "")
        rows = visible_to(person(request), Campaign).filter(status=CampaignStatus.PREPARATION)
        return rows.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else None

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        campaign = self.campaign_of(request)
        model = db_field.remote_field.model
        if model is Campaign:
            kwargs["queryset"] = Campaign.objects.filter(pk=campaign.pk) if campaign else Campaign.objects.none()
            kwargs["initial"] = campaign
        elif any(field.name == "campaign" for field in model._meta.fields):
            kwargs["queryset"] = model._default_manager.filter(campaign=campaign)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and model is Campaign:
            field.empty_label = None
        return field


@admin.register(Area)
class AreaAdmin(PlanRowAdmin):
    step = StepKey.AREAS
    list_display = ("number", "name", "weight", "is_active", "campaign")
    list_display_links = ("number", "name")
    list_filter = ("campaign", "is_active")
    ordering = ("campaign", "number")
    fields = ("campaign", "number", "name", "description", "weight", "is_active", "seen")


@admin.register(Bloc)
class BlocAdmin(PlanRowAdmin):
    step = StepKey.UNITS
    list_display = ("code", "name", "campaign")
    ordering = ("campaign", "code")
    fields = ("campaign", "code", "name", "seen")


class PeriodForm(SeenForm):
    """A period; its days stand beside the times of its deadline and lock."""

    class Meta:
        model = Period
        fields = ("campaign", "code", "starts_on", "ends_on", "due_at", "locks_at")


@admin.register(Period)
class PeriodAdmin(PlanRowAdmin):
    step = StepKey.CALENDAR
    form = PeriodForm
    list_display = ("code", "starts_on", "ends_on", "due_at", "locks_at", "campaign")
    ordering = ("campaign", "ends_on")
    fields = ("campaign", "code", "starts_on", "ends_on", "due_at", "locks_at", "seen")

    def acts(self, request: HttpRequest, row: Period) -> list[Act]:
        url = reverse("admin:campaigns_lateexception_period", args=[row.pk])
        return [Act(label=_("Who is open, exceptions, waivers"), url=url, icon="calendar-event")]


@admin.register(Participant)
class ParticipantAdmin(PlanRowAdmin):
    step = StepKey.UNITS
    list_display = ("name", "code", "bloc", "kind", "competes", "valid_to", "campaign")
    list_filter = ("campaign", "competes", "kind")
    list_select_related = ("campaign", "bloc")
    ordering = ("campaign", "sort_key", "code")
    search_path = "unit__search_text"
    fields = ("campaign", "unit", "code", "name", "kind", "bloc", "competes", "valid_from", "valid_to", "seen")

    def get_urls(self) -> list[URLPattern]:
        end = self.admin_site.admin_view(self.end)
        return [path("<int:pk>/ket-thuc/", end, name="campaigns_participant_end"), *super().get_urls()]

    def acts(self, request: HttpRequest, row: Participant) -> list[Act]:
        if not (row.campaign.is_open and can(person(request), Permission.EDIT_PLAN)):
            return []
        url = reverse("admin:campaigns_participant_end", args=[row.pk])
        return [Act(label=_("Last day and successor…"), url=url, icon="building")]

    def end(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say a unit's last day and successor."""
        row, now = get_object_or_404(self.get_queryset(request), pk=pk), timezone.now()
        initial = {"version": row.version, "valid_to": row.valid_to, "successor": row.successor_id}
        page = ActPage(
            title=_("Last day and successor"),
            lead=_("The unit's targets and values stay; after its last day it is shown but not ranked."),
            facts=((_("Unit"), row.name), (_("Campaign"), row.campaign.name)),
            button=_("Set the last day"),
            back=reverse("admin:campaigns_participant_change", args=[pk]),
            done=_("The unit's last day has been set."),
        )

        def act(said: dict[str, Any]) -> None:
            successor = said.pop("successor")
            chosen = successor.pk if successor else None
            end_participant(participant_id=pk, successor_id=chosen, by=person(request), now=now, **said)

        return act_view(
            self,
            request,
            allowed=can(person(request), Permission.EDIT_PLAN),
            page=page,
            form=LastDayForm(request.POST or None, participant=row, initial=initial),
            act=act,
        )


@admin.register(Indicator)
class IndicatorAdmin(PlanRowAdmin):
    step = StepKey.INDICATORS
    list_display = ("code", "name", "kind", "mode", "frequency", "weight", "verifier", "is_active")
    list_filter = ("campaign", "kind", "frequency", "is_active")
    list_select_related = ("campaign", "verifier", "area")
    ordering = ("campaign", "area__number", "code")
    search_fields = ("code",)
    fields = (
        "campaign",
        "area",
        "code",
        "name",
        "unit_of_measure",
        "kind",
        "mode",
        "weight",
        "cap_bp",
        "frequency",
        "provider",
        "verifier",
        "evidence_required",
        "is_active",
        "seen",
    )
