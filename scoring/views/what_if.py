"""A policy tried before a campaign opens: ranks side by side, and nothing written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from campaigns.models import Area, Campaign, Indicator
from campaigns.permissions import Permission, can
from campaigns.views.campaign_choice import campaign_choice, chosen_campaign
from scoring.forms.what_if import WhatIfForm
from scoring.snapshots import Snapshot, last_snapshot
from scoring.what_if import read_what_if


@require_GET
def what_if(request: HttpRequest) -> HttpResponse:
    """Try another policy on the records of a scored day: the campaign's own, or those of the one before it."""
    if not can(request.user, Permission.VIEW_ALL_UNITS):
        raise Http404
    campaign = chosen_campaign(request)
    records, snapshot = _records(campaign, campaign_choice(request).campaigns)
    sent = request.GET if "thu" in request.GET else None
    form = WhatIfForm(
        sent,
        campaign=campaign,
        areas=list(Area.objects.filter(campaign=campaign, is_active=True).order_by("number")),
        indicators=list(
            Indicator.objects.filter(campaign=campaign, is_active=True, area__is_active=True).order_by("code")
        ),
    )
    context: dict[str, Any] = {
        "planned": campaign,
        "records": records,
        "snapshot": snapshot,
        "form": form,
        "as_of": snapshot.as_of if snapshot else None,
        "breadcrumb": [{"label": _("What if"), "url": ""}],
    }
    if snapshot is not None and records is not None and form.is_bound and form.is_valid():
        blocs = read_what_if(campaign=records, snapshot=snapshot, policy=form.policy())
        context |= {"blocs": blocs, "moved": sum(bloc.moved for bloc in blocs)}
    return render(request, "scoring/what_if.html", context, status=422 if form.errors else 200)


def _records(campaign: Campaign, campaigns: list[Campaign]) -> tuple[Campaign | None, Snapshot | None]:
    """Whose records the policy is tried on: the campaign's own once it is scored, else the latest that is."""
    earlier = sorted((one for one in campaigns if one != campaign), key=lambda one: one.starts_on, reverse=True)
    for one in (campaign, *earlier):
        snapshot = last_snapshot(one)
        if snapshot is not None:
            return one, snapshot
    return None, None
