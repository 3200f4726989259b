"""A period's grid as an Excel sheet: downloaded, filled in offline, and read back as drafts.

Its headers are a file format like the workbook's (sheets.py): Vietnamese, never translated. "Bản" is the version of
the draft the sheet was made from, so that a sheet filled in yesterday does not silently replace what a colleague
has typed since.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter

from campaigns.actions.drafts import DraftEntry
from campaigns.display import input_number
from campaigns.enums import EntryKind
from campaigns.numbers import NumberProblem, read_number
from campaigns.queries.report_box import Box, Grid
from campaigns.report_checks import Check, Entry, Weight, check_entry
from campaigns.report_wording import finding_words

from .columns import NOTHING, Date, Text
from .fixed_words import MODES
from .number_columns import Number, Value, Whole
from .problems import Problems
from .reader import Row, read_book
from .sheets import Sheet

MOST_BYTES = 5 * 1024 * 1024

SHEET = Sheet(
    "Báo cáo kỳ",
    (
        Text(header="Mã đơn vị", key="unit", required=True, longest=40),
        Text(header="Đơn vị", key="unit_name", longest=500),
        Text(header="Mã chỉ tiêu", key="indicator", required=True, longest=40),
        Text(header="Chỉ tiêu", key="indicator_name", longest=1000),
        Text(header="Đơn vị tính", key="measure", longest=80),
        Text(header="Cách báo cáo", key="mode", longest=80),
        Number(header="Chỉ tiêu giao", key="goal"),
        Number(header="Số chính thức gần nhất", key="last"),
        Value(header="Số báo cáo", key="value"),
        Number(header="Tử số", key="numerator"),
        Number(header="Mẫu số", key="denominator"),
        Date(header="Ngày hoàn thành", key="completed_on"),
        Text(header="Ghi chú", key="note", longest=2000, lines=True),
        Text(header="Kỳ", key="period", required=True, longest=40),
        Whole(header="Bản", key="version", default=0),
    ),
)
_FILLED_IN = ("value", "numerator", "denominator", "completed_on", "note")
_WIDTHS = {"unit_name": 26, "indicator_name": 48, "note": 36, "measure": 14}
_MODE_WORDS: dict[str, str] = {mode: words for words, mode in MODES.items()}
_COLUMN_OF_BOX = {"typed": "value", "numerator": "numerator", "denominator": "denominator"}
_GIVEN = PatternFill("solid", fgColor="EEF1F5")
_OPEN = PatternFill("solid", fgColor="FFF8E1")


# --- out ----------------------------------------------------------------------------------------------------


def write_report_sheet(grid: Grid, file: BinaryIO) -> int:
    """Write the open boxes of a grid into ``file`` as a workbook of one sheet; return how many there are.

    What is to be filled in is unlocked and coloured, everything else is locked. Text is typed as text, so nothing
    a person wrote becomes a formula.
    """
    book = Workbook(write_only=True)
    page = book.create_sheet(SHEET.name)
    for index, column in enumerate(SHEET.columns, start=1):
        page.column_dimensions[get_column_letter(index)].width = _WIDTHS.get(column.key, max(11, len(column.header)))
    page.freeze_panes = "E2"
    page.protection.sheet = True
    page.protection.formatColumns = False
    page.append([_cell(page, column.header, bold=True) for column in SHEET.columns])
    boxes = [box for box in grid.boxes if box.is_open]
    for box in boxes:
        values = _values(box, grid)
        page.append([_cell(page, values[c.key], is_open=c.key in _FILLED_IN) for c in SHEET.columns])
    book.save(file)
    return len(boxes)


def _values(box: Box, grid: Grid) -> dict[str, Any]:
    indicator, entry = box.target.indicator, box.entry
    mode = "1 = đã hoàn thành, 0 = chưa" if box.is_milestone else _MODE_WORDS[indicator.mode]
    return {
        "unit": box.target.participant.code,
        "unit_name": box.target.participant.name,
        "indicator": indicator.code,
        "indicator_name": indicator.name,
        "measure": indicator.unit_of_measure,
        "mode": mode,
        "goal": box.goal,
        "last": box.official_sum if box.is_increment else box.last_value,
        "value": NOTHING if entry.kind == EntryKind.NOTHING else _number(entry.typed),
        "numerator": _number(entry.numerator),
        "denominator": _number(entry.denominator),
        "completed_on": entry.completed_on,
        "note": entry.note,
        "period": grid.period.code,
        "version": box.draft_version,
    }


def _number(typed: str) -> Decimal | str:
    """A drafted number as a number; what cannot be read stays as it was typed."""
    try:
        return read_number(typed)
    except NumberProblem:
        return typed


def _cell(page: Any, value: Any, *, bold: bool = False, is_open: bool = False) -> Any:
    cell = WriteOnlyCell(page, value if value != "" else None)
    if isinstance(value, str) and value:
        cell.data_type = "s"
    if isinstance(value, dt.date):
        cell.number_format = "dd/mm/yyyy"
    cell.font = Font(bold=bold)
    cell.fill = _OPEN if is_open else _GIVEN
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.protection = Protection(locked=not is_open)
    return cell


# --- back ---------------------------------------------------------------------------------------------------


def read_report_sheet(grid: Grid, file: BinaryIO) -> dict[int, tuple[DraftEntry, int]]:
    """Return what a filled-in sheet says, by target, each with the version it was made from; nothing is written.

    A row without anything filled in leaves its box as it is. Raises WorkbookRefused with every problem found: for
    the file as a whole, or by row, column, value and mend.
    """
    book = read_book(file, (SHEET,))
    problems = book.problems
    rows = book.rows.get(SHEET.name)
    if rows is None and not problems.count:
        problems.add(_("The sheet “%(sheet)s” is missing.") % {"sheet": SHEET.name})
    boxes = {(box.target.participant.code, box.target.indicator.code): box for box in grid.boxes}
    found: dict[int, tuple[DraftEntry, int]] = {}
    seen: dict[int, int] = {}
    for row in rows or ():
        box = None if row.broken else _box_of(row, boxes, grid, problems)
        if box is None or not _is_filled_in(row):
            continue
        if box.target.pk in seen:
            _add(problems, row, "indicator", _("Row %(row)d is about the same target.") % {"row": seen[box.target.pk]})
            continue
        seen[box.target.pk] = row.number
        if (entry := _entry(row, box, problems)) is not None:
            found[box.target.pk] = (entry, row.get("version"))
    problems.raise_if_any()
    return found


def _add(problems: Problems, row: Row, key: str, mend: str) -> None:
    value = row.get(key)
    text = input_number(value) if isinstance(value, Decimal) else value
    problems.add(mend, sheet=SHEET.name, row=row.number, column=SHEET.header(key), value=text)


def _box_of(row: Row, boxes: dict[tuple[str, str], Box], grid: Grid, problems: Problems) -> Box | None:
    if row.get("period") != grid.period.code:
        mend = _("The sheet is of another period; this is period %(code)s. Download its sheet.")
        _add(problems, row, "period", mend % {"code": grid.period.code})
        return None
    box = boxes.get((row.get("unit"), row.get("indicator")))
    if box is None:
        _add(problems, row, "indicator", _("The unit does not report this target in this period."))
    return box


def _is_filled_in(row: Row) -> bool:
    return any(row.get(key) not in (None, "") for key in _FILLED_IN)


def _entry(row: Row, box: Box, problems: Problems) -> DraftEntry | None:
    """The row as a draft; None where it says what the draft says already, or where a problem was found."""
    entry = _typed(row)
    if _same(entry, box.entry):
        return None
    if not box.is_open:
        _add(problems, row, "value", _("The box is locked; leave the cell empty."))
        return None
    if row.get("version") != box.draft_version:
        mend = _("Saved on the portal since the sheet was made: the box holds “%(typed)s”. Download it anew.")
        _add(problems, row, "value", mend % {"typed": _shown(box.entry)})
        return None
    _check(row, box, entry, problems)
    return entry


def _typed(row: Row) -> DraftEntry:
    value, top, bottom = row.get("value"), row.get("numerator"), row.get("denominator")
    kind = EntryKind.EMPTY
    if value == NOTHING:
        kind = EntryKind.NOTHING
    elif top is not None or bottom is not None:
        kind = EntryKind.SHARE
    elif value is not None:
        kind = EntryKind.NUMBER
    return DraftEntry(
        kind=kind,
        typed="" if value in (None, NOTHING) else input_number(value),
        numerator=input_number(top),
        denominator=input_number(bottom),
        completed_on=row.get("completed_on"),
        note=row.get("note"),
    )


def _same(entry: DraftEntry, stored: Entry) -> bool:
    return _meaning(entry) == _meaning(stored)


def _meaning(entry: DraftEntry | Entry) -> tuple[Any, ...]:
    """What an entry says, whatever way its numbers are written."""
    numbers = tuple(_number(text) for text in (entry.typed, entry.numerator, entry.denominator))
    return (str(entry.kind), *numbers, entry.completed_on, entry.note)


def _shown(entry: Entry) -> str:
    if entry.kind == EntryKind.NOTHING:
        return NOTHING
    return " / ".join(filter(None, (entry.typed, entry.numerator, entry.denominator))) or _("empty")


def _check(row: Row, box: Box, entry: DraftEntry, problems: Problems) -> None:
    """What keeps the value from being sent, but for files: these are attached on the page."""
    as_checked = replace(
        box.entry,
        kind=entry.kind,
        typed=entry.typed,
        numerator=entry.numerator,
        denominator=entry.denominator,
        completed_on=entry.completed_on,
        note=entry.note,
    )
    for finding in _blocking(as_checked, box):
        key = _COLUMN_OF_BOX.get(finding.box, finding.box if finding.box in _FILLED_IN else "value")
        _add(problems, row, key, finding_words(finding))


def _blocking(entry: Entry, box: Box) -> Iterable[Any]:
    _value, findings = check_entry(entry, box.facts)
    return [f for f in findings if f.weight == Weight.BLOCKING and f.check != Check.EVIDENCE_MISSING]
