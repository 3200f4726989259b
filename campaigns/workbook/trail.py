"""The audit trail as an Excel file: what the filters keep, as text that Excel never takes for a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from campaigns.display import local_datetime
from campaigns.queries.audit_trail import Line

#: Rows of one file; the rest is asked for by narrower filters.
MOST_ROWS = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_CELL = 32_000


def trail_workbook(lines: Iterable[Line]) -> bytes:
    """Return the file. Every cell but the number is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Audit trail"))
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEFGHIJK", (10, 18, 26, 26, 18, 40, 26, 60, 40, 30, 66), strict=True):
        sheet.column_dimensions[column].width = width
    heads = (
        _("Number"), _("When"), _("Who"), _("Act"), _("Kind"), _("On"), _("Unit"), _("Before → after"), _("Reason"),
        _("From where"), _("Hash"),
    )  # fmt: skip
    sheet.append([_text(sheet, head) for head in heads])
    for line in lines:
        entry = line.entry
        changes = (
            _("content erased by law")
            if line.erased
            else "\n".join(f"{change.name}: {change.before} → {change.after}" for change in line.changes)
        )
        unit = entry.participant.name if entry.participant else ""
        said = (
            local_datetime(entry.at), line.who or _("the portal"), line.act, line.kind, line.subject, unit, changes,
            line.reason, line.origin, entry.hash,
        )  # fmt: skip
        sheet.append([entry.sequence, *(_text(sheet, text) for text in said)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _text(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub(" ", text)[:_LONGEST_CELL])
    cell.data_type = "s"  # "=1+1" stays what somebody wrote
    return cell
