"""Forms of accounts and roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from campaigns.enums import Role
from campaigns.models import Unit, User
from campaigns.newcomers import MOST_LINES, Line, read_lines
from campaigns.vietnamese import fold

from .boxes import DayBox
from .picking import PickField, PickingMixin


class RoleForm(PickingMixin, forms.Form):
    """A role with its dates."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    unit = PickField(
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


class HandOverForm(PickingMixin, forms.Form):
    """Who takes over, from which day, by which document."""

    successor = PickField(label=_("Who takes over"), queryset=User.objects.none())
    first_day = DayBox(label=_("First day of the successor"))
    document_number = forms.CharField(label=_("Document number"), max_length=80, required=False)

    def __init__(self, *args: Any, leaver: User, **options: Any) -> None:
        super().__init__(*args, **options)
        people = User.objects.filter(is_active=True).exclude(pk=leaver.pk)
        self.fields["successor"].queryset = people.order_by("sort_key", "pk")  # type: ignore[attr-defined]


class NewcomersForm(forms.Form):
    """A list of people pasted from Excel, read into lines; ``lines`` is there once the form is valid."""

    text = forms.CharField(
        label=_("List of people"),
        max_length=60_000,
        widget=forms.Textarea({"rows": 10, "spellcheck": "false"}),
        help_text=_(
            "One line a person, copied from Excel: full name, position, role, unit (code or name), e-mail, name for "
            "signing in. Only the full name is required."
        ),
    )
    valid_from = DayBox(label=_("Roles hold from"))
    lines: list[Line]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "text" not in said:
            return said
        units: dict[str, tuple[int, str]] = {}
        for pk, code, name in Unit.objects.values_list("pk", "code", "name"):
            units[fold(name)] = (pk, name)
            units[fold(code)] = (pk, name)
        taken = set(User.objects.values_list("username", flat=True))
        self.lines = read_lines(said["text"], units=units, taken=taken, is_address=_is_address)
        if not self.lines:
            self.add_error("text", _("The list holds nobody."))
        elif len(self.lines) > MOST_LINES:
            self.add_error("text", _("At most 200 people at once."))
        return said


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except forms.ValidationError:
        return False
    return True
