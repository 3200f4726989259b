"""Forms of points, waivers and gates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.enums import GateForm, IndicatorKind
from campaigns.models import Campaign, Participant, Period, Target

from .boxes import DayBox, NumberBox
from .picking import PickField, PickingMixin


class EntryForm(PickingMixin, forms.Form):
    """What every entry asks for."""

    holds_from = DayBox(
        label=_("Holds from"), help_text=_("At the earliest the day on which a second person confirms it.")
    )
    document_number = forms.CharField(label=_("Document number"), max_length=120)
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, campaign: Campaign, today: dt.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["holds_from"].initial = today
        rows = {
            "participant": Participant.objects.filter(campaign=campaign),
            "period": Period.objects.filter(campaign=campaign),
            "target": Target.objects.filter(campaign=campaign, indicator__kind=IndicatorKind.MILESTONE).select_related(
                "indicator", "participant"
            ),
        }
        for name, queryset in rows.items():
            if name in self.fields:
                self.fields[name].queryset = queryset  # type: ignore[attr-defined]  # a ModelChoiceField

    def of_unit(self, participant_id: int) -> None:
        """Offer the targets of one unit only, where the form was asked for from that unit."""
        field: Any = self.fields["target"]
        field.queryset = field.queryset.filter(participant=participant_id)


class _UnitForm(EntryForm):
    participant = PickField(label=_("Unit"), queryset=Participant.objects.none())


class PointsForm(_UnitForm):
    """Bonus or penalty points."""

    points = NumberBox(
        label=_("Points"), places=2, max_digits=6, max_length=20, help_text=_("Bonus above 0, penalty below: −2,5.")
    )
    field_order = ("participant", "points", "holds_from", "document_number", "reason")


class ReportWaiverForm(_UnitForm):
    """A late or missing report that costs nothing."""

    period = forms.ModelChoiceField(label=_("Period"), queryset=Period.objects.none())
    field_order = ("participant", "period", "holds_from", "document_number", "reason")


class MilestoneWaiverForm(EntryForm):
    """A late milestone that counts as on time."""

    target = PickField(label=_("Milestone"), queryset=Target.objects.none())
    field_order = ("target", "holds_from", "document_number", "reason")


class GateEntryForm(_UnitForm):
    """Awards held or excluded."""

    form = forms.ChoiceField(label=_("Form"), choices=GateForm.choices)
    person_name = forms.CharField(
        label=_("Person"), max_length=120, required=False, help_text=_("Empty: the gate is on the whole unit.")
    )
    field_order = ("participant", "form", "person_name", "holds_from", "document_number", "reason")


class VoidingForm(forms.Form):
    """From which day points or a gate no longer hold."""

    voided_from = DayBox(label=_("Void from"), help_text=_("Today or later."))
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 3}))
