"""The one custom field: decimals with a fixed number of places, stored as exact integers.

SQLite keeps DECIMAL columns as binary floats. Scores are contestable, so values, baselines, goals and
weights are stored as whole ten-thousandths (or hundredths) in a BIGINT, and are Decimals in Python.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class ScaledDecimalField(models.Field):
    """A Decimal with exactly ``places`` decimals kept as an integer number of 10**-places.

    ``max_digits`` counts all digits, as in DecimalField; a longer number is a validation error.
    In expressions the column *is* the scaled integer: use ``scaled("column")`` to compute with it.
    """

    description = _("Exact decimal number")
    default_error_messages = {
        "invalid": _("“%(value)s” is not a number."),
        "too_many_places": _("“%(value)s” has more than %(places)d decimals."),
        "too_large": _("“%(value)s” is too large: use a larger unit such as million or billion."),
    }

    def __init__(self, *args: Any, places: int = 4, max_digits: int = 13, **kwargs: Any) -> None:
        self.places, self.max_digits = places, max_digits
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, list(args), {**kwargs, "places": self.places, "max_digits": self.max_digits}

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def from_db_value(self, value: int | None, *_: object) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.places)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return Decimal(str(value))
        except InvalidOperation as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": value}) from error

    def get_prep_value(self, value: Any) -> int | None:
        number = self.to_python(super().get_prep_value(value))
        if number is None:
            return None
        scaled = number.scaleb(self.places)
        whole = scaled.to_integral_value(rounding=ROUND_HALF_UP)
        if whole != scaled:
            raise ValueError(f"{number} has more than {self.places} decimals")
        return int(whole)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return value if prepared else self.get_prep_value(value)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        if value is None:
            return
        if not value.is_finite():
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": value})
        if value != value.quantize(Decimal(1).scaleb(-self.places)):
            raise ValidationError(
                self.error_messages["too_many_places"],
                code="too_many_places",
                params={"value": value, "places": self.places},
            )
        if abs(value).scaleb(self.places) >= 10**self.max_digits:
            raise ValidationError(self.error_messages["too_large"], code="too_large", params={"value": value})

    def formfield(self, **kwargs: Any) -> Any:
        defaults = {
            "form_class": forms.DecimalField,
            "max_digits": self.max_digits,
            "decimal_places": self.places,
            "localize": True,
        }
        return super().formfield(**{**defaults, **kwargs})


def scaled(expression: str | models.Expression) -> models.ExpressionWrapper:
    """Return a ScaledDecimalField column as the plain integer it stores, for integer arithmetic in SQL."""
    wrapped = models.F(expression) if isinstance(expression, str) else expression
    return models.ExpressionWrapper(wrapped, output_field=models.BigIntegerField())
