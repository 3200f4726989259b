"""A unit's registration as it is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.actions.registration import RegistrationData
from campaigns.files.checks import CONTENT_TYPES

from .boxes import DayBox
from .idempotency import FormKeyMixin


class RegistrationForm(FormKeyMixin, forms.Form):
    """The unit's own plan and the people who answer for it; it may be completed step by step."""

    plan_number = forms.CharField(
        label=_("Number of the unit's own plan"), max_length=80, required=False, help_text=_("For example 57/KH-UBND.")
    )
    plan_date = DayBox(label=_("Date of the plan"), required=False)
    file = forms.FileField(
        label=_("File of the plan"),
        required=False,
        max_length=255,
        allow_empty_file=True,  # the check of the content says so in its own words
        help_text=_("PDF, Word (.docx), Excel (.xlsx), JPG or PNG, at most 20 MB. No citizens' ID numbers."),
        widget=forms.FileInput(
            attrs={"accept": ",".join([*CONTENT_TYPES.values(), ".pdf", ".docx", ".xlsx", ".jpg", ".jpeg", ".png"])}
        ),
    )
    launched_on = DayBox(
        label=_("Launched on"), required=False, help_text=_("The day the campaign was launched at the unit itself.")
    )
    head_name = forms.CharField(label=_("Head answerable"), max_length=120, required=False)
    focal_name = forms.CharField(label=_("Focal person"), max_length=120, required=False)
    focal_contact = forms.CharField(
        label=_("Focal person's contact"),
        max_length=160,
        required=False,
        help_text=_("Office telephone or e-mail; seen by your own unit and Internal Affairs only."),
    )
    deputy_name = forms.CharField(label=_("Deputy focal person"), max_length=120, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for bound in self.visible_fields():
            bound.field.widget.attrs["class"] = "form-control"

    def registration(self) -> RegistrationData:
        """Return what was typed."""
        names = RegistrationData.__dataclass_fields__
        return RegistrationData(**{name: self.cleaned_data[name] for name in names})
