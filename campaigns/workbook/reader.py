"""From file to rows: headers matched, every cell read by its column, everything odd reported with its place."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from zipfile import ZipFile

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from .archive import open_archive
from .cells import Cell, rows_of
from .columns import Column, Refused, caseless, shown
from .package import RawBook, RawSheet, open_book
from .problems import Problems, WorkbookRefused
from .sheets import EXAMPLE_MARK, GUIDE, Sheet


@dataclass(slots=True)
class Row:
    """One row that holds something, its cells read by their columns."""

    sheet: Sheet
    number: int  # in the file; 1 is the header row
    values: dict[str, Any]  # by column key; an empty cell of a present column holds the column's default
    broken: bool = False  # some cell could not be read, and was reported

    def get(self, key: str) -> Any:
        """Return the value, or the column's default where the sheet lacks the column."""
        return self.values[key] if key in self.values else self.sheet.column(key).default


@dataclass
class Book:
    """What a workbook says, by sheet name."""

    sha256: str
    rows: dict[str, list[Row]] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)
    unreadable: set[str] = field(default_factory=set)  # sheets that were given up half-way
    notices: list[str] = field(default_factory=list)  # what was skipped or is unusual, and is no error


def read_book(file: BinaryIO, sheets: Sequence[Sheet]) -> Book:
    """Read a workbook that may hold these sheets. Findings about cells are in ``problems``.

    Raises WorkbookRefused where the file as a whole cannot be taken (no workbook, beyond the limits, damaged).
    """
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(1024 * 1024):
        digest.update(chunk)
    book = Book(digest.hexdigest())
    with open_archive(file) as archive:
        _read_sheets(archive, sheets, book)
    return book


def _read_sheets(archive: ZipFile, sheets: Sequence[Sheet], book: Book) -> None:
    raw = open_book(archive)
    known = {caseless(sheet.name): sheet for sheet in sheets}
    seen: set[str] = set()
    for raw_sheet in raw.sheets:
        name = caseless(raw_sheet.name)
        if name == caseless(GUIDE):
            continue
        sheet = known.get(name)
        if sheet is None or not raw_sheet.part:
            book.problems.add(
                _("Unknown sheet. The workbook's sheets are: %(names)s.")
                % {"names": ", ".join(sheet.name for sheet in sheets)},
                sheet=raw_sheet.name,
            )
        elif name in seen:
            book.problems.add(_("The sheet stands twice in the workbook."), sheet=raw_sheet.name)
        else:
            seen.add(name)
            _read_sheet(raw, raw_sheet, sheet, book)


def _read_sheet(raw: RawBook, raw_sheet: RawSheet, sheet: Sheet, book: Book) -> None:
    if raw_sheet.hidden:
        book.notices.append(
            _("The sheet “%(sheet)s” is hidden; its rows are read all the same.") % {"sheet": sheet.name}
        )
    rows = book.rows.setdefault(sheet.name, [])
    lines = rows_of(raw, raw_sheet)
    try:
        columns: dict[int, Column] | None = None
        for number, cells in lines:
            if columns is None:
                columns = _match_headers(sheet, cells if number == 1 else {}, book.problems)
                if number == 1:
                    continue
            row = _read_row(sheet, number, cells, columns, book)
            if row is not None:
                rows.append(row)
    except WorkbookRefused as refusal:
        book.unreadable.add(sheet.name)
        for problem in refusal.problems.found:
            book.problems.add(
                problem.mend, sheet=sheet.name, row=problem.row, column=problem.column, value=problem.value
            )
        return
    for merged in raw_sheet.merged:
        book.problems.add(
            _("Merged cells lose all values but one; unmerge them and fill in every cell."),
            sheet=sheet.name,
            value=merged,
        )


def _match_headers(sheet: Sheet, cells: dict[int, Cell], problems: Problems) -> dict[int, Column]:
    """Return the columns by their number; unknown, doubled and missing ones are problems."""
    known = {caseless(column.header): column for column in sheet.columns}
    columns: dict[int, Column] = {}
    for number, cell in cells.items():
        text = shown(cell)
        header = caseless(text).rstrip("* ")
        if not header:
            continue
        column = known.get(header)
        if column is None:
            problems.add(
                _("Unknown column. The sheet's columns are: %(names)s.")
                % {"names": ", ".join(column.header for column in sheet.columns)},
                sheet=sheet.name,
                row=1,
                column=get_column_letter(number),
                value=text,
            )
        elif column in columns.values():
            problems.add(_("The column stands twice in the sheet."), sheet=sheet.name, row=1, column=column.header)
        else:
            columns[number] = column
    for column in sheet.columns:
        if column.required and column not in columns.values():
            problems.add(_("The column is missing."), sheet=sheet.name, row=1, column=column.header)
    return columns


def _read_row(sheet: Sheet, number: int, cells: dict[int, Cell], columns: dict[int, Column], book: Book) -> Row | None:
    if not any(shown(cell).strip() or not isinstance(cell, str) for cell in cells.values()):
        return None
    first = shown(cells.get(min(columns, default=1)))
    if caseless(first).startswith(caseless(EXAMPLE_MARK)):
        book.notices.append(
            _("Sheet “%(sheet)s”, row %(row)d is the template's example and is skipped.")
            % {"sheet": sheet.name, "row": number}
        )
        return None
    row = Row(sheet, number, {})
    for place, column in columns.items():
        cell = cells.get(place)
        try:
            value = None if cell is None else column.read(cell)
        except Refused as refusal:
            row.broken = True
            book.problems.add(str(refusal), sheet=sheet.name, row=number, column=column.header, value=shown(cell))
            continue
        if value is None:
            if column.required:
                row.broken = True
                book.problems.add(
                    _("The cell is empty and must be filled in."), sheet=sheet.name, row=number, column=column.header
                )
                continue
            value = column.default
        row.values[column.key] = value
    for place in cells.keys() - columns.keys():
        if shown(cells[place]).strip():
            row.broken = True
            book.problems.add(
                _("The value stands in a column without a known header."),
                sheet=sheet.name,
                row=number,
                column=get_column_letter(place),
                value=shown(cells[place]),
            )
    return row
