"""The unit's form of a proposal: chosen unit and award, the counters beside it, a draft written and changed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from awards.actions import proposals
from awards.enums import Act, RecipientKind
from awards.forms.proposal import ProposalForm, StartForm
from awards.models import AwardCategory, Proposal
from awards.permissions import may_act
from awards.queries.achievements import prefilled_report
from awards.queries.basis import figures_day
from awards.queries.quotas import leader_share, quota_uses
from awards.refusal_wording import refusal_sentence
from awards.workflow import Refusal
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.calendar import local_day
from campaigns.models import Participant
from campaigns.permissions import Permission, can, units_with

from .access import chosen_campaign, proposal_or_404, signed_in, trail


@require_GET
def quota(request: HttpRequest) -> HttpResponse:
    """The counters of one award for one unit, as the form shows them: ``?don-vi=…&danh-muc=…``."""
    campaign, user = chosen_campaign(request), signed_in(request)
    participants = Participant.objects.filter(campaign=campaign)
    if not can(user, Permission.VIEW_PROPOSALS):
        participants = participants.filter(unit__in=units_with(user, Permission.DRAFT_PROPOSAL))
    form = StartForm(
        {"participant": request.GET.get("don-vi"), "category": request.GET.get("danh-muc")},
        participants=participants.select_related("bloc"),
        categories=AwardCategory.objects.filter(campaign=campaign).offered(),
    )
    if not form.is_valid():
        raise Http404
    context = _counters(form.cleaned_data["participant"], form.cleaned_data["category"])
    return render(request, "awards/_counters.html", context)


def _counters(participant: Participant, category: AwardCategory) -> dict[str, Any]:
    """What the form shows of quotas, and of the unit's share of leaders."""
    is_person = category.recipient_kind == RecipientKind.INDIVIDUAL
    return {
        "participant": participant,
        "category": category,
        "uses": quota_uses([category], participant=participant)[category.pk],
        "leaders": leader_share(campaign=participant.campaign, participant=participant) if is_person else None,
    }


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Choose unit and award, then write the proposal: ``?don-vi=…&danh-muc=…``."""
    user, campaign = signed_in(request), chosen_campaign(request)
    own = Participant.objects.filter(campaign=campaign, unit__in=units_with(user, Permission.DRAFT_PROPOSAL))
    if not own.exists():
        if can(user, Permission.VIEW_PROPOSALS):
            raise PermissionDenied
        raise Http404
    categories = AwardCategory.objects.filter(campaign=campaign).offered()
    start = StartForm(
        {"participant": request.GET.get("don-vi"), "category": request.GET.get("danh-muc")},
        participants=own,
        categories=categories,
    )
    if not request.GET.get("danh-muc") or not start.is_valid():
        first = StartForm(participants=own, categories=categories)
        context = {"form": first, "campaign_chosen": campaign, "breadcrumb": trail(here=_("New"))}
        if (participant := own.select_related("bloc", "campaign").first()) and (category := categories.first()):
            context |= _counters(participant, category)
        return render(request, "awards/proposal_start.html", context)
    return _write_new(request, start.cleaned_data["participant"], start.cleaned_data["category"])


def _write_new(request: HttpRequest, participant: Participant, category: AwardCategory) -> HttpResponse:
    form = ProposalForm(request.POST or None, category=category)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            proposal = proposals.draft(
                category_id=category.pk,
                participant_id=participant.pk,
                data=form.typed(),
                by=signed_in(request),
                now=timezone.now(),
                key=form.cleaned_data["form_key"],
            )
        except (Refusal, IdempotencyMismatch) as refused:
            words = refusal_sentence(refused) if isinstance(refused, Refusal) else refused.messages[0]
            form.add_error(None, words)
            status = 422
        else:
            messages.success(request, _("The draft has been saved."))
            return redirect("awards:proposal", proposal.pk)
    elif request.method == "POST":
        status = 422
    else:
        name = participant.name if category.recipient_kind == RecipientKind.COLLECTIVE else ""
        day = figures_day(category, campaign=participant.campaign, today=local_day(timezone.now()))
        form.initial = {"report": prefilled_report(participant=participant, on=day), "recipient_name": name}
    context = {"form": form, "campaign_chosen": participant.campaign, "breadcrumb": trail(here=_("New"))}
    context |= _counters(participant, category)
    return render(request, "awards/proposal_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft, or a proposal that was returned to the unit."""
    proposal = proposal_or_404(request, pk)
    if not may_act(signed_in(request), Act.EDIT, proposal=proposal):
        raise PermissionDenied
    form = ProposalForm(request.POST or None, category=proposal.category, proposal=proposal)
    status = 200
    if request.method == "POST":
        status = _save(request, proposal, form) if form.is_valid() else 422
        if status == 200:
            messages.success(request, _("The draft has been saved."))
            return redirect("awards:proposal", proposal.pk)
    context = {
        "form": form,
        "proposal": proposal,
        "campaign_chosen": proposal.campaign,
        **_counters(proposal.participant, proposal.category),
        "breadcrumb": trail(
            (proposal.recipient_name, reverse("awards:proposal", args=[proposal.pk])), here=_("Change")
        ),
    }
    return render(request, "awards/proposal_form.html", context, status=status)


def _save(request: HttpRequest, proposal: Proposal, form: ProposalForm) -> int:
    try:
        proposals.edit(
            proposal_id=proposal.pk,
            version=form.cleaned_data["version"] or 0,
            data=form.typed(),
            by=signed_in(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        form.add_error(None, refusal_sentence(refusal))
        return 409
    return 200
