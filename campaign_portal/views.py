"""The home page of each role, and the address a monitor asks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from awards.queries.dashboard import cards_for
from awards.queries.public import published_stories
from campaign_portal.health import is_ready
from campaign_portal.work import all_work
from campaigns.calendar import local_day
from campaigns.models import Announcement, Campaign, Participant, User
from campaigns.permissions import Permission, can, units_with
from campaigns.queries.unit_home import UnitHome, participants_of, read_home
from campaigns.views.campaign_choice import campaign_choice
from campaigns.visibility import visible_to
from scoring.board import BoardRow, read_board
from scoring.enums import Basis
from scoring.models import ScoreRun
from scoring.views.asked import chosen_snapshot

BEHIND_BELOW_BP = 5000  # "Chưa hoàn thành": what the chairman is shown as behind

MOVERS = 5  # units in the overnight digest


@dataclass(frozen=True)
class OwnUnit:
    """One of the person's units as it stands."""

    participant: Participant
    home: UnitHome
    row: BoardRow | None  # None: no score yet


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, where my unit stands, who leads: by role, from the latest scored day."""
    user, now = request.user, timezone.now()
    assert isinstance(user, User)  # LoginRequiredMiddleware lets nobody else through
    campaign = campaign_choice(request).current
    context: dict[str, Any] = {"user_name": user.get_short_name()}
    if campaign is None:
        return render(request, "home.html", context)
    snapshot = chosen_snapshot(request)
    rows = _rows(campaign, snapshot.day) if snapshot and can(user, Permission.VIEW_BOARD) else []
    in_charge = can(user, Permission.VIEW_ALL_UNITS)
    context |= {
        "work": all_work(request, now=now),
        "units": _own_units(user, campaign, rows, now),
        "leaders": [row for row in rows if row.score.rank == 1],
        "in_charge": in_charge,
        "movers": _movers(rows) if in_charge else [],
        "behind": [row for row in rows if _is_behind(row)] if can(user, Permission.ASK_EXPLANATION) else [],
        "waiting": cards_for(user=user, on=local_day(now))[:5] if can(user, Permission.DECIDE) else [],
        "announcements": visible_to(user, Announcement).filter(campaign=campaign, published_at__isnull=False)[:3],
        "stories": published_stories().filter(campaign=campaign)[:3],
        "last_run": ScoreRun.objects.filter(campaign=campaign).first() if can(user, Permission.RECOMPUTE) else None,
        "day_number": campaign.day_number(now),
        "day_count": campaign.day_count,
    }
    return render(request, "home.html", context)


def _rows(campaign: Campaign, day: dt.date) -> list[BoardRow]:
    board = read_board(campaign=campaign, day=day, basis=Basis.OFFICIAL)
    return [row for bloc in board.blocs for row in (*bloc.ranked, *bloc.others)]


@dataclass(frozen=True)
class Mover:
    """A unit whose total is not what it was the day before."""

    row: BoardRow
    difference_bp: int


def _movers(rows: list[BoardRow]) -> list[Mover]:
    """The units whose totals moved most since the day before, for the overnight digest."""
    pairs = [(row, row.trend[-2:]) for row in rows]
    moved = [
        Mover(row, pair[1] - pair[0])
        for row, pair in pairs
        if len(pair) == 2 and pair[0] is not None and pair[1] is not None
    ]
    return sorted((one for one in moved if one.difference_bp), key=lambda one: -abs(one.difference_bp))[:MOVERS]


def _is_behind(row: BoardRow) -> bool:
    return row.score.rank is not None and (row.score.total_bp or 0) < BEHIND_BELOW_BP


def _own_units(user: User, campaign: Campaign, rows: list[BoardRow], now: dt.datetime) -> list[OwnUnit]:
    by_participant = {row.participant.pk: row for row in rows}
    return [
        OwnUnit(participant, read_home(participant=participant, now=now), by_participant.get(participant.pk))
        for participant in participants_of(units_with(user, Permission.DRAFT_REPORT))
        if participant.campaign_id == campaign.pk
    ]


@login_not_required
def to_administration(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """Lead whoever may enter the administration into it; there is no second form for passwords."""
    return redirect("admin:index")


@require_GET
@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """Say whether the portal can work: its database answers. For monitors; it names nothing inside."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "database"}, status=503)
    return JsonResponse({"status": "ok"})


@require_GET
@login_not_required
def readiness(request: HttpRequest) -> HttpResponse:
    """Say whether the portal is ready (database of this version, living worker); it names nothing inside."""
    ready = is_ready(now=timezone.now())
    return JsonResponse({"status": "ready" if ready else "not ready"}, status=200 if ready else 503)
