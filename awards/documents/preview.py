"""A certificate as it will be printed, drawn small: the blank's edge, a ruler, and each box with an example."""

from __future__ import annotations

import datetime as dt
import io

import pypdfium2  # type: ignore[import-untyped]  # ships no types

from .certificates import Blank, certificates, sample

WIDTH = 1100  # pixels


def preview(blank: Blank) -> bytes:
    """Return a PNG of one certificate with example texts, from the very PDF that would be printed."""
    page = certificates(
        [sample()], blank, title="Xem thử", author="Xem thử", made_on=dt.date(2020, 3, 5), with_frame=True
    )
    document = pypdfium2.PdfDocument(page)
    try:
        picture = document[0].render(scale=WIDTH / (blank.width_mm * 72 / 25.4)).to_pil()
    finally:
        document.close()
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()
