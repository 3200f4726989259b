"""Small forms of the later steps: reasons, submissions, decisions, issue."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from awards.actions.issue import SignedDecision
from awards.enums import DuplicateFinding, FundKind, ReturnStep, Verdict
from awards.quick_reasons import QUICK_REASONS
from campaigns.forms.boxes import WholeBox
from campaigns.forms.idempotency import FormKeyMixin

from .proposal import date_box


class ReasonForm(forms.Form):
    """A reason in writing; the step says whether it is needed."""

    reason = forms.CharField(
        label=_("Reason"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    not_duplicates_because = forms.CharField(
        label=_("Not a duplicate because"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class AlikeForm(forms.Form):
    """What was found on one name alike: another proposal, or a row of the earlier register."""

    finding = forms.ChoiceField(choices=DuplicateFinding.choices)
    reason = forms.CharField(max_length=1000)
    other = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    earlier = forms.IntegerField(min_value=1, max_value=2**62, required=False)


class DossierForm(forms.Form):
    """A submission begun: its title and its proposals."""

    title = forms.CharField(label=_("Title"), max_length=300)
    note = forms.CharField(
        label=_("Note to the chairman"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    proposals = forms.TypedMultipleChoiceField(label=_("Award proposals"), coerce=int)

    def __init__(self, *args: Any, ready: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proposals"].choices = ready  # type: ignore[attr-defined]  # a choice field


class PresentForm(forms.Form):
    """The submission's number and date."""

    number = forms.CharField(label=_("Number"), max_length=80)
    dated = date_box(_("Date"), required=True)


class DecisionForm(FormKeyMixin, forms.Form):
    """One verdict on what was shown."""

    verdict = forms.ChoiceField(choices=[(v, v.label) for v in (Verdict.APPROVE, Verdict.REJECT, Verdict.RETURN)])
    seen = forms.RegexField(r"^[0-9a-f]{64}$")
    reason = forms.CharField(max_length=2000, required=False)
    return_step = forms.ChoiceField(choices=[("", ""), *ReturnStep.choices], required=False)
    quick = forms.ChoiceField(choices=[("", ""), *((code, code) for code in QUICK_REASONS)], required=False)

    def clean(self) -> dict[str, Any]:
        """A quick choice is the reason, before what was typed; of a return it names the step too."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        quick = QUICK_REASONS.get(cleaned.get("quick", ""))
        if quick is not None and quick.verdict != cleaned.get("verdict"):
            self.add_error("quick", _("This form is out of date. Open the page again."))
        elif quick is not None:
            cleaned["reason"] = f"{quick.sentence()} {cleaned.get('reason', '')}".strip()
            cleaned["return_step"] = quick.step or ""
        return cleaned


class IssueForm(forms.Form):
    """The signed decision's number, date and signer, and the proposals it is for."""

    number = forms.CharField(label=_("Decision number"), max_length=80)
    signed_on = date_box(_("Date of the decision"), required=True)
    signer_name = forms.CharField(label=_("Signer"), max_length=120)
    signer_title = forms.CharField(label=_("Signer's title"), max_length=160)
    proposals = forms.TypedMultipleChoiceField(label=_("Award proposals"), coerce=int)

    def __init__(self, *args: Any, ready: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proposals"].choices = ready  # type: ignore[attr-defined]  # a choice field

    def signed(self) -> SignedDecision:
        """Return the decision, for the action."""
        names = ("number", "signed_on", "signer_name", "signer_title")
        return SignedDecision(**{name: self.cleaned_data[name] for name in names})


class RevokeForm(forms.Form):
    """The document that revokes an award, and money that came back."""

    document_number = forms.CharField(label=_("Document number"), max_length=80)
    revoked_on = date_box(_("Revoked on"), required=True)
    recovered = WholeBox(label=_("Money recovered (đ)"), min_value=0, max_value=10**12, required=False, initial=0)
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class RecoveryForm(forms.Form):
    """Money of a revoked award that came back."""

    amount = WholeBox(label=_("Money recovered (đ)"), min_value=1, max_value=10**12)
    day = date_box(_("Day"), required=True)
    document_number = forms.CharField(label=_("Document number"), max_length=80)


class FundForm(forms.Form):
    """A movement that staff enter: what comes into the fund, or a correction."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind, kind.label) for kind in (FundKind.ALLOCATION, FundKind.OPENING, FundKind.CORRECTION)],
    )
    amount = WholeBox(
        label=_("Amount (đ)"),
        min_value=-(10**12),
        max_value=10**12,
        help_text=_("Positive: into the fund; negative: out of it (corrections only)."),
    )
    day = date_box(_("Day"), required=True)
    document_number = forms.CharField(label=_("Document number"), max_length=80)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """Only a correction takes money out."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        amount = cleaned.get("amount")
        if amount is not None and (amount == 0 or (amount < 0 and cleaned.get("kind") != FundKind.CORRECTION)):
            self.add_error("amount", _("Enter an amount above zero; only a correction takes money out."))
        return cleaned
