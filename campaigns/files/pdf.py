"""PDF files: whole, not encrypted, without programs or files inside. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from .refusals import FileRefused, Refusal

_HEADER = re.compile(rb"%PDF-(1\.[0-7]|2\.0)")
_STREAM = re.compile(rb"stream\r?\n")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")  # a name may write any letter as #xx
#: Names that make a reader run, start, fetch or unpack something. Long enough not to occur by chance,
#: so the whole file is searched: what a reader takes for a comment may be an object, and the reverse.
_ACTIVE = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData)(?![A-Za-z0-9])")
_FORM_PROGRAM = re.compile(rb"/XFA(?![A-Za-z0-9])")
_ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
_UNREADABLE = re.compile(rb"/(LZWDecode|ASCII85Decode|ASCIIHexDecode|RunLengthDecode|Crypt|Predictor)(?![A-Za-z0-9])")
_UNPACKED_LIMIT = 64 * 1024 * 1024  # bytes of object streams in one file


def check_pdf(content: bytes) -> None:
    """Raise FileRefused unless the bytes are one complete PDF that only shows pages."""
    if not _HEADER.match(content):
        raise FileRefused(Refusal.NOT_ALLOWED)
    _check_end(content)
    _check_objects(_unescaped(content))
    room = _UNPACKED_LIMIT
    for head, body in _streams(content):
        if _FORM_PROGRAM.search(head):
            raise FileRefused(Refusal.ACTIVE_PDF)
        if b"/ObjStm" in head:
            objects = _unpacked(head, body, room)
            room -= len(objects)
            _check_objects(_unescaped(objects))
            if _FORM_PROGRAM.search(_unescaped(objects)):
                raise FileRefused(Refusal.ACTIVE_PDF)


def _check_end(content: bytes) -> None:
    end = content.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in content[:end]:
        raise FileRefused(Refusal.DAMAGED)
    if content[end + 5 :].strip(b"\r\n\t \0\x1a"):
        raise FileRefused(Refusal.DISGUISED)


def _check_objects(text: bytes) -> None:
    if _ENCRYPTED.search(text):
        raise FileRefused(Refusal.PROTECTED)
    if _ACTIVE.search(text):
        raise FileRefused(Refusal.ACTIVE_PDF)


def _streams(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each stream's dictionary with what stands before it, names unescaped, and its body; at last the rest."""
    position = 0
    while (found := _STREAM.search(content, position)) is not None:
        end = content.find(b"endstream", found.end())
        end = len(content) if end < 0 else end
        yield _unescaped(content[position : found.start()]), content[found.end() : end]
        position = end + len(b"endstream")
    yield _unescaped(content[position:]), b""


def _unpacked(head: bytes, body: bytes, room: int) -> bytes:
    """The objects packed in a stream; a filter nobody uses for objects is taken for hiding them."""
    if _UNREADABLE.search(head[head.rfind(b" obj") :]):
        raise FileRefused(Refusal.ACTIVE_PDF)
    if b"/FlateDecode" not in head:
        return body
    try:
        objects = zlib.decompressobj().decompress(body, room + 1)
    except zlib.error as error:
        raise FileRefused(Refusal.DAMAGED) from error
    if len(objects) > room:
        raise FileRefused(Refusal.UNPACKS_TOO_LARGE)
    return objects


def _unescaped(text: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text)
