"""The chairman's dashboard: what waits, each proposal with its reasons, one tap a verdict, several at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from awards.actions.decision import decide
from awards.enums import ProposalState, Verdict
from awards.forms.steps import DecisionForm
from awards.models import Proposal
from awards.queries.dashboard import (
    Card,
    areas_of,
    cards_for,
    decided_since,
    fund_for,
    groups_of,
    trend_of,
)
from awards.refusal_wording import refusal_sentence
from awards.workflow import Refusal
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.calendar import local_day
from campaigns.models import User
from campaigns.permissions import Permission
from campaigns.views.step_up import confirm_identity, must_confirm_identity

from .access import in_charge, proposal_or_404, status_of, trail


def is_htmx(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for, not the whole."""
    return bool(getattr(request, "htmx", False))


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What waits for a decision and until when, submission by submission."""
    user, now = in_charge(request, Permission.DECIDE), timezone.now()
    cards = cards_for(user=user, on=local_day(now))
    context = {
        "groups": groups_of(cards),
        "count": len(cards),
        "fund": fund_for(cards, on=local_day(now)),
        "ids": ",".join(str(card.proposal.pk) for card in cards),
        "now": now,
        "must_confirm": must_confirm_identity(request),
    }
    return render(request, "awards/dashboard.html", context)


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal opened: areas against the bloc's median, trend, each rule's line, evidence, the report."""
    user = in_charge(request, Permission.DECIDE)
    proposal = proposal_or_404(request, pk)
    if proposal.state != ProposalState.DOSSIER:
        return redirect("awards:proposal", proposal.pk)
    (card,) = cards_for(user=user, on=local_day(timezone.now()), ids=[proposal.pk])
    context = _card_context(card)
    day = card.figures.get("day")
    if day is not None:
        context |= {"areas": areas_of(proposal=proposal, day=day), "trend": trend_of(proposal=proposal, day=day)}
    context["files"] = [
        {
            "name": proof.file.name,
            "url": reverse("awards:evidence", args=[proposal.pk, proof.file_id]),
            "size": proof.file.size,
        }
        for proof in proposal.evidence.select_related("file")
    ]
    context["breadcrumb"] = trail((_("Waiting for a decision"), reverse("awards:dashboard")), here=str(proposal))
    template = "awards/_decision_detail.html" if is_htmx(request) else "awards/decision.html"
    return render(request, template, context)


def _card_context(card: Card) -> dict[str, Any]:
    return {"card": card, "proposal": card.proposal, "now": timezone.now()}


@require_POST
def verdict(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve, reject or return what was shown; 409 with who decided and when, or with what changed."""
    user = in_charge(request, Permission.DECIDE)
    proposal = proposal_or_404(request, pk)
    if must_confirm_identity(request):
        return confirm_identity(request, back=reverse("awards:dashboard"))
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _refused(request, proposal, user, _("This form is out of date. Open the page again."), 422)
    typed = form.cleaned_data
    try:
        decision = decide(
            proposal_id=proposal.pk,
            by=user,
            verdict=Verdict(typed["verdict"]),
            reason=typed["reason"],
            return_step=typed["return_step"],
            seen_digest=typed["seen"],
            now=timezone.now(),
            key=typed["form_key"],
        )
    except Refusal as refusal:
        return _refused(request, proposal, user, refusal_sentence(refusal), status_of(refusal))
    except IdempotencyMismatch as mismatch:
        return _refused(request, proposal, user, mismatch.messages[0], 422)
    proposal.refresh_from_db()
    if is_htmx(request):
        waiting = cards_for(user=user, on=local_day(timezone.now()))
        context = {"proposal": proposal, "decision": decision, "fund": fund_for(waiting, on=local_day(timezone.now()))}
        return render(request, "awards/_decided_here.html", context)
    messages.success(
        request,
        _("%(name)s: %(state)s.") % {"name": proposal.recipient_name, "state": proposal.get_state_display()},
    )
    return redirect("awards:dashboard")


def _refused(request: HttpRequest, proposal: Proposal, user: User, words: str, status: int) -> HttpResponse:
    """Show why nothing was decided, with the proposal as it is now."""
    proposal.refresh_from_db()
    cards = cards_for(user=user, on=local_day(timezone.now()), ids=[proposal.pk])
    context: dict[str, Any] = {"proposal": proposal, "refusal": words, "now": timezone.now()}
    if cards:
        context |= _card_context(cards[0]) | {"chooses": is_htmx(request)}
    template = "awards/_decision_card.html" if cards else "awards/_decided.html"
    if is_htmx(request):
        return render(request, template, context, status=status)
    context["breadcrumb"] = trail((_("Waiting for a decision"), reverse("awards:dashboard")), here=str(proposal))
    return render(request, "awards/decision_refused.html", {**context, "fragment": template}, status=status)


@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """What another session decided meanwhile, for the cards this one still shows (``?cho=1,2,3``)."""
    user = in_charge(request, Permission.DECIDE)
    ids = [int(part) for part in request.GET.get("cho", "").split(",") if part.isdecimal() and len(part) < 19][:200]
    return render(request, "awards/_news.html", {"decided": decided_since(user=user, ids=ids)})
