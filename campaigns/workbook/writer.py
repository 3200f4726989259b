"""Write a workbook: a campaign's export, or the empty template.

Text is always typed as text, so nothing a person wrote becomes a formula; dates are Excel dates shown as
dd/mm/yyyy; numbers are Excel numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from campaigns.models import Campaign

from .campaign_sheet import CampaignSheet
from .columns import Column
from .importer import all_handlers, all_sheets
from .sheets import EXAMPLE_MARK, GUIDE, Sheet

_DATE, _MOMENT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm:ss"
_HEADER_FILL = PatternFill("solid", fgColor="DDE6F2")
_EXAMPLE_FONT = Font(italic=True, color="6B6B6B")
_TEMPLATE_ROWS = 5000  # rows that get a drop-down list


def export_campaign(*, campaign: Campaign, file: BinaryIO) -> int:
    """Write a campaign's workbook into ``file``; return how many rows it has. Reads row by row, keeps none."""
    book = Workbook(write_only=True)
    handlers = {handler.sheet.name: handler for handler in (CampaignSheet(), *all_handlers())}
    count = 0
    for sheet in all_sheets():
        page = book.create_sheet(sheet.name)
        _set_widths(page, sheet)
        page.freeze_panes = "A2"
        page.append([_header_cell(page, column) for column in sheet.columns])
        for values in handlers[sheet.name].export(campaign):
            page.append([_cell(page, column.write(values.get(column.key))) for column in sheet.columns])
            count += 1
    book.save(file)
    return count


def _set_widths(page: Any, sheet: Sheet) -> None:
    for index, column in enumerate(sheet.columns, start=1):
        page.column_dimensions[get_column_letter(index)].width = max(12, min(len(column.header) + 4, 40))


def _header_cell(page: Any, column: Column) -> Any:
    cell = WriteOnlyCell(page, column.header)
    cell.font = Font(bold=True)
    cell.fill = _HEADER_FILL
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(page: Any, value: Any) -> Any:
    """Return what goes into the row: dates and text that Excel would take for something else need their own cell."""
    if isinstance(value, str):
        if value[:1] not in "=#":
            return value
        cell = WriteOnlyCell(page, value)
        cell.data_type = "s"
        return cell
    if isinstance(value, dt.datetime):
        return _dated(page, value, _MOMENT)
    if isinstance(value, dt.date):
        return _dated(page, value, _DATE)
    return value


def _dated(page: Any, value: dt.date, shape: str) -> Any:
    cell = WriteOnlyCell(page)
    cell.value = value
    cell.number_format = shape
    return cell


# --- the template ------------------------------------------------------------------------------------------


def write_template(file: BinaryIO, sheets: Sequence[Sheet] = ()) -> None:
    """Write an empty workbook: headers, drop-down lists, one example row a sheet, and a sheet that explains it.

    ``sheets`` are a campaign's unless others are given.

    An example row starts with "Ví dụ:"; the importer skips it and says so. The importer knows the explaining
    sheet by its name and skips it as well.
    """
    book = Workbook()
    guide = book.active
    assert guide is not None  # a new workbook has one sheet
    guide.title = GUIDE
    sheets = sheets or all_sheets()
    lists = _write_guide(guide, sheets)
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        _set_widths(page, sheet)
        page.freeze_panes = "A2"
        for index, column in enumerate(sheet.columns, start=1):
            _write_column(page, index, column, lists)
    book.save(file)


def _write_column(page: Any, index: int, column: Column, lists: dict[tuple[str, ...], str]) -> None:
    header = page.cell(1, index, column.header)
    header.font, header.fill = Font(bold=True), _HEADER_FILL
    header.alignment = Alignment(wrap_text=True, vertical="top")
    example = column.write(column.example)
    if index == 1:
        example = f"{EXAMPLE_MARK} {example}"
    cell = page.cell(2, index)
    if isinstance(example, str):
        cell.value, cell.data_type = example, "s"
    elif example is not None:
        cell.value = example
    if isinstance(example, dt.date):
        cell.number_format = _MOMENT if isinstance(example, dt.datetime) else _DATE
    cell.font = _EXAMPLE_FONT
    choices = tuple(column.choices())
    if choices:
        rule = DataValidation(type="list", formula1=lists[choices], allow_blank=not column.required)
        rule.add(f"{get_column_letter(index)}2:{get_column_letter(index)}{_TEMPLATE_ROWS}")
        page.add_data_validation(rule)


def _write_guide(page: Any, sheets: Sequence[Sheet]) -> dict[tuple[str, ...], str]:
    """Write what each column takes; return the range of each drop-down list's words on this sheet."""
    for line in _guide_lines(sheets):
        page.append(line)
    page.column_dimensions["A"].width = page.column_dimensions["B"].width = 26
    page.column_dimensions["C"].width, page.column_dimensions["D"].width = 12, 70
    lists: dict[tuple[str, ...], str] = {}
    for sheet in sheets:
        for column in sheet.columns:
            choices = tuple(column.choices())
            if not choices or choices in lists:
                continue
            letter = get_column_letter(6 + len(lists))
            for row, choice in enumerate(choices, start=1):
                page[f"{letter}{row}"] = choice
            page.column_dimensions[letter].width = 20
            lists[choices] = f"'{GUIDE}'!${letter}$1:${letter}${len(choices)}"
    return lists


def _guide_lines(sheets: Sequence[Sheet]) -> Iterator[list[str]]:
    yield [_("How to fill in this workbook")]
    yield [_("Row 1 of every sheet holds the headers; the order of columns is free; unknown columns are refused.")]
    yield [
        _("Rows that start with “%(mark)s” are examples; the import skips them. Delete them or leave them.")
        % {"mark": EXAMPLE_MARK}
    ]
    yield [
        _("Numbers: 1.234.567,5 or 1236,83. Dates: dd/mm/yyyy. Times: dd/mm/yyyy hh:mm. Formulas need a stored result.")
    ]
    yield []
    yield [_("Sheet"), _("Column"), _("Required"), _("Content")]
    for sheet in sheets:
        for column in sheet.columns:
            yield [sheet.name, column.header, _("yes") if column.required else "", column.hint()]
