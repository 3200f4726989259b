"""Sign-on through the directory of the province or the office, by OpenID Connect, where the operator configures one.

It stands in for the password only: it opens accounts that exist, makes none, and the second factor of the portal is
asked for as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.openid_connect import views
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.actions.audit import record
from campaigns.models import User

#: How the one directory is called in addresses.
PROVIDER_ID = "co-quan"


def sign_on_link() -> tuple[str, str] | None:
    """Return name and address of the directory's sign-on, or nothing where none is configured."""
    if not settings.OIDC_SERVER_URL:
        return None
    return settings.OIDC_NAME, reverse("openid_connect_login", args=[PROVIDER_ID])


class SignOnAdapter(DefaultSocialAccountAdapter):
    """Who comes from the directory is looked up among the accounts; every failure leads back to the sign-in."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: an administrator makes the accounts."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Link a first sign-on to the account the configured claim names, and leave an entry in the trail."""
        if sociallogin.is_existing:
            return
        person = person_of(_claims(sociallogin.account.extra_data))
        if person is None:
            raise _back(request, _("The portal has no account for you yet. Ask who looks after accounts."))
        with transaction.atomic():
            sociallogin.connect(request, person)
            record(
                action="person.sign_on_linked",
                subject=person,
                by=person,
                now=timezone.now(),
                after={"directory": settings.OIDC_NAME, "subject": sociallogin.account.uid},
            )

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Say calmly that it did not work; the reason is for the log."""
        raise _failed(request)


def _calm(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponse]:
    """Lead back to the sign-in also where the directory cannot be reached at all."""

    @login_not_required
    @wraps(view)
    def tried(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            return view(request, provider_id)
        except requests.RequestException:
            return _failed(request).response

    return tried


#: The way there, and the way back.
start, back = _calm(views.login), _calm(views.callback)


def person_of(claims: dict[str, Any]) -> User | None:
    """Return the active account that a directory's claims name, by the claim in the settings.

    An e-mail address counts only where the directory says that it is verified, and only where it names one account.
    """
    said = claims.get(settings.OIDC_CLAIM)
    if not isinstance(said, str) or not said:
        return None
    if settings.OIDC_CLAIM != "email":
        return User.objects.filter(username=said, is_active=True).first()
    if claims.get("email_verified") is not True:
        return None
    found = list(User.objects.filter(email__iexact=said, is_active=True)[:2])
    return found[0] if len(found) == 1 else None


def _claims(extra: dict[str, Any]) -> dict[str, Any]:
    return {**extra.get("userinfo", {}), **extra.get("id_token", {})}


def _failed(request: HttpRequest) -> ImmediateHttpResponse:
    return _back(request, _("Signing in through the directory did not work. Try again, or use your password."))


def _back(request: HttpRequest, words: str) -> ImmediateHttpResponse:
    messages.error(request, words)
    return ImmediateHttpResponse(redirect(settings.LOGIN_URL))
