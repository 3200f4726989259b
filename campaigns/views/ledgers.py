"""The incident ledgers of targets to be held at zero."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from campaigns.actions.ledger import record_incident, withdraw_incident
from campaigns.calendar import local_day
from campaigns.forms.threads import IncidentForm, WithdrawForm
from campaigns.models import Incident, Target, User
from campaigns.permissions import Permission, can, require
from campaigns.queries.ledgers import Ledger, read_ledgers, reporting_unit_of
from campaigns.visibility import visible_to

from .campaign_choice import campaign_choice
from .reporting_access import signed_in
from .thread_pages import attempt


@require_GET
def ledgers(request: HttpRequest) -> HttpResponse:
    """The ledgers of the campaign that the person sees."""
    user, campaign = signed_in(request), campaign_choice(request).current
    if campaign is None or not can(user, Permission.VIEW_UNIT):
        raise Http404
    found = read_ledgers(user=user, campaign=campaign, now=timezone.now())
    return render(request, "campaigns/ledgers.html", {"ledgers": found})


@require_http_methods(["GET", "POST"])
def ledger(request: HttpRequest, target: int) -> HttpResponse:
    """One ledger: what was recorded, and recording one more."""
    user, now = signed_in(request), timezone.now()
    found = _ledger(request, target)
    form = IncidentForm(request.POST or None, initial={"happened_on": local_day(now)})
    status = 200
    if request.method == "POST":
        require(user, Permission.DRAFT_REPORT, unit=reporting_unit_of(found.target))
        status = attempt(form, lambda said: _recorded(found.target.pk, said, user, now))
        if status == 200:
            messages.success(request, _("The incident has been recorded."))
            return redirect("campaigns:ledger", target)
    rows = (
        visible_to(user, Incident)
        .filter(target=found.target)
        .select_related("recorded_by", "withdrawn_by")
        .order_by("-happened_on", "-pk")
    )
    context = {
        "ledger": found,
        "target": found.target,
        "incidents": rows,
        "form": form,
        "records": found.is_reporter and found.target.participant.campaign.is_open,
        "breadcrumb": [
            *_trail(),
            {"label": f"{found.target.indicator.code} · {found.target.participant.name}", "url": ""},
        ],
    }
    return render(request, "campaigns/ledger.html", context, status=status)


def _recorded(target: int, said: dict[str, Any], user: User, now: Any) -> Incident:
    return record_incident(
        target_id=target,
        happened_on=said["happened_on"],
        count=said["count"],
        description=said["description"],
        key=said["form_key"],
        by=user,
        now=now,
    )


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, incident: int) -> HttpResponse:
    """Withdraw an entry with a reason."""
    user = signed_in(request)
    row = get_object_or_404(
        visible_to(user, Incident).select_related(
            "target__indicator__provider", "target__participant__campaign", "target__participant__unit"
        ),
        pk=incident,
    )
    require(user, Permission.DRAFT_REPORT, unit=reporting_unit_of(row.target))
    form, status = WithdrawForm(request.POST or None), 200
    if request.method == "POST":
        form = WithdrawForm(request.POST)
        status = attempt(
            form, lambda said: withdraw_incident(incident_id=row.pk, text=said["text"], by=user, now=timezone.now())
        )
        if status == 200:
            messages.success(request, _("The entry has been withdrawn; it stays on record."))
            return redirect("campaigns:ledger", row.target_id)
    back = reverse("campaigns:ledger", args=[row.target_id])
    context = {
        "form": form,
        "heading": _("Withdraw an incident"),
        "what": str(row),
        "back": back,
        "breadcrumb": [*_trail(), {"label": _("Withdraw an incident"), "url": ""}],
    }
    return render(request, "campaigns/entry_withdraw.html", context, status=status)


def _ledger(request: HttpRequest, target: int) -> Ledger:
    """The ledger of a target as the person sees it; 404 for one they do not see and for a target without."""
    user = signed_in(request)
    found = get_object_or_404(visible_to(user, Target).select_related("participant__campaign"), pk=target)
    rows = read_ledgers(user=user, campaign=found.participant.campaign, now=timezone.now(), only=target)
    if not rows:
        raise Http404
    return rows[0]


def _trail() -> list[dict[str, str]]:
    return [{"label": _("Incident ledgers"), "url": reverse("campaigns:ledgers")}]
