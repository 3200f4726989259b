"""The cells of an .xlsx file, row by row while they stream by.

They are checked against the limits by their own coordinates, so a far cell or a lying dimension costs nothing.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .package import RawBook, RawSheet
from .problems import refuse
from .xml_parts import PartParser, chunks

MOST_ROWS = 60_000  # below the header row
MOST_COLUMNS = 60
_COORDINATE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}", re.ASCII)


@dataclass(frozen=True)
class Odd:
    """A cell that is neither text, number, yes/no nor date."""

    kind: str  # error, formula (never computed), percent (a number shown as %), time, date (out of range), damaged
    shown: str


Cell = str | int | float | bool | dt.datetime | Odd


def rows_of(book: RawBook, sheet: RawSheet) -> Iterator[tuple[int, dict[int, Cell]]]:
    """Yield (row number, cells by column number from 1) of the rows that hold something, in order.

    Raises WorkbookRefused at the first cell beyond the limits and for a damaged part.
    """
    parser = _SheetParser(book, sheet)
    for chunk in chunks(book.archive, sheet.part):
        parser.feed(chunk)
        yield from parser.take()
    parser.close()
    yield from parser.take()


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


class _SheetParser(PartParser):
    """Turns a worksheet's XML into rows; keeps no more than a chunk's rows."""

    def __init__(self, book: RawBook, sheet: RawSheet) -> None:
        super().__init__(sheet.part)
        self.book, self.sheet = book, sheet
        self.done: list[tuple[int, dict[int, Cell]]] = []
        self.row: dict[int, Cell] = {}
        self.row_number = self.last_row = self.column = 0
        self.kind, self.style = "n", 0
        self.value: list[str] = []
        self.reading = self.has_formula = self.in_hint = self.has_value = False
        self.in_data = False

    def take(self) -> list[tuple[int, dict[int, Cell]]]:
        done, self.done = self.done, []
        return done

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c" and self.in_data:
            self._start_cell(attributes)
        elif name == "v" or (name == "t" and self.kind == "inlineStr" and not self.in_hint):
            self.reading = self.has_value = True
        elif name == "f":
            self.has_formula = True
        elif name == "row" and self.in_data:
            self._start_row(attributes)
        elif name == "rPh":
            self.in_hint = True
        elif name == "sheetData":
            self.in_data = True
        elif name == "mergeCell" and len(self.sheet.merged) < 100:
            self.sheet.merged.append(attributes.get("ref", ""))

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self.reading = False
        elif name == "c" and self.in_data:
            self._end_cell()
        elif name == "row" and self.in_data:
            if self.row:
                self.done.append((self.row_number, self.row))
        elif name == "rPh":
            self.in_hint = False
        elif name == "sheetData":
            self.in_data = False

    def text(self, data: str) -> None:
        if self.reading:
            self.value.append(data)

    def _start_row(self, attributes: dict[str, str]) -> None:
        self.row_number = int(attributes.get("r", self.last_row + 1))
        if self.row_number <= self.last_row:
            raise ValueError("rows out of order")
        self.last_row, self.column, self.row = self.row_number, 0, {}

    def _start_cell(self, attributes: dict[str, str]) -> None:
        coordinate = attributes.get("r")
        if coordinate is None:
            column, row = self.column + 1, self.row_number
        else:
            match = _COORDINATE.fullmatch(coordinate)
            if match is None:
                raise ValueError("no coordinate")
            column, row = _column_number(match[1]), int(match[2])
        if row != self.row_number or column <= self.column:
            raise ValueError("cells out of order")
        self.column = column
        if column > MOST_COLUMNS or row > MOST_ROWS + 1:
            raise refuse(
                _("A sheet has at most %(rows)d rows and %(columns)d columns; delete everything beyond them.")
                % {"rows": MOST_ROWS, "columns": MOST_COLUMNS},
                sheet=self.sheet.name,
                row=row,
                value=coordinate or "",
            )
        self.kind, self.style = attributes.get("t", "n"), int(attributes.get("s", "0"))
        self.value, self.has_formula, self.has_value = [], False, False

    def _end_cell(self) -> None:
        value = "".join(self.value)
        if self.has_formula and not value and self.kind != "str":
            self.row[self.column] = Odd("formula", "")
        elif value:
            self.row[self.column] = self._cell(value)
        self.kind = "n"

    def _cell(self, value: str) -> Cell:
        if self.kind == "s":
            return self.book.strings[int(value)]
        if self.kind in ("str", "inlineStr"):
            return value
        if self.kind == "b":
            return value in ("1", "true")
        if self.kind == "e":
            return Odd("error", value)
        if self.kind == "d":
            return _iso_moment(value)
        return self._number(value)

    def _number(self, value: str) -> Cell:
        value = value.strip()
        if not _NUMBER.fullmatch(value):
            return Odd("damaged", value[:40])
        number: int | float = int(value) if _INTEGER.fullmatch(value) else float(value)
        if not math.isfinite(number):
            return Odd("damaged", value[:40])
        kind = self.book.formats[self.style] if self.style < len(self.book.formats) else ""
        if kind == "date":
            return _serial_moment(number, self.book.epoch, value)
        return Odd(kind, value.replace(".", ",")) if kind else number


def _serial_moment(serial: float, epoch: dt.datetime, shown: str) -> Cell:
    """Return the moment of an Excel date, to the nearest second."""
    if 0 <= serial < 1:
        return Odd("duration", shown)
    days = math.floor(serial)
    try:
        return epoch + dt.timedelta(days=days, seconds=math.floor((serial - days) * 86_400 + 0.5))
    except OverflowError:
        return Odd("date", shown)


def _iso_moment(value: str) -> Cell:
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        return Odd("date", value[:40])
    return (moment.replace(tzinfo=None) + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
