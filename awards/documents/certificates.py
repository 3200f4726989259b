"""Certificates printed over blanks: each text in its box, in millimetres from the upper left corner.

Nothing but the texts is printed: emblem, frame and "GIẤY KHEN" are on the blank.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue

from campaigns.documents.pages import FAMILY, content_of, new_pdf

#: Name of a box → what stands in it, and an example for the preview.
BOXES: dict[str, tuple[str, str]] = {
    "ten": ("Tên tập thể, cá nhân, hộ", "BÀ NGUYỄN THỊ ÁNH TUYẾT"),
    "chuc_vu": ("Chức vụ, đơn vị, địa chỉ", "Công chức Văn phòng – Thống kê, phường Hoà An"),
    "thanh_tich": (
        "Thành tích",
        "Đã có thành tích xuất sắc trong phong trào thi đua 90 ngày nước rút hoàn thành vượt mức các chỉ tiêu, nhiệm "
        "vụ phát triển kinh tế - xã hội năm 2026",
    ),
    "so_quyet_dinh": ("Số quyết định", "Quyết định số 184/QĐ-UBND ngày 05 tháng 12 năm 2026"),
    "so_so_vang": ("Số sổ vàng", "Số sổ vàng: 127"),
    "dia_danh_ngay": ("Địa danh, ngày tháng năm", "Quận A, ngày 05 tháng 12 năm 2026"),
    "chuc_vu_ky": ("Chức vụ người ký", "CHỦ TỊCH"),
    "nguoi_ky": ("Họ tên người ký", "Nguyễn Văn An"),
}
ALIGNMENTS = {"left": Align.L, "centre": Align.C, "right": Align.R}
#: Boxes whose text stays on one line: it is set smaller, down to this share, before it would break.
ONE_LINE = ("ten", "so_quyet_dinh", "so_so_vang", "dia_danh_ngay", "nguoi_ky")
SMALLEST = 0.6
_LINE = 1.25
_MM_PER_POINT = 25.4 / 72


@dataclass(frozen=True)
class Box:
    """Where and how one text is printed."""

    x: float
    y: float
    width: float
    size: float
    align: str = "centre"
    bold: bool = False
    italic: bool = False
    shown: bool = True


@dataclass(frozen=True)
class Blank:
    """A pre-printed blank and the boxes on it."""

    width_mm: float
    height_mm: float
    boxes: Mapping[str, Box]


#: A3 landscape, as blanks are commonly sold; staff measure their own blank and set it in the administration.
DEFAULT = Blank(
    420,
    297,
    {
        "ten": Box(60, 128, 300, 30, bold=True),
        "chuc_vu": Box(60, 146, 300, 18, italic=True),
        "thanh_tich": Box(70, 160, 280, 20),
        "so_quyet_dinh": Box(60, 222, 130, 13, align="left"),
        "so_so_vang": Box(60, 230, 130, 13, align="left"),
        "dia_danh_ngay": Box(225, 200, 140, 15, italic=True),
        "chuc_vu_ky": Box(225, 209, 140, 18, bold=True),
        "nguoi_ky": Box(225, 253, 140, 18, bold=True),
    },
)


def blank_of(stored: Mapping[str, Any]) -> Blank:
    """Return the blank that staff set, or the default one."""
    if not stored:
        return DEFAULT
    boxes = {name: Box(**stored["boxes"][name]) if name in stored["boxes"] else DEFAULT.boxes[name] for name in BOXES}
    return Blank(stored["width_mm"], stored["height_mm"], boxes)


def stored_blank(blank: Blank) -> dict[str, Any]:
    """Return a blank as it is kept in a template's version."""
    return {
        "width_mm": blank.width_mm,
        "height_mm": blank.height_mm,
        "boxes": {name: dict(vars(box)) for name, box in blank.boxes.items()},
    }


def sample() -> dict[str, str]:
    """Return texts to try a blank with."""
    return {name: text for name, (_meaning, text) in BOXES.items()}


def certificates(
    people: Sequence[Mapping[str, Any]],
    blank: Blank,
    *,
    title: str,
    author: str,
    made_on: dt.date,
    told: Callable[[int], None] | None = None,
    with_frame: bool = False,
) -> bytes:
    """Return one page a person. ``told`` hears how many are done; ``with_frame`` draws blank and boxes (preview)."""
    pdf = new_pdf(width_mm=blank.width_mm, height_mm=blank.height_mm, title=title, author=author, made_on=made_on)
    for index, texts in enumerate(people, start=1):
        pdf.add_page()
        if with_frame:
            _frame(pdf, blank)
        for name, box in blank.boxes.items():
            if box.shown and texts.get(name):
                _print(pdf, name, str(texts[name]), box, with_frame=with_frame)
        if told is not None:
            told(index)
    return content_of(pdf)


def _print(pdf: FPDF, name: str, text: str, box: Box, *, with_frame: bool) -> None:
    style = "B" * box.bold + "I" * box.italic
    size = box.size
    pdf.set_font(FAMILY, style, size)
    if name in ONE_LINE:
        width = pdf.get_string_width(text)
        room = box.width - 2 * pdf.c_margin
        if width > room:
            size = max(box.size * SMALLEST, box.size * room / width * 0.995)
            pdf.set_font_size(size)
    pdf.set_xy(box.x, box.y)
    height = size * _MM_PER_POINT * _LINE
    bottom = pdf.multi_cell(box.width, height, text, align=ALIGNMENTS[box.align], output=MethodReturnValue.HEIGHT)
    if with_frame:
        pdf.set_draw_color(150, 150, 150)
        pdf.set_line_width(0.2)
        pdf.rect(box.x, box.y, box.width, float(bottom))  # type: ignore[arg-type]  # a height was asked for


def _frame(pdf: FPDF, blank: Blank) -> None:
    """The edge of the blank and a ruler in centimetres: the preview only."""
    pdf.set_draw_color(90, 90, 90)
    pdf.set_line_width(0.4)
    pdf.rect(0.5, 0.5, blank.width_mm - 1, blank.height_mm - 1)
    pdf.set_line_width(0.15)
    for millimetre in range(10, int(blank.width_mm), 10):
        pdf.line(millimetre, 0, millimetre, 5 if millimetre % 50 == 0 else 2.5)
    for millimetre in range(10, int(blank.height_mm), 10):
        pdf.line(0, millimetre, 5 if millimetre % 50 == 0 else 2.5, millimetre)
