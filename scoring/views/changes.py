"""What changed between two scored days, by bloc and unit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from campaigns.models import Bloc, Participant
from campaigns.permissions import Permission, can
from campaigns.visibility import visible_to
from scoring.changes import by_bloc, most_moved_first, read_changes
from scoring.enums import Basis
from scoring.snapshots import Snapshot

from .asked import Asked, read_asked, unit_or_404
from .board import ROWS


@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """Which cause moved how many points between two days, for every unit, a bloc, or one unit (``don-vi``)."""
    asked = read_asked(request)
    code, bloc = request.GET.get("don-vi", ""), request.GET.get("khoi", "")
    one = unit_or_404(request, asked, code) if code else None
    sees_all = can(request.user, Permission.VIEW_ALL_UNITS)
    if asked.basis is Basis.PROVISIONAL and one is None and not sees_all:
        raise Http404
    blocs = list(Bloc.objects.filter(campaign=asked.campaign).order_by("code"))
    if bloc and bloc not in {found.code for found in blocs}:
        raise Http404
    units = visible_to(request.user, Participant).filter(campaign=asked.campaign).select_related("bloc")
    if not one and not bloc and blocs and units.count() > ROWS:
        bloc = blocs[0].code
    earlier = earlier_snapshot(asked, request.GET.get("tu", ""))
    keep = {"tu": request.GET.get("tu", ""), "khoi": bloc, "don-vi": code}
    context: dict[str, Any] = {
        "asked": asked,
        "earlier": earlier,
        "asked_url": asked.url("changes", keep=keep),
        "unit": one,
        "bloc": bloc,
        "bloc_tabs": [] if one else _bloc_tabs(asked, blocs, keep),
        "basis_tabs": _basis_tabs(asked, keep) if sees_all else [],
        "breadcrumb": _breadcrumb(asked, one),
        "as_of": asked.snapshot.as_of if asked.snapshot else None,
        "as_of_provisional": asked.basis is Basis.PROVISIONAL,
    }
    if asked.snapshot is not None and earlier is not None:
        rows = units.filter(pk=one.pk) if one else units.filter(bloc__code=bloc) if bloc else units
        page = _page(list(rows), earlier, asked.snapshot, asked.basis, request.GET.get("page", ""))
        found = read_changes(
            campaign=asked.campaign,
            earlier=earlier,
            later=asked.snapshot,
            basis=asked.basis,
            participants=list(page),
        )
        context |= {"page": page, "blocs": by_bloc(found)}
    return render(request, "scoring/changes.html", context)


def _page(units: list[Participant], earlier: Snapshot, later: Snapshot, basis: Basis, number: str) -> Page[Participant]:
    """Return the units of one page: walking a difference back to its causes is dear, its size is not."""
    if len(units) > ROWS:
        units = most_moved_first(units, earlier=earlier.day, later=later.day, basis=basis)
    return Paginator(units, ROWS).get_page(number)


def earlier_snapshot(asked: Asked, text: str = "") -> Snapshot | None:
    """Return the scored day to compare with: the one before, or the one the address names; 404 for none of them."""
    if asked.snapshot is None:
        return None
    before = [found for found in asked.days if found.day < asked.snapshot.day]
    if not text:
        return before[0] if before else None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    found = next((one for one in before if one.day == day), None)
    if found is None and day >= asked.snapshot.day and any(one.day == day for one in asked.days):
        return before[0] if before else None  # the days were chosen the wrong way round: the day before
    if found is None:
        raise Http404
    return found


def _bloc_tabs(asked: Asked, blocs: list[Bloc], keep: dict[str, str]) -> list[dict[str, Any]]:
    chosen = keep["khoi"]
    tabs = [{"label": _("All blocs"), "url": asked.url("changes", tu=keep["tu"]), "active": not chosen}]
    return tabs + [
        {
            "label": bloc.name,
            "url": asked.url("changes", tu=keep["tu"], khoi=bloc.code),
            "active": bloc.code == chosen,
        }
        for bloc in blocs
    ]


def _basis_tabs(asked: Asked, keep: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"label": basis.label, "url": asked.url("changes", basis=basis, keep=keep), "active": basis is asked.basis}
        for basis in Basis
    ]


def _breadcrumb(asked: Asked, one: Participant | None) -> list[dict[str, str]]:
    board = {"label": _("Leaderboard"), "url": asked.url("leaderboard")}
    here = {"label": _("What changed"), "url": ""}
    if one is None:
        return [board, here]
    return [board, {"label": one.name, "url": asked.url("unit", one.code)}, here]
