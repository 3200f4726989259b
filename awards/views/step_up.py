"""Who decides says once more who they are: one confirmation covers a batch of decisions for fifteen minutes."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect


def must_confirm_identity(request: HttpRequest) -> bool:
    """Whether the setting asks for a confirmation and the last one (or the sign-in) is too long ago."""
    return bool(settings.DECISIONS_STEP_UP) and not did_recently_reauthenticate(request)


def confirm_identity(request: HttpRequest) -> HttpResponse:
    """Lead to the confirmation and from there back to what waits; nothing was decided."""
    address = f"{reverse('account_reauthenticate')}?{urlencode({'next': reverse('awards:dashboard')})}"
    return HttpResponseClientRedirect(address) if getattr(request, "htmx", False) else redirect(address)
