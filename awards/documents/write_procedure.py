"""Layout of the documents of the procedure, part by part."""

from __future__ import annotations

from campaigns.documents.decree30 import Column, Document30, Signer

from .common import Data
from .write_parts import (
    STT,
    bases,
    campaign_words,
    forms_words,
    grouped,
    in_campaign,
    lower_first,
    plain,
    sign,
    who,
)


def submission(document: Document30, data: Data) -> None:
    """Write the Tờ trình of a submission."""
    document.heading("Tờ trình", data["tieu_de"])
    document.addressed(data["kinh_gui"])
    bases(document, data)
    council = f" và kết quả xét của Hội đồng Thi đua - Khen thưởng ({data['hoi_dong']})" if data["hoi_dong"] else ""
    document.paragraph(
        f"Sau khi thẩm định hồ sơ{council}, {data['phong_thuong_truc']} kính trình {data['kinh_gui']} xét, "
        f"quyết định tặng {forms_words(data)} cho {data['doi_tuong']} "
        f"đã có thành tích xuất sắc trong {campaign_words(data)}, như sau:"
    )
    document.table(
        [
            STT,
            Column("Tập thể, cá nhân đề nghị", 48),
            Column("Đơn vị", 34),
            Column("Điểm đơn vị", 16, "right"),
            Column("Hạng", 13, "centre"),
            Column("Phiếu thuận", 15, "centre"),
            Column("Tiền thưởng (đồng)", 24, "right"),
        ],
        grouped(
            data["danh_sach"],
            lambda r: [r["stt"], who(r), r["don_vi"], r["diem"], r["hang"], r["phieu"], r["tien_thuong"]],
        ),
        size=11,
    )
    day = f" Điểm và hạng là số liệu chính thức ngày {data['ngay_so_lieu']}." if data["ngay_so_lieu"] else ""
    document.paragraph(
        f"Tổng số tiền thưởng dự kiến: {data['tong_tien']} đồng (Bằng chữ: {data['tong_tien_chu']}), "
        f"chi từ Quỹ thi đua, khen thưởng theo mức lương cơ sở tại thời điểm quyết định.{day}"
    )
    unmarked = [row["ten"] for row in data["danh_sach"] if row["dieu_kien"] and row["dieu_kien"] != "Đủ điều kiện"]
    if unmarked:
        document.paragraph(
            f"Trường hợp chưa đủ điều kiện theo tiêu chí, có giải trình kèm hồ sơ: {', '.join(unmarked)}."
        )
    if data["ghi_chu"]:
        document.paragraph(data["ghi_chu"])
    document.paragraph(f"{data['phong_thuong_truc']} kính trình {data['kinh_gui']} xem xét, quyết định./.")
    sign(document, data)


def minutes(document: Document30, data: Data) -> None:
    """Write the minutes of a council's session."""
    document.heading("Biên bản", "Họp Hội đồng Thi đua - Khen thưởng xét khen thưởng\n" + campaign_words(data))
    place = f", tại {data['dia_diem']}" if data["dia_diem"] else ""
    day = data["ngay_hop"]
    document.paragraph(
        f"{day[:1].upper()}{day[1:]}{place}, Hội đồng Thi đua - Khen thưởng họp xét khen thưởng {campaign_words(data)}."
    )
    document.section("I. THÀNH PHẦN")
    document.paragraph(f"Chủ trì: {data['chu_tri']}.")
    document.paragraph(f"Thư ký: {data['thu_ky']}.")
    document.paragraph(
        f"Hội đồng có {data['so_thanh_vien']} thành viên; tham gia {data['so_co_mat']}, vắng mặt {data['so_vang']}."
    )
    document.table(
        [STT, Column("Họ và tên", 60), Column("Chức vụ", 60), Column("Tham gia", 34)],
        [[r["stt"], r["ten"], r["chuc_vu"], r["co_mat"]] for r in data["thanh_vien"]],
    )
    document.section("II. NỘI DUNG")
    document.paragraph(
        f"Hội đồng nghe báo cáo kết quả thẩm định, thảo luận và {data['hinh_thuc_bieu_quyet']}. "
        f"Điều kiện: {data['quy_dinh']}."
    )
    if data["y_kien"]:
        document.paragraph(data["y_kien"])
    document.section("III. KẾT QUẢ BIỂU QUYẾT")
    document.table(
        [
            STT,
            Column("Tập thể, cá nhân", 46),
            Column("Đơn vị", 34),
            Column("Đồng ý", 14, "centre"),
            Column("Không đồng ý", 15, "centre"),
            Column("Ý kiến khác", 14, "centre"),
            Column("Tỷ lệ", 18, "right"),
            Column("Kết luận", 22),
        ],
        grouped(
            data["ket_qua"],
            lambda r: [
                r["stt"], who(r), r["don_vi"], r["dong_y"], r["khong_dong_y"], r["khong_y_kien"], r["ty_le"],
                r["ket_luan"],
            ],
        ),
        size=11,
    )  # fmt: skip
    if data["khong_tham_gia"]:
        document.paragraph("Thành viên không tham gia biểu quyết theo quy định:")
        for row in data["khong_tham_gia"]:
            document.paragraph(f"- {row['ten']}: {row['truong_hop']} ({plain(row['ly_do'])});")
    document.paragraph(
        f"Hội đồng thống nhất đề nghị khen thưởng {data['so_thong_qua']}/{data['so_truong_hop']} trường hợp. "
        "Biên bản đã được thông qua và lập thành 02 bản, lưu hồ sơ khen thưởng./."
    )
    sign(document, data, left=Signer(("THƯ KÝ",), data["thu_ky"]))


def decision(document: Document30, data: Data) -> None:
    """Write the decision, drafted or as it was issued."""
    document.heading(
        "Quyết định", f"Về việc tặng {forms_words(data)} cho tập thể, cá nhân có thành tích\n{in_campaign(data)}"
    )
    document.authority(data["tham_quyen"])
    bases(document, data)
    document.centred("QUYẾT ĐỊNH:")
    document.paragraph(
        f"Tặng {forms_words(data)} cho {data['doi_tuong']} {data['ly_do']} (có danh sách kèm theo).", lead="Điều 1."
    )
    document.paragraph(
        "Mức tiền thưởng theo danh sách kèm theo, tổng số tiền "
        f"{data['tong_tien']} đồng (Bằng chữ: {data['tong_tien_chu']}), chi từ Quỹ thi đua, khen thưởng.",
        lead="Điều 2.",
    )
    document.paragraph(
        f"Quyết định này có hiệu lực kể từ ngày ký. Chánh Văn phòng, Trưởng {lower_first(data['phong_thuong_truc'])}, "
        "thủ trưởng các đơn vị liên quan và các tập thể, cá nhân có tên tại Điều 1 chịu trách nhiệm thi hành "
        "Quyết định này./.",
        lead="Điều 3.",
    )
    sign(document, data)
    document.new_page()
    document.centred("DANH SÁCH")
    document.centred(f"Tập thể, cá nhân được tặng {forms_words(data)} {in_campaign(data)}")
    document.centred(
        f"(Kèm theo Quyết định số {data['so_van_ban']} {data['ngay_ban_hanh']} của {data['nguoi_ban_hanh']})",
        bold=False,
        italic=True,
        size=13,
    )
    document.table(
        [
            STT,
            Column("Tập thể, cá nhân", 58),
            Column("Đơn vị", 52),
            Column("Tiền thưởng (đồng)", 30, "right"),
        ],
        [
            *grouped(data["danh_sach"], lambda r: [r["stt"], who(r), r["don_vi"], r["tien_thuong"]]),
            ["", "Tổng cộng", "", data["tong_tien"]],
        ],
    )


def refusal(document: Document30, data: Data) -> None:
    """Write the notice that a proposal is not commended."""
    document.heading("Thông báo", "Về kết quả xét khen thưởng")
    document.addressed(data["kinh_gui"])
    asked = f"{data['van_ban_don_vi']} của đơn vị" if data["van_ban_don_vi"] else "Hồ sơ đề nghị của đơn vị"
    document.paragraph(
        f"{data['phong_thuong_truc']} đã nhận {lower_first(asked)} đề nghị khen thưởng trong {campaign_words(data)}."
    )
    who = ", ".join(filter(None, [data["ten"], data["chuc_vu"]]))
    document.paragraph(f"Trường hợp: {who} (danh mục: {data['danh_muc']}).")
    document.paragraph(f"Kết quả: {data['buoc']}.")
    document.paragraph(f"Lý do: {plain(data['ly_do'])}.")
    document.paragraph(
        f"{data['phong_thuong_truc']} thông báo để đơn vị biết và thông tin tới trường hợp được đề nghị. "
        "Ý kiến của đơn vị (nếu có) đề nghị gửi bằng văn bản hoặc trên Cổng thi đua./."
    )
    sign(document, data)
