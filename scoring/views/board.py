"""The leaderboard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from campaigns.models import Area
from campaigns.permissions import Permission, access_of, can
from scoring.board import BoardRow, areas_of, with_trends
from scoring.enums import Basis
from scoring.fairness import fairness_of
from scoring.models import UnitScore

from .asked import Asked, read_asked
from .blocs import page_of, read_blocs


@dataclass(frozen=True)
class Line:
    """A unit of the board as the page shows it."""

    row: BoardRow
    url: str
    is_own: bool


@require_GET
def leaderboard(request: HttpRequest) -> HttpResponse:
    """Every unit's areas, total and rank, bloc by bloc, for a day and basis."""
    asked = read_asked(request)
    context: dict[str, Any] = {"asked": asked, "basis_tabs": _basis_tabs(asked)}
    if asked.snapshot is None:
        return render(request, "scoring/leaderboard.html", context)
    areas, choice = areas_of(asked.campaign), read_blocs(request, asked)
    scores = UnitScore.objects.board(campaign=asked.campaign, day=asked.snapshot.day, basis=asked.basis)
    if choice.chosen:
        scores = scores.filter(participant__bloc__code=choice.chosen)
    order, orders = request.GET.get("sap-xep", ""), _orders_of(areas)
    if order and order not in orders:
        raise Http404
    order_key = orders[order][1] if order else None
    sees_all = can(request.user, Permission.VIEW_ALL_UNITS)
    basis = asked.basis if sees_all else Basis.OFFICIAL  # of pages with unverified figures of every unit
    context |= {
        "board": True,
        "blocs": _blocs(request, asked, scores, areas, order_key),
        "orders": [("", _("rank"), not order), *((word, name, word == order) for word, (name, _key) in orders.items())],
        "in_charge": sees_all,
        "meeting_url": asked.url("meeting", basis=Basis.OFFICIAL, khoi=choice.chosen),
        "bloc": choice.chosen,
        "bloc_tabs": choice.tabs(lambda code: asked.url("leaderboard", khoi=code)),
        "basis_tabs": _basis_tabs(asked, choice.chosen),
        "area_heads": [(area, asked.url("area", area.number, basis=basis)) for area in areas],
        "changes_url": asked.url("changes", basis=basis, khoi=choice.chosen),
        "provisional": asked.basis is Basis.PROVISIONAL,
        "as_of": asked.snapshot.as_of,
        "as_of_provisional": asked.basis is Basis.PROVISIONAL,
    }
    return render(request, "scoring/leaderboard.html", context)


Key = Callable[[UnitScore], tuple[Any, ...]]


def _orders_of(areas: Sequence[Area]) -> dict[str, tuple[str, Key]]:
    """The orders of the board besides its own by rank: word of the address → its name and the key of a row."""
    found: dict[str, tuple[str, Key]] = {
        "ten": (_("name"), lambda one: (one.participant.sort_key,)),
        "thap-truoc": (_("lowest total first"), lambda one: (one.total_bp or 0, one.participant.sort_key)),
        "bao-cao": (
            _("most late and missing reports"),
            lambda one: (-(one.late_reports + one.missing_reports), one.participant.sort_key),
        ),
        "do-phu": (_("lowest coverage first"), lambda one: (one.coverage_bp or 0, one.participant.sort_key)),
    }
    for area in areas:
        number = str(area.number)
        name = _("area %(number)s, lowest first") % {"number": number}
        found[f"noi-dung-{number}"] = (name, _by_area(number))
    return found


def _by_area(number: str) -> Key:
    return lambda one: (number not in one.areas, one.areas.get(number, 0), one.participant.sort_key)


def _blocs(
    request: HttpRequest, asked: Asked, scores: Iterable[UnitScore], areas: list[Area], order_key: Key | None
) -> list[dict[str, Any]]:
    """The blocs with a page each; trends are read at once, for the units of the pages only."""
    own = access_of(request.user).own_units
    sees_all = can(request.user, Permission.VIEW_ALL_UNITS)

    def line(row: BoardRow) -> Line:
        is_own = row.participant.unit_id in own
        basis = asked.basis if sees_all or is_own else Basis.OFFICIAL
        return Line(row, asked.url("unit", row.participant.code, basis=basis), is_own)

    blocs = [list(group) for _pk, group in groupby(scores, key=lambda score: score.participant.bloc_id)]
    number = request.GET.get("page", "")
    pages = [page_of(found if order_key is None else sorted(found, key=order_key), number) for found in blocs]
    rows = iter(with_trends([score for page in pages for score in page], areas=areas))
    return [
        {
            "bloc": found[0].participant.bloc,
            "count": sum(score.rank is not None for score in found),
            "page": page,
            "lines": [line(row) for row in islice(rows, len(page))],
            "fairness": fairness_of(found) if sees_all else None,
        }
        for found, page in zip(blocs, pages, strict=True)
    ]


def _basis_tabs(asked: Asked, bloc: str = "") -> list[dict[str, Any]]:
    return [
        {
            "label": basis.label,
            "url": asked.url("leaderboard", basis=basis, khoi=bloc),
            "active": basis is asked.basis,
        }
        for basis in Basis
    ]
