"""PDF pages for printing, in the one embedded family. The same calls give the same bytes: no clock, no chance."""

from __future__ import annotations

import datetime as dt
import logging

from fpdf import FPDF

from .fonts import font_path

# The subsetter tells every glyph it keeps.
logging.getLogger("fontTools").setLevel(logging.WARNING)

FAMILY = "Liberation Serif 2"
_FACES = {"": (False, False), "B": (True, False), "I": (False, True), "BI": (True, True)}


def new_pdf(*, width_mm: float, height_mm: float, title: str, author: str, made_on: dt.date) -> FPDF:
    """Return an empty file of pages of a size; margins and page breaks are the caller's."""
    pdf = FPDF(orientation="portrait", unit="mm", format=(width_mm, height_mm))
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
