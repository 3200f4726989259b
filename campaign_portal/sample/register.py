"""The register of earlier years as the office kept it in Excel: invented people and collectives."""

from __future__ import annotations

import io

from openpyxl import Workbook

from awards.actions.register_import import REGISTER

#: Years before the sample's, recipient, name, unit, award, achievement, decision number.
_ROWS = (
    (2, "tập thể", "UBND phường Bến Sơn", "Phường Bến Sơn", "Giấy khen", "Phong trào thi đua 90 ngày", "212"),
    (2, "tập thể", "Phòng Giáo dục và Đào tạo", "Phòng Giáo dục và Đào tạo", "Giấy khen", "Chuyển đổi số", "212"),
    (2, "cá nhân", "Vũ Hoài Nam", "Phòng Giáo dục và Đào tạo", "Giấy khen", "Lớp phụ đạo miễn phí", "213"),
    (2, "cá nhân", "Lê Văn Khoa", "Phường An Phượng", "Giấy khen", "Giải phóng mặt bằng đường trục A1", "213"),
    (2, "cá nhân", "Đặng Thị Ước", "Phường Bến Sơn", "Giấy khen", "Phân loại rác tại nguồn", "213"),
    (2, "hộ gia đình", "Hộ ông Phạm Văn Đoàn", "Phường An Phượng", "Giấy khen", "Hiến đất mở đường", "214"),
    (3, "tập thể", "Công an quận", "Công an quận", "Giấy khen", "Đề án 06", "198"),
    (3, "tập thể", "Hội Liên hiệp Phụ nữ quận", "Hội Liên hiệp Phụ nữ", "Giấy khen", "Ngày chủ nhật xanh", "198"),
    (3, "cá nhân", "Nguyễn Thị Hòa", "Phòng Tài nguyên và Môi trường", "Giấy khen", "Cải cách", "199"),
    (3, "cá nhân", "Trần Đức Bình", "Phường Bến Sơn", "Bằng khen của UBND thành phố", "Phòng, chống dịch", "1045"),
    (4, "tập thể", "Ban Chỉ huy Quân sự quận", "Ban Chỉ huy Quân sự", "Giấy khen", "Công tác tuyển quân", "176"),
    (4, "cá nhân", "Hoàng Thị Thùy Dương", "Phường An Phượng", "Giấy khen", "Dịch vụ công trực tuyến", "177"),
)  # fmt: skip


def workbook(year: int) -> io.BytesIO:
    """Return the register as a workbook, its years counted back from the sample's year."""
    book = Workbook(write_only=True)
    page = book.create_sheet(REGISTER.name)
    page.append([column.header for column in REGISTER.columns])
    for back, kind, name, unit, award, achievement, number in _ROWS:
        decision = f"{number}/QĐ-UBND"
        page.append([year - back, kind, name, unit, award, achievement, decision, f"20/12/{year - back}"])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file
