"""A submission while it is prepared: adding, ordering; and its internal cover."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from awards.actions.dossier import quota_use
from awards.actions.dossier_items import add_to_dossier, order_dossier
from awards.enums import RecipientKind
from awards.models import Proposal
from awards.queries.dossiers import items_of, leader_share
from campaigns.models import AuditHead
from campaigns.permissions import Permission
from campaigns.visibility import visible_to

from .access import attempt_once, dossier_or_404, in_charge, trail


@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add proposals to a submission that is being prepared."""
    user = in_charge(request, Permission.PREPARE_DOSSIER)
    dossier = dossier_or_404(request, pk)
    asked = [int(value) for value in request.POST.getlist("proposals") if value.isdecimal() and len(value) < 19]
    ids = list(visible_to(user, Proposal).filter(pk__in=asked, campaign=dossier.campaign).values_list("pk", flat=True))
    attempt_once(
        request,
        lambda: add_to_dossier(dossier_id=dossier.pk, proposal_ids=ids, by=user, now=timezone.now()),
        done=_("The proposals have been added."),
    )
    return redirect("awards:dossier", dossier.pk)


@require_POST
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the lists of a submission in the order that was typed."""
    user = in_charge(request, Permission.PREPARE_DOSSIER)
    dossier = dossier_or_404(request, pk)
    typed = {
        item.proposal_id: int(value)
        for item in items_of(dossier)
        if (value := request.POST.get(f"n-{item.proposal_id}", "")).isdecimal() and len(value) < 4
    }
    attempt_once(
        request,
        lambda: order_dossier(dossier_id=dossier.pk, numbers=typed, by=user, now=timezone.now()),
        done=_("The order has been saved."),
    )
    return redirect("awards:dossier", dossier.pk)


@require_GET
def cover(request: HttpRequest, pk: int) -> HttpResponse:
    """The submission on one sheet for the file: counts, quotas, exceptions, digests, and the trail's head."""
    in_charge(request, Permission.VIEW_PROPOSALS)
    dossier = dossier_or_404(request, pk)
    items = items_of(dossier)
    proposals = [item.proposal for item in items]
    categories = sorted({p.category for p in proposals}, key=lambda category: category.position)
    context = {
        "dossier": dossier,
        "items": items,
        "exceptions": [p for p in proposals if p.mark != "eligible" or p.is_flagged or p.justification],
        "quotas": [(category, quota_use(category, proposals)) for category in categories],
        "leaders": leader_share(
            campaign=dossier.campaign, people=[p for p in proposals if p.recipient_kind == RecipientKind.INDIVIDUAL]
        ),
        "head": AuditHead.objects.first(),
        "breadcrumb": trail(
            (_("Submissions"), reverse("awards:dossiers")),
            (str(dossier), reverse("awards:dossier", args=[dossier.pk])),
            here=_("Cover"),
        ),
    }
    return render(request, "awards/dossier_cover.html", context)
