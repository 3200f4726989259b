"""The sandbox of a policy: weights, caps, floors and thresholds to try. Nothing of it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from campaigns.display import number
from campaigns.models import Area, Campaign, Indicator
from scoring.policy import TERMS, Policy

_HUNDRED = Decimal(100)


class WhatIfForm(forms.Form):
    """Policy figures in points, weights as they stand in the plan; an empty box keeps what the plan says."""

    def __init__(
        self, *args: Any, campaign: Campaign, areas: Sequence[Area], indicators: Sequence[Indicator], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.campaign, self.areas, self.indicators = campaign, areas, indicators
        for name in TERMS:
            label = str(campaign._meta.get_field(name).verbose_name).capitalize()  # type: ignore[union-attr]  # a column
            self.fields[name] = _box(label, Decimal(getattr(campaign, name)) / _HUNDRED, least=0, most=1000)
        for area in areas:
            self.fields[f"w{area.number}"] = _box(f"{area.number}. {area.name}", area.weight)
        for one in indicators:
            self.fields[f"i{one.pk}"] = _box(f"{one.code} · {one.name}", one.weight)

    def clean(self) -> dict[str, Any]:
        """Refuse what a campaign's own policy could not be."""
        data = super().clean() or {}
        figures = {name: self._term(data, name) for name in TERMS}
        if not figures["completed_from_bp"] <= figures["good_from_bp"] <= figures["excellent_from_bp"]:
            self.add_error("completed_from_bp", _("The bands must not cross: completed ≤ good ≤ excellent."))
        if figures["late_milestone_bp"] >= 10000:
            self.add_error("late_milestone_bp", _("A late milestone counts less than 100 points."))
        if figures["cap_bp"] < 1:
            self.add_error("cap_bp", _("The cap must be above 0."))
        return data

    def _term(self, data: dict[str, Any], name: str) -> int:
        value = data.get(name)
        return int(getattr(self.campaign, name)) if value is None else int(value * _HUNDRED)

    def policy(self) -> Policy:
        """Return the whole policy that is tried: the plan's own with what was changed."""
        data = self.cleaned_data

        def weight(name: str, stored: Decimal) -> int:
            value = data.get(name)
            return int((stored if value is None else value) * _HUNDRED)

        return Policy(
            terms={name: self._term(data, name) for name in TERMS},
            area_weights={area.number: weight(f"w{area.number}", area.weight) for area in self.areas},
            indicator_weights={one.code: weight(f"i{one.pk}", one.weight) for one in self.indicators},
        )

    @property
    def terms(self) -> list[BoundField]:
        return [self[name] for name in TERMS]

    @property
    def area_boxes(self) -> list[BoundField]:
        return [self[f"w{area.number}"] for area in self.areas]

    @property
    def indicator_boxes(self) -> list[BoundField]:
        return [self[f"i{one.pk}"] for one in self.indicators]


def _box(
    label: str, initial: Decimal, *, least: Decimal | int = Decimal("0.01"), most: int = 1000
) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        initial=initial,
        required=False,
        localize=True,
        min_value=least,
        max_value=most,
        max_digits=6,
        decimal_places=2,
        widget=forms.TextInput(
            attrs={"inputmode": "decimal", "class": "form-control number", "placeholder": number(initial)}
        ),
    )
