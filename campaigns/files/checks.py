"""The one question about an upload: may these bytes be kept, and as what? Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .names import clean_name, display_name, extension
from .office import check_office
from .pdf import check_pdf
from .refusals import FileRefused, Refusal

MAX_BYTES = 20 * 1024 * 1024
MAX_FILES_PER_VALUE = 10
UNIT_QUOTA_BYTES = 500 * 1024 * 1024

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "png": "image/png",
}
PICTURES = ("jpg", "png")
_ENDINGS = {"jpeg": "jpg", "jfif": "jpg", "jpe": "jpg"}  # other endings of the same type

_TEST_VIRUS = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
_MARKUP = re.compile(rb"<(?:script|html|iframe|!doctype\s+html|\?php|svg)[\s>/]", re.I)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be kept."""

    kind: str  # a key of CONTENT_TYPES
    name: str  # to show and to download under
    is_picture: bool  # is decoded and written anew before it is stored


def check_file(content: bytes, *, name: str) -> CheckedFile:
    """Return what the bytes are; raise FileRefused with the reason.

    The type comes from the content; the name's ending must agree (a picture's is set right instead, because
    chat programs rename pictures).
    """
    if not content:
        raise FileRefused(Refusal.EMPTY)
    if len(content) > MAX_BYTES:
        raise FileRefused(Refusal.TOO_LARGE)
    if _TEST_VIRUS in content:
        raise FileRefused(Refusal.TEST_VIRUS)
    kind = _kind_of(content)
    named = extension(clean_name(name))
    named = _ENDINGS.get(named, named)
    if named != kind and named and not (kind in PICTURES and named in PICTURES):
        raise FileRefused(Refusal.WRONG_EXTENSION)
    return CheckedFile(kind, display_name(name, kind, fallback="minh-chung"), kind in PICTURES)


def _kind_of(content: bytes) -> str:
    if content.startswith(_OLD_OFFICE):
        raise FileRefused(Refusal.OLD_OFFICE)
    if content.startswith(b"PK\x03\x04"):
        return check_office(content)
    if not content.startswith((b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise FileRefused(Refusal.NOT_ALLOWED)
    _check_not_two_files(content)
    if content.startswith(b"%PDF-"):
        check_pdf(content)
        return "pdf"
    return "jpg" if content.startswith(b"\xff") else "png"


def _check_not_two_files(content: bytes) -> None:
    """A page for the browser or an archive for the unpacker, hidden in what looks like something else."""
    if _MARKUP.search(content):
        raise FileRefused(Refusal.DISGUISED)
    end = content.rfind(b"PK\x05\x06", -(65_536 + 22))
    if end >= 0 and end + 22 + int.from_bytes(content[end + 20 : end + 22], "little") == len(content):
        raise FileRefused(Refusal.DISGUISED)
