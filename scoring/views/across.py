"""Pages across units: one indicator, one content area, and what will miss its goal."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from campaigns.models import Area, Indicator, Participant
from campaigns.permissions import Permission, can
from campaigns.visibility import visible_to
from scoring.area_page import AreaBloc, read_area_blocs
from scoring.early_warning import read_early_warning
from scoring.enums import Basis
from scoring.queries import target_scores
from scoring.snapshots import Snapshot
from scoring.standings import Standing, read_standings

from .asked import Asked, read_asked
from .blocs import page_of, read_blocs

PER_PAGE, LARGE_PER_PAGE = 50, 20  # targets that warn; of a large campaign fewer, each with its forecast


@require_GET
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """All units on one indicator, against their goals."""
    asked = _asked(request)
    rows = visible_to(request.user, Indicator).select_related("area", "provider")
    found = get_object_or_404(rows, campaign=asked.campaign, code=code, is_active=True, area__is_active=True)
    context = _context(request, asked, f"{found.code} · {found.name}", "indicator", found.code) | {"indicator": found}
    if asked.snapshot is not None:
        page = _indicator_page(asked, asked.snapshot, found, request.GET.get("page", ""))
        context |= {"page": page, "bars": [_bar(one) for one in page if one.figure.is_counted]}
    return render(request, "scoring/indicator.html", context)


def _indicator_page(asked: Asked, snapshot: Snapshot, found: Indicator, number: str) -> Page[Standing]:
    """The units of one page, best first; pace and forecast are worked out for these only."""
    units = dict(Participant.objects.filter(campaign=asked.campaign).values_list("pk", "sort_key"))
    figures = target_scores(
        campaign=asked.campaign, day=snapshot.day, basis=asked.basis, cut_off=snapshot.as_of, indicators=[found.pk]
    )
    ordered = sorted(
        figures, key=lambda one: (1 if one.achievement_bp is None else -one.achievement_bp, units[one.participant_id])
    )
    page = page_of(ordered, number)
    shown = [one.participant_id for one in page]
    standings = read_standings(
        campaign=asked.campaign,
        snapshot=snapshot,
        basis=asked.basis,
        indicators=[found.pk],
        participants=shown,
    )
    page.object_list = sorted(standings, key=lambda one: shown.index(one.figure.participant_id))
    return cast("Page[Standing]", page)


def _bar(one: Standing) -> dict[str, Any]:
    return {
        "name": one.target.participant.name,
        "bp": one.figure.achievement_bp,
        "expected_bp": one.expected_bp,
    }


@require_GET
def area(request: HttpRequest, number: int) -> HttpResponse:
    """All units in one content area, bloc by bloc."""
    asked = _asked(request)
    rows = visible_to(request.user, Area).select_related("campaign")
    found = get_object_or_404(rows, campaign=asked.campaign, number=number, is_active=True)
    context = _context(request, asked, f"{found.number}. {found.name}", "area", found.number) | {"area": found}
    if asked.snapshot is not None:
        choice = read_blocs(request, asked)
        indicators = found.indicators.filter(is_active=True).order_by("code")
        blocs = read_area_blocs(area=found, day=asked.snapshot.day, basis=asked.basis, bloc=choice.chosen)
        context |= {
            "indicators": [(one, asked.url("indicator", one.code)) for one in indicators],
            "bloc_tabs": choice.tabs(lambda code: asked.url("area", number, khoi=code)) if choice.is_large else [],
            "blocs": [_area_bloc(one, request.GET.get("page", "")) for one in blocs],
        }
    return render(request, "scoring/area.html", context)


def _area_bloc(bloc: AreaBloc, number: str) -> dict[str, Any]:
    page = page_of(bloc.rows, number)
    return {
        "bloc": bloc,
        "page": page,
        "bars": [{"name": row.score.participant.name, "bp": row.area_bp} for row in page],
    }


@require_GET
def early_warning(request: HttpRequest) -> HttpResponse:
    """Targets that are behind or will end short of their goals, and limits with the days they were kept."""
    if not can(request.user, Permission.VIEW_ALL_UNITS):
        raise Http404
    asked = read_asked(request)
    if asked.basis is not Basis.OFFICIAL:
        raise Http404
    choice, number = read_blocs(request, asked), request.GET.get("noi-dung", "")
    areas = list(Area.objects.filter(campaign=asked.campaign, is_active=True).order_by("number"))
    if number and number not in {str(one.number) for one in areas}:
        raise Http404
    if choice.is_large and not number and areas:
        number = str(areas[0].number)  # all targets of a city are more than anybody reads, and than a page waits for
    limits = request.GET.get("xem") == "gioi-han"
    context = _context(request, asked, _("Early warning"), "early_warning") | {
        "basis_tabs": [],
        "filter_blocs": choice.blocs,
        "filter_areas": [(str(one.number), one) for one in areas],
        "bloc": choice.chosen,
        "number": number,
        "is_large": choice.is_large,
        "limits": limits,
        "may_ask": can(request.user, Permission.ASK_EXPLANATION) and asked.campaign.is_open,
    }
    if asked.snapshot is not None:
        found = read_early_warning(
            campaign=asked.campaign, snapshot=asked.snapshot, bloc=choice.chosen, area=int(number) if number else None
        )
        keep = {"khoi": choice.chosen, "noi-dung": number}
        context |= {
            "found": found,
            "page": Paginator(
                found.limits if limits else found.warnings, LARGE_PER_PAGE if choice.is_large else PER_PAGE
            ).get_page(request.GET.get("page")),
            "kind_tabs": _kind_tabs(asked, len(found.warnings), len(found.limits), keep, limits=limits),
        }
    return render(request, "scoring/early_warning.html", context)


def _kind_tabs(
    asked: Asked, warnings: int, limits_count: int, keep: dict[str, str], *, limits: bool
) -> list[dict[str, Any]]:
    return [
        {
            "label": _("Behind, or will miss the goal"),
            "count": warnings,
            "url": asked.url("early_warning", keep=keep),
            "active": not limits,
        },
        {
            "label": _("Limits to be kept"),
            "count": limits_count,
            "url": asked.url("early_warning", keep={**keep, "xem": "gioi-han"}),
            "active": limits,
        },
    ]


def _asked(request: HttpRequest) -> Asked:
    """What the address asks for; figures on unverified values of all units exist only for those in charge."""
    asked = read_asked(request)
    if asked.basis is Basis.PROVISIONAL and not can(request.user, Permission.VIEW_ALL_UNITS):
        raise Http404
    return asked


def _context(request: HttpRequest, asked: Asked, title: str, page: str, *arguments: str | int) -> dict[str, Any]:
    sees_all = can(request.user, Permission.VIEW_ALL_UNITS)
    tabs = [
        {"label": basis.label, "url": asked.url(page, *arguments, basis=basis), "active": basis is asked.basis}
        for basis in Basis
    ]
    return {
        "asked": asked,
        "heading": title,
        "basis_tabs": tabs if sees_all else [],
        "breadcrumb": [
            {"label": _("Leaderboard"), "url": asked.url("leaderboard")},
            {"label": title, "url": ""},
        ],
        "as_of": asked.snapshot.as_of if asked.snapshot else None,
        "as_of_provisional": asked.basis is Basis.PROVISIONAL,
    }
