"""The outside of an .xlsx file: a zip archive, measured before anything is unpacked from it."""

from __future__ import annotations

import stat
import zlib
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from .problems import WorkbookRefused, refuse

MOST_ENTRIES = 2000
MOST_BYTES = 200 * 1024 * 1024  # expanded, all entries together (workbook.md)
MOST_FILE_BYTES = 50 * 1024 * 1024  # as uploaded
MOST_RATIO = 200  # expanded : packed, of an entry above a megabyte
_SMALL = 1024 * 1024
_CHUNK = 256 * 1024
_LOCAL_HEADER = 30


def open_archive(file: BinaryIO) -> ZipFile:
    """Return the archive in ``file`` once its directory and its true sizes are within the limits.

    Raises WorkbookRefused for anything that is no plain zip, hides more than it says, or is too large. The
    sizes are checked by counting, so no entry is ever held in memory here.
    """
    size = file.seek(0, 2)
    file.seek(0)
    if size == 0:
        raise refuse(_("The file is empty."))
    if size > MOST_FILE_BYTES:
        raise refuse(_("The file is larger than %(limit)d MB.") % {"limit": MOST_FILE_BYTES // 1024**2})
    try:
        archive = ZipFile(file)
        entries = archive.infolist()
        _check_directory(entries, size)
        for entry in entries:
            _check_true_size(file, entry)
    except (BadZipFile, zlib.error, ValueError, EOFError, OSError, NotImplementedError, OverflowError) as error:
        raise _damaged() from error
    return archive


def _damaged() -> WorkbookRefused:
    return refuse(_("The file is not an .xlsx workbook or is damaged. Open it in Excel and save it again as .xlsx."))


def _too_large() -> WorkbookRefused:
    return refuse(
        _("The workbook expands to more than %(limit)d MB. Delete what does not belong to the campaign.")
        % {"limit": MOST_BYTES // 1024**2}
    )


def _check_directory(entries: list[ZipInfo], size: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise refuse(_("The file holds more than %(limit)d parts.") % {"limit": MOST_ENTRIES})
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise _too_large()
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        overlaps = entry.header_offset < end
        end = entry.header_offset + _LOCAL_HEADER + entry.compress_size
        if overlaps or end > size or entry.flag_bits & 0x1 or _is_unsafe(entry):
            raise _damaged()
        if entry.file_size > _SMALL and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise refuse(_("A part of the file is packed far too densely; this is not a workbook saved by Excel."))
    if len({entry.filename for entry in entries}) != len(entries):
        raise _damaged()


def _is_unsafe(entry: ZipInfo) -> bool:
    parts = entry.filename.replace("\\", "/").split("/")
    return (
        entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED)
        or ".." in parts
        or entry.filename.startswith("/")
        or stat.S_ISLNK(entry.external_attr >> 16)
    )


def _check_true_size(file: BinaryIO, entry: ZipInfo) -> None:
    """Count what the entry really expands to; a directory that lies is refused."""
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
        raise _damaged()
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    if entry.compress_type == ZIP_STORED:
        if entry.file_size != entry.compress_size:
            raise _damaged()
        return
    if _inflated_size(file, entry) != entry.file_size:
        raise _damaged()


def _inflated_size(file: BinaryIO, entry: ZipInfo) -> int:
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    left, counted = entry.compress_size, 0
    while left > 0 and not machine.eof:
        packed = file.read(min(_CHUNK, left))
        if not packed:
            raise _damaged()
        left -= len(packed)
        while packed and not machine.eof:
            counted += len(machine.decompress(packed, _CHUNK))
            packed = machine.unconsumed_tail
            if counted > entry.file_size:
                return counted
    while not machine.eof:
        rest = machine.decompress(b"", _CHUNK)
        counted += len(rest)
        if not rest or counted > entry.file_size:
            break
    return counted if machine.eof and left == 0 else -1
