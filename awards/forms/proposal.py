"""The unit's proposal form."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Fieldset, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from awards.actions.proposals import ProposalData
from awards.enums import Gender, RecipientKind
from awards.models import AwardCategory, Proposal
from campaigns.forms.idempotency import FormKeyMixin

#: Characters; enough for ten pages.
LONGEST_REPORT = 20_000


def date_box(label: Any, *, required: bool = False) -> forms.DateField:
    """Return a day typed as dd/mm/yyyy."""
    attributes = {"inputmode": "numeric", "placeholder": "dd/mm/yyyy", "autocomplete": "off"}
    return forms.DateField(label=label, required=required, widget=forms.DateInput(attrs=attributes))


class ProposalForm(FormKeyMixin, forms.Form):
    """A recipient, the achievement report and the unit's own papers. No identity number, no bank data."""

    recipient_name = forms.CharField(label=_("Recipient's name"), max_length=200)
    position = forms.CharField(label=_("Position"), max_length=160, required=False)
    is_leader = forms.TypedChoiceField(
        label=_("Leader or direct worker"),
        choices=[("", "–"), ("no", _("Direct worker")), ("yes", _("Leader"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
    )
    gender = forms.ChoiceField(
        label=_("Gender (for statistics only)"), choices=[("", "–"), *Gender.choices], required=False
    )
    address = forms.CharField(label=_("Address of the household"), max_length=300, required=False)
    report = forms.CharField(
        label=_("Achievement report"),
        max_length=LONGEST_REPORT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("What was achieved in this campaign, with figures. Begin from the verified figures."),
    )
    report_confirmed_by = forms.CharField(
        label=_("Report confirmed by (head of the unit)"), max_length=120, required=False
    )
    request_number = forms.CharField(label=_("Number of the unit's request"), max_length=80, required=False)
    request_date = date_box(_("Date of the request"))
    minutes_number = forms.CharField(label=_("Number of the unit's minutes"), max_length=80, required=False)
    minutes_date = date_box(_("Date of the minutes"))
    justification = forms.CharField(
        label=_("Justification"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed where the recipient is not marked as eligible."),
    )
    version = forms.IntegerField(min_value=0, max_value=2_000_000_000, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, category: AwardCategory, proposal: Proposal | None = None, **kwargs: Any) -> None:
        if proposal is not None:
            kwargs.setdefault("initial", _initial(proposal))
        super().__init__(*args, **kwargs)
        kind = category.recipient_kind
        if kind != RecipientKind.INDIVIDUAL:
            for name in ("position", "is_leader", "gender"):
                del self.fields[name]
        if kind != RecipientKind.HOUSEHOLD:
            del self.fields["address"]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = self._layout(kind)

    def _layout(self, kind: str) -> Layout:
        person = ["recipient_name"]
        if kind == RecipientKind.INDIVIDUAL:
            person += [Row(Column("position"), Column("is_leader"), Column("gender"))]
        if kind == RecipientKind.HOUSEHOLD:
            person += ["address"]
        return Layout(
            "form_key",
            "version",
            Fieldset(_("Recipient"), *person),
            Fieldset(_("Achievement"), "report", "report_confirmed_by"),
            Fieldset(
                _("The unit's own papers"),
                HTML(""),
                Row(Column("request_number"), Column("request_date")),
                Row(Column("minutes_number"), Column("minutes_date")),
            ),
            Fieldset(_("Where not eligible"), "justification"),
        )

    def typed(self) -> ProposalData:
        """Return what was typed, for the action."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in ("form_key", "version")}
        return ProposalData(**values)


def _initial(proposal: Proposal) -> dict[str, Any]:
    names = [name for name in ProposalForm.base_fields if name not in ("form_key", "is_leader")]
    initial = {name: getattr(proposal, name) for name in names}
    initial["is_leader"] = {True: "yes", False: "no", None: ""}[proposal.is_leader]
    return initial


class StartForm(forms.Form):
    """Which unit proposes in which category."""

    def __init__(self, *args: Any, participants: Any, categories: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["participant"] = forms.ModelChoiceField(
            label=_("Proposing unit"), queryset=participants, empty_label=None
        )
        self.fields["category"] = forms.ModelChoiceField(label=_("Award"), queryset=categories, empty_label=None)
