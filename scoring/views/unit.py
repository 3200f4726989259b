"""A unit's scores, why they are what they are, and what a report just sent does to them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from campaigns.models import Participant
from campaigns.permissions import Permission, can
from campaigns.queries.threads import NO_THREADS, UnitThreads, threads_of
from campaigns.views.inert import attached
from campaigns.visibility import visible_to
from scoring.enums import Basis
from scoring.explain import Explanation, explain
from scoring.explanation_pdf import explanation_pdf
from scoring.models import UnitScore
from scoring.provisional import read_provisional
from scoring.reporting_pace import read_paces
from scoring.unit_page import read_unit_page

from .asked import Asked, read_asked, sees_records, unit_or_404
from .changes import earlier_snapshot


@require_GET
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """A unit's total, areas, trend and targets."""
    asked = read_asked(request)
    participant = unit_or_404(request, asked, code)
    context = _context(request, asked, participant, "unit")
    if asked.snapshot is not None:
        context["page"] = read_unit_page(
            participant=participant, snapshot=asked.snapshot, basis=asked.basis, threads=_threads(request, participant)
        )
        context["earlier"] = earlier_snapshot(asked)
        context["changes_url"] = asked.url("changes", keep={"don-vi": participant.code})
    return render(request, "scoring/unit.html", context)


@require_GET
def explanation(request: HttpRequest, code: str) -> HttpResponse:
    """From the unit's total down to the report rows; 404 where the unit has no figures of the day."""
    asked, participant, found = _explained(request, code)
    context = _context(request, asked, participant, "explanation")
    context["found"] = found
    context["file_url"] = asked.url("explanation_file", participant.code)
    return render(request, "scoring/explanation.html", context)


@require_GET
def explanation_file(request: HttpRequest, code: str) -> HttpResponse:
    """The explanation as a PDF, with what the person may see of it."""
    _asked, participant, found = _explained(request, code)
    content = explanation_pdf(found, sees_records=sees_records(request, participant))
    return attached(content, "application/pdf", name=f"giai-trinh-diem {participant.code} {found.day.isoformat()}.pdf")


def _explained(request: HttpRequest, code: str) -> tuple[Asked, Participant, Explanation]:
    asked = read_asked(request)
    participant = unit_or_404(request, asked, code)
    if asked.snapshot is None:
        raise Http404
    score = get_object_or_404(UnitScore, participant=participant, day=asked.snapshot.day, basis=asked.basis)
    found = explain(
        participant=participant,
        score=score,
        day=asked.snapshot.day,
        cut_off=asked.snapshot.as_of,
        basis=asked.basis,
        threads=_threads(request, participant),
    )
    return asked, participant, found


def _threads(request: HttpRequest, participant: Participant) -> UnitThreads:
    """The unit's explanations and appeals, for its own people and those in charge."""
    return threads_of(participant, now=timezone.now()) if sees_records(request, participant) else NO_THREADS


@require_GET
def provisional_fragment(request: HttpRequest, participant: int) -> HttpResponse:
    """What the values sent so far make of the unit's score, computed at once; for the reporting page."""
    rows = visible_to(request.user, Participant).select_related("campaign", "unit", "bloc")
    found = get_object_or_404(rows, pk=participant)
    if not sees_records(request, found):
        raise Http404
    context = {
        "unit": found,
        "dot": found.campaign.code,
        "live": read_provisional(participant=found, now=timezone.now()),
    }
    return render(request, "scoring/_provisional.html", context)


@require_GET
def pace_fragment(request: HttpRequest, participant: int) -> HttpResponse:
    """The pace of every figure the unit reports; htmx puts each beside its box of the reporting page."""
    found = get_object_or_404(visible_to(request.user, Participant).select_related("campaign"), pk=participant)
    if not sees_records(request, found):
        raise Http404
    return render(request, "scoring/_paces.html", {"marks": read_paces(participant=found, now=timezone.now())})


def _context(request: HttpRequest, asked: Asked, participant: Participant, page: str) -> dict[str, Any]:
    seen = sees_records(request, participant)
    board = {"label": _("Leaderboard"), "url": asked.url("leaderboard")}
    here = [{"label": participant.name, "url": asked.url("unit", participant.code)}]
    if page == "unit":
        here[0]["url"] = ""
    else:
        here.append({"label": _("Explanation of the score"), "url": ""})
    return {
        "asked": asked,
        "participant": participant,
        "sees_records": seen,
        "may_ask": can(request.user, Permission.ASK_EXPLANATION) and asked.campaign.is_open,
        "may_appeal": can(request.user, Permission.LODGE_APPEAL, unit=participant.unit_id) and asked.campaign.is_open,
        "may_report": can(request.user, Permission.DRAFT_REPORT, unit=participant.unit_id),
        "reporting_url": reverse("campaigns:unit_home", args=[participant.pk]) if seen else "",
        "provisional": asked.basis is Basis.PROVISIONAL,
        "breadcrumb": [board, *here],
        "official_query": asked.query(basis=Basis.OFFICIAL),
        "unit_url": asked.url("unit", participant.code),
        "explanation_url": asked.url("explanation", participant.code),
        "basis_tabs": _basis_tabs(asked, participant, page) if seen else [],
        "as_of": asked.snapshot.as_of if asked.snapshot else None,
        "as_of_provisional": asked.basis is Basis.PROVISIONAL,
    }


def _basis_tabs(asked: Asked, participant: Participant, page: str) -> list[dict[str, Any]]:
    return [
        {
            "label": basis.label,
            "url": asked.url(page, participant.code, basis=basis),
            "active": basis is asked.basis,
        }
        for basis in Basis
    ]
