"""The form of a late exception."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Participant, Period

from .picking import PickField, PickingMixin


class LateExceptionForm(PickingMixin, forms.Form):
    """One unit, one period, a reason and the moment at which it closes itself."""

    participant = PickField(label=_("Unit"), queryset=Participant.objects.none())
    period = forms.ModelChoiceField(label=_("Period"), queryset=Period.objects.none())
    ends_at = forms.DateTimeField(
        label=_("Open until"),
        localize=True,
        widget=forms.DateTimeInput({"placeholder": "dd/mm/yyyy hh:mm", "autocomplete": "off"}),
        help_text=_("The period closes by itself at this moment. The due time does not move: what is sent is late."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, campaign: Campaign, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, rows in (
            ("participant", Participant.objects.filter(campaign=campaign)),
            ("period", Period.objects.filter(campaign=campaign)),
        ):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]  # a ModelChoiceField
