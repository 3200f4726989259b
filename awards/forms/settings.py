"""The forms of what staff set: a criterion composed part by part, and the copy of an earlier campaign's awards."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from awards.eligibility import RuleError
from awards.enums import RuleKind
from awards.models import AwardCategory, EligibilityRule
from awards.rule_parts import PARTS, Parts, codes_in, params_from, parts_of
from awards.wording import rule_sentence
from campaigns.actions.records import digest_of_record
from campaigns.forms.boxes import DayBox, NumberBox
from campaigns.forms.idempotency import FormKeyMixin
from campaigns.models import Area, Campaign, Indicator
from scoring.enums import ScoreClass

_PROBLEMS = {
    "figure": _("This kind of rule needs one figure in its range, or takes none."),
    "area": _("Only a rule on content areas names one; leave it empty for every applicable area."),
    "codes": _("This kind of rule needs indicator codes, or takes none."),
    "score_class": _("This kind of rule needs a class, or takes none."),
    "day": _("This kind of rule needs a day, or takes none."),
}
#: What a form is sent with to be looked at instead of saved.
PREVIEW = "_preview"
_PART_FIELDS = ("figure", "area", "codes", "score_class", "day")


class RuleForm(forms.ModelForm):
    """Writes ``params`` from what a person fills in.

    Sent with ``_preview`` it is checked and never valid: the page comes back with what saving would change.
    """

    figure = NumberBox(
        label=_("Figure"), places=2, max_digits=9, required=False, help_text=_("Points, percent, a rank or a count.")
    )
    area = forms.IntegerField(
        label=_("Content area"),
        min_value=1,
        max_value=999,
        required=False,
        help_text=_("Its number in the plan; empty: every applicable area."),
    )
    codes = forms.CharField(
        label=_("Indicator codes"), max_length=1000, required=False, help_text=_("Divided by commas.")
    )
    score_class = forms.ChoiceField(label=_("Class"), choices=[("", "–"), *ScoreClass.choices], required=False)
    day = DayBox(label=_("Day"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    class Meta:
        model = EligibilityRule
        fields = (
            "category", "kind", "for_ranked", "for_supporting", "for_individuals",
            "valid_from", "valid_to", "position",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "category" in self.fields:
            category: Any = self.fields["category"]
            category.queryset = AwardCategory.objects.select_related("campaign").order_by("-campaign", "position", "pk")
            category.label_from_instance = lambda row: f"{row.name} · {row.campaign.code}"
        if "kind" in self.fields:
            self.fields["kind"].widget.attrs["data-rule-kind"] = ""
        if self.instance.pk:
            parts = parts_of(RuleKind(self.instance.kind), self.instance.params)
            self.initial.update(
                figure=parts.figure,
                area=parts.area,
                codes=", ".join(parts.codes),
                score_class=parts.score_class,
                day=parts.day,
                seen=digest_of_record(self.instance),
            )

    def clean(self) -> dict[str, Any]:
        """Put the parts together; say which one does not fit the kind, and what the campaign does not have."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("kind") or any(name in self.errors for name in _PART_FIELDS):
            return cleaned
        parts = Parts(
            cleaned.get("figure"),
            cleaned.get("area"),
            codes_in(cleaned.get("codes", "")),
            cleaned.get("score_class", ""),
            cleaned.get("day"),
        )
        try:
            self.instance.params = params_from(RuleKind(cleaned["kind"]), parts)
        except RuleError as error:
            self.add_error(str(error), _PROBLEMS[str(error)])
        else:
            self._check_campaign(cleaned.get("category"), parts)
        return cleaned

    def _check_campaign(self, category: AwardCategory | None, parts: Parts) -> None:
        """A rule on what the campaign does not have would read "not applicable" for everybody: a slip of the pen."""
        if category is None:
            return
        if parts.codes:
            known = Indicator.objects.filter(campaign=category.campaign_id, code__in=parts.codes)
            unknown = set(parts.codes) - set(known.values_list("code", flat=True))
            if unknown:
                words = _("The campaign has no indicator %(codes)s.") % {"codes": ", ".join(sorted(unknown))}
                self.add_error("codes", words)
        if parts.area is not None:
            areas = Area.objects.filter(campaign=category.campaign_id, number=parts.area, is_active=True)
            if not areas.exists():
                self.add_error("area", _("The campaign has no active content area %(area)s.") % {"area": parts.area})

    def is_valid(self) -> bool:
        return super().is_valid() and PREVIEW not in self.data

    @property
    def composed(self) -> str:
        """Return the rule typed so far as a sentence; empty while a part is missing or wrong."""
        if not self.is_bound:
            return rule_sentence(self.instance.kind, self.instance.params) if self.instance.pk else ""
        wrong = any(name in self.errors for name in ("kind", *_PART_FIELDS))
        return "" if wrong else rule_sentence(self.instance.kind, self.instance.params)

    @property
    def problems(self) -> list[str]:
        """Return what is missing for a sentence."""
        return [str(words) for name in ("kind", *_PART_FIELDS) for words in self.errors.get(name, [])]


def asked_parts() -> list[tuple[str, str]]:
    """Return each kind of rule with the parts it asks for, for the page that hides the others."""
    return [(kind.value, " ".join(PARTS[kind])) for kind in RuleKind]


class CopyForm(FormKeyMixin, forms.Form):
    """From which campaign to which the awards are copied."""

    source = forms.ModelChoiceField(label=_("From the campaign"), queryset=Campaign.objects.none())
    target = forms.ModelChoiceField(label=_("Into the campaign"), queryset=Campaign.objects.none())

    def __init__(self, *args: Any, campaigns: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("source", "target"):
            self.fields[name].queryset = campaigns  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean(self) -> dict[str, Any]:
        """The two are different ones."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("source") and cleaned.get("source") == cleaned.get("target"):
            self.add_error("target", _("Choose another campaign than the one that is copied."))
        return cleaned
