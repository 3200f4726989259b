"""The inside of an .xlsx file: its sheets' cells, read part by part with the strictest XML settings.

Only what a workbook of ours needs is read: no entities, no document types, no links, no macros. Cells are
checked against the limits by their own coordinates while they stream by, so a far cell costs nothing.
"""

from __future__ import annotations

import datetime as dt
import math
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from .problems import WorkbookRefused, refuse

MOST_ROWS = 60_000  # below the header row
MOST_COLUMNS = 60
MOST_STRINGS = 1_000_000
MOST_STRING_CHARACTERS = 64 * 1024 * 1024
_CHUNK = 64 * 1024
_COORDINATE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}", re.ASCII)


@dataclass(frozen=True)
class Odd:
    """A cell that is neither text, number, yes/no nor date."""

    kind: str  # error, formula (never computed), percent (a number shown as %), time, date (out of range), damaged
    shown: str


Cell = str | int | float | bool | dt.datetime | Odd


@dataclass
class RawSheet:
    """One sheet of the file."""

    name: str
    hidden: bool
    part: str  # path inside the archive; empty where it is no worksheet
    merged: list[str] = field(default_factory=list)  # ranges of merged cells, known after the rows are read


@dataclass
class RawBook:
    """An opened workbook."""

    archive: ZipFile
    sheets: list[RawSheet]
    strings: list[str]
    formats: list[str]  # of each cell style: "", date, duration or percent
    epoch: dt.datetime

    def rows(self, sheet: RawSheet) -> Iterator[tuple[int, dict[int, Cell]]]:
        """Yield (row number, cells by column number from 1) of the rows that hold something, in order.

        Raises WorkbookRefused at the first cell beyond the limits and for a damaged part.
        """
        parser = _SheetParser(self, sheet)
        for chunk in _chunks(self.archive, sheet.part):
            parser.feed(chunk)
            yield from parser.take()
        parser.close()
        yield from parser.take()


# --- XML ---------------------------------------------------------------------------------------------------


def damaged(part: str) -> WorkbookRefused:
    """Return the refusal of a part that cannot be read."""
    return refuse(
        _("The part “%(part)s” of the file is damaged. Open it in Excel and save it again as .xlsx.") % {"part": part}
    )


def _forbid(*_args: object) -> NoReturn:
    raise expat.ExpatError("a workbook has no document type and no entities")


class _Parser:
    """An expat parser that sees local names only and refuses declarations (XXE, billion laughs)."""

    def __init__(self, part: str) -> None:
        self.part = part
        self._expat = expat.ParserCreate(namespace_separator=" ")
        self._expat.buffer_text = True
        self._expat.StartDoctypeDeclHandler = _forbid
        self._expat.EntityDeclHandler = _forbid
        self._expat.ExternalEntityRefHandler = _forbid
        self._expat.StartElementHandler = lambda name, attributes: self.start(name.rpartition(" ")[2], attributes)
        self._expat.EndElementHandler = lambda name: self.end(name.rpartition(" ")[2])
        self._expat.CharacterDataHandler = self.text

    def feed(self, chunk: bytes, final: bool = False) -> None:
        try:
            self._expat.Parse(chunk, final)
        except (expat.ExpatError, ValueError, KeyError, IndexError, OverflowError, LookupError) as error:
            raise damaged(self.part) from error

    def close(self) -> None:
        self.feed(b"", True)

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, data: str) -> None: ...


def _chunks(archive: ZipFile, part: str) -> Iterator[bytes]:
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except (BadZipFile, KeyError, OSError, EOFError) as error:
        raise damaged(part) from error


class _Elements(_Parser):
    """Collects the attributes of every element of the wanted names, in order."""

    def __init__(self, part: str, *names: str) -> None:
        super().__init__(part)
        self.names, self.found, self.path = names, [], []  # type: ignore[var-annotated]  # lists of attributes

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.path.append(name)
        if name in self.names:
            plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
            self.found.append((name, tuple(self.path), plain))
            if len(self.found) > 100_000:
                raise ValueError("far too many elements")

    def end(self, name: str) -> None:
        self.path.pop()


def _elements(archive: ZipFile, part: str, *names: str) -> list[tuple[str, tuple[str, ...], dict[str, str]]]:
    if part not in archive.namelist():
        return []
    parser = _Elements(part, *names)
    for chunk in _chunks(archive, part):
        parser.feed(chunk)
    parser.close()
    return parser.found


# --- the workbook's own parts ------------------------------------------------------------------------------


def open_book(archive: ZipFile) -> RawBook:
    """Read the table of sheets, the shared texts and the formats; raise WorkbookRefused where that fails."""
    names = set(archive.namelist())
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refuse(_("The workbook holds macros. Save it as .xlsx without macros."))
    part = next(
        (
            _resolve("", relation.get("Target", ""))
            for _name, _path, relation in _elements(archive, "_rels/.rels", "Relationship")
            if relation.get("Type", "").endswith("/officeDocument")
        ),
        "",
    )
    if part not in names:
        raise refuse(_("The file is not an .xlsx workbook or is damaged. Open it in Excel and save it again as .xlsx."))
    folder = posixpath.dirname(part)
    relations = {
        relation.get("Id", ""): relation
        for _name, _path, relation in _elements(
            archive, posixpath.join(folder, "_rels", posixpath.basename(part) + ".rels"), "Relationship"
        )
    }
    parts_by_type = {
        relation.get("Type", "").rpartition("/")[2]: _resolve(folder, relation.get("Target", ""))
        for relation in relations.values()
    }
    sheets, epoch = _sheets(archive, part, folder, relations)
    strings_part, styles_part = parts_by_type.get("sharedStrings", ""), parts_by_type.get("styles", "")
    return RawBook(
        archive=archive,
        sheets=sheets,
        strings=_strings(archive, strings_part) if strings_part in names else [],
        formats=_formats(archive, styles_part) if styles_part in names else [],
        epoch=epoch,
    )


def _resolve(folder: str, target: str) -> str:
    return target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def _sheets(
    archive: ZipFile, part: str, folder: str, relations: dict[str, dict[str, str]]
) -> tuple[list[RawSheet], dt.datetime]:
    sheets, epoch = [], dt.datetime(1899, 12, 30)  # noqa: DTZ001  # a serial's day zero has no time zone
    for name, _path, attributes in _elements(archive, part, "sheet", "workbookPr"):
        if name == "workbookPr":
            if attributes.get("date1904") in ("1", "true"):
                epoch = dt.datetime(1904, 1, 1)  # noqa: DTZ001
            continue
        relation = relations.get(attributes.get("id", ""), {})
        is_worksheet = relation.get("Type", "").endswith("/worksheet")
        sheets.append(
            RawSheet(
                name=attributes.get("name", ""),
                hidden=attributes.get("state", "visible") != "visible",
                part=_resolve(folder, relation.get("Target", "")) if is_worksheet else "",
            )
        )
    return sheets, epoch


class _StringParser(_Parser):
    """The shared texts; phonetic hints are no part of a text."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.strings: list[str] = []
        self.characters = 0
        self.pieces: list[str] | None = None
        self.in_text = self.in_hint = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self.pieces = []
        elif name == "rPh":
            self.in_hint = True
        elif name == "t":
            self.in_text = not self.in_hint

    def end(self, name: str) -> None:
        if name == "t":
            self.in_text = False
        elif name == "rPh":
            self.in_hint = False
        elif name == "si":
            self.strings.append("".join(self.pieces or ()))
            self.characters += len(self.strings[-1])
            if len(self.strings) > MOST_STRINGS or self.characters > MOST_STRING_CHARACTERS:
                raise refuse(_("The workbook holds far more texts than a campaign has."))

    def text(self, data: str) -> None:
        if self.in_text and self.pieces is not None:
            self.pieces.append(data)


def _strings(archive: ZipFile, part: str) -> list[str]:
    parser = _StringParser(part)
    for chunk in _chunks(archive, part):
        parser.feed(chunk)
    parser.close()
    return parser.strings


def _formats(archive: ZipFile, part: str) -> list[str]:
    codes = dict(BUILTIN_FORMATS)
    kinds = []
    for name, path, attributes in _elements(archive, part, "numFmt", "xf"):
        if name == "numFmt" and "numFmts" in path and attributes.get("numFmtId", "").isdecimal():
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "xf" and "cellXfs" in path:
            number = attributes.get("numFmtId", "0")
            kinds.append(_format_kind(codes.get(int(number) if number.isdecimal() else 0, "")))
    return kinds


def _format_kind(code: str) -> str:
    if is_timedelta_format(code):
        return "duration"
    if is_date_format(code):
        return "date"
    return "percent" if "%" in re.sub(r'"[^"]*"|\\.', "", code) else ""


# --- the cells ---------------------------------------------------------------------------------------------


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


class _SheetParser(_Parser):
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
