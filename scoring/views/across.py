"""Pages across units: one indicator, one content area, and what will miss its goal."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from campaigns.models import Area, Bloc, Indicator, Participant
from campaigns.permissions import Permission, can
from campaigns.visibility import visible_to
from scoring.area_page import AreaBloc, read_area_page
from scoring.early_warning import read_early_warning
from scoring.enums import Basis
from scoring.standings import Standing, read_standings

from .asked import Asked, read_asked
from .board import ROWS

PER_PAGE = 50


@require_GET
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """All units on one indicator, against their goals."""
    asked = _asked(request)
    rows = visible_to(request.user, Indicator).select_related("area", "provider")
    found = get_object_or_404(rows, campaign=asked.campaign, code=code, is_active=True, area__is_active=True)
    context = _context(request, asked, f"{found.code} · {found.name}", "indicator", found.code) | {"indicator": found}
    if asked.snapshot is not None:
        standings = read_standings(
            campaign=asked.campaign, snapshot=asked.snapshot, basis=asked.basis, indicators=[found.pk]
        )
        standings.sort(key=lambda one: (-(one.figure.achievement_bp or -1), one.target.participant.sort_key))
        page = Paginator(standings, ROWS).get_page(request.GET.get("page"))
        context |= {"page": page, "bars": [_bar(one) for one in page if one.figure.is_counted]}
    return render(request, "scoring/indicator.html", context)


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
        read = read_area_page(area=found, day=asked.snapshot.day, basis=asked.basis)
        bloc, shown = request.GET.get("khoi", ""), read.blocs
        is_large = sum(len(one.rows) for one in read.blocs) > ROWS
        if bloc or is_large:
            bloc = bloc or read.blocs[0].bloc.code
            shown = [one for one in read.blocs if one.bloc.code == bloc]
            if not shown:
                raise Http404
        context |= {
            "indicators": [(one, asked.url("indicator", one.code)) for one in read.indicators],
            "bloc_tabs": _area_tabs(asked, found, read.blocs, bloc) if is_large else [],
            "blocs": [_area_bloc(one, request.GET.get("page", "")) for one in shown],
        }
    return render(request, "scoring/area.html", context)


def _area_tabs(asked: Asked, area: Area, blocs: list[AreaBloc], chosen: str) -> list[dict[str, Any]]:
    return [
        {
            "label": one.bloc.name,
            "url": asked.url("area", area.number, khoi=one.bloc.code),
            "active": one.bloc.code == chosen,
        }
        for one in blocs
    ]


def _area_bloc(bloc: AreaBloc, number: str) -> dict[str, Any]:
    page = Paginator(bloc.rows, ROWS).get_page(number)
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
    bloc, number = request.GET.get("khoi", ""), request.GET.get("noi-dung", "")
    blocs = list(Bloc.objects.filter(campaign=asked.campaign).order_by("code"))
    areas = list(Area.objects.filter(campaign=asked.campaign, is_active=True).order_by("number"))
    if (bloc and bloc not in {one.code for one in blocs}) or (number and number not in {str(a.number) for a in areas}):
        raise Http404
    if not bloc and not number and Participant.objects.filter(campaign=asked.campaign).count() > ROWS:
        bloc = blocs[0].code  # all targets of a city are more than anybody reads, and than a page should wait for
    limits = request.GET.get("xem") == "gioi-han"
    context = _context(request, asked, _("Early warning"), "early_warning") | {
        "basis_tabs": [],
        "filter_blocs": blocs,
        "filter_areas": [(str(one.number), one) for one in areas],
        "bloc": bloc,
        "number": number,
        "limits": limits,
        "may_ask": can(request.user, Permission.ASK_EXPLANATION) and asked.campaign.is_open,
    }
    if asked.snapshot is not None:
        found = read_early_warning(
            campaign=asked.campaign, snapshot=asked.snapshot, bloc=bloc, area=int(number) if number else None
        )
        keep = {"khoi": bloc, "noi-dung": number}
        context |= {
            "found": found,
            "page": Paginator(found.limits if limits else found.warnings, PER_PAGE).get_page(request.GET.get("page")),
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
