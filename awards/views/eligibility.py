"""Eligibility: "what I still need" for a unit, the list of a category for those in charge."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from awards.enums import Outcome
from awards.models import AwardCategory
from awards.queries.eligibility import cards_of, latest_day, list_of, sentences_of
from campaigns.calendar import local_day
from campaigns.models import Bloc, Participant
from campaigns.permissions import Permission, can, units_with, visible_to
from campaigns.vietnamese import fold

from .access import campaigns_of, chosen_campaign, signed_in, trail

PER_PAGE = 50


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Lead a unit to its own page, those in charge to the first category's list."""
    user, campaign = signed_in(request), chosen_campaign(request)
    if can(user, Permission.VIEW_ELIGIBILITY):
        category = AwardCategory.objects.filter(campaign=campaign).offered().first()
        if category is not None:
            return redirect("awards:eligibility_list", category.pk)
        return render(request, "awards/eligibility_none.html", {"campaign": campaign})
    own = Participant.objects.filter(campaign=campaign, unit__in=units_with(user, Permission.DRAFT_PROPOSAL)).first()
    if own is None:
        raise Http404
    return redirect("awards:eligibility_unit", own.pk)


@require_GET
def unit(request: HttpRequest, participant: int) -> HttpResponse:
    """What one unit still needs for each award, rule by rule."""
    user = signed_in(request)
    found = get_object_or_404(visible_to(user, Participant).select_related("campaign", "bloc", "unit"), pk=participant)
    if not can(user, Permission.VIEW_ELIGIBILITY) and not can(user, Permission.VIEW_UNIT, unit=found.unit_id):
        raise Http404
    day = latest_day(campaign=found.campaign)
    context = {
        "participant": found,
        "day": day,
        "cards": cards_of(participant=found, day=day),
        "may_propose": can(user, Permission.DRAFT_PROPOSAL, unit=found.unit_id),
        "breadcrumb": trail((_("Eligibility"), reverse("awards:eligibility")), here=found.name),
    }
    return render(request, "awards/eligibility_unit.html", context)


@require_GET
def category_list(request: HttpRequest, category: int) -> HttpResponse:
    """Every unit's outcome for one award, with filters; holds without their grounds."""
    user = signed_in(request)
    if not can(user, Permission.VIEW_ELIGIBILITY):
        raise Http404
    found = get_object_or_404(visible_to(user, AwardCategory).select_related("campaign"), pk=category)
    day = latest_day(campaign=found.campaign)
    chosen = {
        "outcome": request.GET.get("ket-qua", ""),
        "bloc": request.GET.get("khoi", ""),
        "text": request.GET.get("tim", "").strip(),
    }
    rows = list_of(category=found, day=day, outcome=chosen["outcome"], bloc=chosen["bloc"], text=fold(chosen["text"]))
    counts = {value: sum(row.outcome.outcome == value for row in rows) for value in Outcome.values}
    context = {
        "category": found,
        "campaigns": campaigns_of(request),
        "day": day,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "counts": [(Outcome(value), count) for value, count in counts.items()],
        "outcomes": Outcome.choices,
        "blocs": Bloc.objects.filter(campaign=found.campaign),
        "chosen": chosen,
        "tabs": [
            {
                "label": other.name,
                "url": reverse("awards:eligibility_list", args=[other.pk]),
                "active": other.pk == found.pk,
            }
            for other in AwardCategory.objects.filter(campaign=found.campaign).offered()
        ],
        "sentences": sentences_of(category=found, day=day or local_day(timezone.now())),
        "breadcrumb": trail((_("Eligibility"), reverse("awards:eligibility")), here=found.name),
    }
    return render(request, "awards/eligibility_list.html", context)
