"""Draws the first pages of a PDF: a program of its own, run as a child so that a hostile file harms nothing else.

    python -I pdf_child.py FOLDER < file.pdf

It limits itself before it reads a byte, writes FOLDER/1.png, 2.png … and prints how many pages the file has.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

MEMORY = 1024 * 1024 * 1024  # bytes of address space
SECONDS = 20  # of processor time
LARGEST_FILE = 32 * 1024 * 1024  # bytes
MOST_PAGES = 8
LONGEST_SIDE = 1_400  # pixels


def limit() -> None:
    """Give up everything a drawing does not need; none of it can be taken back."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))


def draw(content: bytes, folder: Path) -> int:
    """Write the first pages of the PDF into the folder and return how many it has."""
    import pypdfium2  # type: ignore[import-untyped]  # after the limits; it ships no types

    document = pypdfium2.PdfDocument(content)
    for index in range(min(len(document), MOST_PAGES)):
        page = document[index]
        # However large or small a page says it is, its picture is of one size.
        bitmap = page.render(scale=LONGEST_SIDE / max(*page.get_size(), 1), may_draw_forms=False)
        bitmap.to_pil().convert("RGB").save(folder / f"{index + 1}.png", "PNG", compress_level=1)
        bitmap.close()
        page.close()
    return len(document)


if __name__ == "__main__":
    limit()
    sys.stdout.write(str(draw(sys.stdin.buffer.read(), Path(sys.argv[1]))))
