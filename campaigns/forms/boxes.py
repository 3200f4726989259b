"""Boxes for what people type the Vietnamese way: numbers, whole numbers, days."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.display import input_number, number
from campaigns.numbers import NumberProblem, read_number
from campaigns.wording import number_problem

_WHOLE = re.compile(r"([-−]?)([0-9]+|[0-9]{1,3}(?:[. \u00a0][0-9]{3})+)\s*(?:đ|đồng)?", re.IGNORECASE)


class NumberBox(forms.CharField):
    """A number the Vietnamese way; empty is None."""

    widget = forms.TextInput({"inputmode": "decimal", "class": "number", "autocomplete": "off"})

    def __init__(self, *, places: int = 4, max_digits: int = 13, **options: Any) -> None:
        super().__init__(**options)
        self.places, self.max_digits = places, max_digits

    def prepare_value(self, value: Any) -> Any:
        return input_number(value) if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "")

    def clean(self, value: object) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_number(text, places=self.places, max_digits=self.max_digits)
        except NumberProblem as problem:
            raise forms.ValidationError(number_problem(problem), code="number") from problem


class DayBox(forms.DateField):
    """A day as dd/mm/yyyy."""

    widget = forms.DateInput({"placeholder": "dd/mm/yyyy", "inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, **options: object) -> None:
        options.setdefault("localize", True)
        super().__init__(**options)  # type: ignore[arg-type]  # passed through


class WholeBox(forms.IntegerField):
    """A whole number or an amount in đồng: ``760.000``, ``760 000`` and ``760000`` are one.

    Django's own field reads ``760.000`` as 760.
    """

    widget = forms.TextInput({"inputmode": "numeric", "class": "number", "autocomplete": "off"})
    default_error_messages = {"invalid": _("Enter a whole number, such as 1520000 or 1.520.000.")}

    def prepare_value(self, value: Any) -> Any:
        return number(value).replace("−", "-") if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values or isinstance(value, int):
            return None if value in self.empty_values else int(value)
        found = _WHOLE.fullmatch(str(value).strip())
        if found is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        digits = re.sub(r"[^0-9]", "", found[2])
        if len(digits) > 18:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return -int(digits) if found[1] else int(digits)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except forms.ValidationError:
            return True
