"""After the decision: entering the signed document, the list of issued awards, revocation."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from awards.actions.issue import issue, revoke
from awards.enums import ProposalState, RecipientKind
from awards.forms.steps import IssueForm, RevokeForm
from awards.models import Award, Proposal
from awards.names import name_key
from awards.queries.money import fund_balance, terms_of
from awards.queries.refusals import refused_proposals, with_reasons
from awards.queries.register import Asked, register_of, years_of
from campaigns.calendar import local_day
from campaigns.permissions import Permission, can, units_with
from campaigns.views.step_up import with_identity
from campaigns.visibility import visible_to

from .access import attempt_once, campaigns_of, chosen_campaign, in_charge, signed_in, trail

PER_PAGE = 50
_ASKED = {"person": "ten", "unit": "don-vi", "year": "nam", "kind": "doi-tuong"}


@require_GET
def awards(request: HttpRequest) -> HttpResponse:
    """Issued awards of a campaign, searchable with and without diacritics; public among its participants."""
    user, campaign = signed_in(request), chosen_campaign(request)
    text = request.GET.get("tim", "").strip()
    rows = (
        visible_to(user, Award)
        .filter(category__campaign=campaign)
        .select_related("category", "participant", "issue", "proposal")
    )
    if text:
        rows = rows.filter(recipient_key__contains=name_key(text)) if name_key(text) else rows.none()
    sees_money = can(user, Permission.VIEW_PROPOSALS)
    context = {
        "campaign_chosen": campaign,
        "campaigns": campaigns_of(request),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "text": text,
        "sees_money": sees_money,
        "sees_refusals": sees_money or bool(units_with(user, Permission.DRAFT_PROPOSAL)),
        "may_issue": can(user, Permission.ISSUE),
        "balance": fund_balance() if sees_money else None,
    }
    return render(request, "awards/awards.html", context)


@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """The register: awards of every campaign, and for those in charge those of earlier registers."""
    user = signed_in(request)
    if not can(user, Permission.VIEW_BOARD):
        raise Http404
    asked = {name: request.GET.get(word, "").strip() for name, word in _ASKED.items()}
    year = int(asked["year"]) if asked["year"].isdecimal() and len(asked["year"]) == 4 else None
    rows = register_of(user=user, asked=Asked(asked["person"], asked["unit"], year, asked["kind"]))
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "kinds": RecipientKind.choices,
        "years": years_of(user=user),
        "asked": asked,
        "sees_all": can(user, Permission.VIEW_PROPOSALS),
        "may_import": can(user, Permission.EDIT_AWARD_RULES) and user.is_staff,
        "breadcrumb": trail((_("Issued awards"), reverse("awards:awards")), here=_("Register of awards")),
    }
    return render(request, "awards/register.html", context)


@require_GET
def refusals(request: HttpRequest) -> HttpResponse:
    """What was not commended, with the reason each unit was told: a unit's own, or all for those in charge."""
    user, campaign = signed_in(request), chosen_campaign(request)
    if not can(user, Permission.VIEW_PROPOSALS) and not units_with(user, Permission.DRAFT_PROPOSAL):
        raise Http404
    page = Paginator(refused_proposals(user=user, campaign=campaign), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "campaign_chosen": campaign,
        "campaigns": campaigns_of(request),
        "page": page,
        "rows": with_reasons(list(page.object_list)),
        "sees_all": can(user, Permission.VIEW_PROPOSALS),
        "breadcrumb": trail((_("Issued awards"), reverse("awards:awards")), here=_("Not commended")),
    }
    return render(request, "awards/refusals.html", context)


@require_http_methods(["GET", "POST"])
def issue_decision(request: HttpRequest) -> HttpResponse:
    """Enter number, date and signer of the signed decision for approved proposals."""
    user = in_charge(request, Permission.ISSUE)
    campaign, now = chosen_campaign(request), timezone.now()
    ready = list(
        visible_to(user, Proposal)
        .filter(campaign=campaign, state=ProposalState.APPROVED)
        .select_related("category", "participant")
    )
    form = IssueForm(
        request.POST or None,
        ready=[(proposal.pk, proposal.recipient_name) for proposal in ready],
        initial={"signed_on": local_day(now), "signer_title": _("CHAIRMAN")},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            status = attempt_once(
                request,
                lambda: issue(proposal_ids=form.cleaned_data["proposals"], signed=form.signed(), by=user, now=now),
                done=_("The decision has been entered."),
            )
        if status == 200:
            return redirect(f"{reverse('awards:awards')}?phong-trao={campaign.code}")
    terms = terms_of({proposal.category for proposal in ready}, on=local_day(now))
    rows = [(proposal, terms[proposal.category_id]) for proposal in ready]
    context = {
        "form": form,
        "rows": rows,
        "campaign_chosen": campaign,
        "balance": fund_balance(),
        "total": sum(term.amount for _proposal, term in rows if term),
        "breadcrumb": trail(here=_("Issue")),
    }
    return render(request, "awards/issue.html", context, status=status)


@require_http_methods(["GET", "POST"])
@with_identity
def revoke_award(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke an issued award by a numbered document."""
    user = in_charge(request, Permission.ISSUE)
    award = get_object_or_404(visible_to(user, Award).select_related("proposal", "participant", "issue"), pk=pk)
    form = RevokeForm(request.POST or None, initial={"revoked_on": local_day(timezone.now()), "recovered": 0})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            typed = {**form.cleaned_data, "recovered": form.cleaned_data["recovered"] or 0}
            status = attempt_once(
                request,
                lambda: revoke(proposal_id=award.proposal_id, by=user, now=timezone.now(), **typed),
                done=_("The award has been revoked."),
            )
        if status == 200:
            return redirect("awards:proposal", award.proposal_id)
    context = {
        "award": award,
        "form": form,
        "breadcrumb": trail((_("Issued awards"), reverse("awards:awards")), here=_("Revoke")),
    }
    return render(request, "awards/revoke.html", context, status=status)
