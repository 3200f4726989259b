"""Forms of the reporting grid: one per box, and the three texts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.actions.drafts import LONGEST_NOTE, LONGEST_TEXT, DraftEntry, ReportTexts
from campaigns.enums import EntryKind
from campaigns.files.checks import CONTENT_TYPES
from campaigns.pasting import LONGEST_TEXT as LONGEST_PASTE
from campaigns.queries.report_box import Box

from .idempotency import FormKeyMixin

LONGEST_NUMBER = 60  # characters; as long as a draft's column


def _number_box(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=LONGEST_NUMBER)


class BoxForm(forms.Form):
    """What is typed in one box. Numbers stay text here: what cannot be read is kept and asked about.

    It only reads: the page draws the fields itself (views/reporting_rows.py).
    """

    typed = _number_box(_("Value"))
    numerator = _number_box(_("Numerator"))
    denominator = _number_box(_("Denominator"))
    nothing = forms.BooleanField(label=_("Nothing to report"), required=False)
    completed_on = forms.DateField(label=_("Completed on"), required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=LONGEST_NOTE)
    version = forms.IntegerField(min_value=0, max_value=2_000_000_000)

    def __init__(self, *args: Any, box: Box, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", prefix_of(box.target.pk))
        super().__init__(*args, **kwargs)
        self.box = box

    def clean_completed_on(self) -> dt.date | None:
        """Only a milestone's box asks for a day; sent with another it is nobody's."""
        day: dt.date | None = self.cleaned_data["completed_on"]
        return day if self.box.is_milestone else None

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


class FieldsForm(forms.Form):
    """Fields inside a form that the page draws itself, with its token."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class TextsForm(FieldsForm):
    """The three short texts that go with a report."""

    results = _text(_("Outstanding results"))
    difficulties = _text(_("Difficulties"))
    proposals = _text(_("Proposals"))

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


class _Files(forms.ClearableFileInput):
    """A box that takes several files."""

    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Several files; each is checked as one."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(_FilesField, self).clean(file, initial) for file in data or [None]]


class EvidenceForm(FieldsForm):
    """Files to attach, chosen or taken with the camera; what each may be is decided from its content."""

    file = _FilesField(
        label=_("Choose files"),
        help_text=_(
            "PDF, Word (.docx), Excel (.xlsx), JPG or PNG, at most 20 MB each and 10 at a time. "
            "No citizens' ID numbers."
        ),
        max_length=255,
        allow_empty_file=True,  # the check of the content says so in its own words
        error_messages={"required": _("Choose a file first.")},
        widget=_Files(
            attrs={"accept": ",".join([*CONTENT_TYPES.values(), ".pdf", ".docx", ".xlsx", ".jpg", ".jpeg", ".png"])}
        ),
    )


class SheetForm(FieldsForm):
    """A filled-in sheet of a period."""

    file = forms.FileField(
        label=_("The filled-in sheet"),
        help_text=_("The .xlsx file downloaded here, at most 5 MB. Nothing is written unless all of it is right."),
        max_length=255,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )


class PasteForm(FieldsForm):
    """A column copied in Excel, and the box it starts at."""

    text = forms.CharField(
        label=_("The copied cells"),
        help_text=_(
            "One column goes down the page from the first box. Two columns – the target's code (or the unit's) and "
            "the value – go where the code says."
        ),
        max_length=LONGEST_PASTE,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "form-control font-monospace"}),
    )
    start = forms.IntegerField(required=False, min_value=0, max_value=2**62, widget=forms.HiddenInput)
