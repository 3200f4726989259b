"""What allauth asks the portal: nobody signs up, guessing is slowed down, a device is remembered."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign_portal.origin import client_address
from campaigns.models import User

from .guessing import device_of, hold_account, remember_device, require_patience

#: Seconds after a sign-in in which a first second factor is set up without saying once more who one is.
FRESH = 300


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are an administrator's to make; letters about them are not sent, the audit trail records them."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an administrator makes the accounts."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Home, with a message that the password has changed."""
        return "/"

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail: an installation need not have any; the audit trail records account changes."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address of who asks, by the same rule everywhere; sessions are listed with it."""
        return client_address(request) or "0.0.0.0"  # noqa: S104  # a socket without an address, nothing is bound

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Check name and password; from a device nobody has signed in with, only after the wait guessing has earned.

        Raises ValidationError while one has to wait.
        """
        name = credentials.get("username", "")
        if device_of(request, name):
            return super().authenticate(request, **credentials)
        with transaction.atomic():
            hold_account(name)
            require_patience(name, now=timezone.now())
            return super().authenticate(request, **credentials)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **options: Any) -> HttpResponse:
        """Remember the device once every step of signing in is done."""
        response = super().post_login(request, user, **options)
        if isinstance(user, User):
            remember_device(request, response, user)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """Back to the sign-in: only a directory's sign-on comes this far with an account that is switched off."""
        messages.error(request, _("The account is switched off."))
        return redirect(settings.LOGIN_URL)

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Not for a first second factor right after signing in: the password was typed a moment ago."""
        request = context.request
        if app == "allauth.mfa" and not Authenticator.objects.filter(user_id=request.user.pk).exists():
            records = get_authentication_records(request, request.user)
            if records and time.time() - records[-1]["at"] < FRESH:
                return False
        return bool(super().is_reauthentication_required(app=app, **options))
