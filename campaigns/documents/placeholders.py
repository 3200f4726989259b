"""Fill a person's own .docx: ``{{ten}}`` becomes a text; a row or paragraph with ``{{danh_sach.ten}}`` is repeated.

A table's row is repeated whole where each of its cells is one paragraph; elsewhere the paragraph is.

No expression, no condition, no code of a template's own: a template cannot do anything but name fields.
"""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from .package import stable

_FIELD = re.compile(r"\{\{\s*([a-z0-9_]+(?:\.[a-z0-9_]+)?)\s*\}\}", re.I | re.A)
_ANY = re.compile(r"\{\{(.{0,80}?)\}\}", re.S)
Data = Mapping[str, Any]


class Unfillable(Exception):
    """A template whose placeholders cannot be filled; ``why`` is a code, ``names`` what it is about."""

    def __init__(self, why: str, names: list[str]) -> None:
        super().__init__(f"{why}: {', '.join(names)}")
        self.why, self.names = why, names


@dataclass(frozen=True)
class Found:
    """The placeholders of a template."""

    fields: frozenset[str]  # known form: "ten", "danh_sach.ten"
    odd: frozenset[str]  # between braces, but no field's name


def placeholders(content: bytes) -> Found:
    """Return what a template names, in text, tables, headers and footers, however Word split it into runs."""
    fields: set[str] = set()
    odd: set[str] = set()
    for paragraph in _paragraphs(docx.Document(io.BytesIO(content))):
        text = paragraph.text
        fields.update(name.lower() for name in _FIELD.findall(text))
        odd.update(inner.strip() for inner in _ANY.findall(_FIELD.sub("", text)))
    return Found(frozenset(fields), frozenset(odd))


def fill(content: bytes, data: Data) -> bytes:
    """Return the template with its placeholders filled. Raises Unfillable for a list used in two ways at once."""
    document = docx.Document(io.BytesIO(content))
    filled: list[Any] = []  # what is filled once is not read again: a value may hold braces
    for row in [row for body in _bodies(document) for row in body.iter(qn("w:tr"))]:
        if row.find(f".//{qn('w:tbl')}") is None and _is_one_line(row):
            filled += _repeat(row, data)
    done = set(filled)
    for paragraph in list(_paragraphs(document)):
        if paragraph._p not in done:
            done.update(_repeat(paragraph._p, data))
    for paragraph in _paragraphs(document):
        if paragraph._p not in done:
            _fill(paragraph, data)
    written = io.BytesIO()
    document.save(written)
    return stable(written.getvalue())


def _bodies(document: Document) -> list[Any]:
    found = [document.element.body]
    for section in document.sections:
        for part in (
            section.header, section.first_page_header, section.even_page_header,
            section.footer, section.first_page_footer, section.even_page_footer,
        ):  # fmt: skip
            if not part.is_linked_to_previous:
                found.append(part._element)
    return found


def _paragraphs(document: Document) -> Iterator[Paragraph]:
    for body in _bodies(document):
        for node in body.iter(qn("w:p")):
            yield Paragraph(node, document._body)


def _is_one_line(row: Any) -> bool:
    """Whether each cell holds one paragraph: a line of a list, not a frame around several (signature, recipients)."""
    return all(len(cell.findall(qn("w:p"))) <= 1 for cell in row.iter(qn("w:tc")))


def _repeat(node: Any, data: Data) -> list[Any]:
    """Copy a row or paragraph once for each item of the list it names; return the paragraphs that were filled."""
    text = "".join(t.text or "" for t in node.iter(qn("w:t")))
    lists = sorted({name.lower().partition(".")[0] for name in _FIELD.findall(text) if "." in name})
    if not lists:
        return []
    if len(lists) > 1:
        raise Unfillable("two_lists", lists)
    done: list[Any] = []
    for item in data.get(lists[0], ()):
        made = copy.deepcopy(node)
        node.addprevious(made)
        one = {f"{lists[0]}.{key}": value for key, value in item.items()}
        for paragraph in made.iter(qn("w:p")):
            _fill(Paragraph(paragraph, None), {**data, **one})  # type: ignore[arg-type]  # only its XML is used
            done.append(paragraph)
    parent = node.getparent()
    parent.remove(node)
    if parent.tag == qn("w:tc") and parent.find(qn("w:p")) is None:
        parent.append(parent.makeelement(qn("w:p"), {}))  # a cell holds at least one paragraph
    return done


def _fill(paragraph: Paragraph, data: Data) -> None:
    """Put the texts in; a placeholder split over runs takes the look of the run in which it begins."""
    nodes = list(paragraph._p.iter(qn("w:t")))
    text = "".join(node.text or "" for node in nodes)
    for match in reversed(list(_FIELD.finditer(text))):
        value = data.get(match[1].lower())
        _put(nodes, match.start(), match.end(), value if isinstance(value, str) else "")
    for node in nodes:
        _break_lines(node)


def _put(nodes: list[Any], start: int, end: int, value: str) -> None:
    position = 0
    for node in nodes:
        own = node.text or ""
        first, last = max(start - position, 0), min(end - position, len(own))
        if first < last or (first == last and start == position and first < len(own)):
            node.text = own[:first] + (value if start >= position else "") + own[last:]
            node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        position += len(own)


def _break_lines(node: Any) -> None:
    lines = (node.text or "").split("\n")
    if len(lines) == 1:
        return
    node.text, last = lines[0], node
    for line in lines[1:]:
        br = node.makeelement(qn("w:br"), {})
        last.addnext(br)
        more = node.makeelement(qn("w:t"), {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
        more.text = line
        br.addnext(more)
        last = more
