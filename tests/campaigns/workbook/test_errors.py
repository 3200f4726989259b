"""Broken workbooks: each gets its exact error with sheet, row, column, value and mend; nothing is written."""

import datetime as dt
import io
import zipfile

import pytest
from openpyxl.styles import numbers

from campaigns.models import AuditEntry, Campaign, Measurement, Unit

from .books import START, at, book_of, day, file_of, refusal_of, repacked, small, with_cell, with_row

pytestmark = pytest.mark.django_db

FIRST = {"Mã chỉ tiêu": "TANG", "Mã đơn vị": "P1"}


def revision(**cells):
    """The small workbook with a second row for TANG · P1."""
    return with_row("Giao chỉ tiêu", Mã_chỉ_tiêu="TANG", Mã_đơn_vị="P1", **cells)


def report(**cells):
    """The small workbook with one more measurement of TANG · P1 (row 4)."""
    row = {"Kỳ": "2", "Mã_chỉ_tiêu": "TANG", "Mã_đơn_vị": "P1", "Giá_trị": 1, "Thời_điểm_gửi": at(14)}
    return with_row("Số liệu", **(row | cells))


CASES = {
    # --- cells ---------------------------------------------------------------------------------------------
    "empty required cell": (
        with_cell("Đơn vị", 3, "Tên đơn vị", None),
        "Đơn vị, dòng 3, cột “Tên đơn vị”: Ô trống, bắt buộc phải ghi.",
    ),
    "blank required cell": (
        with_cell("Đơn vị", 3, "Tên đơn vị", " \u00a0 "),
        "Đơn vị, dòng 3, cột “Tên đơn vị”: Ô trống, bắt buộc phải ghi.",
    ),
    "ambiguous number": (
        with_cell("Giao chỉ tiêu", 2, "Mức giao", "1.234"),
        "Giao chỉ tiêu, dòng 2, cột “Mức giao”, giá trị “1.234”:"
        " “1.234” có thể hiểu hai cách: hãy ghi 1234 hoặc 1,234.",
    ),
    "too many decimals": (
        with_cell("Giao chỉ tiêu", 2, "Mức giao", 1.23456),
        "Giao chỉ tiêu, dòng 2, cột “Mức giao”, giá trị “1,23456”: Chỉ được ghi tối đa 4 chữ số thập phân.",
    ),
    "too large": (
        with_cell("Giao chỉ tiêu", 2, "Mức giao", 10**9),
        "Giao chỉ tiêu, dòng 2, cột “Mức giao”, giá trị “1000000000”:"
        " Số quá lớn: hãy dùng đơn vị lớn hơn như triệu hoặc tỷ đồng.",
    ),
    "astronomic": (
        with_cell("Giao chỉ tiêu", 2, "Mức giao", 1e300),
        "Giao chỉ tiêu, dòng 2, cột “Mức giao”, giá trị “1" + "0" * 78 + "…”:"
        " Số quá lớn: hãy dùng đơn vị lớn hơn như triệu hoặc tỷ đồng.",
    ),
    "weight with three decimals": (
        with_cell("Nội dung", 2, "Trọng số", "1,005"),
        "Nội dung, dòng 2, cột “Trọng số”, giá trị “1,005”: Chỉ được ghi tối đa 2 chữ số thập phân.",
    ),
    "weight of zero": (
        with_cell("Nội dung", 2, "Trọng số", 0),
        "Nội dung, dòng 2, cột “Trọng số”, giá trị “0”: Số phải lớn hơn 0.",
    ),
    "weight above 1000": (
        with_cell("Chỉ tiêu", 2, "Trọng số", "1000,01"),
        "Chỉ tiêu, dòng 2, cột “Trọng số”, giá trị “1000,01”: Số không được quá 1000.",
    ),
    "text for a number": (
        with_cell("Nội dung", 2, "Trọng số", "mười"),
        "Nội dung, dòng 2, cột “Trọng số”, giá trị “mười”: Đây không phải là số. Hãy ghi như 1236,83 hoặc 1.236,83.",
    ),
    "NaN as text": (
        with_cell("Nội dung", 2, "Trọng số", "NaN"),
        "Nội dung, dòng 2, cột “Trọng số”, giá trị “NaN”: Đây không phải là số. Hãy ghi như 1236,83 hoặc 1.236,83.",
    ),
    "full-width digits": (
        with_cell("Nội dung", 2, "Trọng số", "１０"),
        "Nội dung, dòng 2, cột “Trọng số”, giá trị “１０”: Đây không phải là số. Hãy ghi như 1236,83 hoặc 1.236,83.",
    ),
    "TRUE for a number": (
        with_cell("Nội dung", 2, "Trọng số", True),
        "Nội dung, dòng 2, cột “Trọng số”, giá trị “TRUE”: Đây không phải là số. Hãy ghi như 1236,83 hoặc 1.236,83.",
    ),
    "date for a number": (
        with_cell("Giao chỉ tiêu", 2, "Mức giao", day(3)),
        "Giao chỉ tiêu, dòng 2, cột “Mức giao”, giá trị “04/03/2026”:"
        " Excel đã đổi số này thành ngày; hãy định dạng ô là số rồi ghi lại.",
    ),
    "date for a code": (
        with_cell("Kỳ báo cáo", 2, "Kỳ", day(1)),
        "Kỳ báo cáo, dòng 2, cột “Kỳ”, giá trị “02/03/2026”:"
        " Excel đã đổi chữ này thành ngày hoặc TRUE/FALSE; hãy định dạng ô là văn bản rồi ghi lại.",
    ),
    "number for a date": (
        with_cell("Phong trào", 2, "Ngày kết thúc", 46110),
        "Phong trào, dòng 2, cột “Ngày kết thúc”, giá trị “46110”:"
        " Đây không phải là ngày. Hãy ghi dd/mm/yyyy hoặc dùng ngày của Excel.",
    ),
    "american date": (
        with_cell("Phong trào", 2, "Ngày kết thúc", "03/29/2026"),
        "Phong trào, dòng 2, cột “Ngày kết thúc”, giá trị “03/29/2026”: Không có ngày này; hãy ghi dd/mm/yyyy.",
    ),
    "ISO date": (
        with_cell("Phong trào", 2, "Ngày kết thúc", "2026-03-29"),
        "Phong trào, dòng 2, cột “Ngày kết thúc”, giá trị “2026-03-29”:"
        " Đây không phải là ngày. Hãy ghi dd/mm/yyyy hoặc dùng ngày của Excel.",
    ),
    "30 February": (
        with_cell("Phong trào", 2, "Ngày kết thúc", "30/02/2026"),
        "Phong trào, dòng 2, cột “Ngày kết thúc”, giá trị “30/02/2026”: Không có ngày này; hãy ghi dd/mm/yyyy.",
    ),
    "year of two digits": (
        with_cell("Phong trào", 2, "Ngày kết thúc", "29/03/26"),
        "Phong trào, dòng 2, cột “Ngày kết thúc”, giá trị “29/03/26”:"
        " Đây không phải là ngày. Hãy ghi dd/mm/yyyy hoặc dùng ngày của Excel.",
    ),
    "year 9999": (
        with_cell("Phong trào", 2, "Ngày kết thúc", dt.date(9999, 12, 31)),
        "Phong trào, dòng 2, cột “Ngày kết thúc”, giá trị “31/12/9999”: Năm phải nằm trong khoảng 1945 đến 2199.",
    ),
    "time in a date": (
        with_cell("Phong trào", 2, "Ngày kết thúc", at(28, 9)),
        "Phong trào, dòng 2, cột “Ngày kết thúc”, giá trị “29/03/2026 09:00:00”: Ô này chỉ ghi ngày, không ghi giờ.",
    ),
    "no time of day": (
        with_cell("Kỳ báo cáo", 2, "Hạn gửi", "09/03/2026 25:00"),
        "Kỳ báo cáo, dòng 2, cột “Hạn gửi”, giá trị “09/03/2026 25:00”: Không có giờ này; hãy ghi hh:mm hoặc hh:mm:ss.",
    ),
    "date as text for a moment": (
        with_cell("Kỳ báo cáo", 2, "Hạn gửi", "09/03/2026"),
        "Kỳ báo cáo, dòng 2, cột “Hạn gửi”, giá trị “09/03/2026”:"
        " Đây không phải là ngày giờ. Hãy ghi dd/mm/yyyy hh:mm hoặc dùng ngày giờ của Excel.",
    ),
    "unknown choice": (
        with_cell("Chỉ tiêu", 2, "Loại", "tăng trưởng"),
        "Chỉ tiêu, dòng 2, cột “Loại”, giá trị “tăng trưởng”: Hãy chọn một trong: tăng; giảm; duy trì; mốc.",
    ),
    "neither yes nor no": (
        with_cell("Nội dung", 3, "Áp dụng", "x"),
        "Nội dung, dòng 3, cột “Áp dụng”, giá trị “x”: Hãy ghi “có” hoặc “không”.",
    ),
    "code too long": (
        with_cell("Khối", 2, "Mã khối", "K" * 41),
        "Khối, dòng 2, cột “Mã khối”, giá trị “" + "K" * 41 + "”: Chữ dài quá 40 ký tự.",
    ),
    "formula that was never computed": (
        with_cell("Giao chỉ tiêu", 2, "Mức giao", "=60+40"),
        "Giao chỉ tiêu, dòng 2, cột “Mức giao”: Công thức chưa có kết quả được lưu; hãy mở tệp bằng Excel"
        " rồi lưu lại, hoặc ghi chính giá trị.",
    ),
    "error of Excel": (
        with_cell("Giao chỉ tiêu", 2, "Mức giao", "#N/A"),
        "Giao chỉ tiêu, dòng 2, cột “Mức giao”, giá trị “#N/A”: Ô đang báo lỗi của Excel; hãy ghi chính giá trị.",
    ),
    # --- the plan ------------------------------------------------------------------------------------------
    "campaign ends before it starts": (
        with_cell("Phong trào", 2, "Ngày kết thúc", day(0)),
        "Phong trào, dòng 2, cột “Ngày kết thúc”, giá trị “01/03/2026”: Ngày cuối trước ngày đầu.",
    ),
    "bands out of order": (
        with_cell("Phong trào", 2, "Ngưỡng tốt", 95),
        "Phong trào, dòng 2, cột “Ngưỡng xuất sắc”: Các ngưỡng xếp loại phải tăng dần từ hoàn thành, tốt đến xuất sắc.",
    ),
    "late milestone at full": (
        with_cell("Phong trào", 2, "Mốc trễ hạn (%)", 100),
        "Phong trào, dòng 2, cột “Mốc trễ hạn (%)”, giá trị “100”: Số không được quá 99,99.",
    ),
    "percent with three decimals": (
        with_cell("Phong trào", 2, "Trần vượt mức (%)", "110,125"),
        "Phong trào, dòng 2, cột “Trần vượt mức (%)”, giá trị “110,125”: Chỉ được ghi tối đa 2 chữ số thập phân.",
    ),
    "no campaign": (
        small() | {"Phong trào": []},
        "Phong trào: Trang này phải có đúng một dòng là phong trào; hiện có 0 dòng.",
    ),
    "two campaigns": (
        with_row(
            "Phong trào", Mã="PT-02", Tên_phong_trào="x", Cơ_quan_phát_động="x", Ngày_bắt_đầu=START, Ngày_kết_thúc=START
        ),
        "Phong trào: Trang này phải có đúng một dòng là phong trào; hiện có 2 dòng.",
    ),
    "code twice": (
        with_row("Khối", Mã_khối="K1", Tên_khối="Khác"),
        "Khối, dòng 4, cột “Mã khối”, giá trị “K1”: Mã này xuất hiện hai lần trong trang.",
    ),
    "code twice in another Unicode form": (
        with_row("Khối", Mã_khối=" K1\u200b ", Tên_khối="Khác"),
        "Khối, dòng 4, cột “Mã khối”, giá trị “K1”: Mã này xuất hiện hai lần trong trang.",
    ),
    "unknown bloc": (
        with_cell("Đơn vị", 2, "Mã khối", "k1"),
        "Đơn vị, dòng 2, cột “Mã khối”, giá trị “k1”: Không có mã này trong trang “Khối”.",
    ),
    "unknown area": (
        with_cell("Chỉ tiêu", 2, "Số nội dung", 9),
        "Chỉ tiêu, dòng 2, cột “Số nội dung”, giá trị “9”: Không có mã này trong trang “Nội dung”.",
    ),
    "unknown provider": (
        with_cell("Chỉ tiêu", 6, "Đơn vị cung cấp số liệu", "CQT"),
        "Chỉ tiêu, dòng 6, cột “Đơn vị cung cấp số liệu”, giá trị “CQT”: Không có mã này trong trang “Đơn vị”.",
    ),
    "unit ends before it begins": (
        with_row(
            "Đơn vị",
            Mã_đơn_vị="P3",
            Tên_đơn_vị="x",
            Loại="xã",
            Mã_khối="K1",
            Hiệu_lực_từ=day(9),
            Hiệu_lực_đến=day(8),
        ),
        "Đơn vị, dòng 5, cột “Hiệu lực đến”, giá trị “09/03/2026”: Ngày cuối trước ngày đầu.",
    ),
    "own successor": (
        with_cell("Đơn vị", 2, "Đơn vị kế thừa", "P1"),
        "Đơn vị, dòng 2, cột “Đơn vị kế thừa”, giá trị “P1”: Đơn vị không thể kế thừa chính mình.",
    ),
    "milestone per period": (
        with_cell("Chỉ tiêu", 5, "Cách ghi", "trong kỳ"),
        "Chỉ tiêu, dòng 5, cột “Cách ghi”, giá trị “trong kỳ”:"
        " Chỉ tiêu mốc chỉ ghi xong hoặc chưa xong, cách ghi là lũy kế.",
    ),
    "period ends before it begins": (
        with_cell("Kỳ báo cáo", 3, "Đến ngày", day(7)),
        "Kỳ báo cáo, dòng 3, cột “Đến ngày”, giá trị “08/03/2026”: Ngày cuối trước ngày đầu.",
    ),
    "period locks before it is due": (
        with_cell("Kỳ báo cáo", 2, "Khóa lúc", at(8, 16)),
        "Kỳ báo cáo, dòng 2, cột “Khóa lúc”, giá trị “09/03/2026 16:00:00”: Thời điểm khóa không được trước hạn gửi.",
    ),
    "two periods end on one day": (
        with_cell("Kỳ báo cáo", 3, "Đến ngày", day(21)),
        "Kỳ báo cáo, dòng 4, cột “Đến ngày”, giá trị “22/03/2026”: Kỳ “2” kết thúc cùng ngày.",
    ),
    "gap in the calendar": (
        with_cell("Kỳ báo cáo", 3, "Từ ngày", day(9)),
        "Kỳ báo cáo, giá trị “1 – 2”: Giữa hai kỳ có những ngày không thuộc kỳ nào."
        " Hãy sửa, hoặc ghi trạng thái “dự thảo” để nhập mà chưa mở.",
    ),
    "overlap in the calendar": (
        with_cell("Kỳ báo cáo", 3, "Từ ngày", day(7)),
        "Kỳ báo cáo, giá trị “1 – 2”: Hai kỳ báo cáo chồng lên nhau."
        " Hãy sửa, hoặc ghi trạng thái “dự thảo” để nhập mà chưa mở.",
    ),
    "calendar ends early": (
        with_cell("Phong trào", 2, "Ngày kết thúc", day(29)),
        "Kỳ báo cáo, giá trị “4”: Kỳ cuối kết thúc ngày 29/03/2026, trước ngày kết thúc phong trào."
        " Hãy sửa, hoặc ghi trạng thái “dự thảo” để nhập mà chưa mở.",
    ),
    "period after the end": (
        with_cell("Phong trào", 2, "Ngày kết thúc", day(27)),
        "Kỳ báo cáo, giá trị “4”: Kỳ báo cáo kết thúc sau ngày kết thúc phong trào."
        " Hãy sửa, hoặc ghi trạng thái “dự thảo” để nhập mà chưa mở.",
    ),
    # --- targets -------------------------------------------------------------------------------------------
    "no goal": (
        with_cell("Giao chỉ tiêu", 2, "Mức giao", None),
        "Giao chỉ tiêu, dòng 2, cột “Mức giao”: Ô trống, bắt buộc phải ghi.",
    ),
    "decrease without room": (
        with_cell("Giao chỉ tiêu", 4, "Mức giao", 40),
        "Giao chỉ tiêu, dòng 4, cột “Mức giao”, giá trị “40”: Mức giao của chỉ tiêu giảm phải thấp hơn số gốc.",
    ),
    "limit below its goal": (
        with_cell("Giao chỉ tiêu", 5, "Mức giao", 3),
        "Giao chỉ tiêu, dòng 5, cột “Số gốc”: Số gốc của chỉ tiêu duy trì không được thấp hơn mức giao.",
    ),
    "milestone without due date": (
        with_cell("Giao chỉ tiêu", 6, "Hạn hoàn thành", None),
        "Giao chỉ tiêu, dòng 6, cột “Hạn hoàn thành”: Chỉ tiêu mốc phải có hạn hoàn thành.",
    ),
    "milestone of 100": (
        with_cell("Giao chỉ tiêu", 6, "Mức giao", 100),
        "Giao chỉ tiêu, dòng 6, cột “Mức giao”, giá trị “100”: Mức giao của chỉ tiêu mốc là 1.",
    ),
    "revision without a day": (
        revision(Mức_giao=120, Lý_do="x"),
        "Giao chỉ tiêu, dòng 8, cột “Từ ngày”: Đây là dòng tiếp theo của cùng chỉ tiêu và đơn vị,"
        " tức là điều chỉnh: phải ghi ngày áp dụng.",
    ),
    "revision without a reason": (
        revision(Mức_giao=120, Từ_ngày=day(5)),
        "Giao chỉ tiêu, dòng 8, cột “Lý do”: Phải ghi lý do.",
    ),
    "revision that breaks the kind": (
        with_row("Giao chỉ tiêu", Mã_chỉ_tiêu="GIAM", Mã_đơn_vị="P1", Mức_giao=41, Từ_ngày=day(5), Lý_do="x"),
        "Giao chỉ tiêu, dòng 8, cột “Mức giao”, giá trị “41”: Mức giao của chỉ tiêu giảm phải thấp hơn số gốc.",
    ),
    "ending without a reason": (
        with_cell("Giao chỉ tiêu", 2, "Kết thúc từ ngày", day(9)),
        "Giao chỉ tiêu, dòng 2, cột “Lý do”: Phải ghi lý do.",
    ),
    "waiver without a reason": (
        with_cell("Giao chỉ tiêu", 6, "Miễn trễ hạn từ ngày", day(9)),
        "Giao chỉ tiêu, dòng 6, cột “Lý do miễn”: Phải ghi lý do.",
    ),
    "reason without a waiver": (
        with_cell("Giao chỉ tiêu", 6, "Lý do miễn", "Bão"),
        "Giao chỉ tiêu, dòng 6, cột “Miễn trễ hạn từ ngày”: Có lý do nhưng chưa có ngày;"
        " hãy ghi ngày hoặc xóa lý do.",
    ),
    "unknown indicator": (
        with_cell("Giao chỉ tiêu", 3, "Mã chỉ tiêu", "TĂNG"),
        "Giao chỉ tiêu, dòng 3, cột “Mã chỉ tiêu”, giá trị “TĂNG”: Không có mã này trong trang “Chỉ tiêu”.",
    ),
    # --- measurements --------------------------------------------------------------------------------------
    "no such target": (
        report(Mã_chỉ_tiêu="GIAM", Mã_đơn_vị="P2"),
        "Số liệu, dòng 4, cột “Mã chỉ tiêu”, giá trị “GIAM”: Chỉ tiêu này không giao cho đơn vị P2.",
    ),
    "unknown period": (
        report(Kỳ="9"),
        "Số liệu, dòng 4, cột “Kỳ”, giá trị “9”: Không có mã này trong trang “Kỳ báo cáo”.",
    ),
    "no value": (
        report(Giá_trị=None),
        "Số liệu, dòng 4, cột “Giá trị”: Ô trống: hãy ghi số, “không phát sinh”, hoặc tử số và mẫu số.",
    ),
    "value and share": (
        report(Tử_số=1, Mẫu_số=2),
        "Số liệu, dòng 4, cột “Giá trị”, giá trị “1”: Chỉ ghi giá trị hoặc tử số và mẫu số, không ghi cả hai.",
    ),
    "half a share": (
        report(Giá_trị=None, Tử_số=1),
        "Số liệu, dòng 4, cột “Mẫu số”: Tử số và mẫu số đi cùng nhau; hãy ghi cả hai.",
    ),
    "denominator of zero": (
        report(Giá_trị=None, Tử_số=1, Mẫu_số=0),
        "Số liệu, dòng 4, cột “Mẫu số”, giá trị “0”: Mẫu số phải lớn hơn 0.",
    ),
    "share beyond the range": (
        report(Giá_trị=None, Tử_số=999999999, Mẫu_số="0,0001"),
        "Số liệu, dòng 4, cột “Tử số”, giá trị “999999999”:"
        " Số quá lớn: hãy dùng đơn vị lớn hơn như triệu hoặc tỷ đồng.",
    ),
    "share of counts in the period": (
        report(Mã_chỉ_tiêu="GIU", Giá_trị=None, Tử_số=1, Mẫu_số=2),
        "Số liệu, dòng 4, cột “Tử số”, giá trị “1”: Chỉ chỉ tiêu ghi lũy kế mới được nhập bằng tử số và mẫu số.",
    ),
    "sent before the period": (
        report(Thời_điểm_gửi=at(7, 23, 59)),
        "Số liệu, dòng 4, cột “Thời điểm gửi”, giá trị “08/03/2026 23:59:00”:"
        " Gửi trước ngày đầu của kỳ, 09/03/2026.",
    ),
    "half a milestone": (
        report(Mã_chỉ_tiêu="MOC", Giá_trị="0,5"),
        "Số liệu, dòng 4, cột “Giá trị”, giá trị “0,5”: Giá trị của chỉ tiêu mốc là 1 (đã xong) hoặc 0 (chưa xong).",
    ),
    "milestone done without a day": (
        report(Mã_chỉ_tiêu="MOC"),
        "Số liệu, dòng 4, cột “Ngày hoàn thành”: Mốc đã xong phải có ngày hoàn thành.",
    ),
    "milestone done after sending": (
        report(Mã_chỉ_tiêu="MOC", Ngày_hoàn_thành=day(15)),
        "Số liệu, dòng 4, cột “Ngày hoàn thành”, giá trị “16/03/2026”: Ngày hoàn thành sau ngày gửi báo cáo.",
    ),
    "verdict without a time": (
        report(Kết_quả_thẩm_định="chấp nhận"),
        "Số liệu, dòng 4, cột “Thời điểm thẩm định”: Kết quả thẩm định phải có thời điểm.",
    ),
    "verdict before the sending": (
        report(Kết_quả_thẩm_định="chấp nhận", Thời_điểm_thẩm_định=at(14, 9, 59)),
        "Số liệu, dòng 4, cột “Thời điểm thẩm định”, giá trị “15/03/2026 09:59:00”:"
        " Thời điểm thẩm định trước thời điểm gửi.",
    ),
    "verdict forgotten": (
        report(Thời_điểm_thẩm_định=at(15)),
        "Số liệu, dòng 4, cột “Kết quả thẩm định”: Thiếu kết quả thẩm định dù đã ghi “Thời điểm thẩm định”.",
    ),
    "accepted but changed": (
        report(Kết_quả_thẩm_định="chấp nhận", Thời_điểm_thẩm_định=at(15), Giá_trị_thẩm_định=2),
        "Số liệu, dòng 4, cột “Giá trị thẩm định”, giá trị “2”: Số liệu chấp nhận giữ nguyên như đã gửi;"
        " hãy để trống ô này hoặc chọn “điều chỉnh”.",
    ),
    "adjusted without a reason": (
        report(Kết_quả_thẩm_định="điều chỉnh", Thời_điểm_thẩm_định=at(15), Giá_trị_thẩm_định=2),
        "Số liệu, dòng 4, cột “Lý do”: Điều chỉnh hoặc trả lại phải ghi lý do.",
    ),
    "adjusted without a value": (
        report(Kết_quả_thẩm_định="điều chỉnh", Thời_điểm_thẩm_định=at(15), Lý_do="x"),
        "Số liệu, dòng 4, cột “Giá trị thẩm định”: Điều chỉnh phải ghi giá trị thẩm định.",
    ),
    "returned without a reason": (
        report(Kết_quả_thẩm_định="trả lại", Thời_điểm_thẩm_định=at(15)),
        "Số liệu, dòng 4, cột “Lý do”: Điều chỉnh hoặc trả lại phải ghi lý do.",
    ),
    "returned with a value": (
        report(Kết_quả_thẩm_định="trả lại", Thời_điểm_thẩm_định=at(15), Lý_do="x", Giá_trị_thẩm_định=2),
        "Số liệu, dòng 4, cột “Giá trị thẩm định”, giá trị “2”: Số liệu trả lại không có giá trị thẩm định;"
        " hãy để trống ô này.",
    ),
    "milestone adjusted to done without a day": (
        report(
            Mã_chỉ_tiêu="MOC",
            Giá_trị=0,
            Kết_quả_thẩm_định="điều chỉnh",
            Thời_điểm_thẩm_định=at(15),
            Lý_do="x",
            Giá_trị_thẩm_định=1,
        ),
        "Số liệu, dòng 4, cột “Ngày hoàn thành thẩm định”: Mốc đã xong phải có ngày hoàn thành.",
    ),
    # --- acts ----------------------------------------------------------------------------------------------
    "no points": (
        with_cell("Điểm cộng trừ", 2, "Điểm", 0),
        "Điểm cộng trừ, dòng 2, cột “Điểm”, giá trị “0”: Điểm khác 0: số dương là điểm cộng, số âm là điểm trừ.",
    ),
    "void before it holds": (
        with_cell("Điểm cộng trừ", 2, "Hủy từ ngày", day(4)),
        "Điểm cộng trừ, dòng 2, cột “Hủy từ ngày”, giá trị “05/03/2026”: Ngày hủy không được trước ngày có hiệu lực.",
    ),
    "gate without a document": (
        with_cell("Loại trừ", 2, "Số văn bản", None),
        "Loại trừ, dòng 2, cột “Số văn bản”: Ô trống, bắt buộc phải ghi.",
    ),
    "two registrations": (
        with_row("Đăng ký tham gia", Mã_đơn_vị="P1"),
        "Đăng ký tham gia, dòng 3, cột “Mã đơn vị”, giá trị “P1”: Mã này xuất hiện hai lần trong trang.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "line"), CASES.values(), ids=CASES)
def test_the_error_says_where_what_and_how(rows, line):
    assert refusal_of(file_of(rows)) == [line]
    assert not Campaign.objects.exists()
    assert not Unit.objects.exists()
    assert not AuditEntry.objects.exists()


def test_all_errors_are_listed_at_once():
    rows = with_cell("Nội dung", 2, "Trọng số", "mười")
    rows["Đơn vị"][0]["Mã khối"] = "K9"
    rows["Số liệu"][0]["Giá trị"] = "1.234"
    assert [line.split(":")[0] for line in refusal_of(file_of(rows))] == [
        "Nội dung, dòng 2, cột “Trọng số”, giá trị “mười”",
        "Số liệu, dòng 2, cột “Giá trị”, giá trị “1.234”",
        "Đơn vị, dòng 2, cột “Mã khối”, giá trị “K9”",
    ]


def test_a_long_list_ends_with_a_count():
    rows = small()
    rows["Khối"] += [{"Mã khối": f"K{n}", "Tên khối": None} for n in range(3, 1203)]
    lines = refusal_of(file_of(rows))
    assert len(lines) == 1001
    assert lines[-1] == "… và 200 lỗi khác."


# --- headers and sheets ---------------------------------------------------------------------------------------


def change_sheet(title, change):
    return file_of(small(), lambda book: change(book[title]))


def test_unknown_sheet():
    file = file_of(small(), lambda book: book.create_sheet("Bảng tính1"))
    assert refusal_of(file) == [
        "Bảng tính1: Trang lạ. Các trang của sổ gồm: Phong trào, Nội dung, Khối, Đơn vị, Chỉ tiêu, Giao chỉ tiêu,"
        " Kỳ báo cáo, Số liệu, Điểm cộng trừ, Miễn báo cáo, Loại trừ, Đăng ký tham gia" + extra_sheets() + "."
    ]


def extra_sheets():
    from campaigns.workbook.registry import extensions

    return "".join(f", {handler.sheet.name}" for handler in extensions())


def test_unknown_column():
    def change(page):
        page.cell(1, 3, "Ghi chú")

    assert refusal_of(change_sheet("Khối", change)) == [
        "Khối, dòng 1, cột “C”, giá trị “Ghi chú”: Cột lạ. Các cột của trang gồm: Mã khối, Tên khối."
    ]


def test_column_twice():
    def change(page):
        page.cell(1, 3, " TÊN KHỐI * ")

    assert refusal_of(change_sheet("Khối", change)) == [
        "Khối, dòng 1, cột “Tên khối”: Cột này xuất hiện hai lần trong trang."
    ]


def test_column_missing():
    def change(page):
        page.delete_cols(2)

    assert refusal_of(change_sheet("Khối", change)) == ["Khối, dòng 1, cột “Tên khối”: Thiếu cột này."]


def test_value_without_a_header():
    def change(page):
        page.cell(2, 5, "lạc")

    assert refusal_of(change_sheet("Khối", change)) == [
        "Khối, dòng 2, cột “E”, giá trị “lạc”: Giá trị nằm ở cột không có tiêu đề hợp lệ."
    ]


def test_headers_in_row_two():
    def change(page):
        page.insert_rows(1)

    lines = refusal_of(change_sheet("Khối", change))
    assert lines[:2] == [
        "Khối, dòng 1, cột “Mã khối”: Thiếu cột này.",
        "Khối, dòng 1, cột “Tên khối”: Thiếu cột này.",
    ]


def test_merged_cells():
    def change(page):
        page.merge_cells("B3:B4")

    lines = refusal_of(change_sheet("Đơn vị", change))
    assert "Đơn vị, giá trị “B3:B4”: Ô gộp chỉ giữ được một giá trị; hãy bỏ gộp và ghi đủ từng ô." in lines


def test_percentage_format():
    def change(page):
        page["D2"] = 0.955
        page["D2"].number_format = numbers.FORMAT_PERCENTAGE_00

    assert refusal_of(change_sheet("Giao chỉ tiêu", change)) == [
        "Giao chỉ tiêu, dòng 2, cột “Mức giao”, giá trị “0,955”:"
        " Ô định dạng phần trăm; hãy định dạng là số và ghi con số, ví dụ 95,5."
    ]


def test_a_sum_of_floats():
    """What a formula leaves in the file is the number it names, to the last digit."""
    xml = b"<v>0.30000000000000004</v>"
    file = repacked(file_of(small()), "xl/worksheets/sheet6.xml", lambda old: old.replace(b"<v>100</v>", xml, 1))
    assert refusal_of(file) == [
        "Giao chỉ tiêu, dòng 2, cột “Mức giao”, giá trị “0,30000000000000004”: Chỉ được ghi tối đa 4 chữ số thập phân."
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(b"<v>NaN</v>", "NaN"), (b"<v>1e999</v>", "1e999"), (b"<v>INF</v>", "INF"), (b"<v>0x1F</v>", "0x1F")],
)
def test_numbers_no_spreadsheet_writes(value, shown):
    file = repacked(file_of(small()), "xl/worksheets/sheet6.xml", lambda xml: xml.replace(b"<v>100</v>", value, 1))
    assert refusal_of(file) == [f"Giao chỉ tiêu, dòng 2, cột “Mức giao”, giá trị “{shown}”: Ô không chứa số hợp lệ."]


# --- files ---------------------------------------------------------------------------------------------------

DAMAGED = "Tệp không phải là sổ .xlsx hoặc bị hỏng. Hãy mở bằng Excel và lưu lại dạng .xlsx."


def zip_of(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "Tệp rỗng."),
        (b"M\xc3\xa3;T\xc3\xaan\n", DAMAGED),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 2000, DAMAGED),
        (b"PK\x03\x04" + b"\xff" * 100, DAMAGED),
        (b"<html></html>", DAMAGED),
    ],
    ids=["empty", "csv", "old xls", "torn zip", "html"],
)
def test_not_a_workbook(content, line):
    assert refusal_of(io.BytesIO(content)) == [line]


def test_a_zip_of_something_else():
    assert refusal_of(zip_of(readme="xin chào")) == [DAMAGED]


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.99])
def test_a_file_cut_off(keep):
    content = file_of(small()).getvalue()
    assert refusal_of(io.BytesIO(content[: int(len(content) * keep)])) == [DAMAGED]


def test_broken_xml_names_the_sheet():
    file = repacked(file_of(small()), "xl/worksheets/sheet3.xml", lambda xml: xml[: len(xml) // 2])
    lines = refusal_of(file)
    assert lines[0] == (
        "Khối: Phần “xl/worksheets/sheet3.xml” của tệp bị hỏng. Hãy mở bằng Excel và lưu lại dạng .xlsx."
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace(b'r="A2"', b'r="A0"'),
        lambda xml: xml.replace(b'r="B2"', b'r="A2"'),
        lambda xml: xml.replace(b'<row r="3"', b'<row r="2"'),
        lambda xml: xml.replace(b'r="A2"', b'r="A99"'),
        lambda xml: xml.replace(b'<row r="3"', b'<row r="x"'),
    ],
    ids=["row zero", "cell twice", "row twice", "cell of another row", "row x"],
)
def test_cells_out_of_place(change):
    lines = refusal_of(repacked(file_of(small()), "xl/worksheets/sheet3.xml", change))
    assert "Khối: Phần “xl/worksheets/sheet3.xml” của tệp bị hỏng. Hãy mở bằng Excel và lưu lại dạng .xlsx." in lines


def test_macros():
    file = file_of(small())
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\0")
    assert refusal_of(file) == ["Sổ có macro. Hãy lưu lại dạng .xlsx không có macro."]


def test_a_book_without_sheets_of_ours():
    book = book_of({"Sheet1": [{"a": 1}]})
    file = io.BytesIO()
    book.save(file)
    assert [line.split(":")[0] for line in refusal_of(file)] == ["Sheet1", "Phong trào"]


def test_the_small_workbook_itself_is_taken():
    """The control: what every case above changes is valid."""
    from .books import bring_in

    result = bring_in(file_of(small()))
    assert result.opened
    assert Measurement.objects.count() == 2
