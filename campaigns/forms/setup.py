"""Forms of a campaign's set-up: the weekly calendar, a campaign made after an earlier one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from campaigns.calendar_plan import CalendarRule

from .boxes import DayBox
from .idempotency import FormKeyMixin

_DAYS = [(str(number), name) for number, name in WEEKDAYS.items()]


class CalendarForm(forms.Form):
    """A weekly calendar in a few answers."""

    last_weekday = forms.TypedChoiceField(label=_("A period ends on"), choices=_DAYS, coerce=int, initial="6")
    due_weekday = forms.TypedChoiceField(
        label=_("Reports are due on the next"),
        choices=_DAYS,
        coerce=int,
        initial="0",
        help_text=_("On a public holiday the due day moves to the next working day."),
    )
    due_time = forms.TimeField(
        label=_("Until"),
        initial=dt.time(17),
        input_formats=["%H:%M"],
        widget=forms.TimeInput({"placeholder": "hh:mm", "inputmode": "numeric"}, format="%H:%M"),
    )
    lock_days = forms.IntegerField(
        label=_("Locked after so many days"),
        min_value=0,
        max_value=60,
        initial=3,
        required=False,
        help_text=_("Counted from the due time. Empty: never locked."),
        widget=forms.TextInput({"inputmode": "numeric", "class": "number"}),
    )
    shortest = forms.IntegerField(
        label=_("Shortest period in days"),
        min_value=1,
        max_value=7,
        initial=4,
        help_text=_("A shorter first or last week joins its neighbour."),
        widget=forms.TextInput({"inputmode": "numeric", "class": "number"}),
    )
    code_prefix = forms.RegexField(
        label=_("Codes begin with"),
        regex=r"^[\w-]{1,8}$",
        initial="T",
        max_length=8,
        help_text=_("T gives T01, T02, …"),
    )

    def rule(self) -> CalendarRule:
        """Return what was asked for."""
        said = self.cleaned_data
        names = ("last_weekday", "due_weekday", "due_time", "lock_days", "shortest")
        return CalendarRule(prefix=said["code_prefix"], **{name: said[name] for name in names})


class CloneForm(FormKeyMixin, forms.Form):
    """A new campaign made after an earlier one."""

    code = forms.CharField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=500, widget=forms.Textarea({"rows": 2}))
    starts_on = DayBox(
        label=_("First day"), help_text=_("Every date of the plan moves by as many days as the first day does.")
    )
    with_targets = forms.BooleanField(
        label=_("Take over the targets given to the units"),
        help_text=_("With the baseline, goal and due date last in force. Reported values are never taken over."),
        required=False,
        initial=True,
    )

    def terms(self) -> dict[str, Any]:
        """Return what the action is told, without the form's key."""
        return {name: value for name, value in self.cleaned_data.items() if name != "form_key"}
