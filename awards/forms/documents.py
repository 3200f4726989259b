"""Forms of documents: golden-book numbers, templates, the layout of certificates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from awards.documents.certificates import BOXES, Blank, Box
from awards.documents.kinds import KINDS
from awards.documents.layouts import BODY_SIZES, Layout
from awards.enums import DocumentKind
from campaigns.forms.boxes import NumberBox, WholeBox
from campaigns.vietnamese import normalise


class NumbersForm(forms.Form):
    """The first golden-book number to give."""

    first = WholeBox(
        label=_("First golden-book number"),
        min_value=1,
        max_value=9_999_999,
        help_text=_("Awards without a number get theirs from here on, in the order of the list."),
    )


class TemplateForm(forms.Form):
    """A .docx of one's own for one kind of document."""

    kind = forms.ChoiceField(label=_("Document"), choices=lambda: [(kind, DocumentKind(kind).label) for kind in KINDS])
    name = forms.CharField(label=_("Name"), max_length=200)
    form_number = forms.CharField(label=_("Form number"), max_length=40, required=False)
    file = forms.FileField(label=_("Word file (.docx)"), widget=forms.FileInput({"accept": ".docx"}))


class LayoutForm(forms.Form):
    """What is set for the portal's own layout of a document: a new version of it."""

    symbol = forms.CharField(label=_("Symbol after the number"), max_length=40, required=False)
    titles = forms.CharField(
        label=_("Titles over the signature, one a line"),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Empty: found from who decides."),
    )
    signer_name = forms.CharField(label=_("Signer's name"), max_length=120, required=False)
    recipients = forms.CharField(
        label=_("Recipients (Nơi nhận), one a line"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 5}),
    )
    body_size = forms.TypedChoiceField(
        label=_("Size of the body"), choices=[(size, f"{size} pt") for size in BODY_SIZES], coerce=int
    )
    form_number = forms.CharField(label=_("Form number"), max_length=40, required=False)

    def __init__(self, data: Any = None, *, layout: Layout) -> None:
        initial = {
            "symbol": layout.symbol,
            "titles": "\n".join(layout.titles),
            "signer_name": layout.signer_name,
            "recipients": "\n".join(layout.recipients),
            "body_size": layout.body_size,
            "form_number": layout.form_number,
        }
        super().__init__(data, initial=initial)

    def layout(self) -> dict[str, Any]:
        """Return what was set, as it is kept."""
        typed = self.cleaned_data
        return {
            "symbol": normalise(typed["symbol"]),
            "titles": _lines(typed["titles"]),
            "signer_name": normalise(typed["signer_name"]),
            "recipients": _lines(typed["recipients"]),
            "body_size": typed["body_size"],
        }


def _lines(text: str) -> list[str]:
    return [normalise(line) for line in text.splitlines() if line.strip()]


class BoxForm(forms.Form):
    """One box of a certificate."""

    shown = forms.BooleanField(label=_("Printed"), required=False)
    x = NumberBox(label=_("Left (mm)"), places=1, max_digits=5, max_length=8)
    y = NumberBox(label=_("Top (mm)"), places=1, max_digits=5, max_length=8)
    width = NumberBox(label=_("Width (mm)"), places=1, max_digits=5, max_length=8)
    size = NumberBox(label=_("Size (pt)"), places=1, max_digits=4, max_length=6)
    align = forms.ChoiceField(
        label=_("Alignment"),
        choices=[("left", _("Left")), ("centre", _("Centred")), ("right", _("Right"))],
    )
    bold = forms.BooleanField(label=_("Bold"), required=False)
    italic = forms.BooleanField(label=_("Italic"), required=False)

    def clean_size(self) -> Decimal:
        return _between(self.cleaned_data["size"], 6, 120)

    def box(self) -> Box:
        """Return the box that was typed."""
        typed = self.cleaned_data
        figures = {name: float(typed[name]) for name in ("x", "y", "width", "size")}
        return Box(**figures, align=typed["align"], bold=typed["bold"], italic=typed["italic"], shown=typed["shown"])


class PaperForm(forms.Form):
    """The blank's own size."""

    name = forms.CharField(label=_("Name"), max_length=200, initial=_("Certificate blank"))
    width_mm = NumberBox(label=_("Width of the blank (mm)"), places=1, max_digits=5, max_length=8)
    height_mm = NumberBox(label=_("Height of the blank (mm)"), places=1, max_digits=5, max_length=8)

    def clean_width_mm(self) -> Decimal:
        return _between(self.cleaned_data["width_mm"], 50, 600)

    def clean_height_mm(self) -> Decimal:
        return _between(self.cleaned_data["height_mm"], 50, 600)


def _between(value: Decimal, low: int, high: int) -> Decimal:
    if not low <= value <= high:
        raise forms.ValidationError(_("Enter a figure from %(low)s to %(high)s.") % {"low": low, "high": high})
    return value


class BlankForms:
    """The forms of a blank together: its paper, and a row a box."""

    def __init__(self, blank: Blank, data: Any = None) -> None:
        self.paper = PaperForm(
            data, initial={"width_mm": _figure(blank.width_mm), "height_mm": _figure(blank.height_mm)}
        )
        self.rows = [
            (BOXES[name][0], BoxForm(data, prefix=name, initial=_initial(box))) for name, box in blank.boxes.items()
        ]

    def is_valid(self) -> bool:
        return all([self.paper.is_valid(), *(form.is_valid() for _label, form in self.rows)])

    def blank(self) -> Blank:
        """Return the blank that was typed."""
        typed = self.paper.cleaned_data
        boxes = {str(form.prefix): form.box() for _label, form in self.rows}
        return Blank(float(typed["width_mm"]), float(typed["height_mm"]), boxes)


def _initial(box: Box) -> dict[str, Any]:
    return {**vars(box), **{name: _figure(getattr(box, name)) for name in ("x", "y", "width", "size")}}


def _figure(value: float) -> Decimal:
    return Decimal(str(value))
