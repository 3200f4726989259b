"""A person's notices: the list, opening one, marking them read, and how one wants to be told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.actions.notice_reading import mark_all_read, mark_read, save_preferences
from campaigns.forms.notices import KINDS, PreferenceForm, SeenForm
from campaigns.models import Notice
from campaigns.reminder_ladder import DIGEST_AT
from campaigns.visibility import visible_to

from .reporting_access import signed_in

PAGE = 30


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """The person's notices, the newest first; ``?loai=`` and ``?chua-doc=1`` narrow them."""
    rows = visible_to(signed_in(request), Notice)
    kind, unread = request.GET.get("loai", ""), request.GET.get("chua-doc") == "1"
    shown = rows.filter(kind=kind) if kind in dict(KINDS) else rows
    shown = shown.filter(read_at__isnull=True) if unread else shown
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "kinds": KINDS,
        "kind": kind,
        "unread_only": unread,
        "newest": page.object_list[0].pk if page.object_list else 0,
        "unread_here": rows.filter(read_at__isnull=True).count(),
        "breadcrumb": [{"label": _("Notices"), "url": ""}],
    }
    return render(request, "campaigns/notices.html", context)


@require_POST
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice read and go to what it is about."""
    notice = get_object_or_404(visible_to(signed_in(request), Notice), pk=pk)
    mark_read(notice_id=notice.pk, by=signed_in(request), now=timezone.now())
    here = reverse("campaigns:notices")
    inside = notice.url.startswith("/") and url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
    return redirect(notice.url if inside else f"{here}#tin-{notice.pk}")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything up to the newest notice that was shown as read."""
    form = SeenForm(request.POST)
    if form.is_valid():
        mark_all_read(by=signed_in(request), up_to=form.cleaned_data["up_to"], now=timezone.now())
    return redirect("campaigns:notices")


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """How the person wants to be told of each kind of notice."""
    user = signed_in(request)
    form = PreferenceForm(request.POST or None, person=user)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            save_preferences(chosen=form.chosen(), by=user)
            messages.success(request, _("Your choice has been saved."))
            return redirect("campaigns:notice_preferences")
    context = {
        "form": form,
        "address": user.email,
        "digest_at": f"{DIGEST_AT:%H:%M}",
        "breadcrumb": [
            {"label": _("Notices"), "url": reverse("campaigns:notices")},
            {"label": _("How to be told"), "url": ""},
        ],
    }
    return render(request, "campaigns/notice_preferences.html", context, status=status)
