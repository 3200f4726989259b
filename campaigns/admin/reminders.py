"""Reminders and e-mail in the administration: the ladder as data, what was sent to whom, what did not arrive."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.actions.mail import KEEPERS, send_again
from campaigns.actions.reminder_rules import remove_reminder_rule, save_reminder_rule
from campaigns.actions.reminder_words import digest_words, rung_words
from campaigns.calendar import local_day
from campaigns.enums import CampaignStatus, MailState
from campaigns.forms.boxes import DayBox
from campaigns.models import Campaign, Mail, Reminder, ReminderRule, ReminderRun
from campaigns.permissions import Permission, can
from campaigns.queries.reminders import read_plan

from .acts import Act, ActPage, act_view
from .base import PortalAdmin, ReadOnlyAdmin, person


@admin.register(ReminderRule)
class ReminderRuleAdmin(PortalAdmin):
    """The rungs of each campaign's ladder."""

    edit_permissions = (Permission.FOLLOW_UP,)
    list_display = ("campaign", "days_from_due", "audience")
    list_display_links = ("campaign", "days_from_due")
    list_filter = ("campaign", "audience")
    list_select_related = ("campaign",)
    ordering = ("campaign", "days_from_due")
    fields = ("campaign", "days_from_due", "audience", "seen")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview)
        return [path("ai-nhan-gi/", view, name="campaigns_reminderrule_preview"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        url = reverse("admin:campaigns_reminderrule_preview")
        acts = [Act(label=_("Who would get what today"), url=url, icon="eye")]
        return super().changelist_view(request, {**(extra_context or {}), "acts": acts})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.remote_field.model is Campaign:
            kwargs["queryset"] = Campaign.objects.exclude(status=CampaignStatus.CLOSED)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def save_row(self, request: HttpRequest, obj: ReminderRule, seen: str) -> None:
        save_reminder_rule(rule=obj, seen=seen, by=person(request), now=timezone.now())

    def delete_model(self, request: HttpRequest, obj: ReminderRule) -> None:
        remove_reminder_rule(rule=obj, by=person(request), now=timezone.now())

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        return None

    def preview(self, request: HttpRequest) -> HttpResponse:
        """Who would get what on a day (today unless ``?ngay=`` says another), with the exact texts."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        day = _asked_day(request.GET.get("ngay", "")) or local_day(now)
        plan = read_plan(on=day, now=now)
        context = {
            "title": _("Who would get what"),
            "plan": plan,
            "letters": [(letter.person, *digest_words(letter, now=now)) for letter in plan.letters],
            "run": ReminderRun.objects.filter(day=day).first(),
            "back": reverse("admin:campaigns_reminderrule_changelist"),
        }
        return self.page(request, "admin/campaigns/reminders.html", context)


def _asked_day(text: str) -> dt.date | None:
    """The day typed as dd/mm/yyyy, in a range that calendars hold."""
    field = DayBox(required=False)
    try:
        day = field.clean(text[:20])
    except ValidationError:  # whatever is not a day asks for today
        return None
    return day if isinstance(day, dt.date) and 2000 <= day.year <= 2100 else None


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    """What was sent to whom."""

    view_permissions = (Permission.VIEW_ALL_UNITS,)
    list_display = ("sent_at", "person", "participant", "period", "rung", "sent_by")
    list_filter = ("period__campaign", "day")
    list_select_related = ("person", "participant", "period", "sent_by")
    date_hierarchy = None
    search_path = "person__search_text"
    ordering = ("-sent_at", "-pk")
    fields = ("person", "participant", "period", "rung", "day", "text", "sent_by", "sent_at")
    readonly_fields = ("rung",)

    @admin.display(description=_("rung"))
    def rung(self, reminder: Reminder) -> str:
        return rung_words(reminder.days_from_due)


@admin.register(ReminderRun)
class ReminderRunAdmin(ReadOnlyAdmin):
    """The days on which reminders went out by the ladder."""

    view_permissions = (Permission.VIEW_ALL_UNITS,)
    list_display = ("day", "ran_at", "people", "reminders")
    ordering = ("-day",)


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """What became of letters; what they say is between the portal and the person."""

    view_permissions = (*KEEPERS, Permission.VIEW_AUDIT)
    list_display = ("created_at", "person", "address", "state", "attempts", "sent_at", "last_error")
    list_filter = ("state",)
    list_select_related = ("person",)
    search_path = "person__search_text"
    ordering = ("-created_at", "-pk")
    fields = ("person", "address", "state", "attempts", "last_error", "created_at", "sent_at")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.again)
        return [path("<int:pk>/gui-lai/", view, name="campaigns_mail_again"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        letter = self.get_object(request, object_id)
        acts = []
        if letter is not None and letter.state != MailState.SENT and _may_send(request):
            url = reverse("admin:campaigns_mail_again", args=[letter.pk])
            acts = [Act(label=_("Send again…"), url=url, icon="arrow-repeat")]
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "acts": acts})

    def again(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send a letter again that did not arrive."""
        letter = get_object_or_404(self.get_queryset(request).select_related("person"), pk=pk)
        page = ActPage(
            title=_("Send the e-mail again"),
            lead=f"{letter.person.full_name} · {letter.person.email or letter.address}",
            facts=((_("Last error"), letter.last_error), (_("Attempts"), letter.attempts)),
            button=_("Send again"),
            back=reverse("admin:campaigns_mail_change", args=[letter.pk]),
            done=_("The e-mail will be sent again."),
        )
        return act_view(
            self,
            request,
            allowed=_may_send(request),
            page=page,
            form=None,
            act=lambda said: send_again(mail_id=pk, by=person(request), now=timezone.now()),
        )


def _may_send(request: HttpRequest) -> bool:
    return any(can(person(request), permission) for permission in KEEPERS)
