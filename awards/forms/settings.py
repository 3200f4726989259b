"""The criterion's form: one figure, an area, indicators, a class or a day, by the kind of rule."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from awards.eligibility import RuleError
from awards.enums import RuleKind
from awards.models import EligibilityRule
from awards.rule_parts import Parts, codes_in, params_from, parts_of
from campaigns.actions.records import digest_of_record
from campaigns.forms.verification import DayBox, NumberBox
from scoring.enums import ScoreClass

_PROBLEMS = {
    "figure": _("This kind of rule needs one figure in its range, or takes none."),
    "area": _("Only a rule on content areas names one; leave it empty for every applicable area."),
    "codes": _("This kind of rule needs indicator codes, or takes none."),
    "score_class": _("This kind of rule needs a class, or takes none."),
    "day": _("This kind of rule needs a day, or takes none."),
}


class RuleForm(forms.ModelForm):
    """Writes ``params`` from what a person fills in."""

    figure = NumberBox(
        label=_("Figure"), places=2, max_digits=9, required=False, help_text=_("Points, percent, a rank or a count.")
    )
    area = forms.IntegerField(label=_("Content area"), min_value=1, max_value=999, required=False)
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
        """Put the parts together; say which one does not fit the kind."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("kind") or self.errors:
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
        return cleaned
