"""Who decides, revokes, publishes or manages accounts says once more who they are, once for fifteen minutes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect


def must_confirm_identity(request: HttpRequest) -> bool:
    """Whether the setting asks for a confirmation and the last one (or the sign-in) is too long ago."""
    return bool(settings.STEP_UP) and not did_recently_reauthenticate(request)


def confirm_identity(request: HttpRequest, *, back: str) -> HttpResponse:
    """Lead to the confirmation and from there to ``back``; nothing was done."""
    address = f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}"
    return HttpResponseClientRedirect(address) if getattr(request, "htmx", False) else redirect(address)


def with_identity(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask before the view's form is shown, so that nothing typed is lost, and again where it was left open too long."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if must_confirm_identity(request):
            return confirm_identity(request, back=request.path)
        return view(request, *args, **kwargs)

    return asked
