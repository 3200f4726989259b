"""Moving a sample workbook in time, so that its reference date falls on a chosen day.

Every Excel date and date-time moves by whole days; so does a ``dd/mm/yyyy`` inside a text. The year that the campaign
carries in its code and names ("TD90-2026", "năm 2026") moves by the difference of years. Nothing else changes: numbers,
texts, order of rows, widths and styles stay, and so do years in the numbers of documents ("152/2025/NĐ-CP").
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from openpyxl import load_workbook

from campaign_portal.sample.calendar import REFERENCE
from campaign_portal.sample.layout import save

_DATE = re.compile(r"(?<!\d)(\d{2})/(\d{2})/(\d{4})(?!\d)")
_YEAR = re.compile(r"((?:\b[Nn]ăm |-))(20\d{2})(?![\d/])")


def shift_text(text: str, *, days: int, years: int) -> str:
    """Return ``text`` with its ``dd/mm/yyyy`` dates moved by ``days`` and its "năm 20xx" and "-20xx" by ``years``.

    What looks like a date and is none (31/02/2026) stays as it is.
    """

    def date(match: re.Match[str]) -> str:
        try:
            moved = dt.date(int(match[3]), int(match[2]), int(match[1])) + dt.timedelta(days=days)
        except ValueError:
            return match[0]
        return f"{moved:%d/%m/%Y}"

    return _YEAR.sub(lambda match: f"{match[1]}{int(match[2]) + years}", _DATE.sub(date, text))


def shift_workbook(src: Path | str, dst: Path | str, *, to: dt.date, reference: dt.date = REFERENCE) -> Path:
    """Write ``src`` to ``dst`` moved so that ``reference`` falls on the local day ``to``; return ``dst``."""
    moved = to - reference
    years = to.year - reference.year
    book = load_workbook(src)
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                value = cell.value
                if isinstance(value, dt.datetime | dt.date):
                    cell.value = value + moved
                elif isinstance(value, str):
                    cell.value = shift_text(value, days=moved.days, years=years)
    save(book, Path(dst))
    return Path(dst)
