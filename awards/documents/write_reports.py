"""Layout of the reports, part by part."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from campaigns.display import points
from campaigns.documents.charts import Bar, bar_chart
from campaigns.documents.decree30 import Column, Document30, Signer

from .common import Data
from .write_parts import (
    STT,
    bases,
    campaign_words,
    in_campaign,
    lower_first,
    sign,
)


def achievement(document: Document30, data: Data) -> None:
    """Write a nominee's report of achievements."""
    if data["mau_so"]:
        document.centred(f"({data['mau_so']})", bold=False, italic=True, size=13)
    document.heading("Báo cáo thành tích", f"Đề nghị tặng {data['hinh_thuc']}\n{in_campaign(data)}")
    document.section("I. SƠ LƯỢC")
    document.paragraph(f"Tên tập thể, cá nhân: {data['ten']}.")
    if data["chuc_vu"]:
        document.paragraph(f"Chức vụ, địa chỉ: {data['chuc_vu']}.")
    document.paragraph(f"Đơn vị: {data['don_vi']}. Danh mục đề nghị: {data['danh_muc']}.")
    document.section("II. THÀNH TÍCH ĐẠT ĐƯỢC")
    document.paragraph(data["bao_cao"] or "(Đơn vị ghi thành tích.)")
    if data["diem"]:
        document.section("III. KẾT QUẢ CỦA ĐƠN VỊ TRONG PHONG TRÀO")
        standing = ", ".join(
            filter(
                None,
                [
                    f"hạng {data['hang']} trong khối" if data["hang"] else "",
                    f"xếp loại {lower_first(data['xep_loai'])}" if data["xep_loai"] else "",
                ],
            )
        )
        document.paragraph(
            f"Tính đến ngày {data['ngay_so_lieu']}: tổng điểm {data['diem']}{', ' + standing if standing else ''}; "
            f"{data['ty_le_hoan_thanh']} chỉ tiêu (theo trọng số) hoàn thành; báo cáo: {data['bao_cao_muon']}."
        )
        document.table(
            [
                STT,
                Column("Nội dung thi đua", 92),
                Column("Điểm", 26, "right"),
                Column("Trung vị của khối", 30, "right"),
            ],
            [[r["stt"], r["ten"], r["diem"], r["trung_vi"]] for r in data["noi_dung"]],
        )
        document.table(
            [
                Column("Mã", 16),
                Column("Chỉ tiêu", 66),
                Column("Mức giao", 22, "right"),
                Column("Thực hiện", 22, "right"),
                Column("Đơn vị tính", 20),
                Column("Mức hoàn thành", 22, "right"),
            ],
            [
                [r["ma"], r["ten"], r["muc_giao"], r["thuc_hien"], r["don_vi_tinh"], r["ket_qua"]]
                for r in data["chi_tieu"]
            ],
            size=11,
        )
    if data["giai_trinh"]:
        document.section("IV. GIẢI TRÌNH")
        document.paragraph(data["giai_trinh"])
    if data["minh_chung"]:
        document.paragraph("Minh chứng kèm theo: " + "; ".join(row["ten"] for row in data["minh_chung"]) + ".")
    document.paragraph("Người báo cáo và thủ trưởng đơn vị chịu trách nhiệm về tính xác thực của báo cáo này./.")
    left = Signer(("NGƯỜI BÁO CÁO",), data["ten"]) if data.get("la_ca_nhan") else None
    sign(document, data, left=left)


def summary(document: Document30, data: Data) -> None:
    """Write the campaign's summary."""
    document.heading("Báo cáo", f"Tổng kết {campaign_words(data)}")
    bases(document, data)
    document.section("I. TÌNH HÌNH TRIỂN KHAI")
    document.paragraph(
        f"Thực hiện {data['ke_hoach']}, phong trào diễn ra {data['thoi_gian']} với {data['so_don_vi']} đơn vị "
        f"tham gia, trong đó {data['so_don_vi_xep_hang']} đơn vị được xếp hạng; {data['so_noi_dung']} nội dung "
        f"thi đua, {data['so_chi_tieu']} chỉ tiêu đã giao có số liệu tính điểm."
    )
    document.section("II. KẾT QUẢ")
    document.paragraph(
        f"Tính đến ngày {data['ngay_so_lieu']}: {data['so_hoan_thanh']}/{data['so_chi_tieu']} chỉ tiêu hoàn thành "
        f"({data['ty_le_hoan_thanh']}). Chế độ báo cáo: {data['bao_cao_dung_han']}."
    )
    document.section("1. Theo nội dung thi đua (điểm trung vị của các đơn vị)")
    document.table(
        [STT, Column("Nội dung", 124), Column("Điểm", 30, "right")],
        [[r["stt"], r["ten"], r["diem"]] for r in data["noi_dung"]],
    )
    _chart(
        document, [(f"{r['stt']}. {r['ten']}", r.get("bp")) for r in data["noi_dung"]], "Điểm trung vị theo nội dung"
    )
    document.section("2. Xếp loại đơn vị")
    document.table(
        [Column("Loại", 110), Column("Số đơn vị", 40, "right")],
        [[r["ten"], r["so"]] for r in data["xep_loai"]],
    )
    document.section("3. Xếp hạng theo khối")
    document.table(
        [Column("Hạng", 14, "centre"), Column("Đơn vị", 80), Column("Điểm", 24, "right"), Column("Xếp loại", 47)],
        [
            row
            for bloc, group in groupby(data["don_vi"], key=lambda r: r["khoi"])
            for row in [
                *([[bloc.upper()]] if bloc else []),
                *([r["stt"], r["ten"], r["diem"], r["xep_loai"]] for r in group),
            ]
        ],
    )
    for bloc, group in groupby(data["don_vi"], key=lambda r: r["khoi"]):
        _chart(document, [(r["ten"], r.get("bp")) for r in group], f"Tổng điểm các đơn vị {lower_first(bloc)}")
    if data["cuoi_ky"]:
        document.section("4. Kết quả nổi bật")
        for line in data["cuoi_ky"].split("\n"):
            document.paragraph(f"- {line}")
    document.section("III. KHEN THƯỞNG")
    if data["khen_thuong"]:
        document.paragraph(
            f"Đã quyết định khen thưởng {data['doi_tuong']}, tổng tiền thưởng {data['tong_tien']} đồng "
            f"(Bằng chữ: {data['tong_tien_chu']})."
        )
        document.table(
            [Column("Danh mục", 90), Column("Số lượng", 30, "right"), Column("Tiền thưởng (đồng)", 45, "right")],
            [[r["danh_muc"], r["so"], r["tien"]] for r in data["khen_thuong"]],
        )
    else:
        document.paragraph("Chưa có quyết định khen thưởng.")
    document.section("IV. KHÓ KHĂN, KIẾN NGHỊ CỦA CÁC ĐƠN VỊ")
    _said(document, data["kho_khan"], "Khó khăn, hạn chế:")
    _said(document, data["kien_nghi"], "Kiến nghị:")
    document.paragraph(f"Trên đây là báo cáo tổng kết {campaign_words(data)}./.")
    sign(document, data)


def _chart(document: Document30, bars: list[tuple[str, int | None]], title: str) -> None:
    if any(bp is not None for _name, bp in bars):
        document.centred(f"Biểu đồ: {title}", bold=False, italic=True, size=13)
        text = f"{title}: " + "; ".join(f"{name} {points(bp)}" for name, bp in bars)
        document.picture(bar_chart([Bar(name, bp) for name, bp in bars]), text=text)


def _said(document: Document30, rows: list[dict[str, Any]], title: str) -> None:
    document.paragraph(title, bold=True)
    for row in rows:
        document.paragraph(f"- {row['don_vi']}: {row['noi_dung']}")
    if not rows:
        document.paragraph("Không có.")


def briefing(document: Document30, data: Data) -> None:
    """Write the briefing of a reporting period."""
    document.heading("Báo cáo", f"Tình hình thực hiện {campaign_words(data)}\n(Kỳ {data['ky']}, {data['ngay_ky']})")
    document.section("I. TÌNH HÌNH BÁO CÁO")
    if data["so_don_vi"] == "0":
        document.paragraph("Kỳ báo cáo chưa đến hạn gửi.")
    else:
        document.paragraph(
            f"Có {data['so_don_vi']} đơn vị phải báo cáo; {data['so_dung_han']} đúng hạn (kể cả được miễn), "
            f"{data['so_muon']} muộn, {data['so_thieu']} chưa báo cáo."
        )
    if data["bao_cao"]:
        document.table(
            [Column("Đơn vị muộn, thiếu", 66), Column("Tình trạng", 30), Column("Chi tiết", 69)],
            [[r["don_vi"], r["tinh_trang"], r["chi_tiet"]] for r in data["bao_cao"]],
        )
    document.section("II. KẾT QUẢ NỔI BẬT")
    if data["dan_dau"]:
        leaders = "; ".join(f"{r['ten']} ({lower_first(r['khoi'])}, {r['diem']} điểm)" for r in data["dan_dau"])
        document.paragraph(f"Dẫn đầu các khối đến ngày {data['ngay_so_lieu']}: {leaders}.")
    for row in data["ket_qua"]:
        document.paragraph(f"- {row['don_vi']}: {row['noi_dung']}")
    if not data["ket_qua"]:
        document.paragraph("Chưa có đơn vị nêu kết quả nổi bật trong kỳ.")
    document.section("III. CHỈ TIÊU ĐỎ")
    document.paragraph(
        f"Có {data['so_chi_tieu_do']} chỉ tiêu chậm tiến độ hoặc vượt ngưỡng, tính theo số liệu đã thẩm định "
        f"đến ngày {data['ngay_so_lieu']}."
        if data["chi_tieu_do"]
        else "Không có chỉ tiêu chậm tiến độ hoặc vượt ngưỡng."
    )
    if data["chi_tieu_do"]:
        rows = [
            row
            for unit, group in groupby(data["chi_tieu_do"], key=lambda r: r["don_vi"])
            for row in [
                *([[unit]] if unit else []),
                *([r["ma"], r["ten"], r["muc_giao"], r["thuc_hien"], r["muc_do"]] for r in group),
            ]
        ]
        document.table(
            [
                Column("Mã", 18),
                Column("Chỉ tiêu", 78),
                Column("Mức giao", 23, "right"),
                Column("Thực hiện", 23, "right"),
                Column("Mức hoàn thành", 23, "right"),
            ],
            rows,
            size=11,
        )
    document.section("IV. KHÓ KHĂN, VƯỚNG MẮC")
    for row in data["kho_khan"]:
        document.paragraph(f"- {row['don_vi']}: {row['noi_dung']}")
    if not data["kho_khan"]:
        document.paragraph("Không có đơn vị nêu khó khăn.")
    document.section("V. KIẾN NGHỊ CỦA CÁC ĐƠN VỊ")
    for row in data["kien_nghi"]:
        document.paragraph(f"- {row['don_vi']}: {row['noi_dung']}")
    if not data["kien_nghi"]:
        document.paragraph("Không có kiến nghị.")
    document.paragraph(f"{data['phong_thuong_truc']} báo cáo để các đồng chí lãnh đạo xem xét, chỉ đạo./.")
    sign(document, data)
