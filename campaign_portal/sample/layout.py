"""The workbook's sheets and headers as workbook.md prints them, and writing them the same way every time."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

Cell = str | int | Decimal | dt.date | dt.datetime | None

SHEETS: dict[str, tuple[str, ...]] = {
    "Phong trào": (
        "Mã",
        "Tên phong trào",
        "Chủ đề",
        "Số kế hoạch",
        "Ngày kế hoạch",
        "Cơ quan phát động",
        "Ngày bắt đầu",
        "Ngày kết thúc",
        "Ngày chốt",
        "Trạng thái",
        "Trần vượt mức (%)",
        "Ngưỡng tính điểm (%)",
        "Mốc trễ hạn (%)",
        "Trần điểm thưởng",
        "Điểm trừ báo cáo muộn",
        "Điểm trừ thiếu báo cáo",
        "Trần điểm trừ báo cáo",
        "Ngưỡng xuất sắc",
        "Ngưỡng tốt",
        "Ngưỡng hoàn thành",
    ),
    "Nội dung": ("Số", "Tên nội dung", "Mô tả", "Trọng số", "Áp dụng"),
    "Khối": ("Mã khối", "Tên khối"),
    "Đơn vị": (
        "Mã đơn vị",
        "Tên đơn vị",
        "Loại",
        "Mã khối",
        "Xếp hạng",
        "Hiệu lực từ",
        "Hiệu lực đến",
        "Đơn vị kế thừa",
    ),
    "Chỉ tiêu": (
        "Mã chỉ tiêu",
        "Số nội dung",
        "Tên chỉ tiêu",
        "Đơn vị tính",
        "Loại",
        "Cách ghi",
        "Trọng số",
        "Trần (%)",
        "Tần suất",
        "Đơn vị cung cấp số liệu",
        "Đơn vị thẩm định",
        "Bắt buộc minh chứng",
        "Áp dụng",
    ),
    "Giao chỉ tiêu": (
        "Mã chỉ tiêu",
        "Mã đơn vị",
        "Số gốc",
        "Mức giao",
        "Hạn hoàn thành",
        "Từ ngày",
        "Kết thúc từ ngày",
        "Lý do",
        "Miễn trễ hạn từ ngày",
        "Lý do miễn",
    ),
    "Kỳ báo cáo": ("Kỳ", "Từ ngày", "Đến ngày", "Hạn gửi", "Khóa lúc"),
    "Số liệu": (
        "Kỳ",
        "Mã chỉ tiêu",
        "Mã đơn vị",
        "Giá trị",
        "Tử số",
        "Mẫu số",
        "Ngày hoàn thành",
        "Thời điểm gửi",
        "Người gửi",
        "Kết quả thẩm định",
        "Giá trị thẩm định",
        "Ngày hoàn thành thẩm định",
        "Thời điểm thẩm định",
        "Người thẩm định",
        "Lý do",
        "Ghi chú",
    ),
    "Điểm cộng trừ": ("Mã đơn vị", "Điểm", "Từ ngày", "Hủy từ ngày", "Lý do", "Số văn bản"),
    "Miễn báo cáo": ("Mã đơn vị", "Kỳ", "Từ ngày", "Lý do"),
    "Loại trừ": ("Mã đơn vị", "Hình thức", "Từ ngày", "Hủy từ ngày", "Lý do", "Số văn bản"),
}

_WIDE = {
    "Tên phong trào": 50,
    "Chủ đề": 40,
    "Tên nội dung": 42,
    "Mô tả": 60,
    "Tên chỉ tiêu": 60,
    "Tên đơn vị": 42,
    "Tên khối": 40,
    "Lý do": 45,
    "Lý do miễn": 40,
    "Ghi chú": 36,
    "Người gửi": 24,
    "Người thẩm định": 24,
}
_EPOCH = (2026, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


def _plain(value: Cell) -> str | int | float | dt.date | None:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _number_format(value: Cell) -> str | None:
    if isinstance(value, dt.datetime):
        return "dd/mm/yyyy hh:mm:ss"
    return "dd/mm/yyyy" if isinstance(value, dt.date) else None


def write(path: Path, rows: Mapping[str, Sequence[Mapping[str, Cell]]]) -> None:
    """Write every sheet of the layout, headers first; a row's unknown column is a KeyError."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, headers in SHEETS.items():
        sheet = book.create_sheet(title)
        sheet.append(list(headers))
        for column, header in enumerate(headers, start=1):
            cell = sheet.cell(1, column)
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DCE6F1")
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            sheet.column_dimensions[get_column_letter(column)].width = _WIDE.get(header, max(12, len(header) + 2))
        sheet.freeze_panes = "A2"
        for number, row in enumerate(rows.get(title, ()), start=2):
            unknown = set(row) - set(headers)
            if unknown:
                raise KeyError(f"{title}: {sorted(unknown)}")
            for column, header in enumerate(headers, start=1):
                value = row.get(header)
                if value is None or value == "":
                    continue
                cell = sheet.cell(number, column, _plain(value))
                cell.number_format = _number_format(value) or cell.number_format
    save(book, path)


def save(book: Workbook, path: Path) -> None:
    """Save so that the same cells give the same bytes: no clock in the archive or in the properties."""
    raw = io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>2026-01-01T00:00:00Z\g<2>", content)
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, content)
