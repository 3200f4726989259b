"""PDF pages for printing, in the one embedded family. The same calls give the same bytes: no clock, no chance."""

from __future__ import annotations

import datetime as dt
import logging

from fpdf import FPDF
from fpdf.enums import Align

from .fonts import font_path

# The subsetter tells every glyph it keeps.
logging.getLogger("fontTools").setLevel(logging.WARNING)

FAMILY = "Liberation Serif 2"
_FACES = {"": (False, False), "B": (True, False), "I": (False, True), "BI": (True, True)}


class _Pages(FPDF):
    """Pages with a line at their foot: a text and the page's number, where a text is given."""

    foot = ""

    def footer(self) -> None:
        if self.foot:
            self.set_y(-12)
            self.set_font(FAMILY, "I", 9)
            self.cell(0, 5, f"{self.foot} · {self.page_no()}/{{nb}}", align=Align.C)


def new_pdf(*, width_mm: float, height_mm: float, title: str, author: str, made_on: dt.date, foot: str = "") -> FPDF:
    """Return an empty file of pages of a size; margins and page breaks are the caller's."""
    pdf = _Pages(orientation="portrait", unit="mm", format=(width_mm, height_mm))
    pdf.foot = foot
    pdf.set_creation_date(dt.datetime.combine(made_on, dt.time(), dt.UTC))
    pdf.set_title(title)
    pdf.set_author(author)
    pdf.set_lang("vi-VN")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    for style, (bold, italic) in _FACES.items():
        pdf.add_font(FAMILY, style, font_path(bold=bold, italic=italic))
    return pdf


def content_of(pdf: FPDF) -> bytes:
    """Return the file's bytes."""
    return bytes(pdf.output())
