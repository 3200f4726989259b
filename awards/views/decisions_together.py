"""Several proposals at once: compared side by side, approved after a summary. In the dashboard, or as pages."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from awards.actions.decision import approve_many
from awards.models import Proposal
from awards.queries.comparison import MOST, comparison_of
from awards.queries.dashboard import cards_for, fund_for
from awards.refusal_wording import refusal_sentence
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.calendar import local_day
from campaigns.forms.idempotency import new_key
from campaigns.permissions import Permission
from campaigns.views.step_up import confirm_identity, must_confirm_identity
from campaigns.visibility import visible_to

from .access import in_charge, trail
from .decisions import is_htmx


def _chosen(values: list[str]) -> list[int]:
    return [int(pk) for pk in values if pk.isdecimal() and len(pk) < 19][:200]


def _breadcrumb(here: str) -> list[dict[str, str]]:
    return trail((_("Waiting for a decision"), reverse("awards:dashboard")), here=here)


@require_POST
def summary(request: HttpRequest) -> HttpResponse:
    """The summary before several are approved at once: exceptions, money, the fund after it. Writes nothing."""
    user = in_charge(request, Permission.DECIDE)
    ids = _chosen(request.POST.getlist("chosen"))
    if not ids and is_htmx(request):
        return HttpResponse(status=204)
    if not ids:
        messages.error(request, _("Choose at least one proposal."))
        return redirect("awards:dashboard")
    day = local_day(timezone.now())
    found = cards_for(user=user, on=day, ids=ids)
    cards = [card for card in found if not card.barred]
    context = {
        "cards": cards,
        "barred": [card for card in found if card.barred],
        "exceptions": sum(bool(card.exceptions) for card in cards),
        "fund": fund_for(cards, on=day),
        "form_key": new_key(),
        "here": is_htmx(request),
        "breadcrumb": _breadcrumb(_("Approve several")),
    }
    template = "awards/_decision_summary.html" if is_htmx(request) else "awards/decision_summary.html"
    return render(request, template, context)


@require_POST
def approve_chosen(request: HttpRequest) -> HttpResponse:
    """Approve what the summary showed; what changed or was decided meanwhile is left and named."""
    user, now = in_charge(request, Permission.DECIDE), timezone.now()
    key = request.POST.get("form_key", "")
    if not 16 <= len(key) <= 40:
        raise PermissionDenied
    if must_confirm_identity(request):
        return confirm_identity(request, back=reverse("awards:dashboard"))
    seen = [(pk, request.POST.get(f"seen-{pk}", "")) for pk in _chosen(request.POST.getlist("chosen"))]
    names = dict(visible_to(user, Proposal).filter(pk__in=dict(seen)).values_list("pk", "recipient_name"))
    if dict(seen).keys() - names.keys():
        raise Http404
    try:
        results = approve_many(seen=seen, by=user, now=now, key=key)
    except IdempotencyMismatch as mismatch:
        messages.error(request, mismatch.messages[0])
        return redirect("awards:dashboard")
    approved = [result.proposal_id for result in results if result.decision is not None]
    refused = {result.proposal_id: refusal_sentence(result.refusal) for result in results if result.refusal}
    if is_htmx(request):
        return _here(request, approved, refused)
    if approved:
        messages.success(request, _("Approved: %(count)s.") % {"count": len(approved)})
    for pk, words in refused.items():
        messages.error(request, f"{names[pk]}: {words}")
    return redirect("awards:dashboard")


def _here(request: HttpRequest, approved: list[int], refused: dict[int, str]) -> HttpResponse:
    """What came of it, with every card concerned as it is now and the fund after it."""
    user, day = in_charge(request, Permission.DECIDE), local_day(timezone.now())
    rows = visible_to(user, Proposal).filter(pk__in=[*approved, *refused]).select_related("category", "participant")
    found = {row.pk: row for row in rows}
    waiting = cards_for(user=user, on=day)
    context = {
        "approved": [found[pk] for pk in approved],
        "refused": [(found[pk], words) for pk, words in refused.items()],
        "cards": [card for card in waiting if card.proposal.pk in refused],
        "moved": [found[pk] for pk in refused if pk not in {card.proposal.pk for card in waiting}],
        "fund": fund_for(waiting, on=day),
    }
    return render(request, "awards/_decided_together.html", context)


@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """Two to four nominees of one bloc side by side (``?chosen=1&chosen=2``)."""
    user = in_charge(request, Permission.DECIDE)
    cards = cards_for(user=user, on=local_day(timezone.now()), ids=_chosen(request.GET.getlist("chosen")))
    blocs = {card.proposal.participant.bloc_id for card in cards}
    refusal = ""
    if not 2 <= len(cards) <= MOST:
        refusal = _("Choose two to four proposals to compare.")
    elif len(blocs) > 1:
        refusal = _("Only nominees of one bloc are compared: their units are ranked against each other.")
    context = {
        "refusal": refusal,
        "comparison": None if refusal else comparison_of(cards),
        "breadcrumb": _breadcrumb(_("Side by side")),
    }
    template = "awards/_comparison.html" if is_htmx(request) else "awards/comparison.html"
    return render(request, template, context, status=422 if refusal and not is_htmx(request) else 200)
