"""Activity entries: the list, filing one, withdrawing one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from campaigns.actions.activities import ActivityEntry, file_activity, withdraw_activity
from campaigns.calendar import local_day
from campaigns.forms.picking import LONGEST, MOST
from campaigns.forms.threads import ActivityForm, WithdrawForm
from campaigns.models import Activity, Participant, User
from campaigns.permissions import Permission, can, require, units_with
from campaigns.vietnamese import fold
from campaigns.visibility import visible_to

from .campaign_choice import campaign_choice
from .reporting_access import reporting_unit, signed_in
from .thread_pages import PAGE, attempt


@require_GET
def activities(request: HttpRequest) -> HttpResponse:
    """What the units did: everything for those in charge, else one's own unit's."""
    user, campaign = signed_in(request), campaign_choice(request).current
    if campaign is None or not can(user, Permission.VIEW_UNIT):
        raise Http404
    rows = visible_to(user, Activity).filter(participant__campaign=campaign, withdrawn_at__isnull=True)
    units = Participant.objects.filter(pk__in=rows.values("participant")).order_by("sort_key", "code")
    unit = request.GET.get("don-vi", "")
    if unit:
        rows = rows.filter(participant__code=unit)
    for word in fold(words := request.GET.get("tim", "")[:LONGEST]).split():
        rows = rows.filter(participant__unit__search_text__contains=word)
    many = campaign.participants.count() > MOST
    rows = rows.select_related("participant__unit", "entered_by").prefetch_related("files")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    files = Participant.objects.filter(campaign=campaign, unit__in=units_with(user, Permission.DRAFT_REPORT))
    context = {
        "page": page,
        "activities": [_shown(row, user) for row in page.object_list],
        "units": list(units) if can(user, Permission.VIEW_ALL_UNITS) and not many else [],
        "many_units": many and can(user, Permission.VIEW_ALL_UNITS),
        "words": words,
        "chosen": unit,
        "own": list(files.order_by("sort_key")) if campaign.is_open else [],
        "campaign_open": campaign.is_open,
    }
    return render(request, "campaigns/activities.html", context)


def _shown(row: Activity, user: User) -> dict[str, Any]:
    files = [
        {"name": file.name, "size": file.size, "url": reverse("campaigns:evidence_download", args=[file.pk])}
        for file in row.files.all()
    ]
    return {"row": row, "files": files, "is_own": can(user, Permission.DRAFT_REPORT, unit=row.participant.unit_id)}


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, participant: int) -> HttpResponse:
    """File what the unit did."""
    user, now = signed_in(request), timezone.now()
    unit = reporting_unit(request, participant)
    require(user, Permission.DRAFT_REPORT, unit=unit.unit_id)
    form, status = ActivityForm(today=local_day(now)), 200
    if request.method == "POST":
        form = ActivityForm(request.POST, request.FILES, today=local_day(now))
        status = attempt(form, lambda said: _filed(unit, said, user, now))
        if status == 200:
            messages.success(request, _("The activity has been filed."))
            return redirect("campaigns:activities")
    context = {
        "unit": unit,
        "form": form,
        "breadcrumb": [*_trail(), {"label": _("File an activity"), "url": ""}],
    }
    return render(request, "campaigns/activity_new.html", context, status=status)


def _filed(unit: Participant, said: dict[str, Any], user: User, now: Any) -> Activity:
    entry = ActivityEntry(title=said["title"], held_on=said["held_on"], people=said["people"] or 0, text=said["text"])
    return file_activity(
        participant_id=unit.pk, entry=entry, files=said["papers"], key=said["form_key"], by=user, now=now
    )


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, activity: int) -> HttpResponse:
    """Take an entry off the list, with a reason."""
    user = signed_in(request)
    row = get_object_or_404(visible_to(user, Activity).select_related("participant"), pk=activity)
    require(user, Permission.DRAFT_REPORT, unit=row.participant.unit_id)
    form, status = WithdrawForm(), 200
    if request.method == "POST":
        form = WithdrawForm(request.POST)
        status = attempt(
            form, lambda said: withdraw_activity(activity_id=row.pk, text=said["text"], by=user, now=timezone.now())
        )
        if status == 200:
            messages.success(request, _("The entry has been withdrawn; it stays on record."))
            return redirect("campaigns:activities")
    context = {
        "form": form,
        "heading": _("Withdraw an activity"),
        "what": row.title,
        "back": reverse("campaigns:activities"),
        "breadcrumb": [*_trail(), {"label": _("Withdraw an activity"), "url": ""}],
    }
    return render(request, "campaigns/entry_withdraw.html", context, status=status)


def _trail() -> list[dict[str, str]]:
    return [{"label": _("Activities"), "url": reverse("campaigns:activities")}]
