"""Announcements to all units: the list everybody reads, and publishing for who may."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from campaigns.actions.announcements import change_announcement, publish_announcement
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.records import PlanRefused, digest_of_record, first_message
from campaigns.actions.registers import may_keep
from campaigns.forms.follow_up import AnnouncementForm
from campaigns.models import Announcement
from campaigns.visibility import visible_to

from .campaign_choice import chosen_campaign
from .reporting_access import signed_in

PAGE = 20


@require_GET
def announcements(request: HttpRequest) -> HttpResponse:
    """The announcements of the campaign, the newest first."""
    user, campaign = signed_in(request), chosen_campaign(request)
    rows = visible_to(user, Announcement).filter(campaign=campaign, published_at__isnull=False)
    context: dict[str, Any] = {
        "page": Paginator(rows.select_related("published_by"), PAGE).get_page(request.GET.get("page")),
        "may_publish": may_keep(user, Announcement),
        "breadcrumb": [{"label": _("Announcements"), "url": ""}],
    }
    return render(request, "campaigns/announcements.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """Publish an announcement; every unit's leaders and reporters are told."""
    user, campaign = signed_in(request), chosen_campaign(request)
    if not may_keep(user, Announcement):
        raise PermissionDenied
    form = AnnouncementForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                publish_announcement(
                    campaign=campaign,
                    title=said["title"],
                    text=said["text"],
                    is_public=said["is_public"],
                    key=said["form_key"],
                    by=user,
                    now=timezone.now(),
                )
            except IdempotencyMismatch as mismatch:
                form.add_error(None, mismatch)
            else:
                messages.success(request, _("The announcement has been published; the units are told."))
                return redirect("campaigns:announcements")
    return _form_page(request, form, heading=_("Publish an announcement"), status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend an announcement; nobody is told again."""
    user = signed_in(request)
    row = get_object_or_404(visible_to(user, Announcement), pk=pk)
    if not may_keep(user, Announcement):
        raise PermissionDenied
    initial = {"title": row.title, "text": row.text, "is_public": row.is_public, "seen": digest_of_record(row)}
    form = AnnouncementForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                change_announcement(
                    announcement_id=row.pk,
                    title=said["title"],
                    text=said["text"],
                    is_public=said["is_public"],
                    seen=said["seen"],
                    by=user,
                    now=timezone.now(),
                )
            except PlanRefused as refused:
                form.add_error(None, str(refused))
                status = 409
            except ValidationError as error:
                form.add_error(None, first_message(error))
            else:
                messages.success(request, _("The announcement has been changed."))
                return redirect("campaigns:announcements")
    return _form_page(request, form, heading=_("Change the announcement"), status=status, stored=row)


def _form_page(
    request: HttpRequest,
    form: AnnouncementForm,
    *,
    heading: str,
    status: int,
    stored: Announcement | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "stored": stored if status == 409 else None,  # what somebody else saved, beside what was typed
        "is_new": stored is None,
        "breadcrumb": [
            {"label": _("Announcements"), "url": reverse("campaigns:announcements")},
            {"label": heading, "url": ""},
        ],
    }
    return render(request, "campaigns/announcement_form.html", context, status=status)
