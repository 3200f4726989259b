"""A second, independent reader of the campaign workbook, from workbook.md alone (``write`` is its counterpart).

It reads well-formed files only: whatever the portal would refuse raises ValueError or KeyError here without a
helpful message.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from openpyxl import Workbook, load_workbook

from tests.scoring.campaign import (
    Area,
    Bloc,
    Campaign,
    Frequency,
    Gate,
    GateForm,
    Indicator,
    Kind,
    Measurement,
    Mode,
    Period,
    Points,
    Policy,
    ReportWaiver,
    Revision,
    Ruling,
    Target,
    Unit,
)
from tests.scoring.workbook_layout import NOTHING, POLICY_COLUMNS, SHEETS
from tests.scoring.workbook_writer import write

__all__ = ["read", "write"]

Cell = Any
Choice = TypeVar("Choice", bound=Enum)

# Reading cells


def text(cell: Cell) -> str:
    """ "compared exactly (after trimming and NFC)"; a code typed as a number is its shortest decimal."""
    if cell is None:
        return ""
    if isinstance(cell, int | float):
        return str(cell).removesuffix(".0")
    return unicodedata.normalize("NFC", str(cell)).strip()


def number(cell: Cell) -> Decimal | None:
    """ "a comma starts decimals, dots group three digits; without a comma, a single dot not followed by exactly
    three digits starts decimals, and one that is can be read two ways and is refused"; "A cell's number is the
    shortest decimal that names it"."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return Decimal(repr(cell))
    written = text(cell)
    if not written:
        return None
    if re.fullmatch(r"[+-]?\d+\.\d{3}", written):
        raise ValueError(f"{written} can be read two ways")
    if re.fullmatch(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?", written):
        return Decimal(written.replace(".", "").replace(",", "."))
    if re.fullmatch(r"[+-]?\d+\.\d+", written):
        return Decimal(written)
    raise ValueError(f"{written} is not a number")


def required_number(cell: Cell) -> Decimal:
    found = number(cell)
    if found is None:
        raise ValueError("a number is required")
    return found


def points(cell: Cell) -> int | None:
    """Points or percent as bp: 1 point = 1 % = 100 bp, "at most 2 decimals"."""
    found = number(cell)
    if found is None:
        return None
    if found * 100 % 1:
        raise ValueError(f"{found} has more than 2 decimals")
    return int(found * 100)


def day(cell: Cell) -> date | None:
    """ "Dates are Excel dates or dd/mm/yyyy"."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    return datetime.strptime(text(cell), "%d/%m/%Y").date() if text(cell) else None


def moment(cell: Cell) -> datetime | None:
    """ "Excel date-times or dd/mm/yyyy hh:mm[:ss]", "kept to the second"."""
    if isinstance(cell, datetime):
        return (cell + timedelta(microseconds=500_000)).replace(microsecond=0)
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    written = text(cell)
    if not written:
        return None
    return datetime.strptime(written, "%d/%m/%Y %H:%M:%S" if written.count(":") == 2 else "%d/%m/%Y %H:%M")


def yes(cell: Cell, empty: str = "có") -> bool:
    """ "có/không are yes/no, empty means có"."""
    return {"có": True, "không": False}[text(cell).casefold() or empty]


def choice(kinds: type[Choice], cell: Cell, empty: Choice | None = None) -> Choice:
    """ "fixed choices without regard to case"."""
    if empty is not None and not text(cell):
        return empty
    return kinds(text(cell).casefold())


# Reading sheets

Row = dict[str, Cell]


def rows_of(book: Workbook, title: str) -> list[Row]:
    """A sheet's rows that are not empty, by header ("compared case-insensitively after NFC and trimming")."""
    sheets = {text(sheet.title).casefold(): sheet for sheet in book.worksheets}
    sheet = sheets.get(title.casefold())
    if sheet is None:
        return []
    names = {header.casefold(): header for header in SHEETS[title]}
    lines = sheet.iter_rows(values_only=True)
    headers = [names[text(cell).casefold()] if text(cell) else "" for cell in next(lines, ())]
    rows = (dict.fromkeys(SHEETS[title]) | dict(zip(headers, line, strict=False)) for line in lines)
    return [row for row in rows if any(text(cell) for cell in row.values())]


def read(path: str | Path) -> Campaign:
    """The campaign of a well-formed workbook."""
    book = load_workbook(path, data_only=True)
    (head,) = rows_of(book, "Phong trào")
    policy = {name: points(head[column]) for column, name in POLICY_COLUMNS.items()}
    return Campaign(
        code=text(head["Mã"]),
        name=text(head["Tên phong trào"]),
        start=_required(day(head["Ngày bắt đầu"])),
        end=_required(day(head["Ngày kết thúc"])),
        agency=text(head["Cơ quan phát động"]),
        theme=text(head["Chủ đề"]),
        plan_number=text(head["Số kế hoạch"]),
        plan_day=day(head["Ngày kế hoạch"]),
        closing_day=day(head["Ngày chốt"]),
        status=text(head["Trạng thái"]).casefold(),
        policy=Policy(**{name: bp for name, bp in policy.items() if bp is not None}),
        areas=_read(book, "Nội dung", _area),
        blocs=_read(book, "Khối", lambda row: Bloc(text(row["Mã khối"]), text(row["Tên khối"]))),
        units=_read(book, "Đơn vị", _unit),
        indicators=_read(book, "Chỉ tiêu", _indicator),
        targets=_targets(rows_of(book, "Giao chỉ tiêu")),
        periods=_read(book, "Kỳ báo cáo", _period),
        measurements=_read(book, "Số liệu", _measurement),
        points=_read(book, "Điểm cộng trừ", _points),
        report_waivers=_read(book, "Miễn báo cáo", _report_waiver),
        gates=_read(book, "Loại trừ", _gate),
    )


Record = TypeVar("Record")


def _read(book: Workbook, title: str, build: Callable[[Row], Record]) -> tuple[Record, ...]:
    return tuple(build(row) for row in rows_of(book, title))


def _required(found: Record | None) -> Record:
    if found is None:
        raise ValueError("a required cell is empty")
    return found


def _area(row: Row) -> Area:
    return Area(
        number=int(required_number(row["Số"])),
        name=text(row["Tên nội dung"]),
        weight=required_number(row["Trọng số"]),
        active=yes(row["Áp dụng"]),
        description=text(row["Mô tả"]),
    )


def _unit(row: Row) -> Unit:
    return Unit(
        code=text(row["Mã đơn vị"]),
        name=text(row["Tên đơn vị"]),
        bloc=text(row["Mã khối"]),
        kind=text(row["Loại"]).casefold(),
        competes=yes(row["Xếp hạng"]),
        first_day=day(row["Hiệu lực từ"]),
        last_day=day(row["Hiệu lực đến"]),
        successor=text(row["Đơn vị kế thừa"]),
    )


def _indicator(row: Row) -> Indicator:
    return Indicator(
        code=text(row["Mã chỉ tiêu"]),
        area=int(required_number(row["Số nội dung"])),
        name=text(row["Tên chỉ tiêu"]),
        kind=choice(Kind, row["Loại"]),
        weight=required_number(row["Trọng số"]),
        mode=choice(Mode, row["Cách ghi"], Mode.CUMULATIVE),
        frequency=choice(Frequency, row["Tần suất"], Frequency.EVERY_PERIOD),
        cap_bp=points(row["Trần (%)"]),
        provider=text(row["Đơn vị cung cấp số liệu"]),
        verifier=text(row["Đơn vị thẩm định"]),
        measured_in=text(row["Đơn vị tính"]),
        evidence_required=yes(row["Bắt buộc minh chứng"], empty="không"),
        active=yes(row["Áp dụng"]),
    )


def _targets(rows: Iterable[Row]) -> tuple[Target, ...]:
    """The rows of a pair, one target: the first gives it, the later ones revise it."""
    pairs: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        pairs[text(row["Mã chỉ tiêu"]), text(row["Mã đơn vị"])].append(row)
    return tuple(_target(indicator, unit, pair) for (indicator, unit), pair in pairs.items())


def _target(indicator: str, unit: str, pair: list[Row]) -> Target:
    first, later = pair[0], pair[1:]
    ending = next((row for row in pair if day(row["Kết thúc từ ngày"])), None)
    waiver = next((row for row in pair if day(row["Miễn trễ hạn từ ngày"])), None)
    return Target(
        indicator=indicator,
        unit=unit,
        goal=required_number(first["Mức giao"]),
        baseline=number(first["Số gốc"]),
        due=day(first["Hạn hoàn thành"]),
        first_day=day(first["Từ ngày"]),
        revisions=tuple(
            Revision(
                day=_required(day(row["Từ ngày"])),
                baseline=number(row["Số gốc"]),
                goal=number(row["Mức giao"]),
                due=day(row["Hạn hoàn thành"]),
                reason=text(row["Lý do"]),
            )
            for row in later
        ),
        ending_day=day(ending["Kết thúc từ ngày"]) if ending else None,
        ending_reason=text(ending["Lý do"]) if ending else "",
        late_waiver_day=day(waiver["Miễn trễ hạn từ ngày"]) if waiver else None,
        late_waiver_reason=text(waiver["Lý do miễn"]) if waiver else "",
    )


def _period(row: Row) -> Period:
    return Period(
        name=text(row["Kỳ"]),
        start=_required(day(row["Từ ngày"])),
        end=_required(day(row["Đến ngày"])),
        due=_required(moment(row["Hạn gửi"])),
        locked=moment(row["Khóa lúc"]),
    )


def _measurement(row: Row) -> Measurement:
    nothing = text(row["Giá trị"]).casefold() == NOTHING
    return Measurement(
        period=text(row["Kỳ"]),
        indicator=text(row["Mã chỉ tiêu"]),
        unit=text(row["Mã đơn vị"]),
        sent=_required(moment(row["Thời điểm gửi"])),
        value=None if nothing else number(row["Giá trị"]),
        nothing=nothing,
        numerator=number(row["Tử số"]),
        denominator=number(row["Mẫu số"]),
        completed=day(row["Ngày hoàn thành"]),
        sender=text(row["Người gửi"]),
        ruling=choice(Ruling, row["Kết quả thẩm định"]) if text(row["Kết quả thẩm định"]) else None,
        verified_value=number(row["Giá trị thẩm định"]),
        verified_completed=day(row["Ngày hoàn thành thẩm định"]),
        ruled=moment(row["Thời điểm thẩm định"]),
        verifier=text(row["Người thẩm định"]),
        reason=text(row["Lý do"]),
        note=text(row["Ghi chú"]),
    )


def _points(row: Row) -> Points:
    return Points(
        unit=text(row["Mã đơn vị"]),
        bp=_required(points(row["Điểm"])),
        from_day=_required(day(row["Từ ngày"])),
        voided_day=day(row["Hủy từ ngày"]),
        reason=text(row["Lý do"]),
        document=text(row["Số văn bản"]),
    )


def _report_waiver(row: Row) -> ReportWaiver:
    return ReportWaiver(
        unit=text(row["Mã đơn vị"]),
        period=text(row["Kỳ"]),
        from_day=_required(day(row["Từ ngày"])),
        reason=text(row["Lý do"]),
    )


def _gate(row: Row) -> Gate:
    return Gate(
        unit=text(row["Mã đơn vị"]),
        form=choice(GateForm, row["Hình thức"]),
        from_day=_required(day(row["Từ ngày"])),
        voided_day=day(row["Hủy từ ngày"]),
        reason=text(row["Lý do"]),
        document=text(row["Số văn bản"]),
    )
