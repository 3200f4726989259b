"""The parts of a zip, judged by its directory before anything is unpacked, then unpacked under a cap. Pure."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from .refusals import FileRefused, Refusal

MAX_PARTS = 2_000
MAX_UNPACKED = 200 * 1024 * 1024  # bytes of all parts together
MAX_RATIO = 200  # unpacked to packed; small parts may be as repetitive as they like
_SMALL = 256 * 1024
_CHUNK = 1024 * 1024
_END = struct.Struct("<4s4H2LH")  # end of central directory
_LOCAL = struct.Struct("<4s5H3L2H")  # local header


@dataclass(frozen=True)
class Part:
    """One file of the zip, as its directory tells."""

    name: str
    packed: int  # bytes
    unpacked: int  # bytes, as declared; reading more or less is refused
    offset: int  # of the local header
    deflated: bool
    crc: int


def read_directory(content: bytes) -> list[Part]:
    """Return the parts of a zip that fills the bytes exactly. Nothing is unpacked.

    Raises FileRefused: bytes before or after the zip, too many parts, too large, hidden paths, links, passwords.
    """
    _check_frame(content)
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError, struct.error) as error:
        raise FileRefused(Refusal.DAMAGED) from error
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if total > MAX_UNPACKED or (total > _SMALL and total > MAX_RATIO * max(packed, 1)):
        raise FileRefused(Refusal.UNPACKS_TOO_LARGE)
    seen: set[str] = set()
    for entry in entries:
        _check_entry(entry)
        if entry.filename.lower() in seen:
            raise FileRefused(Refusal.DISGUISED)
        seen.add(entry.filename.lower())
    return [
        Part(
            entry.filename,
            entry.compress_size,
            entry.file_size,
            entry.header_offset,
            entry.compress_type == zipfile.ZIP_DEFLATED,
            entry.CRC,
        )
        for entry in entries
        if not entry.is_dir()
    ]


def _check_frame(content: bytes) -> None:
    end = content.rfind(b"PK\x05\x06")
    if end < 0 or len(content) - end < _END.size:
        raise FileRefused(Refusal.DAMAGED)
    _, disk, start_disk, here, parts, size, offset, comment = _END.unpack_from(content, end)
    if parts > MAX_PARTS:
        raise FileRefused(Refusal.TOO_MANY_PARTS)
    if disk or start_disk or here != parts or size > len(content) or offset > len(content):
        raise FileRefused(Refusal.DAMAGED)
    if end + _END.size + comment != len(content) or offset + size != end or not content.startswith(b"PK\x03\x04"):
        raise FileRefused(Refusal.DISGUISED)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 0x1:
        raise FileRefused(Refusal.PROTECTED)
    name = entry.orig_filename
    steps = name.replace("\\", "/").split("/")
    if "\0" in name or "\\" in name or ":" in name or name.startswith("/") or ".." in steps:
        raise FileRefused(Refusal.DISGUISED)
    mode = entry.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise FileRefused(Refusal.DISGUISED)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileRefused(Refusal.DAMAGED)
    if entry.file_size > _SMALL and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise FileRefused(Refusal.UNPACKS_TOO_LARGE)


def unpack(content: bytes, part: Part) -> Iterator[bytes]:
    """Yield the bytes of a part; never more than it declares. Raises FileRefused where it lies or is damaged."""
    body = memoryview(content)[_body_offset(content, part) :][: part.packed]
    if len(body) != part.packed:
        raise FileRefused(Refusal.DAMAGED)
    count, crc = 0, 0
    for chunk in _inflated(body) if part.deflated else _pieces(body):
        count += len(chunk)
        if count > part.unpacked:
            raise FileRefused(Refusal.UNPACKS_TOO_LARGE)
        crc = zlib.crc32(chunk, crc)
        yield chunk
    if count != part.unpacked or crc != part.crc:
        raise FileRefused(Refusal.DAMAGED)


def _body_offset(content: bytes, part: Part) -> int:
    try:
        head = _LOCAL.unpack_from(content, part.offset)
    except struct.error as error:
        raise FileRefused(Refusal.DAMAGED) from error
    name_length, extra_length = head[9], head[10]
    start = part.offset + _LOCAL.size
    encoding = "utf-8" if head[2] & 0x800 else "cp437"
    name = content[start : start + name_length].decode(encoding, "replace")
    if head[0] != b"PK\x03\x04" or name != part.name:
        raise FileRefused(Refusal.DISGUISED)
    return start + name_length + extra_length


def _pieces(body: memoryview) -> Iterator[bytes]:
    for start in range(0, len(body), _CHUNK):
        yield bytes(body[start : start + _CHUNK])


def _inflated(body: memoryview) -> Iterator[bytes]:
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    rest: bytes | memoryview = body
    try:
        while not machine.eof:
            chunk = machine.decompress(rest, _CHUNK)
            rest = machine.unconsumed_tail
            if not chunk and not rest:
                break
            yield chunk
    except zlib.error as error:
        raise FileRefused(Refusal.DAMAGED) from error
    if not machine.eof or machine.unused_data:
        raise FileRefused(Refusal.DAMAGED)
