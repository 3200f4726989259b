"""Pages of a campaign's set-up: the path with what each step lacks, the generated calendar, the clone."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.actions.calendar import digest_of_calendar, write_calendar
from campaigns.actions.clone import clone_campaign
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.plan import frozen_message
from campaigns.actions.records import PlanRefused
from campaigns.calendar_plan import weekly_calendar
from campaigns.enums import CampaignStatus
from campaigns.forms.setup import CalendarForm, CloneForm
from campaigns.permissions import Permission, can
from campaigns.queries.calendar_preview import CalendarChange, compare_calendar, holidays_of
from campaigns.queries.registrations import registration_lines
from campaigns.queries.setup_path import StepKey

from .base import ROWS, person
from .setup_path import next_step, path_of
from .target_grid import TargetGridPages


class SetupPages(TargetGridPages):
    """The addresses of the set-up below a campaign."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/thiet-lap/", wrap(self.setup), name="campaigns_campaign_setup"),
            path("<int:pk>/lich-bao-cao/", wrap(self.calendar), name="campaigns_campaign_calendar"),
            path("<int:pk>/dang-ky/", wrap(self.registrations), name="campaigns_campaign_registrations"),
            path("<int:pk>/nhan-ban/", wrap(self.clone), name="campaigns_campaign_clone"),
            *super().get_urls(),
        ]

    def setup(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The whole path: each step with what there is and what the readiness check finds in it."""
        campaign = self.campaign_or_404(request, pk)
        steps = path_of(campaign)
        context = {
            "campaign_shown": campaign,
            "path": steps,
            "next_step": next_step(steps) if campaign.status == CampaignStatus.PREPARATION else None,
            "may_edit": can(person(request), Permission.EDIT_PLAN),
            "title": _("Set-up of the campaign"),
            "trail": self.steps_to(campaign, _("Set-up")),
        }
        return self.page(request, "admin/campaigns/setup.html", context)

    # --- the calendar ------------------------------------------------------------------------

    def calendar(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The stored calendar, the preview of a generated one, and writing what was shown."""
        campaign = self.campaign_or_404(request, pk)
        may_write = can(person(request), Permission.EDIT_PLAN)
        if request.method == "POST" and not may_write:
            raise PermissionDenied
        asked = request.POST if request.method == "POST" else request.GET
        form = CalendarForm(asked if "code_prefix" in asked else None)
        holidays = holidays_of(campaign)
        context = {
            "campaign_shown": campaign,
            "form": form,
            "holidays": [{"day": day, "name": name} for day, name in holidays.items()],
            "periods": campaign.periods.order_by("ends_on"),
            "frozen": frozen_message(campaign),
            "editable": may_write and not frozen_message(campaign),
            "path": path_of(campaign, StepKey.CALENDAR),
            "title": _("Reporting calendar"),
            "trail": self.steps_to(campaign, _("Reporting calendar")),
        }
        status = 200
        if form.is_bound and form.is_valid():
            planned = weekly_calendar(
                starts_on=campaign.starts_on, ends_on=campaign.ends_on, rule=form.rule(), holidays=holidays
            )
            if request.method == "POST":
                try:
                    counts = write_calendar(
                        campaign_id=pk,
                        planned=planned,
                        seen=request.POST.get("seen", ""),
                        by=person(request),
                        now=timezone.now(),
                    )
                except PlanRefused as refused:
                    context["message"], status = str(refused.message), 409
                else:
                    messages.success(
                        request,
                        _("The calendar has been written: %(new)d new, %(changed)d changed, %(removed)d taken out.")
                        % {change.value: counts[change] for change in CalendarChange},
                    )
                    return redirect(reverse("admin:campaigns_campaign_calendar", args=[pk]))
            lines = compare_calendar(planned, campaign.periods.order_by("ends_on"))
            context |= {"lines": lines, "seen": digest_of_calendar(lines), "names": holidays}
            context["is_same"] = all(line.change is CalendarChange.UNCHANGED for line in lines)
        elif form.is_bound or request.method == "POST":
            status = 422
        return self.page(request, "admin/campaigns/calendar.html", context, status=status)

    def registrations(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What each unit has registered: its own plan, its head, its focal person."""
        campaign = self.campaign_or_404(request, pk)
        lines = registration_lines(campaign)
        context = {
            "campaign_shown": campaign,
            "page": Paginator(lines, ROWS).get_page(request.GET.get("page")),
            "complete": sum(not line.missing for line in lines),
            "title": _("Registrations of the units"),
            "trail": self.steps_to(campaign, _("Registrations")),
            "back": reverse("admin:campaigns_campaign_setup", args=[pk]),
        }
        return self.page(request, "admin/campaigns/registrations.html", context)

    # --- a campaign after an earlier one -----------------------------------------------------

    def clone(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a new campaign in preparation after this one."""
        source = self.campaign_or_404(request, pk)
        if not can(person(request), Permission.EDIT_PLAN):
            raise PermissionDenied
        form = CloneForm(request.POST or None, initial={"name": source.name})
        context = {
            "campaign_shown": source,
            "form": form,
            "title": _("New campaign after this one"),
            "trail": self.steps_to(source, _("New campaign after this one")),
            "back": reverse("admin:campaigns_campaign_change", args=[pk]),
        }
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                try:
                    made = clone_campaign(
                        source_id=pk,
                        key=form.cleaned_data["form_key"],
                        by=person(request),
                        now=timezone.now(),
                        **form.terms(),
                    )
                except (PlanRefused, IdempotencyMismatch) as refused:
                    form.add_error(None, str(getattr(refused, "message", refused)))
                    status = 409
                else:
                    messages.success(request, _("The campaign has been made. Go through its steps before opening it."))
                    return redirect(reverse("admin:campaigns_campaign_setup", args=[made.pk]))
        return self.page(request, "admin/campaigns/clone.html", context, status=status)
