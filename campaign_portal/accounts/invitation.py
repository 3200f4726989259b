"""The page behind an invitation's link: a person chooses their own password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from campaigns.actions.invitations import choose_password, is_open, tokens
from campaigns.actions.records import PlanRefused


@method_decorator(login_not_required, name="dispatch")
class InvitationView(PasswordResetConfirmView):
    """Django's page for a password link: the token leaves the address before the form is shown."""

    template_name = "account/invitation.html"
    token_generator = tokens
    reset_url_token = "dat-mat-khau"  # noqa: S105  # a word in the address, no secret
    success_url = reverse_lazy("account_login")

    def get_user(self, uidb64: str) -> Any:
        """The person of the link, while their invitation is open."""
        person = super().get_user(uidb64)
        return person if person is not None and is_open(person, now=timezone.now()) else None

    def form_valid(self, form: Form) -> HttpResponse:
        """Set the password by the act that leaves its entry in the trail."""
        token = self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN, "")
        try:
            choose_password(
                person_id=form.user.pk,  # type: ignore[attr-defined]  # Django's form for a password carries it
                token=token,
                password=form.cleaned_data["new_password1"],
                now=timezone.now(),
            )
        except PlanRefused as refused:
            messages.error(self.request, str(refused))
        else:
            messages.success(self.request, _("Your password has been set. Sign in with it now."))
        return redirect(self.success_url)
