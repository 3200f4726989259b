"""Fetching is authorising: whose reporting a person may see, and the period it is about."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.models import Participant, Period, User
from campaigns.permissions import Permission, can
from campaigns.visibility import visible_to


def signed_in(request: HttpRequest) -> User:
    """Return the person; every page here stands behind the sign-in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def reporting_unit(request: HttpRequest, pk: int) -> Participant:
    """Return a participating unit whose drafts, notes and evidence the person may see; 404 for any other."""
    user = signed_in(request)
    unit = get_object_or_404(visible_to(user, Participant).select_related("campaign", "unit"), pk=pk)
    if not can(user, Permission.VIEW_UNIT, unit=unit.unit_id):
        raise Http404
    return unit


def period_or_404(unit: Participant, pk: int) -> Period:
    """Return a period of the unit's campaign."""
    return get_object_or_404(Period, pk=pk, campaign_id=unit.campaign_id)


def trail(unit: Participant, *, period: Period | None = None, here: str = "") -> list[dict[str, str]]:
    """Return the breadcrumb of a reporting page, ending in the page itself."""
    steps = [
        {"label": _("Reporting"), "url": reverse("campaigns:reporting")},
        {"label": unit.name, "url": reverse("campaigns:unit_home", args=[unit.pk])},
    ]
    if period is not None:
        label = _("Period %(code)s") % {"code": period.code}
        steps.append({"label": label, "url": reverse("campaigns:grid", args=[unit.pk, period.pk])})
    if here:
        return [*steps, {"label": here, "url": ""}]
    return [*steps[:-1], {**steps[-1], "url": ""}]
