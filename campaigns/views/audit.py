"""The audit trail: the unit's own part for its leaders; the whole of it in the administration."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from campaigns.forms.audit import TrailForm
from campaigns.models import AuditEntry, Campaign, Unit, User
from campaigns.permissions import Permission, can, units_with, visible_to
from campaigns.queries.audit_trail import lines, with_payload

from .reporting_access import signed_in

PAGE = 50


@require_GET
def own_trail(request: HttpRequest) -> HttpResponse:
    """What happened to the units that the person leads."""
    user = signed_in(request)
    if not can(user, Permission.VIEW_AUDIT) and not units_with(user, Permission.SUBMIT_PROPOSAL):
        raise Http404
    context = {**trail_context(request, user), "frame": "campaigns/trail_frame.html"}
    return render(request, "campaigns/trail.html", context)


def trail_context(request: HttpRequest, user: User) -> dict[str, Any]:
    """Return one page of the trail as far as the person sees it, with its filters."""
    rows = visible_to(user, AuditEntry)
    campaigns = list(visible_to(user, Campaign).values_list("pk", "name"))
    oversees = can(user, Permission.VIEW_AUDIT)
    units = visible_to(user, Unit) if oversees else Unit.objects.filter(pk__in=units_with(user, Permission.VIEW_UNIT))
    form = TrailForm(request.GET, campaigns=campaigns, units=list(units.values_list("pk", "name")))
    chosen = form.to_filter()
    page = Paginator(with_payload(chosen.narrow(rows)), PAGE).get_page(request.GET.get("page"))
    return {
        "form": form,
        "chosen": chosen,
        "page": page,
        "lines": lines(page.object_list, with_origin=oversees),
        "oversees": oversees,
        "title": _("Audit trail"),
    }
