"""The leaderboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from campaigns.permissions import Permission, access_of, can
from scoring.board import BlocBoard, Board, BoardRow, read_board
from scoring.enums import Basis
from scoring.fairness import fairness_of

from .asked import Asked, read_asked

#: Units on one page. A campaign of more begins with one bloc, a bloc of more has pages: a board of a city with its
#: hundreds of units costs no more than a district's.
ROWS = 60


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
    board = read_board(campaign=asked.campaign, day=asked.snapshot.day, basis=asked.basis)
    bloc = request.GET.get("khoi", "") or _first_bloc(request, board)
    shown = [found for found in board.blocs if not bloc or found.bloc.code == bloc]
    if bloc and not shown:
        raise Http404
    order = request.GET.get("sap-xep", "")
    orders = _orders_of(board)
    if order and order not in orders:
        raise Http404
    order_key = orders[order][1] if order else None
    sees_all = can(request.user, Permission.VIEW_ALL_UNITS)
    basis = asked.basis if sees_all else Basis.OFFICIAL  # of pages with unverified figures of every unit
    context |= {
        "board": board,
        "blocs": [_lines(request, asked, found, order_key) for found in shown],
        "orders": _orders(board, order),
        "in_charge": sees_all,
        "meeting_url": asked.url("meeting", basis=Basis.OFFICIAL, khoi=bloc),
        "bloc": bloc,
        "bloc_tabs": _bloc_tabs(asked, board, bloc),
        "basis_tabs": _basis_tabs(asked, bloc),
        "area_heads": [(area, asked.url("area", area.number, basis=basis)) for area in board.areas],
        "changes_url": asked.url("changes", basis=basis, khoi=bloc),
        "provisional": asked.basis is Basis.PROVISIONAL,
        "as_of": asked.snapshot.as_of,
        "as_of_provisional": asked.basis is Basis.PROVISIONAL,
    }
    return render(request, "scoring/leaderboard.html", context)


def _first_bloc(request: HttpRequest, board: Board) -> str:
    """Which bloc a board of more units than one page holds begins with: the person's own, else the first."""
    if sum(len(found.ranked) + len(found.others) for found in board.blocs) <= ROWS:
        return ""
    own = access_of(request.user).own_units
    mine = [found for found in board.blocs if any(row.participant.unit_id in own for row in found.ranked)]
    return [*mine, *board.blocs][0].bloc.code


Key = Callable[[BoardRow], tuple[Any, ...]]


def _orders_of(board: Board) -> dict[str, tuple[str, Key]]:
    """The orders of the board besides its own by rank: word of the address → its name and the key of a row."""
    found: dict[str, tuple[str, Key]] = {
        "ten": (_("name"), lambda row: (row.participant.sort_key,)),
        "thap-truoc": (_("lowest total first"), lambda row: (row.score.total_bp or 0, row.participant.sort_key)),
        "bao-cao": (
            _("most late and missing reports"),
            lambda row: (-(row.score.late_reports + row.score.missing_reports), row.participant.sort_key),
        ),
        "do-phu": (_("lowest coverage first"), lambda row: (row.score.coverage_bp or 0, row.participant.sort_key)),
    }
    for area in board.areas:
        number = str(area.number)
        name = _("area %(number)s, lowest first") % {"number": number}
        found[f"noi-dung-{number}"] = (name, _by_area(number))
    return found


def _by_area(number: str) -> Key:
    return lambda row: (number not in row.score.areas, row.score.areas.get(number, 0), row.participant.sort_key)


def _orders(board: Board, chosen: str) -> list[tuple[str, str, bool]]:
    rows = [("", _("rank"), not chosen)]
    return rows + [(word, name, word == chosen) for word, (name, _key) in _orders_of(board).items()]


def _lines(request: HttpRequest, asked: Asked, found: BlocBoard, order_key: Key | None) -> dict[str, Any]:
    own = access_of(request.user).own_units
    sees_all = can(request.user, Permission.VIEW_ALL_UNITS)

    def line(row: BoardRow) -> Line:
        is_own = row.participant.unit_id in own
        basis = asked.basis if sees_all or is_own else Basis.OFFICIAL
        return Line(row, asked.url("unit", row.participant.code, basis=basis), is_own)

    rows = [*found.ranked, *found.others]
    if order_key is not None:
        rows.sort(key=order_key)
    return {
        "bloc": found.bloc,
        "count": len(found.ranked),
        "page": (page := Paginator(rows, ROWS).get_page(request.GET.get("page"))),
        "lines": [line(row) for row in page],
        "fairness": fairness_of(found) if sees_all else None,
    }


def _bloc_tabs(asked: Asked, board: Board, chosen: str) -> list[dict[str, Any]]:
    whole = {"label": _("All blocs"), "url": asked.url("leaderboard"), "active": not chosen}
    tabs = [whole] if sum(len(found.ranked) + len(found.others) for found in board.blocs) <= ROWS else []
    return tabs + [
        {
            "label": found.bloc.name,
            "url": asked.url("leaderboard", khoi=found.bloc.code),
            "active": found.bloc.code == chosen,
        }
        for found in board.blocs
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
