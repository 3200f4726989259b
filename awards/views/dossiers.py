"""Submissions to the chairman: what is ready, what is being prepared, what was presented."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from awards.actions.dossier import prepare_dossier, present_dossier, quota_use, remove_from_dossier
from awards.enums import DossierState, RecipientKind
from awards.forms.steps import DossierForm, PresentForm
from awards.models import AwardCategory, Dossier
from awards.queries.dossiers import items_of, leader_share, ready_for_dossier, returned_from
from awards.refusal_wording import refusal_sentence
from awards.workflow import Refusal
from campaigns.calendar import local_day
from campaigns.permissions import Permission, can
from campaigns.visibility import visible_to

from .access import attempt, chosen_campaign, dossier_or_404, in_charge, signed_in, status_of, trail


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """All submissions; Internal Affairs begins a new one from what the council passed."""
    user = in_charge(request, Permission.VIEW_PROPOSALS)
    campaign, now = chosen_campaign(request), timezone.now()
    ready = ready_for_dossier(campaign=campaign)
    form = DossierForm(
        request.POST or None,
        ready=[(proposal.pk, proposal.recipient_name) for proposal in ready],
        initial={"title": _("Proposing Certificates of Merit: %(campaign)s") % {"campaign": campaign.name}},
    )
    status = 200
    if request.method == "POST":
        in_charge(request, Permission.PREPARE_DOSSIER)
        status = 422
        if form.is_valid():
            try:
                dossier = prepare_dossier(
                    campaign_id=campaign.pk,
                    title=form.cleaned_data["title"],
                    note=form.cleaned_data["note"],
                    proposal_ids=form.cleaned_data["proposals"],
                    by=user,
                    now=now,
                )
                return redirect("awards:dossier", dossier.pk)
            except Refusal as refusal:
                messages.error(request, refusal_sentence(refusal))
                status = status_of(refusal)
    categories = AwardCategory.objects.filter(campaign=campaign).offered()
    context = {
        "campaign_chosen": campaign,
        "dossiers": visible_to(user, Dossier).filter(campaign=campaign),
        "ready": ready,
        "form": form,
        "quotas": [(category, quota_use(category)) for category in categories],
        "may_prepare": can(user, Permission.PREPARE_DOSSIER),
        "breadcrumb": trail(here=_("Submissions")),
    }
    return render(request, "awards/dossiers.html", context, status=status)


@require_http_methods(["GET", "POST"])
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One submission: its proposals, quotas and share of leaders; number and date put it before the chairman."""
    user = in_charge(request, Permission.VIEW_PROPOSALS)
    dossier = dossier_or_404(request, pk)
    form = PresentForm(request.POST or None, initial={"dated": local_day(timezone.now())})
    status = 200
    if request.method == "POST":
        in_charge(request, Permission.PREPARE_DOSSIER)
        status = 422
        if form.is_valid():
            status = attempt(
                request,
                lambda: present_dossier(
                    dossier_id=dossier.pk, by=signed_in(request), now=timezone.now(), **form.cleaned_data
                ),
                done=_("The submission lies before the chairman."),
            )
        if status == 200:
            return redirect("awards:dossier", dossier.pk)
        dossier.refresh_from_db()
    items = items_of(dossier)
    proposals = [item.proposal for item in items]
    categories = sorted({p.category for p in proposals}, key=lambda category: category.position)
    context = {
        "dossier": dossier,
        "items": items,
        "form": form,
        "quotas": [(category, quota_use(category, proposals)) for category in categories],
        "leaders": leader_share(
            campaign=dossier.campaign, people=[p for p in proposals if p.recipient_kind == RecipientKind.INDIVIDUAL]
        ),
        "ready": ready_for_dossier(campaign=dossier.campaign) if dossier.state == DossierState.PREPARING else [],
        "returned": returned_from(dossier),
        "is_preparing": dossier.state == DossierState.PREPARING,
        "may_prepare": can(user, Permission.PREPARE_DOSSIER),
        "breadcrumb": trail((_("Submissions"), reverse("awards:dossiers")), here=str(dossier)),
    }
    return render(request, "awards/dossier.html", context, status=status)


@require_POST
def remove(request: HttpRequest, pk: int, proposal: int) -> HttpResponse:
    """Take a proposal out of a submission that is being prepared."""
    user = in_charge(request, Permission.PREPARE_DOSSIER)
    dossier = dossier_or_404(request, pk)
    attempt(
        request,
        lambda: remove_from_dossier(dossier_id=dossier.pk, proposal_id=proposal, by=user, now=timezone.now()),
        done=_("The proposal has been taken out."),
    )
    return redirect("awards:dossier", dossier.pk)
