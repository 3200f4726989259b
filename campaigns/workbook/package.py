"""The parts of a workbook beside its cells: table of sheets, shared texts, formats. No macros."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from dataclasses import dataclass, field
from zipfile import ZipFile

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from .problems import refuse
from .xml_parts import PartParser, chunks, elements

MOST_STRINGS = 1_000_000
MOST_STRING_CHARACTERS = 64 * 1024 * 1024


@dataclass
class RawSheet:
    """One sheet of the file."""

    name: str
    hidden: bool
    part: str  # path inside the archive; empty where it is no worksheet
    merged: list[str] = field(default_factory=list)  # ranges of merged cells, known after the rows are read


@dataclass
class RawBook:
    """An opened workbook."""

    archive: ZipFile
    sheets: list[RawSheet]
    strings: list[str]
    formats: list[str]  # of each cell style: "", date, duration or percent
    epoch: dt.datetime


def open_book(archive: ZipFile) -> RawBook:
    """Read the table of sheets, the shared texts and the formats; raise WorkbookRefused where that fails."""
    names = set(archive.namelist())
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refuse(_("The workbook holds macros. Save it as .xlsx without macros."))
    part = next(
        (
            _resolve("", relation.get("Target", ""))
            for _name, _path, relation in elements(archive, "_rels/.rels", "Relationship")
            if relation.get("Type", "").endswith("/officeDocument")
        ),
        "",
    )
    if part not in names:
        raise refuse(_("The file is not an .xlsx workbook or is damaged. Open it in Excel and save it again as .xlsx."))
    folder = posixpath.dirname(part)
    relations = {
        relation.get("Id", ""): relation
        for _name, _path, relation in elements(
            archive, posixpath.join(folder, "_rels", posixpath.basename(part) + ".rels"), "Relationship"
        )
    }
    parts_by_type = {
        relation.get("Type", "").rpartition("/")[2]: _resolve(folder, relation.get("Target", ""))
        for relation in relations.values()
    }
    sheets, epoch = _sheets(archive, part, folder, relations)
    strings_part, styles_part = parts_by_type.get("sharedStrings", ""), parts_by_type.get("styles", "")
    return RawBook(
        archive=archive,
        sheets=sheets,
        strings=_strings(archive, strings_part) if strings_part in names else [],
        formats=_formats(archive, styles_part) if styles_part in names else [],
        epoch=epoch,
    )


def _resolve(folder: str, target: str) -> str:
    return target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def _sheets(
    archive: ZipFile, part: str, folder: str, relations: dict[str, dict[str, str]]
) -> tuple[list[RawSheet], dt.datetime]:
    sheets, epoch = [], dt.datetime(1899, 12, 30)  # noqa: DTZ001  # a serial's day zero has no time zone
    for name, _path, attributes in elements(archive, part, "sheet", "workbookPr"):
        if name == "workbookPr":
            if attributes.get("date1904") in ("1", "true"):
                epoch = dt.datetime(1904, 1, 1)  # noqa: DTZ001
            continue
        relation = relations.get(attributes.get("id", ""), {})
        is_worksheet = relation.get("Type", "").endswith("/worksheet")
        sheets.append(
            RawSheet(
                name=attributes.get("name", ""),
                hidden=attributes.get("state", "visible") != "visible",
                part=_resolve(folder, relation.get("Target", "")) if is_worksheet else "",
            )
        )
    return sheets, epoch


class _StringParser(PartParser):
    """The shared texts; phonetic hints are no part of a text."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.strings: list[str] = []
        self.characters = 0
        self.pieces: list[str] | None = None
        self.in_text = self.in_hint = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self.pieces = []
        elif name == "rPh":
            self.in_hint = True
        elif name == "t":
            self.in_text = not self.in_hint

    def end(self, name: str) -> None:
        if name == "t":
            self.in_text = False
        elif name == "rPh":
            self.in_hint = False
        elif name == "si":
            self.strings.append("".join(self.pieces or ()))
            self.characters += len(self.strings[-1])
            if len(self.strings) > MOST_STRINGS or self.characters > MOST_STRING_CHARACTERS:
                raise refuse(_("The workbook holds far more texts than a campaign has."))

    def text(self, data: str) -> None:
        if self.in_text and self.pieces is not None:
            self.pieces.append(data)


def _strings(archive: ZipFile, part: str) -> list[str]:
    parser = _StringParser(part)
    for chunk in chunks(archive, part):
        parser.feed(chunk)
    parser.close()
    return parser.strings


def _formats(archive: ZipFile, part: str) -> list[str]:
    codes = dict(BUILTIN_FORMATS)
    kinds = []
    for name, path, attributes in elements(archive, part, "numFmt", "xf"):
        if name == "numFmt" and "numFmts" in path and attributes.get("numFmtId", "").isdecimal():
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "xf" and "cellXfs" in path:
            number = attributes.get("numFmtId", "0")
            kinds.append(_format_kind(codes.get(int(number) if number.isdecimal() else 0, "")))
    return kinds


def _format_kind(code: str) -> str:
    if is_timedelta_format(code):
        return "duration"
    if is_date_format(code):
        return "date"
    return "percent" if "%" in re.sub(r'"[^"]*"|\\.', "", code) else ""
