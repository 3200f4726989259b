"""An administrative document in the layout of Decree 30/2020/NĐ-CP, Annex I: built part by part, from the top.

The figures stand here once and are measured from written files by ``measure.py``. Text comes from the caller, in
Vietnamese. The same calls give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from . import ooxml
from .fonts import text_width_mm
from .package import stable

MARGINS_MM = {"top": 20, "bottom": 20, "left": 30, "right": 15}
PAGE_MM = (210, 297)
TEXT_MM = PAGE_MM[0] - MARGINS_MM["left"] - MARGINS_MM["right"]
HEAD_MM = (72, 93)  # columns of the issuing body and of the national name, which fits on one line
INDENT_CM = 1.27
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
_TWIPS_PER_MM = 1440 / 25.4
_HEAD_PADDING_MM = 0.5
_LEFT, _CENTRE = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER
_BOTH, _RIGHT = WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.RIGHT
ALIGNMENTS = {"left": _LEFT, "centre": _CENTRE, "right": _RIGHT, "both": _BOTH}


@dataclass(frozen=True)
class Signer:
    """Who signs: ``("CHỦ TỊCH",)`` or ``("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")``, and the name, without academic titles."""

    titles: tuple[str, ...]
    name: str = ""
    note: str = ""  # in italics under the titles: "(Ký, ghi rõ họ tên)"


@dataclass(frozen=True)
class Column:
    """One column of a table in the body."""

    title: str
    width_mm: float
    align: str = "left"


@dataclass
class Document30:
    """The document being written. ``body_size`` is 13 or 14 points."""

    title: str  # of the file, not of the page
    author: str
    body_size: float = 14
    made_on: dt.date = dt.date(2020, 3, 5)  # the file's own date: given, or the bytes would follow the clock
    document: Document = field(init=False)

    def __post_init__(self) -> None:
        self.document = docx.Document()
        ooxml.set_language(self.document)
        ooxml.set_modern(self.document)
        self._page()
        self._styles()
        properties = self.document.core_properties
        moment = dt.datetime.combine(self.made_on, dt.time(), dt.UTC)
        author = self.author[:255]  # a property of a document holds no more
        properties.title, properties.author, properties.last_modified_by = self.title, author, author
        properties.created = properties.modified = moment
        properties.comments, properties.revision, properties.language = "", 1, "vi-VN"

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(PAGE_MM[0]), Mm(PAGE_MM[1])
        section.top_margin, section.bottom_margin = Mm(MARGINS_MM["top"]), Mm(MARGINS_MM["bottom"])
        section.left_margin, section.right_margin = Mm(MARGINS_MM["left"]), Mm(MARGINS_MM["right"])
        section.header_distance, section.footer_distance = Mm(10), Mm(10)
        section.different_first_page_header_footer = True
        number = section.header.paragraphs[0]
        number.alignment = _CENTRE
        run = number.add_run()
        run.font.size = Pt(14)
        ooxml.add_field(run, "PAGE")

    def _styles(self) -> None:
        normal = self.document.styles["Normal"]
        ooxml.set_family(normal.element.get_or_add_rPr())
        normal.font.size = Pt(self.body_size)
        normal.paragraph_format.space_after = Pt(0)
        normal.paragraph_format.line_spacing = 1.0
        body = self.document.styles.add_style("Decree body", WD_STYLE_TYPE.PARAGRAPH)
        body.base_style = normal
        body.font.size = Pt(self.body_size)
        layout = body.paragraph_format
        layout.alignment, layout.first_line_indent = _BOTH, Mm(INDENT_CM * 10)
        layout.space_before, layout.space_after, layout.line_spacing = Pt(0), Pt(6), 1.1
        layout.widow_control = True

    # --- the head ----------------------------------------------------------------------------

    def head(self, *, superior: str, body: str, number: str, place_and_day: str, about: str = "") -> None:
        """The issuing body and its number on the left; the national name, motto, place and date on the right."""
        table = self._plain_table(2, HEAD_MM)
        ooxml.cell_margins(table, left_right=round(_HEAD_PADDING_MM * _TWIPS_PER_MM))
        left, right = table.rows[0].cells
        lines = [(line, False) for line in _wrapped(superior.upper(), HEAD_MM[0])]
        lines += [(line, True) for line in _wrapped(body.upper(), HEAD_MM[0])]
        for index, (line, bold) in enumerate(lines):
            self._line(left.paragraphs[0] if index == 0 else left.add_paragraph(), line, size=12, bold=bold)
        self._rule(left, text_width_mm(lines[-1][0], points=12, bold=True) * 0.42, HEAD_MM[0])
        self._line(right.paragraphs[0], NATION, size=12, bold=True)
        self._line(right.add_paragraph(), MOTTO, size=13, bold=True)
        self._rule(right, text_width_mm(MOTTO, points=13, bold=True), HEAD_MM[1])
        left, right = table.rows[1].cells
        if number:
            self._line(left.paragraphs[0], number, size=13)
        if about:
            self._line(left.add_paragraph(), about, size=12)
        self._line(right.paragraphs[0], place_and_day, size=13, italic=True)
        self._gap(6)

    def _rule(self, cell: _Cell, length_mm: float, column_mm: float) -> None:
        """A drawn line under a text of the column, centred."""
        line = cell.add_paragraph()
        self._as_rule(line, length_mm, column_mm - 2 * _HEAD_PADDING_MM)
        line.paragraph_format.space_after = Pt(4)

    def _as_rule(self, line: Paragraph, length_mm: float, room_mm: float) -> None:
        layout = line.paragraph_format
        layout.left_indent = layout.right_indent = Mm((room_mm - length_mm) / 2)
        layout.space_before, layout.line_spacing = Pt(3), Pt(1.5)
        ooxml.rule_below(line)

    def heading(self, kind: str, about: str = "", *, rule: bool = True) -> None:
        """The document's kind in capitals and what it is about, centred and bold, with a short rule below."""
        self._line(self.document.add_paragraph(), kind.upper(), size=14, bold=True)
        for line in about.split("\n") if about else ():
            self._line(self.document.add_paragraph(), line, size=14, bold=True)
        if rule:
            line = (about or kind).split("\n")[-1]
            length = min(text_width_mm(line, points=14, bold=True), TEXT_MM) * 0.4
            self._as_rule(self.document.add_paragraph(), length, TEXT_MM)
        self._gap(6)

    def authority(self, name: str) -> None:
        """Who decides, above the bases, centred and bold: ``CHỦ TỊCH ỦY BAN NHÂN DÂN QUẬN A``."""
        self._line(self.document.add_paragraph(), name.upper(), size=14, bold=True)
        self._gap(6)

    def addressed(self, to: str) -> None:
        """``Kính gửi: …`` centred."""
        self._line(self.document.add_paragraph(), f"Kính gửi: {to}", size=14)
        self._gap(6)

    # --- the body ----------------------------------------------------------------------------

    def bases(self, lines: Sequence[str]) -> None:
        """The legal bases: one a paragraph, upright words leaned, each ending in ``;`` and the last in ``.``"""
        for index, text in enumerate(lines):
            self._body(_closed(text, last=index == len(lines) - 1), italic=True)

    def paragraph(self, text: str, *, lead: str = "", bold: bool = False, italic: bool = False) -> None:
        """A paragraph of the body (one for each line of ``text``), justified, its first line indented."""
        for index, line in enumerate(text.split("\n")):
            if line.strip():
                self._body(line.strip(), lead=lead if index == 0 else "", bold=bold, italic=italic)

    def _body(self, text: str, *, lead: str = "", bold: bool = False, italic: bool = False) -> None:
        paragraph = self.document.add_paragraph(style="Decree body")
        if lead:
            paragraph.add_run(f"{lead} ").bold = True
        run = paragraph.add_run(text)
        run.bold, run.italic = bold or None, italic or None

    def section(self, text: str) -> None:
        """A part's heading: bold, indented like the body, kept with what follows."""
        paragraph = self.document.add_paragraph(style="Decree body")
        paragraph.add_run(text).bold = True
        paragraph.paragraph_format.keep_with_next = True

    def centred(self, text: str, *, bold: bool = True, italic: bool = False, size: float = 14) -> None:
        """A centred line, kept with what follows: ``QUYẾT ĐỊNH:``, a chart's title."""
        paragraph = self.document.add_paragraph()
        self._line(paragraph, text, size=size, bold=bold, italic=italic, after=6)
        paragraph.paragraph_format.keep_with_next = True

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], *, size: float = 12) -> None:
        """A ruled table; its first row is repeated on every page, no row is broken. A row of one cell spans all."""
        table = self.document.add_table(rows=1, cols=len(columns), style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        ooxml.cell_margins(table, left_right=70)
        scale = TEXT_MM / sum(column.width_mm for column in columns)
        for cell, column in zip(table.rows[0].cells, columns, strict=True):
            self._cell(cell, column.title, size, align="centre", bold=True)
        for row in rows:
            cells = table.add_row().cells
            if len(row) == 1:
                self._cell(cells[0].merge(cells[-1]), row[0], size, bold=True)
                continue
            for cell, text, column in zip(cells, row, columns, strict=True):
                self._cell(cell, text, size, align=column.align)
        widths = [round(column.width_mm * scale * _TWIPS_PER_MM) for column in columns]
        ooxml.fixed_widths(table, widths)
        ooxml.repeat_header(table.rows[0])
        for table_row in table.rows:
            ooxml.keep_whole(table_row)
        self._gap(6)

    def _cell(self, cell: _Cell, text: str, size: float, *, align: str = "left", bold: bool = False) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.alignment = ALIGNMENTS[align]
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        lines = text.split("\n")
        for index, line in enumerate(lines):
            run = paragraph.add_run(line)
            run.font.size, run.bold = Pt(size), bold or None
            if index < len(lines) - 1:
                run.add_break()

    def picture(self, content: bytes, *, text: str, width_mm: float = TEXT_MM) -> None:
        """A picture across the page with the text for those who do not see it."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = _CENTRE
        run = paragraph.add_run()
        run.add_picture(io.BytesIO(content), width=Mm(width_mm))
        ooxml.describe(run, text)
        paragraph.paragraph_format.space_after = Pt(6)

    def new_page(self) -> None:
        """Begin an appendix on a page of its own."""
        self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    # --- the end -----------------------------------------------------------------------------

    def signatures(self, signer: Signer, recipients: Sequence[str] = (), *, left: Signer | None = None) -> None:
        """The signer on the right; on the left the recipients, or a second signer (minutes). Kept on one page."""
        self._gap(6)
        for paragraph in _last_paragraphs(self.document):
            paragraph.paragraph_format.keep_with_next = True  # a signature never stands alone on a page
        table = self._plain_table(1, (TEXT_MM / 2, TEXT_MM / 2))
        ooxml.keep_whole(table.rows[0])
        cells = table.rows[0].cells
        if left is not None:
            self._signer(cells[0], left)
        elif recipients:
            self._recipients(cells[0], recipients)
        self._signer(cells[1], signer)

    def _recipients(self, cell: _Cell, recipients: Sequence[str]) -> None:
        self._line(cell.paragraphs[0], "Nơi nhận:", size=12, bold=True, italic=True, align=_LEFT)
        for index, name in enumerate(recipients):
            text = _closed(name, last=index == len(recipients) - 1)
            self._line(cell.add_paragraph(), f"- {text}", size=11, align=_LEFT)

    def _signer(self, cell: _Cell, signer: Signer) -> None:
        for index, title in enumerate(signer.titles):
            paragraph = cell.paragraphs[0] if index == 0 else cell.add_paragraph()
            self._line(paragraph, title.upper(), size=14, bold=True)
        if signer.note:
            self._line(cell.add_paragraph(), signer.note, size=12, italic=True)
        for _line in range(4):
            self._line(cell.add_paragraph(), "", size=14)
        self._line(cell.add_paragraph(), signer.name, size=14, bold=True)

    # --- low down ----------------------------------------------------------------------------

    def _plain_table(self, rows: int, widths_mm: tuple[float, float]) -> Table:
        table = self.document.add_table(rows=rows, cols=2)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        ooxml.fixed_widths(table, [round(width * _TWIPS_PER_MM) for width in widths_mm])
        return table

    def _line(
        self,
        paragraph: Paragraph,
        text: str,
        *,
        size: float,
        bold: bool = False,
        italic: bool = False,
        align: WD_ALIGN_PARAGRAPH = _CENTRE,
        after: float = 0,
    ) -> None:
        paragraph.alignment = align
        paragraph.paragraph_format.space_after = Pt(after)
        run = paragraph.add_run(text)
        run.font.size, run.bold, run.italic = Pt(size), bold or None, italic or None

    def _gap(self, points: float) -> None:
        spacer = self.document.add_paragraph()
        spacer.paragraph_format.line_spacing = Pt(points)

    def content(self) -> bytes:
        """Return the file's bytes."""
        written = io.BytesIO()
        self.document.save(written)
        return stable(written.getvalue())


def _last_paragraphs(document: Document) -> list[Paragraph]:
    """The spacer and the paragraph before it, where the body ends in a paragraph."""
    found: list[Paragraph] = []
    for node in reversed(document.element.body.inner_content_elements):
        if len(found) == 2 or not node.tag.endswith("}p"):
            break
        found.append(Paragraph(node, document._body))
    return found


def _closed(text: str, *, last: bool) -> str:
    """An entry of a list with its ``;`` or ``.``; a placeholder brings its own."""
    return text if text.endswith("}}") else text.rstrip(" .;") + ("." if last else ";")


def _wrapped(text: str, column_mm: float) -> list[str]:
    """Break a body's name where its column would, after "nhân dân" rather than inside a proper name."""
    room = column_mm - 2 * _HEAD_PADDING_MM - 1
    if not text:
        return []
    if text_width_mm(text, points=12, bold=True) <= room:
        return [text]
    if text.startswith("HỘI ĐỒNG "):
        return ["HỘI ĐỒNG", text.removeprefix("HỘI ĐỒNG ")]
    common, _, proper = text.partition(" NHÂN DÂN ")
    if proper and text_width_mm(proper, points=12, bold=True) <= room:
        return [f"{common} NHÂN DÂN", proper]
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width_mm(longer, points=12, bold=True) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
