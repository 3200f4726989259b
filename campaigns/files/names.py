"""File names: what people see, and what goes into a header. Files are stored under their hash, never by name. Pure."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from campaigns.vietnamese import fold

_RESERVED_CHARACTERS = '<>:"/\\|?*;%'
_RESERVED_NAMES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
_LONGEST_BYTES = 180  # of the name with its ending; every file system takes 255
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn"}  # controls, direction marks, surrogates, private and unassigned


def clean_name(name: str) -> str:
    """Return a name without folders, control or direction characters, in NFC; may be empty.

    The Vietnamese letters stay. Characters that Windows refuses become hyphens.
    """
    text = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    text = "".join(c for c in text if unicodedata.category(c) not in _DROPPED)
    text = "".join("-" if c in _RESERVED_CHARACTERS else c for c in text)
    return unicodedata.normalize("NFC", " ".join(text.split()).strip(". "))


def extension(name: str) -> str:
    """Return the ending of a cleaned name without its dot, lower case; empty when there is none."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def display_name(name: str, ending: str, *, fallback: str) -> str:
    """Return the name to show and to download under: cleaned, of bounded length, ending in ``.ending``.

    ``fallback`` is the stem for a name of which nothing is left.
    """
    cleaned = clean_name(name)
    stem = cleaned.rpartition(".")[0] if extension(cleaned) else cleaned
    stem = stem.strip(". ")
    if stem.lower() in ("", ending):  # nothing is left but the ending
        stem = fallback
    if stem.lower().split(".")[0] in _RESERVED_NAMES:
        stem = f"_{stem}"
    room = _LONGEST_BYTES - len(ending) - 1
    while len(stem.encode()) > room:
        stem = stem[:-1].rstrip(". ")
    return f"{stem}.{ending}"


def attachment_header(name: str) -> str:
    """Return the Content-Disposition of a download (RFC 6266): a plain name for old programs, the true one in UTF-8.

    Safe for any text: what could end the header or its quotes is dropped or percent-encoded.
    """
    cleaned = clean_name(name) or "file"
    plain = "".join(c for c in fold(cleaned) if c.isascii() and c.isprintable() and c not in '"\\%') or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(cleaned, safe='')}"
