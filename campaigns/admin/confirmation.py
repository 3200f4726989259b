"""Points, waivers and gates: entered here, confirmed by a second person, voided by dated acts."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.actions.confirmation import (
    MODELS,
    EntryKind,
    confirm_entry,
    may_handle,
    unit_of,
    void_entry,
    withdraw_entry,
)
from campaigns.calendar import local_day
from campaigns.display import local_date, local_datetime
from campaigns.enums import CampaignStatus
from campaigns.forms.confirmation import (
    VoidingForm,
)
from campaigns.forms.plan import ReasonForm
from campaigns.models import Campaign, Gate, MilestoneWaiver, PointEntry, ReportWaiver
from campaigns.permissions import Permission, can
from campaigns.views.confirmation import FORMS, enter, waiting_entries, words_of
from campaigns.visibility import visible_to

from .acts import Act, ActPage, act_view
from .base import ReadOnlyAdmin, person


class EntryAdmin(ReadOnlyAdmin):
    """A list of entries; adding, confirming, withdrawing and voiding are acts."""

    kind: EntryKind
    view_permissions = (Permission.VIEW_ALL_UNITS,)
    list_display = ("what", "state", "holds_from", "document_number", "entered_by", "confirmed_by")
    list_select_related: ClassVar[Any] = ("participant__campaign", "entered_by", "confirmed_by")
    list_filter: ClassVar[Any] = ("participant__campaign",)
    search_path = "participant__unit__search_text"
    ordering = ("-entered_at", "-pk")

    @admin.display(description=gettext_lazy("Entry"))
    def what(self, entry: Any) -> str:
        return words_of(entry)

    @admin.display(description=gettext_lazy("State"))
    def state(self, entry: Any) -> str:
        return state_words(entry, today=local_day(timezone.now()))

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, self.opts.model_name
        return [
            path("nhap/", wrap(self.enter), name=f"campaigns_{name}_enter"),
            path("<int:pk>/xac-nhan/", wrap(self.confirm), name=f"campaigns_{name}_confirm"),
            path("<int:pk>/rut/", wrap(self.withdraw), name=f"campaigns_{name}_withdraw"),
            path("<int:pk>/huy/", wrap(self.void), name=f"campaigns_{name}_void"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        acts = []
        if can(person(request), Permission.CONFIRM):
            acts.append(Act(label=_("Enter…"), url=self._url("enter"), icon="plus-lg"))
            acts.append(Act(label=_("Waiting for confirmation"), url=queue_url(), icon="person-check"))
        return super().changelist_view(request, {**(extra_context or {}), "acts": acts})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        entry = self.get_object(request, object_id)
        acts = self._acts(request, entry) if entry is not None else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "acts": acts})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shared = ["what", "state", "holds_from", "document_number", "reason", "entered_by", "entered_at"]
        return [*shared, "confirmed_by", "confirmed_at", *(["voided_from"] if hasattr(obj, "voided_from") else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    def _acts(self, request: HttpRequest, entry: Any) -> list[Act]:
        now, user = timezone.now(), person(request)
        if not may_handle(user, unit_of(entry), on=local_day(now)) or not unit_of(entry).campaign.is_open:
            return []
        if entry.confirmed_at is None and entry.imported_in_id is None and entry.withdrawn_at is None:
            acts = [Act(label=_("Withdraw…"), url=self._url("withdraw", entry.pk), icon="x-lg")]
            if entry.entered_by_id != user.pk:
                acts.insert(0, Act(label=_("Confirm…"), url=self._url("confirm", entry.pk), icon="check-lg"))
            return acts
        if hasattr(entry, "voided_from") and entry.voided_from is None and entry.withdrawn_at is None:
            return [Act(label=_("Void…"), url=self._url("void", entry.pk), icon="slash-circle")]
        return []

    def enter(self, request: HttpRequest) -> HttpResponse:
        """Enter one, for a second person to confirm."""
        if not can(person(request), Permission.CONFIRM):
            raise PermissionDenied
        asked, now = request.GET.get("campaign", ""), timezone.now()
        rows = visible_to(person(request), Campaign).filter(status=CampaignStatus.OPEN)
        campaign = rows.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else rows.first()
        if campaign is None:
            raise Http404
        page = ActPage(
            title=str(self.opts.verbose_name).capitalize(),
            lead=campaign.name,
            warning=_("It waits for a second person's confirmation and holds from that day at the earliest."),
            button=_("Enter"),
            back=self._url("changelist"),
            done=_("Entered. It waits for a second person's confirmation."),
        )
        initial = {name: request.GET.get(name, "")[:18] for name in ("participant", "period")}
        form = FORMS[self.kind](request.POST or None, campaign=campaign, today=local_day(now), initial=initial)
        if "target" in form.fields and initial["participant"].isdecimal():
            form.of_unit(int(initial["participant"]))
        return act_view(
            self,
            request,
            allowed=True,
            page=page,
            form=form,
            act=lambda said: enter(self.kind, said, by=person(request), now=now),
        )

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Confirm what another person entered."""
        return self._act(
            request,
            pk,
            _("Confirm"),
            _("Confirmed."),
            None,
            lambda said, now: confirm_entry(kind=self.kind, pk=pk, by=person(request), now=now),
        )

    def withdraw(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take an unconfirmed one back, or refuse it."""
        return self._act(
            request,
            pk,
            _("Withdraw"),
            _("Withdrawn."),
            ReasonForm(request.POST or None),
            lambda said, now: withdraw_entry(kind=self.kind, pk=pk, reason=said["reason"], by=person(request), now=now),
        )

    def void(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say from which day it no longer holds."""
        initial = {"voided_from": local_day(timezone.now())}
        return self._act(
            request,
            pk,
            _("Void"),
            _("The voiding has been recorded."),
            VoidingForm(request.POST or None, initial=initial),
            lambda said, now: void_entry(kind=self.kind, pk=pk, by=person(request), now=now, **said),
        )

    def _act(self, request: HttpRequest, pk: int, title: str, done: str, form: Any, act: Any) -> HttpResponse:
        entry = get_object_or_404(self.get_queryset(request), pk=pk)
        now = timezone.now()
        page = ActPage(
            title=title,
            lead=words_of(entry),
            facts=(
                (_("Unit"), unit_of(entry)),
                (_("Holds from"), local_date(entry.holds_from)),
                (_("Document number"), entry.document_number),
                (_("Reason"), entry.reason),
                (_("Entered"), f"{entry.entered_by or ''} {local_datetime(entry.entered_at)}"),
            ),
            button=title,
            back=queue_url() if entry.confirmed_at is None else self._url("changelist"),
            done=done,
        )
        allowed = may_handle(person(request), unit_of(entry), on=local_day(now))
        return act_view(self, request, allowed=allowed, page=page, form=form, act=lambda said: act(said, now))

    def _url(self, name: str, *args: object) -> str:
        return reverse(f"admin:campaigns_{self.opts.model_name}_{name}", args=args)


def state_words(entry: Any, *, today: dt.date) -> str:
    """Return where an entry stands."""
    if entry.withdrawn_at is not None:
        return _("Withdrawn")
    if entry.confirmed_at is None and entry.imported_in_id is None:
        return _("Waiting for confirmation")
    voided = getattr(entry, "voided_from", None)
    if voided is not None and voided <= today:
        return _("Void from %(day)s") % {"day": local_date(voided)}
    return _("In force") if entry.holds_from <= today else _("Confirmed, holds later")


def queue_url() -> str:
    """Return the address of the entries that wait."""
    return reverse("admin:campaigns_pointentry_waiting")


@admin.register(PointEntry)
class PointEntryAdmin(EntryAdmin):
    kind = EntryKind.POINTS

    def get_urls(self) -> list[URLPattern]:
        waiting = self.admin_site.admin_view(self.waiting)
        return [path("cho-xac-nhan/", waiting, name="campaigns_pointentry_waiting"), *super().get_urls()]

    def waiting(self, request: HttpRequest) -> HttpResponse:
        """Everything of the four kinds that waits for a second person."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        user, now = person(request), timezone.now()
        rows = []
        for kind, model in MODELS.items():
            for entry in waiting_entries(kind):
                name = f"admin:campaigns_{model._meta.model_name}"
                handles = may_handle(user, unit_of(entry), on=local_day(now))
                rows.append(
                    {
                        "noun": model._meta.verbose_name,
                        "entry": entry,
                        "words": words_of(entry),
                        "confirm": reverse(f"{name}_confirm", args=[entry.pk])
                        if handles and entry.entered_by_id != user.pk
                        else "",
                        "withdraw": reverse(f"{name}_withdraw", args=[entry.pk]) if handles else "",
                        "why": "" if handles else _("your own unit, or not yours to confirm"),
                        "is_own": entry.entered_by_id == user.pk,
                    }
                )
        context = {"rows": rows, "title": _("Waiting for confirmation")}
        return self.page(request, "admin/campaigns/confirmation.html", context)


@admin.register(ReportWaiver)
class ReportWaiverAdmin(EntryAdmin):
    kind = EntryKind.REPORT_WAIVER
    list_select_related = ("participant__campaign", "period", "entered_by", "confirmed_by")


@admin.register(MilestoneWaiver)
class MilestoneWaiverAdmin(EntryAdmin):
    kind = EntryKind.MILESTONE_WAIVER
    list_select_related = ("target__participant__campaign", "target__indicator", "entered_by", "confirmed_by")
    list_filter = ("target__campaign",)
    search_path = "target__participant__unit__search_text"


@admin.register(Gate)
class GateAdmin(EntryAdmin):
    kind = EntryKind.GATE
    view_permissions = (Permission.VIEW_GROUNDS,)
    list_filter = ("campaign", "form")
