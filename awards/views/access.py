"""Fetching is authorising: whose proposals a person may see, which campaign a page is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from awards.models import Dossier, Proposal
from awards.refusal_wording import refusal_sentence
from awards.workflow import DossierChanged, Refusal, SameHands, WrongState
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.enums import CampaignStatus
from campaigns.models import Campaign, User
from campaigns.permissions import Permission, can
from campaigns.views.form_key import run_once
from campaigns.views.reporting_access import signed_in
from campaigns.visibility import visible_to


def in_charge(request: HttpRequest, permission: Permission) -> User:
    """Return the person where they hold the right; for people outside the procedure the page does not exist."""
    user = signed_in(request)
    if can(user, permission):
        return user
    if can(user, Permission.VIEW_PROPOSALS):
        raise PermissionDenied
    raise Http404


def chosen_campaign(request: HttpRequest) -> Campaign:
    """Return the campaign of ``?phong-trao=``, else the latest open one, else the latest the person sees."""
    rows = visible_to(signed_in(request), Campaign).exclude(status=CampaignStatus.PREPARATION)
    code = request.GET.get("phong-trao", "")
    if code:
        return get_object_or_404(rows, code=code)
    found = rows.filter(status=CampaignStatus.OPEN).first() or rows.first()
    if found is None:
        raise Http404
    return found


def campaigns_of(request: HttpRequest) -> list[Campaign]:
    """Return the campaigns a page can be switched to."""
    return list(visible_to(signed_in(request), Campaign).exclude(status=CampaignStatus.PREPARATION))


def proposal_or_404(request: HttpRequest, pk: int) -> Proposal:
    """Return a proposal that exists for the person, with what its page shows of it."""
    rows = visible_to(signed_in(request), Proposal).select_related(
        "category",
        "campaign",
        "participant__unit",
        "participant__bloc",
        "eligibility",
        "drafted_by",
        "submitted_by",
        "award__issue",
    )
    return get_object_or_404(rows, pk=pk)


def dossier_or_404(request: HttpRequest, pk: int) -> Dossier:
    """Return a submission that exists for the person."""
    return get_object_or_404(visible_to(signed_in(request), Dossier).select_related("campaign"), pk=pk)


def trail(*steps: tuple[str, str], here: str) -> list[dict[str, str]]:
    """Return a breadcrumb that begins at the awards."""
    first = {"label": _("Awards"), "url": reverse("awards:proposals")}
    return [first, *({"label": label, "url": url} for label, url in steps), {"label": here, "url": ""}]


def status_of(refusal: Refusal) -> int:
    """Return how a refusal is answered: 409 it has moved on, 403 not by this person, 422 something is missing."""
    if isinstance(refusal, WrongState | DossierChanged):
        return 409
    return 403 if isinstance(refusal, SameHands) else 422


def attempt(request: HttpRequest, act: Callable[[], Any], *, done: str) -> int:
    """Call an action and say what came of it; return 200, or the refusal's status."""
    try:
        act()
    except Refusal as refusal:
        messages.error(request, refusal_sentence(refusal))
        return status_of(refusal)
    if done:
        messages.success(request, done)
    return 200


def attempt_once(request: HttpRequest, act: Callable[[], Any], *, done: str) -> int:
    """As ``attempt``, for forms whose action takes no key of its own: sent twice, the form acts once."""

    def first_time() -> None:
        act()

    try:
        return attempt(request, lambda: run_once(request, first_time, now=timezone.now()), done=done)
    except IdempotencyMismatch as mismatch:
        messages.error(request, mismatch.messages[0])
        return 422
