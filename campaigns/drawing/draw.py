"""Draw a stored file: pictures by Pillow, pages of a PDF by a limited child process."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from campaigns.files.checks import CONTENT_TYPES
from campaigns.files.refusals import FileRefused
from campaigns.pictures import MAX_PIXELS, re_encode

CHILD = Path(__file__).with_name("pdf_child.py")
CHILD_SECONDS = 30  # by the clock; its processor time is limited by itself
LONGEST_SIDE = 1_400  # pixels of a page
SMALL_SIDE = 260  # pixels of the picture beside a value
#: Types whose pages can be shown; others are downloads.
DRAWN_TYPES = (CONTENT_TYPES["pdf"], CONTENT_TYPES["jpg"], CONTENT_TYPES["png"])


class CannotDraw(Exception):
    """The file cannot be drawn, or not within the limits; it stays a download."""


@dataclass(frozen=True)
class Picture:
    """One PNG."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Drawn:
    """A file as pictures."""

    page_count: int  # of the file; ``pages`` are its first ones
    pages: list[Picture]
    small: Picture  # the first page


def draw(content: bytes, *, content_type: str) -> Drawn:
    """Return the file's first pages as PNG. Raises CannotDraw."""
    if content_type == CONTENT_TYPES["pdf"]:
        count, raw = _pages_of_pdf(content)
    elif content_type in DRAWN_TYPES:
        count, raw = 1, [content]
    else:
        raise CannotDraw(content_type)
    try:
        pages = [_picture(one, LONGEST_SIDE) for one in raw]
        return Drawn(count, pages, _picture(raw[0], SMALL_SIDE, colours=64))
    except (OSError, ValueError, SyntaxError, EOFError, FileRefused, Image.DecompressionBombError) as error:
        raise CannotDraw(str(error)) from error


def _pages_of_pdf(content: bytes) -> tuple[int, list[bytes]]:
    with tempfile.TemporaryDirectory(prefix="portal-pages-") as folder:
        try:
            done = subprocess.run(  # noqa: S603  # our own program; the file reaches it as bytes on its input
                [sys.executable, "-I", str(CHILD), folder],
                input=content,
                capture_output=True,
                timeout=CHILD_SECONDS,
                cwd=folder,
                env={"PATH": "/usr/bin:/bin"},  # none of the portal's secrets
                start_new_session=True,
                check=True,
            )
            count = int(done.stdout)
            # What the child wrote is not trusted either: it is decoded and written anew.
            files = sorted(Path(folder).glob("*.png"), key=lambda path: int(path.stem))
            pages = [re_encode(path.read_bytes(), kind="png") for path in files]
        except (subprocess.SubprocessError, FileRefused, OSError, ValueError) as error:
            raise CannotDraw(type(error).__name__) from error
    if not pages or count < len(pages):
        raise CannotDraw("no pages")
    return count, pages


def _picture(content: bytes, longest: int, *, colours: int = 256) -> Picture:
    """Write a picture anew as a small PNG of at most ``colours`` colours."""
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as source:
        if source.width * source.height > MAX_PIXELS:
            raise CannotDraw("too many pixels")
        source.draft("RGB", (longest, longest))
        picture: Image.Image = _on_white(source)
        picture.thumbnail((longest, longest))
        picture = picture.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        picture.info = {}
        out = io.BytesIO()
        picture.save(out, "PNG")
    return Picture(out.getvalue(), picture.width, picture.height)


def _on_white(source: Image.Image) -> Image.Image:
    if source.mode not in ("RGBA", "LA", "P", "PA"):
        return source.convert("RGB")
    picture = source.convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    return paper.convert("RGB")
