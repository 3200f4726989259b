"""What changed between two scored days, by bloc and unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from campaigns.models import Participant
from campaigns.permissions import Permission, can
from campaigns.visibility import visible_to
from scoring.changes import by_bloc, differences, read_changes
from scoring.enums import Basis
from scoring.snapshots import Snapshot

from .asked import Asked, read_asked, unit_or_404
from .blocs import page_of, read_blocs


@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """Which cause moved how many points between two days, for every unit, a bloc, or one unit (``don-vi``)."""
    asked = read_asked(request)
    code = request.GET.get("don-vi", "")
    one = unit_or_404(request, asked, code) if code else None
    sees_all = can(request.user, Permission.VIEW_ALL_UNITS)
    if asked.basis is Basis.PROVISIONAL and one is None and not sees_all:
        raise Http404
    choice = read_blocs(request, asked)
    bloc = "" if one else choice.chosen
    units = visible_to(request.user, Participant).filter(campaign=asked.campaign).select_related("bloc")
    earlier = earlier_snapshot(asked, request.GET.get("tu", ""))
    keep = {"tu": request.GET.get("tu", ""), "khoi": bloc, "don-vi": code}
    context: dict[str, Any] = {
        "asked": asked,
        "earlier": earlier,
        "asked_url": asked.url("changes", keep=keep),
        "unit": one,
        "bloc": bloc,
        "bloc_tabs": [] if one else choice.tabs(lambda code: asked.url("changes", tu=keep["tu"], khoi=code)),
        "basis_tabs": _basis_tabs(asked, keep) if sees_all else [],
        "breadcrumb": _breadcrumb(asked, one),
        "as_of": asked.snapshot.as_of if asked.snapshot else None,
        "as_of_provisional": asked.basis is Basis.PROVISIONAL,
    }
    if asked.snapshot is not None and earlier is not None:
        rows = units.filter(pk=one.pk) if one else units.filter(bloc__code=bloc) if bloc else units
        ordered, number, moved = list(rows), request.GET.get("page", ""), dict[int, int]()
        if (page := page_of(ordered, number, is_dear=True)).has_other_pages():
            # Walking a difference back to its causes is dear: for the units of one page, those that moved most first.
            moved = differences(ordered, earlier=earlier.day, later=asked.snapshot.day, basis=asked.basis)
            ordered.sort(key=lambda unit: (-abs(moved[unit.pk]), unit.sort_key))
            page = page_of(ordered, number, is_dear=True)
        found = read_changes(
            campaign=asked.campaign,
            earlier=earlier,
            later=asked.snapshot,
            basis=asked.basis,
            participants=list(page),
        )
        context |= {"page": page, "blocs": by_bloc(found), "all": _Sums.of(moved.values())}
    return render(request, "scoring/changes.html", context)


@dataclass(frozen=True)
class _Sums:
    """All units that are asked for, also those of other pages."""

    risen: int
    fallen: int
    difference_bp: int

    @classmethod
    def of(cls, moved: Collection[int]) -> _Sums:
        return cls(sum(one > 0 for one in moved), sum(one < 0 for one in moved), sum(moved))


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
