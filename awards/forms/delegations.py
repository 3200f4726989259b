"""The form of a delegation: to whom, between which days, by which document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.forms.idempotency import FormKeyMixin
from campaigns.models import User

from .proposal import date_box


class DelegationForm(FormKeyMixin, forms.Form):
    """A vice-chairman decides for the chairman."""

    person = forms.TypedChoiceField(label=_("Vice-chairman"), coerce=int)
    valid_from = date_box(_("From"), required=True)
    valid_to = date_box(_("Last day"), required=True)
    document_number = forms.CharField(label=_("Number of the delegation"), max_length=80)

    def __init__(self, *args: Any, known: Sequence[User], others: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = ((_("Had a delegation before"), known), (_("Other people"), others))
        choices = [(label, [(row.pk, _named(row)) for row in rows]) for label, rows in groups if rows]
        self.fields["person"].choices = [("", "–"), *choices]  # type: ignore[attr-defined]  # a choice field


def _named(row: User) -> str:
    return f"{row.full_name}, {row.position}" if row.position else row.full_name


class EndDelegationForm(forms.Form):
    """Why a delegation is taken back."""

    reason = forms.CharField(max_length=500, required=False)
