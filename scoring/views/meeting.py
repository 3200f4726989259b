"""The board on the wall of the weekly briefing."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.calendar import local_day
from campaigns.permissions import Permission, can
from scoring.enums import Basis
from scoring.meeting import read_meeting

from .asked import read_asked
from .blocs import page_of, read_blocs


@require_GET
def meeting(request: HttpRequest) -> HttpResponse:
    """Units in large type, red first, with the explanations asked of them; official figures only."""
    if not can(request.user, Permission.VIEW_ALL_UNITS):
        raise Http404
    asked = read_asked(request)
    if asked.basis is not Basis.OFFICIAL:
        raise Http404
    choice = read_blocs(request, asked)
    context: dict[str, Any] = {
        "asked": asked,
        "bloc_tabs": choice.tabs(lambda code: asked.url("meeting", khoi=code)),
        "board_url": asked.url("leaderboard", khoi=choice.chosen),
        "as_of": asked.snapshot.as_of if asked.snapshot else None,
    }
    if asked.snapshot is not None:
        today = local_day(timezone.now())
        rows = read_meeting(campaign=asked.campaign, day=asked.snapshot.day, bloc=choice.chosen, today=today)
        page = page_of(rows, request.GET.get("page", ""))
        context |= {"page": page, "red": sum(one.is_red for one in rows)}
    return render(request, "scoring/meeting.html", context)
