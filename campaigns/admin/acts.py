"""Pages for acts: a form, one action, and back to where the person came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from campaigns.actions.confirmation import ConfirmationRefused
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.records import PlanRefused, StaleRecord, first_message
from campaigns.views.form_key import run_once
from campaigns.workflow import IllegalTransition

from .base import PortalAdmin


@dataclass(frozen=True, kw_only=True)
class Act:
    """A button that leads to an act's page."""

    label: str
    url: str
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class ActPage:
    """What the page of an act shows."""

    title: str
    button: str
    back: str  # address to return to, also after the act
    done: str  # what is said after the act
    lead: str = ""
    facts: tuple[tuple[str, Any], ...] = ()
    warning: str = ""
    danger: bool = False


def act_view(
    admin: PortalAdmin,
    request: HttpRequest,
    *,
    allowed: bool,
    page: ActPage,
    form: Form | None,
    act: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    """Show the form of an act and carry it out once, however often it is sent.

    A refusal comes back on the form, a stale version with both (409), a key that came with other content says so (422).
    """
    if not allowed:
        raise PermissionDenied
    context: dict[str, Any] = {"act_page": page, "form": form, "title": page.title, "stale": []}
    status = 200
    if request.method == "POST":
        status = 200 if getattr(form, "is_finding", False) else 422
        if form is None or form.is_valid():
            try:
                said = form.cleaned_data if form is not None else {}
                _carry_out(request, act, said)
            except IdempotencyMismatch as mismatch:
                context["message"] = first_message(mismatch)
            except StaleRecord as stale:
                context["stale"], context["message"], status = stale.rows, str(stale), 409
            except (PlanRefused, ConfirmationRefused, IllegalTransition) as refused:
                context["message"], status = str(refused), 409
            else:
                messages.success(request, page.done)
                return redirect(page.back)
    response: TemplateResponse = admin.page(request, "admin/campaigns/act.html", context, status=status)
    return response


def _carry_out(request: HttpRequest, act: Callable[[dict[str, Any]], object], said: dict[str, Any]) -> None:
    def first_time() -> dict[str, Any]:
        act(said)
        return {"done": True}

    run_once(request, first_time, now=timezone.now())
