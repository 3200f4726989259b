"""Tables as a workbook: text is typed as text, whatever it begins with, so nothing a person wrote becomes a formula."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from .columns import clean

Value = str | int | Decimal | dt.date | None
_HEADER_FILL = PatternFill("solid", fgColor="DDE6F2")
_DATE = "dd/mm/yyyy"
_LONGEST = 32_000  # characters Excel takes in a cell


@dataclass(frozen=True)
class Table:
    """One sheet: lines above the table, its headers, its rows."""

    name: str  # of the sheet, at most 31 characters
    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Value]]
    notes: Sequence[str] = field(default_factory=tuple)  # below the title: period, source
    widths: Sequence[int] = field(default_factory=tuple)  # of the columns; else by the header


def write_tables(file: BinaryIO, tables: Iterable[Table]) -> None:
    """Write one sheet a table. Texts are text cells, numbers numbers, days Excel dates."""
    book = Workbook(write_only=True)
    for table in tables:
        page = book.create_sheet(table.name[:31])
        for index, header in enumerate(table.headers, start=1):
            width = table.widths[index - 1] if index <= len(table.widths) else max(12, min(len(header) + 4, 40))
            page.column_dimensions[get_column_letter(index)].width = width
        head = 2 + len(table.notes)
        page.freeze_panes = f"A{head + 1}"
        page.append([_styled(page, table.title, font=Font(bold=True, size=13))])
        for note in table.notes:
            page.append([_cell(page, note)])
        page.append([_styled(page, header, font=Font(bold=True), fill=_HEADER_FILL) for header in table.headers])
        for row in table.rows:
            page.append([_cell(page, value) for value in row])
    book.save(file)


def _cell(page: Any, value: Value) -> Any:
    if isinstance(value, str):
        cell = WriteOnlyCell(page, clean(value)[:_LONGEST])
        cell.data_type = "s"
        return cell
    if isinstance(value, dt.date):
        cell = WriteOnlyCell(page)
        cell.value = value
        cell.number_format = _DATE
        return cell
    return value


def _styled(page: Any, text: str, **style: Any) -> Any:
    cell = _cell(page, text)
    cell.font = style["font"]
    if "fill" in style:
        cell.fill = style["fill"]
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
