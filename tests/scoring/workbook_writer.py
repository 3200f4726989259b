"""Writing a campaign as a workbook, for carrying a generated one into the portal by ``import_workbook``."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.scoring.campaign import Campaign, Target
from tests.scoring.workbook_layout import NOTHING, POLICY_COLUMNS, SHEETS

Cell = Any


def write(campaign: Campaign, path: str | Path, *, as_text: bool = False) -> None:
    """Write the campaign in the layout of workbook.md, every column present.

    With ``as_text`` every number, date and time is typed text, as Vietnamese clerks write it.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, lines in _sheets(campaign).items():
        sheet = book.create_sheet(title)
        sheet.append(SHEETS[title])
        for line in lines:
            if len(line) != len(SHEETS[title]):
                raise ValueError(f"{title}: {len(line)} cells for {len(SHEETS[title])} columns")
            sheet.append([_cell(cell, as_text) for cell in line])
    book.save(path)


def _cell(cell: Cell, as_text: bool) -> Cell:
    """What goes into the file: empty for empty, and a typed text of everything else where that is asked for."""
    if isinstance(cell, Enum):
        return cell.value
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "có" if cell else "không"
    if isinstance(cell, Decimal):
        if as_text:
            return _typed(cell)
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    if as_text and isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y %H:%M}" if cell.second == 0 else f"{cell:%d/%m/%Y %H:%M:%S}"
    if as_text and isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return cell


def _typed(amount: Decimal) -> str:
    """1.234.567,5 the Vietnamese way; without groups where one lone dot could be read two ways."""
    typed = f"{amount:,f}".translate(str.maketrans(",.", ".,"))
    return typed if "," in typed or typed.count(".") != 1 else typed.replace(".", "")


def _bp(bp: int | None) -> Decimal | None:
    return None if bp is None else Decimal(bp) / 100


def _sheets(campaign: Campaign) -> dict[str, list[list[Cell]]]:
    c = campaign
    policy = [_bp(getattr(c.policy, name)) for name in POLICY_COLUMNS.values()]
    return {
        "Phong trào": [
            [
                c.code, c.name, c.theme, c.plan_number, c.plan_day, c.agency, c.start, c.end, c.closing_day, c.status,
                *policy,
            ]
        ],
        "Nội dung": [[a.number, a.name, a.description, a.weight, a.active] for a in c.areas],
        "Khối": [[b.code, b.name] for b in c.blocs],
        "Đơn vị": [
            [u.code, u.name, u.kind, u.bloc, u.competes, u.first_day, u.last_day, u.successor] for u in c.units
        ],
        "Chỉ tiêu": [
            [
                i.code, i.area, i.name, i.measured_in, i.kind, i.mode, i.weight, _bp(i.cap_bp), i.frequency,
                i.provider, i.verifier, i.evidence_required, i.active,
            ]
            for i in c.indicators
        ],
        "Giao chỉ tiêu": [line for target in c.targets for line in _target_lines(target)],
        "Kỳ báo cáo": [[p.name, p.start, p.end, p.due, p.locked] for p in c.periods],
        "Số liệu": [
            [
                m.period, m.indicator, m.unit, NOTHING if m.nothing else m.value, m.numerator, m.denominator,
                m.completed, m.sent, m.sender, m.ruling, m.verified_value, m.verified_completed, m.ruled, m.verifier,
                m.reason, m.note,
            ]
            for m in c.measurements
        ],
        "Điểm cộng trừ": [
            [p.unit, _bp(p.bp), p.from_day, p.voided_day, p.reason, p.document] for p in c.points
        ],
        "Miễn báo cáo": [[w.unit, w.period, w.from_day, w.reason] for w in c.report_waivers],
        "Loại trừ": [[g.unit, g.form, g.from_day, g.voided_day, g.reason, g.document] for g in c.gates],
    }  # fmt: skip


def _target_lines(target: Target) -> list[list[Cell]]:
    """The pair's first row, which also carries the ending and the waiver, then its revisions."""
    t = target
    first = [t.indicator, t.unit, t.baseline, t.goal, t.due, t.first_day, t.ending_day, t.ending_reason]
    revisions = [
        [t.indicator, t.unit, r.baseline, r.goal, r.due, r.day, None, r.reason, None, None]
        for r in sorted(t.revisions, key=lambda revision: revision.day)
    ]
    return [[*first, t.late_waiver_day, t.late_waiver_reason], *revisions]
