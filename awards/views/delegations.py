"""Delegations of the chairman's decisions: who holds one, giving one, taking one back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from awards.forms.delegations import DelegationForm, EndDelegationForm
from campaigns.actions.delegations import delegate, delegations, end_delegation, may_be_delegated
from campaigns.actions.idempotency import IdempotencyMismatch, act_once
from campaigns.actions.records import PlanRefused
from campaigns.calendar import local_day
from campaigns.models import RoleAssignment, User
from campaigns.permissions import Permission, can

from .access import in_charge, signed_in, trail

PAGE = 30


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Who decides for the chairman, when, by which document; the chairman and staff give delegations."""
    user, today = in_charge(request, Permission.VIEW_PROPOSALS), local_day(timezone.now())
    rows = delegations()
    people = list(may_be_delegated(on=today).exclude(pk=user.pk))
    had = set(rows.values_list("user", flat=True))
    form = DelegationForm(
        request.POST or None,
        known=[row for row in people if row.pk in had],
        others=[row for row in people if row.pk not in had],
        initial={"valid_from": today},
    )
    status = 200
    if request.method == "POST":
        if not can(user, Permission.DELEGATE):
            raise PermissionDenied
        status = _given(form, user)
        if status == 200:
            messages.success(request, _("The delegation has been entered."))
            return redirect("awards:delegations")
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "today": today,
        "form": form,
        "may_delegate": can(user, Permission.DELEGATE),
        "breadcrumb": trail(here=_("Delegations")),
    }
    return render(request, "awards/delegations.html", context, status=status)


def _given(form: DelegationForm, user: User) -> int:
    """Enter what was typed; return the status of the answer."""
    if not form.is_valid():
        return 422
    said = dict(form.cleaned_data)
    key = said.pop("form_key")

    def act() -> dict[str, Any]:
        return {"role": delegate(person_id=said["person"], by=user, now=timezone.now(), **_rest(said)).pk}

    request = {"act": "delegation.given", **{name: str(value) for name, value in said.items()}}
    try:
        act_once(actor=user, key=key, request=request, now=timezone.now(), act=act)
    except PlanRefused as refused:
        form.add_error(None, str(refused))
        return 409
    except IdempotencyMismatch as mismatch:
        form.add_error(None, mismatch.messages[0])
        return 422
    return 200


def _rest(said: dict[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in ("valid_from", "valid_to", "document_number")}


@require_POST
def end(request: HttpRequest, delegation: int) -> HttpResponse:
    """Take a delegation back, with a reason."""
    in_charge(request, Permission.DELEGATE)
    form = EndDelegationForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        end_delegation(delegation_id=delegation, reason=reason, by=signed_in(request), now=timezone.now())
        messages.success(request, _("The delegation has been taken back; what was decided under it stands."))
    except RoleAssignment.DoesNotExist as error:
        raise Http404 from error
    except PlanRefused as refused:
        messages.error(request, str(refused))
    return redirect("awards:delegations")
