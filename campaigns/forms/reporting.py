"""Forms of the reporting grid: one per box, and the three texts."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.actions.drafts import LONGEST_NOTE, LONGEST_TEXT, DraftEntry, ReportTexts
from campaigns.display import input_number
from campaigns.enums import EntryKind
from campaigns.files.checks import CONTENT_TYPES
from campaigns.queries.report_box import Box

from .idempotency import FormKeyMixin

LONGEST_NUMBER = 60  # characters; as long as a draft's column


def _number_box(label: Any) -> forms.CharField:
    attributes = {"inputmode": "decimal", "class": "form-control number", "autocomplete": "off"}
    return forms.CharField(
        label=label, required=False, max_length=LONGEST_NUMBER, widget=forms.TextInput(attrs=attributes)
    )


class BoxForm(forms.Form):
    """What is typed in one box. Numbers stay text here: what cannot be read is kept and asked about."""

    typed = _number_box(_("Value"))
    numerator = _number_box(_("Numerator"))
    denominator = _number_box(_("Denominator"))
    nothing = forms.BooleanField(
        label=_("Nothing to report"), required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )
    completed_on = forms.DateField(
        label=_("Completed on"),
        required=False,
        widget=forms.DateInput(
            attrs={"class": "form-control", "inputmode": "numeric", "placeholder": "dd/mm/yyyy", "autocomplete": "off"}
        ),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
    )
    version = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, box: Box, **kwargs: Any) -> None:
        self.box = box
        entry = box.entry
        kwargs.setdefault("prefix", prefix_of(box.target.pk))
        kwargs.setdefault(
            "initial",
            {
                "typed": entry.typed or input_number(box.proposed),
                "numerator": entry.numerator,
                "denominator": entry.denominator,
                "nothing": entry.kind == EntryKind.NOTHING,
                "completed_on": entry.completed_on,
                "note": entry.note,
                "version": box.draft_version,
            },
        )
        super().__init__(*args, **kwargs)
        if box.is_milestone:
            self.fields["typed"].widget = forms.RadioSelect(
                choices=[("1", pgettext_lazy("milestone", "Done")), ("0", _("Not done yet"))],
                attrs={"class": "form-check-input"},
            )
        for name in ("typed", "numerator", "denominator"):
            self.fields[name].widget.attrs["aria-describedby"] = f"{self.prefix}-state"

    def entry(self) -> DraftEntry:
        """Return what was typed; call after ``is_valid()``."""
        data = self.cleaned_data
        if data["nothing"]:
            kind = EntryKind.NOTHING
        elif data["numerator"] or data["denominator"]:
            kind = EntryKind.SHARE
        elif data["typed"]:
            kind = EntryKind.NUMBER
        else:
            kind = EntryKind.EMPTY
        return DraftEntry(
            kind=kind,
            typed=data["typed"],
            numerator=data["numerator"],
            denominator=data["denominator"],
            completed_on=data["completed_on"],
            note=data["note"],
        )

    @property
    def problems(self) -> list[str]:
        """What keeps the box from being saved at all, in words."""
        return [str(message) for messages in self.errors.values() for message in messages]


def prefix_of(target_id: int) -> str:
    """Return the prefix of a box's fields on the page."""
    return f"o{target_id}"


def _text(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )


class TextsForm(forms.Form):
    """The three short texts that go with a report."""

    results = _text(_("Outstanding results"))
    difficulties = _text(_("Difficulties"))
    proposals = _text(_("Proposals"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def texts(self) -> ReportTexts:
        """Return the three texts; call after ``is_valid()``."""
        data = self.cleaned_data
        return ReportTexts(data["results"], data["difficulties"], data["proposals"])


class SubmitForm(FormKeyMixin, TextsForm):
    """Sending a report: the texts (required in the campaign's last), and what the sender was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, texts_required: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("results", "difficulties", "proposals"):
            self.fields[name].required = self.fields[name].widget.is_required = texts_required


class EvidenceForm(forms.Form):
    """One file to attach; what it may be is decided from its content."""

    file = forms.FileField(
        label=_("Choose a file"),
        help_text=_("PDF, Word (.docx), Excel (.xlsx), JPG or PNG, at most 20 MB. No citizens' ID numbers."),
        max_length=255,
        allow_empty_file=True,  # the check of the content says so in its own words
        widget=forms.ClearableFileInput(
            attrs={"accept": ",".join([*CONTENT_TYPES.values(), ".pdf", ".docx", ".xlsx", ".jpg", ".jpeg", ".png"])}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
