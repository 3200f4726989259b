"""Columns of numbers: exact, whole, in points, or a value that may say that there was nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from campaigns.display import input_number
from campaigns.numbers import NumberProblem, check_number, read_number
from campaigns.wording import number_problem

from .cells import Cell
from .columns import NOTHING, Column, Refused, caseless, shortest, shown


@dataclass(frozen=True, kw_only=True)
class Number(Column):
    """An exact number with at most ``places`` decimals."""

    places: int = 4
    max_digits: int = 13
    above: Decimal | None = None  # the number is greater than this
    lowest: Decimal | None = None
    highest: Decimal | None = None

    def parse(self, cell: Cell) -> Any:
        if isinstance(cell, dt.datetime):
            raise Refused(_("Excel made a date of this number; format the cell as a number and type it again."))
        if isinstance(cell, bool):
            raise Refused(_("This is not a number. Write it like 1236,83 or 1.236,83."))
        try:
            if isinstance(cell, str):
                number = read_number(cell, places=self.places, max_digits=self.max_digits)
            else:
                number = check_number(
                    shortest(cell),  # type: ignore[arg-type]  # a number by now
                    text=shown(cell),
                    places=self.places,
                    max_digits=self.max_digits,
                )
        except NumberProblem as problem:
            raise Refused(number_problem(problem)) from problem
        self._check_range(number)
        return number

    def _check_range(self, number: Decimal) -> None:
        too_low = self.lowest is not None and number < self.lowest
        if too_low or (self.above is not None and number <= self.above):
            if self.above is not None:
                raise Refused(_("The number must be above %(limit)s.") % {"limit": input_number(self.above)})
            raise Refused(_("The number must be at least %(limit)s.") % {"limit": input_number(self.lowest)})
        if self.highest is not None and number > self.highest:
            raise Refused(_("The number must be at most %(limit)s.") % {"limit": input_number(self.highest)})

    def write(self, value: Any) -> Any:
        return None if value is None else Decimal(value)

    def hint(self) -> str:
        return _("number, at most %(places)d decimals") % {"places": self.places}


@dataclass(frozen=True, kw_only=True)
class Whole(Number):
    """A whole number."""

    places: int = 0
    max_digits: int = 9

    def parse(self, cell: Cell) -> int:
        return int(super().parse(cell))

    def hint(self) -> str:
        return _("whole number")


@dataclass(frozen=True, kw_only=True)
class Points(Number):
    """Points or percent with at most 2 decimals, held as basis points (1 point = 1 % = 100 bp)."""

    places: int = 2
    max_digits: int = 9

    def parse(self, cell: Cell) -> int:
        return int(super().parse(cell).scaleb(2))

    def write(self, value: Any) -> Any:
        return None if value is None else Decimal(value).scaleb(-2)

    def hint(self) -> str:
        return _("points or percent, at most 2 decimals")


@dataclass(frozen=True, kw_only=True)
class Value(Number):
    """A reported value: a number, or NOTHING for the statement "không phát sinh"."""

    def parse(self, cell: Cell) -> Any:
        if isinstance(cell, str) and caseless(cell) == NOTHING:
            return NOTHING
        return super().parse(cell)

    def write(self, value: Any) -> Any:
        return value if value == NOTHING else super().write(value)

    def hint(self) -> str:
        return _("number, at most 4 decimals, or “%(nothing)s”") % {"nothing": NOTHING}
