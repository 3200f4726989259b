"""The home page of each role."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import Abs
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from awards.queries.dashboard import cards_for
from awards.queries.public import published_stories
from campaign_portal.work import all_work
from campaigns.calendar import local_day
from campaigns.models import Announcement, Campaign, Participant, User
from campaigns.permissions import Permission, can, units_with
from campaigns.queries.unit_home import UnitHome, participants_of, read_home
from campaigns.views.campaign_choice import campaign_choice
from campaigns.visibility import visible_to
from scoring.board import BoardRow, with_trends
from scoring.enums import Basis
from scoring.models import ScoreRun, UnitScore
from scoring.views.asked import chosen_snapshot

BEHIND_BELOW_BP = 5000  # "Chưa hoàn thành": what the chairman is shown as behind

MOVERS = 5  # units in the overnight digest
SHOWN = 12  # of those who lead or are behind; the board has them all


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
    board = UnitScore.objects.none()
    if snapshot and can(user, Permission.VIEW_BOARD):
        board = UnitScore.objects.board(campaign=campaign, day=snapshot.day, basis=Basis.OFFICIAL)
    in_charge = can(user, Permission.VIEW_ALL_UNITS)
    behind, behind_count = _behind(board) if can(user, Permission.ASK_EXPLANATION) else ([], 0)
    context |= {
        "work": all_work(request, now=now),
        "units": _own_units(user, campaign, board, now),
        "leaders": board.filter(rank=1)[:SHOWN],
        "in_charge": in_charge,
        "movers": _movers(board) if in_charge else [],
        "behind": behind,
        "behind_count": behind_count,
        "waiting": cards_for(user=user, on=local_day(now))[:5] if can(user, Permission.DECIDE) else [],
        "announcements": visible_to(user, Announcement).filter(campaign=campaign, published_at__isnull=False)[:3],
        "stories": published_stories().filter(campaign=campaign)[:3],
        "last_run": ScoreRun.objects.filter(campaign=campaign).first() if can(user, Permission.RECOMPUTE) else None,
        "day_number": campaign.day_number(now),
        "day_count": campaign.day_count,
    }
    return render(request, "home.html", context)


@dataclass(frozen=True)
class Mover:
    """A unit whose total is not what it was the day before."""

    score: UnitScore
    difference_bp: int


def _movers(board: QuerySet[UnitScore]) -> list[Mover]:
    """The units whose totals moved most since the day before, for the overnight digest."""
    before = UnitScore.objects.filter(
        participant=OuterRef("participant"), day=OuterRef("day") - dt.timedelta(days=1), basis=OuterRef("basis")
    )
    moved = board.annotate(moved=F("total_bp") - Subquery(before.values("total_bp")[:1])).exclude(moved=0)
    largest = moved.filter(moved__isnull=False).order_by(Abs("moved").desc(), "participant__bloc__code", "rank")
    return [Mover(score, score.moved) for score in largest[:MOVERS]]


def _behind(board: QuerySet[UnitScore]) -> tuple[list[UnitScore], int]:
    """The ranked units below the mark that are shown, the lowest first, and how many there are."""
    below = board.filter(rank__isnull=False, total_bp__lt=BEHIND_BELOW_BP).annotate(all_of_them=Window(Count("pk")))
    shown = list(below.order_by("total_bp", "participant__sort_key")[:SHOWN])
    return list(shown), shown[0].all_of_them if shown else 0


def _own_units(user: User, campaign: Campaign, board: QuerySet[UnitScore], now: dt.datetime) -> list[OwnUnit]:
    own = [one for one in participants_of(units_with(user, Permission.DRAFT_REPORT)) if one.campaign_id == campaign.pk]
    scores = list(board.filter(participant__in=own)) if own else []
    rows = {row.participant.pk: row for row in with_trends(scores, areas=[])}
    return [OwnUnit(one, read_home(participant=one, now=now), rows.get(one.pk)) for one in own]


@login_not_required
def to_administration(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """Lead whoever may enter the administration into it; there is no second form for passwords."""
    return redirect("admin:index")
