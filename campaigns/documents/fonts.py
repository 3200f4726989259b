"""The one type family of documents, and how wide a line of it is. Liberation Serif has Times New Roman's metrics."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from PIL import ImageFont

#: The name written into .docx files: Decree 30/2020 asks for it, every office machine has it (or its metrics).
FAMILY = "Times New Roman"
_FILES = {
    (False, False): "LiberationSerif-Regular.ttf",
    (True, False): "LiberationSerif-Bold.ttf",
    (False, True): "LiberationSerif-Italic.ttf",
    (True, True): "LiberationSerif-BoldItalic.ttf",
}
_MEASURED_AT = 1000


def font_path(*, bold: bool = False, italic: bool = False) -> Path:
    """Return the vendored font file of a face."""
    folder = Path(settings.BASE_DIR) / "static" / "vendor" / "liberation-serif-2.1.5"
    return folder / _FILES[bold, italic]


@lru_cache(maxsize=64)
def picture_font(size: int, *, bold: bool = False, italic: bool = False) -> ImageFont.FreeTypeFont:
    """Return the face for drawing at ``size`` pixels."""
    return ImageFont.truetype(font_path(bold=bold, italic=italic), size, layout_engine=ImageFont.Layout.BASIC)


def text_width_mm(text: str, *, points: float, bold: bool = False, italic: bool = False) -> float:
    """Return how wide a line is at ``points``, in millimetres."""
    length = picture_font(_MEASURED_AT, bold=bold, italic=italic).getlength(text)
    return float(length) / _MEASURED_AT * points * 25.4 / 72
