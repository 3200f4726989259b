"""Kinds of columns: how a cell of each is read, checked and written back.

``read`` takes a cell as the file holds it and returns the value in the form the models hold, or raises
Refused with the mend. ``write`` is its inverse: reading what was written gives the same value.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from campaigns.calendar import LOCAL

from .cells import Cell, Odd

YES, NO, NOTHING = "có", "không", "không phát sinh"
_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", re.ASCII)
_MOMENT = re.compile(r"([0-9]{1,2}/[0-9]{1,2}/[0-9]{4})\s+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1945, 2199
# Directional marks and invisible characters that can make one text look like another; line breaks and tabs stay.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
)


class Refused(ValueError):
    """A cell's value is not taken; the text is the mend."""


def clean(text: str) -> str:
    """Return text as it is stored: NFC, trimmed, one kind of line break, no control or directional characters."""
    plain = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_\n", "\n"))
    return unicodedata.normalize("NFC", plain).strip()


def caseless(text: str) -> str:
    """Return text as headers, sheet names and fixed choices are compared."""
    return " ".join(clean(text).casefold().split())


def shown(cell: Cell | None) -> str:
    """Return a cell as an error line quotes it."""
    if isinstance(cell, Odd):
        return cell.shown
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, dt.datetime):
        return cell.strftime("%d/%m/%Y" if cell.time() == dt.time() else "%d/%m/%Y %H:%M:%S")
    if isinstance(cell, float):
        return str(shortest(cell)).replace(".", ",")
    return "" if cell is None else str(cell)


def shortest(number: int | float) -> Decimal:
    """Return the shortest decimal that names the number, without exponent."""
    return Decimal(f"{Decimal(repr(number)):f}")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its header, the name of its value, and whether a row must have it."""

    header: str
    key: str
    required: bool = False
    default: Any = None  # of a new row where the cell is empty
    example: Any = None  # of the template's example row, in the form ``read`` returns

    def read(self, cell: Cell) -> Any:
        """Return the cell's value; None for an empty one. Raises Refused."""
        if isinstance(cell, str):
            cell = clean(cell)
            if not cell:
                return None
        if isinstance(cell, Odd):
            self._refuse_odd(cell)
        return self.parse(cell)

    def parse(self, cell: Cell) -> Any:
        """Return the value of a cell that is not empty and not odd. Raises Refused."""
        raise NotImplementedError

    def write(self, value: Any) -> Any:
        """Return what goes into the file for a value: text, number, date or None."""
        return value

    def hint(self) -> str:
        """Return what the template says about the column."""
        raise NotImplementedError

    def choices(self) -> list[str]:
        """Return the fixed choices of a drop-down list, if the column has any."""
        return []

    def _refuse_odd(self, cell: Odd) -> None:
        match cell.kind:
            case "error":
                raise Refused(_("The cell shows an error of Excel; type the value itself."))
            case "formula":
                raise Refused(
                    _("The formula has no stored result; open the file in Excel and save it, or type the value.")
                )
            case "percent":
                raise Refused(
                    _("The cell is formatted as a percentage; format it as a number and type the figure, as 95,5.")
                )
            case "damaged":
                raise Refused(_("The cell does not hold a number."))
        raise Refused(_("The cell holds a time or a date that does not exist; type dd/mm/yyyy as text."))


@dataclass(frozen=True, kw_only=True)
class Text(Column):
    """Free text, or a code: NFC, trimmed, compared exactly."""

    longest: int = 5000
    default: Any = ""
    lines: bool = False  # whether line breaks are kept

    def parse(self, cell: Cell) -> str:
        if isinstance(cell, bool | dt.datetime):
            raise Refused(_("Excel made a date or TRUE/FALSE of this text; format the cell as text, then type again."))
        text = cell if isinstance(cell, str) else str(shortest(cell))  # type: ignore[arg-type]  # a number
        if not self.lines:
            text = " ".join(text.split("\n")) if "\n" in text else text
        if len(text) > self.longest:
            raise Refused(_("The text is longer than %(longest)d characters.") % {"longest": self.longest})
        return text

    def write(self, value: Any) -> Any:
        text = clean(value or "")
        if not self.lines:
            text = " ".join(text.split("\n"))
        return text or None

    def hint(self) -> str:
        return _("text, at most %(longest)d characters") % {"longest": self.longest}


def _date(day: str, month: str, year: str) -> dt.date:
    try:
        found = dt.date(int(year), int(month), int(day))
    except ValueError as error:
        raise Refused(_("There is no such day; write dd/mm/yyyy.")) from error
    return _in_range(found)


def _in_range(day: dt.date) -> dt.date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise Refused(
            _("The year must lie between %(first)d and %(last)d.") % {"first": _FIRST_YEAR, "last": _LAST_YEAR}
        )
    return day


@dataclass(frozen=True, kw_only=True)
class Date(Column):
    """A local day: an Excel date, or dd/mm/yyyy."""

    def parse(self, cell: Cell) -> dt.date:
        if isinstance(cell, dt.datetime):
            if cell.time() != dt.time():
                raise Refused(_("Only a date belongs here, without a time."))
            return _in_range(cell.date())
        match = _DATE.fullmatch(cell) if isinstance(cell, str) else None
        if match is None:
            raise Refused(_("This is not a date. Write dd/mm/yyyy or use an Excel date."))
        return _date(*match.groups())

    def hint(self) -> str:
        return _("date, dd/mm/yyyy")


@dataclass(frozen=True, kw_only=True)
class Moment(Column):
    """A local date and time, to the second; held as an aware moment."""

    def parse(self, cell: Cell) -> dt.datetime:
        if isinstance(cell, dt.datetime):
            _in_range(cell.date())
            return cell.replace(tzinfo=LOCAL)
        match = _MOMENT.fullmatch(cell) if isinstance(cell, str) else None
        if match is None:
            raise Refused(_("This is not a date and time. Write dd/mm/yyyy hh:mm or use an Excel date."))
        day = _date(*match[1].split("/"))
        try:
            return dt.datetime.combine(day, dt.time(int(match[2]), int(match[3]), int(match[4] or 0)), LOCAL)
        except ValueError as error:
            raise Refused(_("There is no such time of day; write hh:mm or hh:mm:ss.")) from error

    def write(self, value: Any) -> Any:
        return None if value is None else value.astimezone(LOCAL).replace(tzinfo=None, microsecond=0)

    def hint(self) -> str:
        return _("date and time, dd/mm/yyyy hh:mm")


@dataclass(frozen=True, kw_only=True)
class YesNo(Column):
    """có or không; a new row's empty cell means ``default``."""

    default: Any = True

    def read(self, cell: Cell) -> Any:
        found = super().read(cell)
        return self.default if found is None else found

    def parse(self, cell: Cell) -> bool:
        if isinstance(cell, bool):
            return cell
        answer = {YES: True, NO: False}.get(caseless(cell)) if isinstance(cell, str) else None
        if answer is None:
            raise Refused(_("Write “%(yes)s” or “%(no)s”.") % {"yes": YES, "no": NO})
        return answer

    def write(self, value: Any) -> Any:
        return YES if value else NO

    def hint(self) -> str:
        return _("%(yes)s or %(no)s; empty means %(default)s") % {
            "yes": YES,
            "no": NO,
            "default": YES if self.default else NO,
        }

    def choices(self) -> list[str]:
        return [YES, NO]


@dataclass(frozen=True, kw_only=True)
class Choice(Column):
    """One of a few fixed words, compared without regard to case."""

    words: Mapping[str, Any]  # the word as the workbook writes it → the value

    def parse(self, cell: Cell) -> Any:
        word = caseless(cell) if isinstance(cell, str) else ""
        for text, value in self.words.items():
            if caseless(text) == word:
                return value
        raise Refused(_("Choose one of: %(choices)s.") % {"choices": "; ".join(self.words)})

    def write(self, value: Any) -> Any:
        return next((text for text, known in self.words.items() if known == value), None)

    def hint(self) -> str:
        return _("one of: %(choices)s") % {"choices": "; ".join(self.words)}

    def choices(self) -> list[str]:
        return list(self.words)
