"""The XML parts of an .xlsx file, read with the strictest settings: no document types, no entities, no links."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import NoReturn
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from .problems import WorkbookRefused, refuse

_CHUNK = 64 * 1024


def damaged(part: str) -> WorkbookRefused:
    """Return the refusal of a part that cannot be read."""
    return refuse(
        _("The part “%(part)s” of the file is damaged. Open it in Excel and save it again as .xlsx.") % {"part": part}
    )


def _forbid(*_args: object) -> NoReturn:
    raise expat.ExpatError("a workbook has no document type and no entities")


class PartParser:
    """An expat parser that sees local names only and refuses declarations (XXE, billion laughs)."""

    def __init__(self, part: str) -> None:
        self.part = part
        self._expat = expat.ParserCreate(namespace_separator=" ")
        self._expat.buffer_text = True
        self._expat.StartDoctypeDeclHandler = _forbid
        self._expat.EntityDeclHandler = _forbid
        self._expat.ExternalEntityRefHandler = _forbid
        self._expat.StartElementHandler = lambda name, attributes: self.start(name.rpartition(" ")[2], attributes)
        self._expat.EndElementHandler = lambda name: self.end(name.rpartition(" ")[2])
        self._expat.CharacterDataHandler = self.text

    def feed(self, chunk: bytes, final: bool = False) -> None:
        try:
            self._expat.Parse(chunk, final)
        except (expat.ExpatError, ValueError, KeyError, IndexError, OverflowError, LookupError) as error:
            raise damaged(self.part) from error

    def close(self) -> None:
        self.feed(b"", True)

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, data: str) -> None: ...


def chunks(archive: ZipFile, part: str) -> Iterator[bytes]:
    """Read a part of the archive piece by piece. Raises the refusal of a damaged file."""
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except (BadZipFile, KeyError, OSError, EOFError, RuntimeError, ValueError, zlib.error) as error:
        raise damaged(part) from error


class _Elements(PartParser):
    """Collects the attributes of every element of the wanted names, in order."""

    def __init__(self, part: str, *names: str) -> None:
        super().__init__(part)
        self.names, self.found, self.path = names, [], []  # type: ignore[var-annotated]  # lists of attributes

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.path.append(name)
        if name in self.names:
            plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
            self.found.append((name, tuple(self.path), plain))
            if len(self.found) > 100_000:
                raise ValueError("far too many elements")

    def end(self, name: str) -> None:
        self.path.pop()


def elements(archive: ZipFile, part: str, *names: str) -> list[tuple[str, tuple[str, ...], dict[str, str]]]:
    """Return name, path and attributes of each element of these names; none where the part is missing."""
    if part not in archive.namelist():
        return []
    parser = _Elements(part, *names)
    for chunk in chunks(archive, part):
        parser.feed(chunk)
    parser.close()
    return parser.found
