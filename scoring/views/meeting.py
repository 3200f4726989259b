"""The board on the wall of the weekly briefing."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from campaigns.calendar import local_day
from campaigns.models import Bloc
from campaigns.permissions import Permission, can
from scoring.enums import Basis
from scoring.meeting import read_meeting

from .asked import read_asked


@require_GET
def meeting(request: HttpRequest) -> HttpResponse:
    """Units in large type, red first, with the explanations asked of them; official figures only."""
    if not can(request.user, Permission.VIEW_ALL_UNITS):
        raise Http404
    asked = read_asked(request)
    if asked.basis is not Basis.OFFICIAL:
        raise Http404
    bloc = request.GET.get("khoi", "")
    blocs = list(Bloc.objects.filter(campaign=asked.campaign).order_by("code"))
    if bloc and bloc not in {one.code for one in blocs}:
        raise Http404
    context: dict[str, Any] = {
        "asked": asked,
        "bloc_tabs": [
            {"label": _("All blocs"), "url": asked.url("meeting"), "active": not bloc},
            *(
                {"label": one.name, "url": asked.url("meeting", khoi=one.code), "active": one.code == bloc}
                for one in blocs
            ),
        ],
        "board_url": asked.url("leaderboard", khoi=bloc),
        "as_of": asked.snapshot.as_of if asked.snapshot else None,
    }
    if asked.snapshot is not None:
        rows = read_meeting(campaign=asked.campaign, day=asked.snapshot.day, bloc=bloc, today=local_day(timezone.now()))
        context |= {"rows": rows, "red": sum(one.is_red for one in rows)}
    return render(request, "scoring/meeting.html", context)
