"""The history of score runs for those in charge: how they went, and a day asked for again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.models import Campaign, User
from campaigns.permissions import Permission, can
from campaigns.views.campaign_choice import chosen_campaign
from campaigns.views.form_key import run_once
from campaigns.visibility import visible_to
from scoring.actions.requests import RunRefused, request_run
from scoring.enums import RunStatus, RunTrigger
from scoring.models import ScoreRun

PER_PAGE = 40


@dataclass(frozen=True)
class RunLine:
    """A run and whether it came to the figures of the run of its day before it."""

    run: ScoreRun
    seconds: float | None  # at work; None: not over
    agrees: bool | None  # None: the first of its day, or without a result


@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """Every run of the campaign, the latest first."""
    if not can(request.user, Permission.VIEW_ALL_UNITS):
        raise Http404
    campaign = chosen_campaign(request)
    state = request.GET.get("trang-thai", "")
    if state and state not in RunStatus.values:
        raise Http404
    rows = _history(campaign)
    page = Paginator(rows.filter(status=state) if state else rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = [_line(run) for run in page]
    context = {
        "campaign_of_runs": campaign,
        "page": page,
        "lines": lines,
        "tabs": _tabs(campaign, state),
        "may_recompute": can(request.user, Permission.RECOMPUTE),
        "breadcrumb": [
            {"label": _("Leaderboard"), "url": reverse("scoring:leaderboard")},
            {"label": _("Score runs"), "url": ""},
        ],
    }
    return render(request, "scoring/runs.html", context)


def _history(campaign: Campaign) -> Any:
    before = ScoreRun.objects.good().filter(
        campaign=OuterRef("campaign"), day=OuterRef("day"), finished_at__lt=OuterRef("finished_at")
    )
    return (
        ScoreRun.objects.filter(campaign=campaign)
        .select_related("requested_by")
        .annotate(checksum_before=Subquery(before.order_by("-finished_at", "-pk").values("checksum")[:1]))
        .order_by("-requested_at", "-pk")
    )


def _line(run: Any) -> RunLine:
    over = run.started_at and run.finished_at
    seconds = (run.finished_at - run.started_at).total_seconds() if over else None
    known = run.checksum and run.checksum_before
    return RunLine(run, seconds, run.checksum == run.checksum_before if known else None)


def _tabs(campaign: Campaign, state: str) -> list[dict[str, Any]]:
    address = reverse("scoring:runs")
    words = [("", _("All runs")), *((status.value, str(status.label)) for status in RunStatus)]
    return [
        {
            "label": label,
            "url": f"{address}?dot={campaign.code}" + (f"&trang-thai={word}" if word else ""),
            "active": word == state,
        }
        for word, label in words
    ]


@require_POST
def score_again(request: HttpRequest, run: int) -> HttpResponse:
    """Queue the day of a run once more; 404 for those who see no runs, 403 for those who only look."""
    if not can(request.user, Permission.VIEW_ALL_UNITS):
        raise Http404
    user = request.user
    if not isinstance(user, User) or not can(user, Permission.RECOMPUTE):
        raise PermissionDenied
    rows = ScoreRun.objects.filter(campaign__in=visible_to(user, Campaign)).select_related("campaign")
    found = get_object_or_404(rows, pk=run)
    now = timezone.now()

    def act() -> dict[str, Any]:
        asked = request_run(campaign=found.campaign, day=found.day, trigger=RunTrigger.MANUAL, by=user, now=now)
        return {"run": asked.pk}

    try:
        run_once(request, act, now=now)
    except (RunRefused, IdempotencyMismatch) as refused:
        messages.error(request, refused.messages[0])
    else:
        messages.success(request, _("The run is queued."))
    return redirect(f"{reverse('scoring:runs')}?dot={found.campaign.code}")
