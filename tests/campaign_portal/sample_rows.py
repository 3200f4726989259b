"""What the tests of the sample read: the layout spelt out, and a workbook's rows as dictionaries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import load_workbook

# Spelt out from workbook.md, not taken from the code under test.
HEADERS = {
    "Phong trào": "Mã, Tên phong trào, Chủ đề, Số kế hoạch, Ngày kế hoạch, Cơ quan phát động, Ngày bắt đầu, "
    "Ngày kết thúc, Ngày chốt, Trạng thái, Trần vượt mức (%), Ngưỡng tính điểm (%), Mốc trễ hạn (%), Trần điểm thưởng, "
    "Điểm trừ báo cáo muộn, Điểm trừ thiếu báo cáo, Trần điểm trừ báo cáo, Ngưỡng xuất sắc, "
    "Ngưỡng tốt, Ngưỡng hoàn thành",
    "Nội dung": "Số, Tên nội dung, Mô tả, Trọng số, Áp dụng",
    "Khối": "Mã khối, Tên khối",
    "Đơn vị": "Mã đơn vị, Tên đơn vị, Loại, Mã khối, Xếp hạng, Hiệu lực từ, Hiệu lực đến, Đơn vị kế thừa",
    "Chỉ tiêu": "Mã chỉ tiêu, Số nội dung, Tên chỉ tiêu, Đơn vị tính, Loại, Cách ghi, Trọng số, Trần (%), Tần suất, "
    "Đơn vị cung cấp số liệu, Đơn vị thẩm định, Bắt buộc minh chứng, Áp dụng",
    "Giao chỉ tiêu": "Mã chỉ tiêu, Mã đơn vị, Số gốc, Mức giao, Hạn hoàn thành, Từ ngày, Kết thúc từ ngày, Lý do, "
    "Miễn trễ hạn từ ngày, Lý do miễn",
    "Kỳ báo cáo": "Kỳ, Từ ngày, Đến ngày, Hạn gửi, Khóa lúc",
    "Số liệu": "Kỳ, Mã chỉ tiêu, Mã đơn vị, Giá trị, Tử số, Mẫu số, Ngày hoàn thành, Thời điểm gửi, Người gửi, "
    "Kết quả thẩm định, Giá trị thẩm định, Ngày hoàn thành thẩm định, Thời điểm thẩm định, Người thẩm định, "
    "Lý do, Ghi chú",
    "Điểm cộng trừ": "Mã đơn vị, Điểm, Từ ngày, Hủy từ ngày, Lý do, Số văn bản",
    "Miễn báo cáo": "Mã đơn vị, Kỳ, Từ ngày, Lý do",
    "Loại trừ": "Mã đơn vị, Hình thức, Từ ngày, Hủy từ ngày, Lý do, Số văn bản",
}
REQUIRED = {
    "Phong trào": "Mã, Tên phong trào, Cơ quan phát động, Ngày bắt đầu, Ngày kết thúc",
    "Nội dung": "Số, Tên nội dung, Trọng số",
    "Khối": "Mã khối, Tên khối",
    "Đơn vị": "Mã đơn vị, Tên đơn vị, Loại, Mã khối",
    "Chỉ tiêu": "Mã chỉ tiêu, Số nội dung, Tên chỉ tiêu, Loại, Trọng số",
    "Giao chỉ tiêu": "Mã chỉ tiêu, Mã đơn vị, Mức giao",
    "Kỳ báo cáo": "Kỳ, Từ ngày, Đến ngày, Hạn gửi",
    "Số liệu": "Kỳ, Mã chỉ tiêu, Mã đơn vị, Thời điểm gửi",
    "Điểm cộng trừ": "Mã đơn vị, Điểm, Từ ngày, Lý do, Số văn bản",
    "Miễn báo cáo": "Mã đơn vị, Kỳ, Từ ngày, Lý do",
    "Loại trừ": "Mã đơn vị, Hình thức, Từ ngày, Lý do, Số văn bản",
}

Rows = dict[str, list[dict[str, Any]]]


def read(path: Path) -> Rows:
    """Return every sheet's rows by header."""
    found: Rows = {}
    for sheet in load_workbook(path, read_only=True).worksheets:
        header, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(header, row, strict=True)) for row in rows]
    return found
