"""Until those who must have a second factor have one, only the way to it is open to them (safety.md, row 44)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from campaigns.models import User
from campaigns.permissions import needs_second_factor

#: What somebody without a second factor may open: setting it up, confirming who they are, leaving.
OPEN = frozenset(
    {
        "account_logout",
        "admin:logout",
        "account_reauthenticate",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "change_language",
        "health",
        "policy_reports",  # answered before there is a session: browsers report to it from any page
    }
)


class SecondFactor:
    """Lead to setting up a second factor whoever must have one and has none. Stands behind the session's limits.

    Who has one was asked for it when signing in, by allauth. An address that names no view is nobody's page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do on the way in or out."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Answer in the view's place while the second factor is missing."""
        if not settings.MFA_REQUIRED or not isinstance(request.user, User):
            return None
        match = request.resolver_match
        if match is not None and match.view_name in OPEN:
            return None
        if not needs_second_factor(request.user) or has_second_factor(request.user):
            return None
        messages.info(request, _("Your work needs a second step when signing in. Set it up here first."))
        address = reverse("mfa_activate_totp")
        return HttpResponseClientRedirect(address) if getattr(request, "htmx", False) else redirect(address)


def has_second_factor(user: User) -> bool:
    """Whether the person is asked for a one-time code when signing in."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
