"""What a verifier says about a value, as typed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.actions.verdicts_together import MOST_AT_ONCE
from campaigns.actions.verification import LONGEST_REASON
from campaigns.enums import VerdictOutcome
from campaigns.queries.verification_queue import QueueFilter
from campaigns.report_wording import CHECK_NAMES

from .boxes import DayBox, NumberBox
from .picking import LONGEST

STATES = (
    ("waiting", _("Waiting for a verdict")),
    ("attention", _("Waiting, a check wants a look")),
    ("mine", _("Waiting for me")),
    ("done", _("With a verdict")),
)


class VerdictForm(forms.Form):
    """One verdict; which boxes belong to which outcome is the action's to say."""

    outcome = forms.ChoiceField(choices=VerdictOutcome.choices)
    verified_value = NumberBox(label=_("Value that is right"), required=False, max_length=60)
    verified_completed_on = DayBox(label=_("Completed on"), required=False)
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=LONGEST_REASON, widget=forms.Textarea({"rows": 2})
    )


class CorrectionForm(forms.Form):
    """What a verified value should have been."""

    value = NumberBox(label=_("Value that is right"), required=False, max_length=60)
    nothing = forms.BooleanField(label=_("Nothing to report"), required=False)
    completed_on = DayBox(label=_("Completed on"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea({"rows": 3}))


class AcceptManyForm(forms.Form):
    """The values that a person has seen in the summary and accepts."""

    ids = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, *args: object, ids: list[int], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # passed through
        self.fields["ids"].choices = [(str(pk), str(pk)) for pk in ids[:MOST_AT_ONCE]]  # type: ignore[attr-defined]


class ReturnManyForm(AcceptManyForm):
    """The values of one report that are returned, and why."""

    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea({"rows": 3}))


class ViewForm(forms.Form):
    """The name under which a person keeps the filters."""

    name = forms.CharField(label=_("Name of the view"), max_length=60)


class QueueForm(forms.Form):
    """The filters of the queue; a value nobody offered is left out."""

    campaign = forms.IntegerField(required=False)
    state = forms.ChoiceField(choices=STATES, required=False)
    check = forms.ChoiceField(choices=list(CHECK_NAMES.items()), required=False)
    area = forms.IntegerField(required=False, min_value=1, max_value=2**31)
    indicator = forms.IntegerField(required=False, min_value=1, max_value=2**31)
    unit = forms.IntegerField(required=False, min_value=1, max_value=2**31)
    unit_words = forms.CharField(required=False, max_length=LONGEST)
    period = forms.IntegerField(required=False, min_value=1, max_value=2**31)

    def to_filter(self) -> QueueFilter:
        """Return the filter that was asked for."""
        self.is_valid()
        said = self.cleaned_data
        return QueueFilter(
            area=said.get("area"),
            indicator=said.get("indicator"),
            unit=said.get("unit"),
            unit_words=said.get("unit_words") or "",
            period=said.get("period"),
            check=said.get("check") or "",
            state=said.get("state") or "waiting",
        )
