"""Periods as staff follow them: for whom each is open and how, and the late exceptions."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.actions.periods import approve_late_exception
from campaigns.calendar import local_day
from campaigns.enums import CampaignStatus
from campaigns.forms.periods import LateExceptionForm
from campaigns.models import Campaign, LateException, Period
from campaigns.permissions import Permission, can, is_own_unit
from campaigns.queries.period_desk import DeskLine, read_period_desk
from campaigns.time_words import deadline_words
from campaigns.visibility import visible_to

from .acts import Act, ActPage, act_view
from .base import ROWS, ReadOnlyAdmin, person


@admin.register(LateException)
class LateExceptionAdmin(ReadOnlyAdmin):
    """A list of exceptions; approving one is an act. Beside it the page of one period."""

    view_permissions = (Permission.VIEW_ALL_UNITS,)
    list_display = ("participant", "period", "state", "ends_at", "reason", "approved_by", "approved_at")
    list_select_related: ClassVar[Any] = ("participant__campaign", "period", "approved_by")
    list_filter: ClassVar[Any] = ("participant__campaign",)
    search_path = "participant__unit__search_text"
    ordering = ("-approved_at", "-pk")
    fields = ("participant", "period", "state", "ends_at", "reason", "approved_by", "approved_at")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("State"))
    def state(self, row: LateException) -> str:
        """Whether it still holds: nothing closes it but the clock."""
        now = timezone.now()
        if row.ends_at <= now:
            return _("Closed by itself")
        return _("In force, %(left)s") % {"left": deadline_words(row.ends_at, now=now)}

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("nhap/", wrap(self.enter), name="campaigns_lateexception_enter"),
            path("ky/", wrap(self.current), name="campaigns_lateexception_current"),
            path("ky/<int:period>/", wrap(self.period), name="campaigns_lateexception_period"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        acts = [Act(label=_("The running period"), url=_url("current"), icon="calendar-event")]
        if can(person(request), Permission.FOLLOW_UP):
            acts.insert(0, Act(label=_("Approve an exception…"), url=_url("enter"), icon="plus-lg"))
        return super().changelist_view(request, {**(extra_context or {}), "acts": acts})

    def enter(self, request: HttpRequest) -> HttpResponse:
        """Approve an exception for one unit and period; ``?period=&participant=`` fill the form."""
        if not can(person(request), Permission.FOLLOW_UP):
            raise PermissionDenied
        now = timezone.now()
        asked = self._asked_period(request)
        campaign = asked.campaign if asked is not None else self._campaigns(request).first()
        if campaign is None or campaign.status != CampaignStatus.OPEN:
            raise Http404
        initial = {"period": asked, "participant": request.GET.get("participant", "")[:18]}
        page = ActPage(
            title=_("Approve a late exception"),
            lead=campaign.name,
            facts=((_("Approved by"), person(request).full_name),),
            button=_("Approve"),
            back=_url("period", asked.pk) if asked is not None else _url("changelist"),
            done=_("The period is open for the unit. It closes by itself at the end."),
        )

        def act(said: dict[str, Any]) -> None:
            approve_late_exception(
                participant_id=said["participant"].pk,
                period_id=said["period"].pk,
                ends_at=said["ends_at"],
                reason=said["reason"],
                by=person(request),
                now=now,
            )

        form = LateExceptionForm(request.POST or None, campaign=campaign, initial=initial)
        return act_view(self, request, allowed=True, page=page, form=form, act=act)

    def current(self, request: HttpRequest) -> HttpResponse:
        """The page of the period that runs, else of the last one."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        periods = Period.objects.filter(campaign=self._campaigns(request).first())
        found = periods.current(on=local_day(timezone.now())).first() or periods.order_by("-ends_on").first()
        if found is None:
            raise Http404
        return self.period(request, found.pk)

    def period(self, request: HttpRequest, period: int) -> HttpResponse:
        """One period: who is open how, exceptions, waivers."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        user, now = person(request), timezone.now()
        found = get_object_or_404(visible_to(user, Period).select_related("campaign"), pk=period)
        desk = read_period_desk(found, now=now)
        follows = can(user, Permission.FOLLOW_UP) and found.campaign.is_open
        waives = can(user, Permission.CONFIRM) and found.campaign.is_open
        page = Paginator(desk.lines, ROWS).get_page(request.GET.get("page"))
        context = {
            "desk": desk,
            "page": page,
            "rows": [self._row(request, line, found, follows, waives) for line in page],
            "periods": list(Period.objects.filter(campaign_id=found.campaign_id).order_by("ends_on")),
            "title": _("Period %(code)s") % {"code": found.code},
            "now": now,
            "trail": [
                {"label": LateException._meta.verbose_name_plural, "url": _url("changelist")},
                {"label": found.code},
            ],
        }
        return self.page(request, "admin/campaigns/period.html", context)

    def _row(self, request: HttpRequest, line: DeskLine, period: Period, follows: bool, waives: bool) -> dict[str, Any]:
        query = urlencode({"campaign": period.campaign_id, "period": period.pk, "participant": line.participant.pk})
        own = is_own_unit(person(request), line.participant.unit_id)
        may_open = follows and not own and period.locks_at is not None and line.phase.value != "upcoming"
        milestones = urlencode({"campaign": period.campaign_id, "participant": line.participant.pk})
        return {
            "line": line,
            "open_url": f"{_url('enter')}?{query}" if may_open else "",
            "waive_url": f"{reverse('admin:campaigns_reportwaiver_enter')}?{query}"
            if waives and not own and line.waiver is None
            else "",
            "milestone_url": f"{reverse('admin:campaigns_milestonewaiver_enter')}?{milestones}"
            if waives and not own
            else "",
        }

    def _campaigns(self, request: HttpRequest) -> Any:
        return visible_to(person(request), Campaign).filter(status=CampaignStatus.OPEN)

    def _asked_period(self, request: HttpRequest) -> Period | None:
        asked = request.GET.get("period", "")
        if not (asked.isascii() and asked.isdecimal() and len(asked) < 19):
            return None
        return visible_to(person(request), Period).select_related("campaign").filter(pk=asked).first()


def _url(name: str, *args: object) -> str:
    return reverse(f"admin:campaigns_lateexception_{name}", args=args)
