"""The form of a key of the data interface."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.enums import ApiScope
from campaigns.models import User

from .boxes import DayBox
from .picking import PickField, PickingMixin


class TokenForm(PickingMixin, forms.Form):
    """Who reads, as whom, what, and until when."""

    name = forms.CharField(label=_("Name of the system"), max_length=120)
    owner = PickField(
        label=_("Reads as"),
        queryset=User.objects.filter(is_active=True).order_by("sort_key", "pk"),
        help_text=_("The key sees what this account may see. An account of its own with the role of a viewer is best."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("May read"), choices=ApiScope.choices, widget=forms.CheckboxSelectMultiple
    )
    last_day = DayBox(label=_("Last day"), help_text=_("At most a year from now."))
