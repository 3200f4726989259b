"""Forms of explanations, appeals, the incident ledger and activities."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.actions.activities import LONGEST_TITLE
from campaigns.thread_rules import LONGEST_REASON, LONGEST_TEXT, MOST_INCIDENTS, MOST_PEOPLE

from .boxes import DayBox, WholeBox
from .files import FilesField
from .idempotency import FormKeyMixin


def _text(label: Any, *, rows: int = 4, required: bool = True, longest: int = LONGEST_TEXT, help_text: Any = "") -> Any:
    return forms.CharField(
        label=label, required=required, max_length=longest, help_text=help_text, widget=forms.Textarea({"rows": rows})
    )


class AskForm(FormKeyMixin):
    """A question to a unit about one of its targets."""

    question = _text(
        _("What is to be explained"),
        help_text=_("Say what is behind and what the unit should answer: cause, mend, by when."),
    )
    answer_by = DayBox(label=_("Answer by"), help_text=_("Working days; public holidays do not count."))


class VersionForm(FormKeyMixin):
    """An act on a thread as the person saw it."""

    version = forms.IntegerField(min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)


class AnswerForm(VersionForm):
    """The unit's answer, with files."""

    text = _text(_("Answer"), rows=5)
    papers = FilesField()


class FurtherForm(VersionForm):
    """A question back."""

    text = _text(_("Question"), rows=3)
    answer_by = DayBox(label=_("Answer by"))


class CloseForm(VersionForm):
    """A last word, or none."""

    text = _text(_("Conclusion (optional)"), rows=3, required=False)


class ReasonForm(VersionForm):
    """A reason for taking something back."""

    text = _text(_("Reason"), rows=2, longest=LONGEST_REASON)


class LodgeForm(FormKeyMixin):
    """An appeal with its grounds."""

    grounds = _text(
        _("Grounds of the appeal"), rows=6, help_text=_("Say which figure is right, by which document, and attach it.")
    )
    papers = FilesField()


class WriteForm(VersionForm):
    """A message in an appeal."""

    text = _text(_("Message"), rows=3)
    papers = FilesField()


class WriteWithoutFilesForm(VersionForm):
    """A message of the officer."""

    text = _text(_("Message"), rows=3)


class SettleForm(VersionForm):
    """The outcome of an appeal."""

    upheld = forms.TypedChoiceField(
        label=_("Outcome"),
        choices=[("yes", _("Upheld")), ("no", _("Dismissed"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    text = _text(_("Outcome in words, for the unit"), rows=5)


class IncidentForm(FormKeyMixin):
    """One entry of the ledger."""

    happened_on = DayBox(label=_("Day"))
    count = WholeBox(label=_("Number of incidents"), min_value=1, max_value=MOST_INCIDENTS, initial=1)
    description = _text(
        _("Description (optional)"),
        rows=2,
        required=False,
        longest=LONGEST_REASON,
        help_text=_(
            "Matters of defence and security are counted, not told: leave this empty. No state secrets, no names."
        ),
    )


class WithdrawForm(forms.Form):
    """A reason for withdrawing an entry."""

    text = _text(_("Reason"), rows=2, longest=LONGEST_REASON)


class ActivityForm(FormKeyMixin):
    """What a unit did."""

    title = forms.CharField(label=_("What"), max_length=LONGEST_TITLE)
    held_on = DayBox(label=_("When"))
    people = WholeBox(label=_("People taking part"), min_value=0, max_value=MOST_PEOPLE, initial=0)
    text = _text(_("Text (optional)"), rows=4, required=False)
    papers = FilesField(label=_("Pictures and papers"))

    def __init__(self, *args: Any, today: dt.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["held_on"].initial = today
