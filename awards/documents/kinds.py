"""Each document's fields, as a template names them and people read them, with an example of each. In Vietnamese."""

from __future__ import annotations

from awards.enums import DocumentKind as K

from .fields import Field, Kind

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"

_COUNTS = (
    Field("tong_so", "Tổng số trường hợp", "32"),
    Field("so_tap_the", "Số tập thể", "10"),
    Field("so_ca_nhan", "Số cá nhân", "20"),
    Field("so_ho", "Số hộ gia đình", "02"),
    Field("doi_tuong", "Đối tượng, viết liền", "10 tập thể, 20 cá nhân và 02 hộ gia đình"),
)
_RECIPIENT = (
    Field("stt", "Số thứ tự", "1"),
    Field("ten", "Tên tập thể, cá nhân, hộ", "Bà Nguyễn Thị Hoà", essential=True),
    Field("chuc_vu", "Chức vụ, địa chỉ", "Công chức Văn phòng – Thống kê"),
    Field("don_vi", "Đơn vị", "Phường Hoà An"),
    Field("hinh_thuc", "Hình thức khen thưởng", "Giấy khen"),
    Field("danh_muc", "Danh mục khen thưởng", "Giấy khen cho cá nhân"),
)
_SCORED = (
    Field("diem", "Điểm của đơn vị", "93,40"),
    Field("hang", "Hạng trong khối", "2/10"),
    Field("xep_loai", "Xếp loại", "Hoàn thành xuất sắc"),
    Field("phieu", "Số phiếu đồng ý / thành viên", "8/9"),
    Field("dieu_kien", "Điều kiện khen thưởng", "Đủ điều kiện"),
)
_MONEY = (
    Field("tong_tien", "Tổng tiền thưởng (đồng)", "24.500.000"),
    Field("tong_tien_chu", "Tổng tiền bằng chữ", "Hai mươi bốn triệu năm trăm nghìn đồng"),
)
_BONUS = (Field("tien_thuong", "Tiền thưởng (đồng)", "760.000"),)
_SUBMITTED = (Field("to_trinh", "Số, ngày Tờ trình", "Tờ trình số 45/TTr-NV ngày 01 tháng 12 năm 2026"),)
_AREA = (
    Field("stt", "Số thứ tự nội dung", "1"),
    Field("ten", "Nội dung thi đua", "Thu ngân sách"),
    Field("diem", "Điểm", "91,20"),
    Field("trung_vi", "Trung vị của khối", "84,00"),
)
_UNIT = (
    Field("stt", "Hạng", "1"),
    Field("ten", "Đơn vị", "Phường Hoà An"),
    Field("khoi", "Khối thi đua", "Khối phường"),
    Field("diem", "Điểm", "93,40"),
    Field("xep_loai", "Xếp loại", "Hoàn thành xuất sắc"),
)

KINDS: dict[str, Kind] = {
    K.SUBMISSION: Kind(
        "to-trinh",
        "TTr-NV",
        "staff",
        ("TRƯỞNG PHÒNG",),
        ("Như trên", "Hội đồng Thi đua - Khen thưởng", "Lưu: VT, hồ sơ"),
        (
            Field("tieu_de", "Về việc gì", "Đề nghị tặng Giấy khen phong trào thi đua cao điểm"),
            Field("kinh_gui", "Kính gửi", "Chủ tịch Ủy ban nhân dân quận A"),
            Field("hoi_dong", "Cuộc họp Hội đồng", "Biên bản họp số 21/BB-HĐTĐKT ngày 30 tháng 11 năm 2026"),
            Field("ghi_chu", "Ghi chú trình Chủ tịch", "Các trường hợp đã được Hội đồng thông qua."),
            Field("ngay_so_lieu", "Số liệu tính đến ngày", "14/11/2026"),
            *_COUNTS,
            *_MONEY,
        ),
        {"danh_sach": (*_RECIPIENT, *_SCORED, *_BONUS)},
    ),
    K.MINUTES: Kind(
        "bien-ban-hop-hoi-dong",
        "BB-HĐTĐKT",
        "council",
        ("CHỦ TRÌ",),
        (),
        (
            Field("ngay_hop", "Ngày họp", "ngày 30 tháng 11 năm 2026"),
            Field("dia_diem", "Địa điểm", "Phòng họp số 2"),
            Field("chu_tri", "Người chủ trì", "Nguyễn Văn An"),
            Field("thu_ky", "Thư ký", "Trần Thị Bình"),
            Field("so_thanh_vien", "Số thành viên", "9"),
            Field("so_co_mat", "Số có mặt", "8"),
            Field("so_vang", "Số vắng mặt", "1"),
            Field("hinh_thuc_bieu_quyet", "Hình thức biểu quyết", "Biểu quyết công khai"),
            Field("quy_dinh", "Quy định thông qua", "Ít nhất 2/3 thành viên dự họp; trên 1/2 tổng số đồng ý"),
            Field("y_kien", "Ý kiến, kết luận", "Hội đồng thống nhất …"),
            Field("so_truong_hop", "Số trường hợp biểu quyết", "12"),
            Field("so_thong_qua", "Số trường hợp thông qua", "10"),
        ),
        {
            "thanh_vien": (
                Field("stt", "Số thứ tự", "1"),
                Field("ten", "Họ và tên", "Nguyễn Văn An"),
                Field("chuc_vu", "Chức vụ", "Chủ tịch Hội đồng"),
                Field("co_mat", "Có mặt, vắng", "Có mặt"),
            ),
            "ket_qua": (
                *_RECIPIENT,
                Field("dong_y", "Số đồng ý", "8"),
                Field("khong_dong_y", "Số không đồng ý", "0"),
                Field("khong_y_kien", "Số không có ý kiến", "0"),
                Field("ty_le", "Tỷ lệ trên tổng số thành viên", "88,89 %"),
                Field("ket_luan", "Kết luận", "Thông qua", essential=True),
            ),
            "khong_tham_gia": (
                Field("ten", "Thành viên", "Trần Văn C"),
                Field("truong_hop", "Trường hợp", "Phường Hoà An"),
                Field("ly_do", "Lý do", "Cùng đơn vị"),
            ),
        },
    ),
    K.DECISION: Kind(
        "quyet-dinh-khen-thuong",
        "QĐ-UBND",
        "organiser",
        (),
        ("Như Điều 3", "Thường trực Quận ủy, Thường trực HĐND", "Chủ tịch, các Phó Chủ tịch", "Lưu: VT, hồ sơ"),
        (
            Field("ly_do", "Thành tích", "đã có thành tích xuất sắc trong phong trào thi đua"),
            *_SUBMITTED,
            *_COUNTS,
            *_MONEY,
        ),
        {"danh_sach": (*_RECIPIENT, *_BONUS)},
    ),
    K.REFUSAL: Kind(
        "thong-bao-khong-khen",
        "TB-NV",
        "staff",
        ("TRƯỞNG PHÒNG",),
        ("Như trên", "Lưu: VT, hồ sơ"),
        (
            Field("kinh_gui", "Kính gửi", "Phường Hoà An"),
            Field("ten", "Trường hợp đề nghị", "Bà Nguyễn Thị Hoà", essential=True),
            Field("chuc_vu", "Chức vụ, địa chỉ", "Công chức"),
            Field("danh_muc", "Danh mục khen thưởng", "Giấy khen cho cá nhân"),
            Field("van_ban_don_vi", "Văn bản đề nghị của đơn vị", "Văn bản số 12/TTr ngày 20 tháng 11 năm 2026"),
            Field("buoc", "Kết quả", "không được Hội đồng Thi đua - Khen thưởng thông qua"),
            Field("ly_do", "Lý do", "Chưa đủ 90,00 điểm", essential=True),
        ),
        {},
    ),
    K.ACHIEVEMENT: Kind(
        "bao-cao-thanh-tich",
        "BC",
        "unit",
        ("THỦ TRƯỞNG ĐƠN VỊ",),
        ("Phòng Nội vụ", "Lưu: VT"),
        (
            Field("ten", "Tên tập thể, cá nhân, hộ", "Phường Hoà An", essential=True),
            Field("chuc_vu", "Chức vụ, địa chỉ", "Công chức"),
            Field("don_vi", "Đơn vị", "Phường Hoà An"),
            Field("hinh_thuc", "Hình thức đề nghị khen thưởng", "Giấy khen"),
            Field("danh_muc", "Danh mục khen thưởng", "Giấy khen cho tập thể"),
            Field("bao_cao", "Thành tích (đơn vị viết)", "Hoàn thành vượt mức các chỉ tiêu.", essential=True),
            Field("giai_trinh", "Lý do đề nghị khi chưa đủ điều kiện", ""),
            Field("xac_nhan", "Người xác nhận", "Trần Văn Bình"),
            Field("ngay_so_lieu", "Số liệu tính đến ngày", "14/11/2026"),
            Field("diem", "Tổng điểm", "93,40"),
            Field("hang", "Hạng trong khối", "2/10"),
            Field("xep_loai", "Xếp loại", "Hoàn thành xuất sắc"),
            Field("ty_le_hoan_thanh", "Tỷ lệ chỉ tiêu hoàn thành", "95 %"),
            Field("bao_cao_muon", "Báo cáo muộn, thiếu", "0 muộn, 0 thiếu"),
        ),
        {
            "noi_dung": _AREA,
            "chi_tieu": (
                Field("ma", "Mã chỉ tiêu", "1.1"),
                Field("ten", "Chỉ tiêu", "Tổng thu ngân sách"),
                Field("muc_giao", "Mức giao", "1.250"),
                Field("thuc_hien", "Thực hiện", "1.300"),
                Field("don_vi_tinh", "Đơn vị tính", "tỷ đồng"),
                Field("ket_qua", "Mức hoàn thành", "104 %"),
            ),
            "minh_chung": (Field("ten", "Tệp minh chứng", "bien-ban.pdf"),),
        },
    ),
    K.SUMMARY: Kind(
        "bao-cao-tong-ket",
        "BC-UBND",
        "organiser",
        ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
        ("UBND thành phố", "Thường trực Quận ủy, Thường trực HĐND", "Các đơn vị tham gia", "Lưu: VT, hồ sơ"),
        (
            Field("ngay_so_lieu", "Số liệu tính đến ngày", "29/12/2026"),
            Field("so_don_vi", "Số đơn vị tham gia", "40"),
            Field("so_don_vi_xep_hang", "Số đơn vị xếp hạng", "33"),
            Field("so_noi_dung", "Số nội dung thi đua", "8"),
            Field("so_chi_tieu", "Số chỉ tiêu giao", "310"),
            Field("so_hoan_thanh", "Số chỉ tiêu hoàn thành", "251"),
            Field("ty_le_hoan_thanh", "Tỷ lệ hoàn thành", "80,97 %"),
            Field("bao_cao_dung_han", "Tình hình báo cáo", "12 lượt muộn, 3 lượt thiếu"),
            Field("cuoi_ky", "Kết quả nổi bật các đơn vị nêu", "…"),
            *_COUNTS,
            *_MONEY,
        ),
        {
            "noi_dung": _AREA[:3],
            "don_vi": _UNIT,
            "xep_loai": (Field("ten", "Loại", "Hoàn thành xuất sắc"), Field("so", "Số đơn vị", "12")),
            "khen_thuong": (
                Field("danh_muc", "Danh mục", "Giấy khen cho tập thể"),
                Field("so", "Số lượng", "10"),
                Field("tien", "Tiền thưởng (đồng)", "15.200.000"),
            ),
            "kho_khan": (Field("don_vi", "Đơn vị", "Phường Hoà An"), Field("noi_dung", "Nội dung", "…")),
            "kien_nghi": (Field("don_vi", "Đơn vị", "Phường Hoà An"), Field("noi_dung", "Nội dung", "…")),
        },
    ),
    K.BRIEFING: Kind(
        "bao-cao-tuan",
        "BC-NV",
        "staff",
        ("TRƯỞNG PHÒNG",),
        ("Chủ tịch, các Phó Chủ tịch", "Hội đồng Thi đua - Khen thưởng", "Lưu: VT, hồ sơ"),
        (
            Field("ky", "Kỳ báo cáo", "Tuần 6"),
            Field("ngay_ky", "Thời gian của kỳ", "từ ngày 05/11/2026 đến ngày 11/11/2026"),
            Field("ngay_so_lieu", "Số liệu tính đến", "24/11/2026"),
            Field("so_don_vi", "Số đơn vị phải báo cáo", "40"),
            Field("so_dung_han", "Số báo cáo đúng hạn", "35"),
            Field("so_muon", "Số báo cáo muộn", "3"),
            Field("so_thieu", "Số đơn vị chưa báo cáo", "2"),
            Field("so_chi_tieu_do", "Số chỉ tiêu đỏ", "14"),
        ),
        {
            "ket_qua": (Field("don_vi", "Đơn vị", "Phường Hoà An"), Field("noi_dung", "Kết quả nổi bật", "…")),
            "kho_khan": (Field("don_vi", "Đơn vị", "Phường Hoà An"), Field("noi_dung", "Khó khăn", "…")),
            "kien_nghi": (Field("don_vi", "Đơn vị", "Phường Hoà An"), Field("noi_dung", "Kiến nghị", "…")),
            "bao_cao": (
                Field("don_vi", "Đơn vị", "Phường Hoà An", essential=True),
                Field("tinh_trang", "Tình trạng", "Muộn"),
                Field("chi_tiet", "Chi tiết", "gửi 17:30 12/11/2026"),
            ),
            "chi_tieu_do": (
                Field("don_vi", "Đơn vị", "Phường Hoà An"),
                Field("ma", "Mã chỉ tiêu", "1.1"),
                Field("ten", "Chỉ tiêu", "Tổng thu ngân sách"),
                Field("muc_giao", "Mức giao", "1.250"),
                Field("thuc_hien", "Thực hiện", "610"),
                Field("muc_do", "Mức hoàn thành", "48,80 %"),
            ),
            "dan_dau": _UNIT,
            "cuoi_bang": _UNIT,
        },
    ),
}
