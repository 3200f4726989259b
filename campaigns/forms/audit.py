"""The filters of the audit trail."""

from __future__ import annotations

from functools import cache

from django import forms
from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from campaigns.audit_words import ACTIONS
from campaigns.queries.audit_trail import TrailFilter


@cache
def action_choices(language: str) -> list[tuple[str, str]]:
    """Return every act with its words in a language, by its words; the list is the portal's, not a plan's."""
    with override(language):
        return sorted(((code, str(words)) for code, words in ACTIONS.items()), key=lambda pair: pair[1])


class TrailForm(forms.Form):
    """Who, which act, when, which campaign and unit; what cannot be read is left out."""

    text = forms.CharField(label=_("Search"), required=False, max_length=120)
    person = forms.CharField(label=_("Who"), required=False, max_length=120)
    action = forms.ChoiceField(label=_("Act"), required=False)
    campaign = forms.TypedChoiceField(label=_("Campaign"), required=False, coerce=int, empty_value=None)
    unit = forms.TypedChoiceField(label=_("Unit"), required=False, coerce=int, empty_value=None)
    first_day = forms.DateField(label=_("From"), required=False, localize=True)
    last_day = forms.DateField(label=_("To"), required=False, localize=True)
    subject_type = forms.ChoiceField(label=_("On"), required=False)
    subject_id = forms.IntegerField(required=False, min_value=1, max_value=2**31)

    def __init__(
        self,
        *args: object,
        campaigns: list[tuple[int, str]],
        units: list[tuple[int, str]],
        subjects: list[tuple[str, str]],
        **options: object,
    ) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # passed through
        lists = (
            ("action", action_choices(get_language() or settings.LANGUAGE_CODE)),
            ("campaign", campaigns),
            ("unit", units),
            ("subject_type", subjects),
        )
        for name, choices in lists:
            self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]

    def to_filter(self) -> TrailFilter:
        """Return the filter that was asked for."""
        self.is_valid()
        said = self.cleaned_data
        return TrailFilter(
            text=said.get("text") or "",
            person=said.get("person") or "",
            action=said.get("action") or "",
            campaign=said.get("campaign"),
            unit=said.get("unit"),
            first_day=said.get("first_day"),
            last_day=said.get("last_day"),
            subject_type=said.get("subject_type") or "",
            subject_id=said.get("subject_id"),
        )
