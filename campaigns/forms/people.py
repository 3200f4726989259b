"""Forms of accounts and roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from campaigns.enums import Role
from campaigns.models import Unit, User

from .boxes import DayBox


class RoleForm(forms.Form):
    """A role with its dates."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    unit = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=Unit.objects.all(),
        required=False,
        help_text=_("Leaders and reporters need one; for Internal Affairs staff it is their own unit."),
    )
    valid_from = DayBox(label=_("From"))
    valid_to = DayBox(label=_("Last day"), required=False)
    document_number = forms.CharField(
        label=_("Document number"), max_length=80, required=False, help_text=_("A delegation needs one.")
    )


class RoleEndForm(forms.Form):
    """A role's last day."""

    valid_to = DayBox(label=_("Last day"), help_text=_("Yesterday takes the role away at once."))


class PasswordForm(forms.Form):
    """A first password, typed twice."""

    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    password_again = forms.CharField(
        label=_("Password again"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, person: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.person = person

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        password = said.get("password", "")
        if password and password != said.get("password_again"):
            self.add_error("password_again", _("The two passwords differ."))
        if password:
            try:
                validate_password(password, self.person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return said
