"""Forms of the acts on a plan: revisions, added and ended targets, a unit's last day, reasons, the opening."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Indicator, Participant

from .boxes import DayBox, NumberBox
from .picking import PickField, PickingMixin

_REASON = {"rows": 3, "maxlength": 2000}


class ReasonForm(forms.Form):
    """An act that asks for nothing but its reason."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(_REASON))


class VersionedForm(forms.Form):
    """Remembers which version its reader saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class RevisionForm(VersionedForm):
    """New terms of a target; an empty box keeps what is in force."""

    effective_from = DayBox(label=_("In force from"), help_text=_("Today or later, after the last revision."))
    baseline = NumberBox(label=_("Baseline"), required=False, max_length=60)
    goal = NumberBox(label=_("Goal"), required=False, max_length=60)
    due_on = DayBox(label=_("Due date"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(_REASON))


class EndingForm(VersionedForm):
    """The day from which a target no longer holds."""

    ends_from = DayBox(label=_("No longer in force from"), help_text=_("Today or later."))
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(_REASON))


class AdditionForm(PickingMixin, forms.Form):
    """An indicator given to a unit while the campaign runs."""

    indicator = forms.ModelChoiceField(label=_("Indicator"), queryset=Indicator.objects.none())
    participant = PickField(label=_("Unit"), queryset=Participant.objects.none())
    baseline = NumberBox(label=_("Baseline"), required=False, max_length=60)
    goal = NumberBox(label=_("Goal"), max_length=60)
    due_on = DayBox(label=_("Due date"), required=False, help_text=_("A milestone needs one."))
    starts_on = DayBox(label=_("Added from"), help_text=_("Today or later."))
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(_REASON))

    def __init__(self, *args: Any, campaign_id: int, **options: Any) -> None:
        super().__init__(*args, **options)
        indicators = Indicator.objects.filter(campaign_id=campaign_id, is_active=True, area__is_active=True)
        self.fields["indicator"].queryset = indicators  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["participant"].queryset = Participant.objects.filter(  # type: ignore[attr-defined]
            campaign_id=campaign_id
        )


class LastDayForm(PickingMixin, VersionedForm):
    """A unit's last day in the campaign and the unit that succeeds it."""

    valid_to = DayBox(label=_("Last day"), help_text=_("Today or later; afterwards the unit is shown, not ranked."))
    successor = PickField(label=_("Successor"), queryset=Participant.objects.none(), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(_REASON))

    def __init__(self, *args: Any, participant: Participant, **options: Any) -> None:
        super().__init__(*args, **options)
        others = Participant.objects.filter(campaign_id=participant.campaign_id).exclude(pk=participant.pk)
        self.fields["successor"].queryset = others  # type: ignore[attr-defined]  # a ModelChoiceField


class ClosingForm(forms.Form):
    """The day C on which a campaign is closed."""

    day = DayBox(label=_("Closing day"), help_text=_("The final scores are those of this day."))
    reason = forms.CharField(
        label=_("Ground of the closing"),
        max_length=2000,
        widget=forms.Textarea(_REASON),
        help_text=_("For example the number of the closing conference's notice; it stands in the audit trail."),
    )


class WorkbookForm(forms.Form):
    """A workbook to be looked at first."""

    file = forms.FileField(label=_("Workbook (.xlsx)"))
