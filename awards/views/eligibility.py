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
from awards.queries.eligibility import Filters, cards_of, grounds_of, list_of, sentences_of
from campaigns.calendar import local_day
from campaigns.models import Bloc, Participant
from campaigns.permissions import Permission, can, units_with
from campaigns.vietnamese import fold
from campaigns.visibility import visible_to

from .access import chosen_campaign, signed_in, trail

PER_PAGE = 200  # a district's units on one page, so that it prints whole
_FILTERS = {"outcome": "ket-qua", "bloc": "khoi", "text": "tim", "changed": "thay-doi", "kind": "tieu-chi"}


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
    """What one unit still needs for each award, rule by rule; grounds of gates for those who may see them."""
    user = signed_in(request)
    found = get_object_or_404(visible_to(user, Participant).select_related("campaign", "bloc", "unit"), pk=participant)
    if not can(user, Permission.VIEW_ELIGIBILITY) and not can(user, Permission.VIEW_UNIT, unit=found.unit_id):
        raise Http404
    today = local_day(timezone.now())
    sees_grounds = can(user, Permission.VIEW_GROUNDS)
    context = {
        "participant": found,
        "cards": cards_of(participant=found),
        "grounds": grounds_of(campaign=found.campaign, participants=[found.pk], on=today).get(found.pk, [])
        if sees_grounds
        else [],
        "may_propose": can(user, Permission.DRAFT_PROPOSAL, unit=found.unit_id),
        "breadcrumb": trail((_("Eligibility"), reverse("awards:eligibility")), here=found.name),
    }
    return render(request, "awards/eligibility_unit.html", context)


@require_GET
def category_list(request: HttpRequest, category: int) -> HttpResponse:
    """Every unit's outcome for one award, with filters, counts and what changed since the night before."""
    user = signed_in(request)
    if not can(user, Permission.VIEW_ELIGIBILITY):
        raise Http404
    found = get_object_or_404(visible_to(user, AwardCategory).select_related("campaign"), pk=category)
    asked = request.GET
    chosen = {name: asked.get(word, "").strip() for name, word in _FILTERS.items()}
    filters = Filters(
        outcome=chosen["outcome"],
        bloc=chosen["bloc"],
        text=fold(chosen["text"]),
        changed=bool(chosen["changed"]),
        kind=chosen["kind"],
    )
    listed = list_of(category=found, filters=filters, with_grounds=can(user, Permission.VIEW_GROUNDS))
    offered = AwardCategory.objects.filter(campaign=found.campaign).offered()
    context = {
        "category": found,
        "listed": listed,
        "page": Paginator(listed.rows, PER_PAGE).get_page(asked.get("page")),
        "outcomes": Outcome.choices,
        "blocs": Bloc.objects.filter(campaign=found.campaign),
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "tabs": [
            {
                "label": other.name,
                "url": reverse("awards:eligibility_list", args=[other.pk]),
                "active": other.pk == found.pk,
            }
            for other in offered
        ],
        "sentences": sentences_of(category=found, day=listed.shown.day or local_day(timezone.now())),
        "breadcrumb": trail((_("Eligibility"), reverse("awards:eligibility")), here=found.name),
    }
    return render(request, "awards/eligibility_list.html", context)
