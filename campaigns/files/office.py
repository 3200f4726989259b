"""Word and Excel files (OOXML): the parts such a file has, and no macro, object, link or entity. Pure."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from .refusals import FileRefused, Refusal
from .zip_parts import Part, read_directory, unpack

_MAIN = "application/vnd.openxmlformats-officedocument."
MAIN_TYPES = {
    _MAIN + "wordprocessingml.document.main+xml": "docx",
    _MAIN + "spreadsheetml.sheet.main+xml": "xlsx",
}
#: Endings of the parts that ordinary documents have.
_PARTS = {
    "xml", "rels", "vml", "png", "jpg", "jpeg", "jfif", "gif", "bmp", "tif", "tiff", "emf", "wmf", "wdp", "svg",
    "odttf", "fntdata", "bin", "docx", "xlsx",
}  # fmt: skip
_XML = {"xml", "rels", "vml", "svg"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROGRAMS = (b"MZ", b"\x7fELF")
_NESTED_LIMIT = 1  # a chart in a report carries its small workbook; a workbook in that one is refused
_ACTIVE_NAMES = ("vba", "activex", "oleobject", "/customui/", "/macrosheets/", "/dialogsheets/", "/externallinks/")
_HARMLESS_LINKS = ("http://", "https://", "mailto:")
_FIELDS_THAT_FETCH = ("dde", "ddeauto", "includetext", "includepicture", "import", "link")


def check_office(content: bytes, *, depth: int = 0) -> str:
    """Return ``docx`` or ``xlsx`` for the bytes of such a file; raise FileRefused for anything else."""
    parts = {part.name: part for part in read_directory(content)}
    types = parts.get("[Content_Types].xml")
    if types is None:
        raise FileRefused(Refusal.NOT_ALLOWED)
    for name in parts:
        _check_name(name)
    declared = _declared_types(content, types)
    for part in parts.values():
        _check_part(content, part, depth)
    found = {MAIN_TYPES[kind] for kind in declared if kind in MAIN_TYPES}
    if len(found) != 1:
        raise FileRefused(Refusal.NOT_ALLOWED)
    return found.pop()


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _check_name(name: str) -> None:
    path = f"/{name.lower()}"
    if "vba" in path or "/macrosheets/" in path or "/dialogsheets/" in path:
        raise FileRefused(Refusal.MACRO)
    if "/externallinks/" in path:
        raise FileRefused(Refusal.LINKED)
    if any(word in path for word in _ACTIVE_NAMES) or _ending(name) not in _PARTS:
        raise FileRefused(Refusal.EMBEDDED)


def _declared_types(content: bytes, part: Part) -> set[str]:
    found: set[str] = set()

    def element(name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("ContentType", "")
        if "macroenabled" in kind.lower() or "vba" in kind.lower():
            raise FileRefused(Refusal.MACRO)
        if "oleobject" in kind.lower() or "activex" in kind.lower():
            raise FileRefused(Refusal.EMBEDDED)
        found.add(kind)

    _parse(content, part, element)
    return found


def _check_part(content: bytes, part: Part, depth: int) -> None:
    ending = _ending(part.name)
    if ending == "rels":
        _parse(content, part, _check_relation)
    elif ending in _XML:
        _Fields(content, part).check()
    elif ending in ("docx", "xlsx"):
        if depth >= _NESTED_LIMIT:
            raise FileRefused(Refusal.EMBEDDED)
        check_office(b"".join(unpack(content, part)), depth=depth + 1)
    else:
        _check_binary(content, part)


def _check_binary(content: bytes, part: Part) -> None:
    head = b""
    for chunk in unpack(content, part):
        head = head or chunk[:8]
    if head.startswith((_OLE, *_PROGRAMS, b"PK\x03\x04")):
        raise FileRefused(Refusal.EMBEDDED)


def _check_relation(name: str, attributes: dict[str, str]) -> None:
    kind = attributes.get("Type", "").rpartition("/")[2].lower()
    if kind in ("oleobject", "attachedtemplate", "afchunk", "control", "vbaproject", "externallink", "frame"):
        raise FileRefused(
            Refusal.MACRO if kind == "vbaproject" else Refusal.EMBEDDED if kind == "control" else Refusal.LINKED
        )
    if attributes.get("TargetMode", "").lower() != "external":
        return
    target = attributes.get("Target", "").strip().lower()
    if kind != "hyperlink" or not target.startswith(_HARMLESS_LINKS):
        raise FileRefused(Refusal.LINKED)


class _Fields:
    """Looks through one XML part for entities, and for Word fields that fetch from elsewhere."""

    def __init__(self, content: bytes, part: Part) -> None:
        self.content, self.part = content, part
        self.instruction = ""
        self.inside = False

    def check(self) -> None:
        watch = self.part.name.startswith("word/")
        _parse(
            self.content,
            self.part,
            self._start if watch else None,
            end=self._end if watch else None,
            text=self._text if watch else None,
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "instrText":
            self.inside = True
        elif local == "fldSimple":
            self._judge(next((value for key, value in attributes.items() if key.endswith("instr")), ""))
        elif local == "fldChar":
            self.instruction = ""

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] == "instrText":
            self.inside = False
            self._judge(self.instruction)

    def _text(self, text: str) -> None:
        if self.inside and len(self.instruction) < 10_000:
            self.instruction += text

    def _judge(self, instruction: str) -> None:
        words = instruction.split()
        if words and words[0].lower() in _FIELDS_THAT_FETCH:
            raise FileRefused(Refusal.LINKED)


def _parse(
    content: bytes,
    part: Part,
    element: Callable[[str, dict[str, str]], None] | None,
    *,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Read an XML part in pieces; refuse a document type before any entity could be expanded."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise FileRefused(Refusal.ENTITIES)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = element
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        for chunk in unpack(content, part):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, FileRefused):
            raise
        raise FileRefused(Refusal.DAMAGED) from error
