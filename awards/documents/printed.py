"""What is printed of an issued decision: its list as PDF, and the texts of its certificates."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue

from awards.models import AwardDecision
from campaigns.documents import wording
from campaigns.documents.pages import FAMILY, content_of, new_pdf

from .common import Data, in_a_sentence, organiser
from .procedure import CHAIRMAN, VICE, issued_awards

_WIDTHS = (12.0, 66.0, 60.0, 37.0)
_FIXED = dt.date(2020, 3, 5)  # a file's own date is given, or its bytes would follow the clock
_LEFT, _TOP, _BOTTOM, _LINE = 20.0, 18.0, 275.0, 5.6


def certificate_data(issue: AwardDecision) -> Data:
    """Return the texts of each certificate of a decision, in the order of its list."""
    body = organiser()
    vice = issue.signer_title.strip().lower().startswith(("phó", "kt"))
    day = wording.official_day(issue.signed_on)
    people = []
    for award in issued_awards(issue):
        if award.revoked_on is not None:
            continue
        own = award.recipient_name == award.participant.name
        where = award.proposal.address or ", ".join(
            filter(None, [award.recipient_position, "" if own else award.participant.name])
        )
        people.append(
            {
                "ten": award.recipient_name.upper(),
                "chuc_vu": where,
                "thanh_tich": f"Đã có thành tích xuất sắc trong {in_a_sentence(issue.campaign)}",
                "so_quyet_dinh": f"Quyết định số {issue.number} {day}",
                "so_so_vang": f"Số sổ vàng: {award.golden_book_number}" if award.golden_book_number else "",
                "dia_danh_ngay": wording.place_and_day(body.place_name, issue.signed_on),
                "chuc_vu_ky": "\n".join(VICE if vice else CHAIRMAN),
                "nguoi_ky": issue.signer_name,
            }
        )
    return {"so": issue.number, "ngay": issue.signed_on.isoformat(), "co_quan": body.name, "danh_sach": people}


def write_list(data: Data) -> bytes:
    """Return the list of a decision as PDF on A4: the decision's data, each page with the table's head."""
    pdf = new_pdf(
        width_mm=210,
        height_mm=297,
        title="Danh sách khen thưởng",
        author=data["ten_co_quan"],
        made_on=_FIXED,
    )
    page = _ListPage(pdf, data)
    page.begin()
    for name, group in groupby(data["danh_sach"], key=lambda row: row["danh_muc"]):
        page.heading(name.upper())
        for row in group:
            who = "\n".join(filter(None, [row["ten"], row["chuc_vu"]]))
            page.row((row["stt"], who, row["don_vi"], row["tien_thuong"]))
    page.row(("", "TỔNG CỘNG", "", data["tong_tien"]), style="B")
    pdf.set_xy(_LEFT, page.y + 3)
    pdf.set_font(FAMILY, "I", 12)
    pdf.multi_cell(sum(_WIDTHS), _LINE, f"Bằng chữ: {data['tong_tien_chu']}.")
    return content_of(pdf)


class _ListPage:
    """A table that goes on over pages."""

    def __init__(self, pdf: FPDF, data: Data) -> None:
        self.pdf, self.data, self.y = pdf, data, _TOP

    def begin(self) -> None:
        """The title on the first page, then the head of the table."""
        self.pdf.add_page()
        self.y = _TOP
        self._centred("DANH SÁCH", 14, "B")
        self._centred(f"Tập thể, cá nhân được khen thưởng\ntrong {_in(self.data['phong_trao'])}", 13, "B")
        number, day = self.data["so_van_ban"], self.data["ngay_ban_hanh"]
        self._centred(f"(Kèm theo Quyết định số {number} {day} của {self.data['nguoi_ban_hanh']})", 12, "I")
        self.y += 4
        self._head()

    def _centred(self, text: str, size: float, style: str) -> None:
        self.pdf.set_font(FAMILY, style, size)
        self.pdf.set_xy(_LEFT, self.y)
        self.pdf.multi_cell(sum(_WIDTHS), size * 0.45, text, align=Align.C)
        self.y = self.pdf.get_y()

    def _head(self) -> None:
        self.row(("STT", "Tập thể, cá nhân", "Đơn vị", "Tiền thưởng (đồng)"), style="B", align="CCCC")

    def heading(self, text: str) -> None:
        """A category's name over the whole width, never alone at the foot of a page."""
        self._room(4 * _LINE)
        self.pdf.set_font(FAMILY, "B", 12)
        self.pdf.rect(_LEFT, self.y, sum(_WIDTHS), _LINE + 2)
        self.pdf.set_xy(_LEFT, self.y + 1)
        self.pdf.cell(sum(_WIDTHS), _LINE, text)
        self.y += _LINE + 2

    def row(self, texts: tuple[str, ...], *, style: str = "", align: str = "CLLR") -> None:
        """One row; its cells are as high as the highest."""
        self.pdf.set_font(FAMILY, style, 12)
        lines = [
            self.pdf.multi_cell(width, _LINE, text, dry_run=True, output=MethodReturnValue.LINES)
            for text, width in zip(texts, _WIDTHS, strict=True)
        ]
        height = max(len(found) for found in lines) * _LINE + 2  # type: ignore[arg-type]  # lines were asked for
        self._room(height)
        self.pdf.set_font(FAMILY, style, 12)
        x = _LEFT
        for text, width, side in zip(texts, _WIDTHS, align, strict=True):
            self.pdf.rect(x, self.y, width, height)
            self.pdf.set_xy(x, self.y + 1)
            self.pdf.multi_cell(width, _LINE, text, align=side)
            x += width
        self.y += height

    def _room(self, height: float) -> None:
        if self.y + height > _BOTTOM:
            self.pdf.add_page()
            self.pdf.set_font(FAMILY, "", 13)
            self.pdf.set_xy(_LEFT, 9)
            self.pdf.cell(sum(_WIDTHS), 6, str(self.pdf.page_no()), align=Align.C)
            self.y = _TOP
            self._head()


def _in(name: str) -> str:
    starts = name.lower().startswith(("phong trào", "đợt", "chiến dịch"))
    return name[:1].lower() + name[1:] if starts else f"phong trào thi đua “{name}”"
