"""Charts as pictures, drawn by the server for documents: the table with the same figures always stands beside them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from campaigns.display import points

from .fonts import picture_font

_WIDTH, _ROW, _LABELS, _VALUES, _PAD = 1650, 62, 640, 150, 20
_INK, _BAR, _OTHER, _LINE = (0, 0, 0), (31, 78, 121), (157, 180, 205), (170, 170, 170)


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its value in basis points (None: no figure), and whether it stands out."""

    name: str
    bp: int | None
    strong: bool = True


def bar_chart(bars: Sequence[Bar], *, full_bp: int = 10_000) -> bytes:
    """Return a PNG of horizontal bars with name and value written beside each; readable in black and white."""
    font, small = picture_font(34), picture_font(28)
    top = 56
    height = top + _ROW * len(bars) + _PAD
    picture = Image.new("RGB", (_WIDTH, height), "white")
    draw = ImageDraw.Draw(picture)
    room = _WIDTH - _LABELS - _VALUES - 2 * _PAD
    full = max([full_bp, *(bar.bp or 0 for bar in bars)])
    for share in (0, 25, 50, 75, 100):
        x = _LABELS + _PAD + room * share * 100 / full
        draw.line([(x, top - 8), (x, height - _PAD)], fill=_LINE, width=1)
        draw.text((x, top - 12), str(share), font=small, fill=_INK, anchor="ms")
    for index, bar in enumerate(bars):
        y = top + index * _ROW
        middle = y + _ROW / 2
        draw.text((_LABELS, middle), _fitting(bar.name, font, _LABELS - _PAD), font=font, fill=_INK, anchor="rm")
        length = room * max(bar.bp or 0, 0) / full
        x = _LABELS + _PAD
        if length >= 1:
            draw.rectangle([x, y + 12, x + length, y + _ROW - 12], fill=_BAR if bar.strong else _OTHER, outline=_INK)
        draw.text((x + length + 12, middle), points(bar.bp), font=font, fill=_INK, anchor="lm")
    content = io.BytesIO()
    picture.save(content, "PNG", dpi=(254, 254), optimize=False, compress_level=6)
    return content.getvalue()


def _fitting(text: str, font: object, room: float) -> str:
    measure = font.getlength  # type: ignore[attr-defined]  # a Pillow font
    if measure(text) <= room:
        return text
    while text and measure(text + "…") > room:
        text = text[:-1]
    return text.rstrip() + "…"
