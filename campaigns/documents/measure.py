"""What a written .docx looks like, measured from the file: for the checks, and for the table in docs/documents.md."""

from __future__ import annotations

import io
from dataclasses import dataclass

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Length
from docx.table import _Cell
from docx.text.paragraph import Paragraph


@dataclass(frozen=True)
class Measured:
    """The figures Decree 30/2020, Annex I speaks of."""

    page_mm: tuple[float, float]
    margins_mm: tuple[float, float, float, float]  # top, bottom, left, right
    families: frozenset[str]
    colours: frozenset[str]
    nation: str  # as "12 bold"
    motto: str
    motto_ruled: bool
    issuer: str
    place: str
    heading: str
    body: str  # as "14 both"
    body_indent_cm: float
    body_after_pt: float
    body_line: float
    page_number: str  # as "PAGE 14 centre"; empty where there is none
    first_page_bare: bool
    recipients: str  # as "12 bold italic / 11"; empty where there are none


def measure(content: bytes) -> Measured:
    """Return the layout of a document made by ``Document30`` or from a template derived from one."""
    document = docx.Document(io.BytesIO(content))
    section = document.sections[0]
    left, right = document.tables[0].rows[0].cells
    body = document.styles["Decree body"]
    layout = body.paragraph_format
    return Measured(
        page_mm=(_mm(section.page_width), _mm(section.page_height)),
        margins_mm=(
            _mm(section.top_margin),
            _mm(section.bottom_margin),
            _mm(section.left_margin),
            _mm(section.right_margin),
        ),
        families=_families(document),
        colours=frozenset(
            node.get(qn("w:val")) for node in document.element.body.iter(qn("w:color")) if node.get(qn("w:val"))
        ),
        nation=_look(right.paragraphs[0]),
        motto=_look(right.paragraphs[1]),
        motto_ruled=_is_ruled(right),
        issuer=_look(_last_text(left)),
        place=_look(document.tables[0].rows[1].cells[1].paragraphs[0]),
        heading=_look(_heading(document)),
        body=f"{body.font.size.pt:g} {'both' if layout.alignment == 3 else layout.alignment}" if body.font.size else "",
        body_indent_cm=round(_mm(layout.first_line_indent) / 10, 2),
        body_after_pt=layout.space_after.pt if layout.space_after is not None else 0,
        body_line=float(layout.line_spacing or 0),
        page_number=_page_number(document),
        first_page_bare=section.different_first_page_header_footer
        and not any(p.text.strip() for p in section.first_page_header.paragraphs),
        recipients=_recipients(document),
    )


def _mm(length: Length | None) -> float:
    return 0.0 if length is None else round(length.mm, 1)


def _look(paragraph: Paragraph) -> str:
    run = next(run for run in paragraph.runs if run.text.strip())
    size = run.font.size.pt if run.font.size else None
    return " ".join(filter(None, [f"{size:g}" if size else "", "bold" * bool(run.bold), "italic" * bool(run.italic)]))


def _heading(document: Document) -> Paragraph:
    """The document's kind: the first bold line after the head (a form's number may stand above it)."""
    return next(p for p in document.paragraphs if p.text.strip() and any(run.bold for run in p.runs))


def _last_text(cell: _Cell) -> Paragraph:
    return [paragraph for paragraph in cell.paragraphs if paragraph.text.strip()][-1]


def _is_ruled(cell: _Cell) -> bool:
    return any(paragraph._p.find(f".//{qn('w:pBdr')}") is not None for paragraph in cell.paragraphs)


def _families(document: Document) -> frozenset[str]:
    """Every family named for Latin letters, in the styles in use and in the text itself."""
    found = {node.get(qn("w:ascii")) for node in document.element.body.iter(qn("w:rFonts"))}
    for name in ("Normal", "Decree body"):
        found |= {node.get(qn("w:ascii")) for node in document.styles[name].element.iter(qn("w:rFonts"))}
    defaults = document.styles.element.find(qn("w:docDefaults"))
    found |= {node.get(qn("w:ascii")) for node in defaults.iter(qn("w:rFonts"))}
    return frozenset(filter(None, found))


def _page_number(document: Document) -> str:
    for paragraph in document.sections[0].header.paragraphs:
        for run in paragraph.runs:
            if run._r.find(qn("w:instrText")) is not None:
                size = run.font.size.pt if run.font.size else 0
                return f"PAGE {size:g} {'centre' if paragraph.alignment == 1 else 'not centred'}"
    return ""


def _recipients(document: Document) -> str:
    for table in document.tables:
        lines = [paragraph for paragraph in table.rows[-1].cells[0].paragraphs if paragraph.text.strip()]
        if lines and lines[0].text.startswith("Nơi nhận"):
            return f"{_look(lines[0])} / {_look(lines[1])}"
    return ""


#: What the decree asks of each figure, in its words, and how it is checked.
DECREE = {
    "Khổ giấy": ("A4 (210 × 297 mm)", lambda m: m.page_mm == (210, 297), lambda m: "{:g} × {:g} mm".format(*m.page_mm)),
    "Lề trên, dưới": (
        "20–25 mm",
        lambda m: all(20 <= side <= 25 for side in m.margins_mm[:2]),
        lambda m: "{:g}, {:g} mm".format(*m.margins_mm[:2]),
    ),
    "Lề trái": ("30–35 mm", lambda m: 30 <= m.margins_mm[2] <= 35, lambda m: f"{m.margins_mm[2]:g} mm"),
    "Lề phải": ("15–20 mm", lambda m: 15 <= m.margins_mm[3] <= 20, lambda m: f"{m.margins_mm[3]:g} mm"),
    "Phông chữ": (
        "Times New Roman, màu đen",
        lambda m: m.families == {"Times New Roman"} and m.colours <= {"000000", "auto"},
        lambda m: ", ".join(sorted(m.families)),
    ),
    "Quốc hiệu": ("12–13, đậm, in hoa", lambda m: m.nation in ("12 bold", "13 bold"), lambda m: m.nation),
    "Tiêu ngữ": (
        "13–14, đậm, có đường kẻ",
        lambda m: m.motto in ("13 bold", "14 bold") and m.motto_ruled,
        lambda m: m.motto + (", kẻ" if m.motto_ruled else ""),
    ),
    "Cơ quan ban hành": ("12–13, đậm, in hoa", lambda m: m.issuer in ("12 bold", "13 bold"), lambda m: m.issuer),
    "Địa danh, ngày": ("13–14, nghiêng", lambda m: m.place in ("13 italic", "14 italic"), lambda m: m.place),
    "Tên loại": ("13–14, đậm, in hoa", lambda m: m.heading in ("13 bold", "14 bold"), lambda m: m.heading),
    "Nội dung": ("13–14, dàn đều", lambda m: m.body in ("13 both", "14 both"), lambda m: m.body),
    "Lùi dòng đầu": ("1–1,27 cm", lambda m: 1 <= m.body_indent_cm <= 1.27, lambda m: f"{m.body_indent_cm:g} cm"),
    "Cách đoạn": ("≥ 6 pt", lambda m: m.body_after_pt >= 6, lambda m: f"{m.body_after_pt:g} pt"),
    "Cách dòng": ("đơn đến 1,5", lambda m: 1 <= m.body_line <= 1.5, lambda m: f"{m.body_line:g}"),
    "Số trang": (
        "13–14, giữa lề trên, không ở trang 1",
        lambda m: m.page_number in ("PAGE 13 centre", "PAGE 14 centre") and m.first_page_bare,
        lambda m: m.page_number,
    ),
    "Nơi nhận": (
        "12 đậm nghiêng; danh sách 11",
        lambda m: m.recipients in ("12 bold italic / 11", ""),
        lambda m: m.recipients or "không có",
    ),
}


def failures(content: bytes) -> list[str]:
    """Return what in a document is not as the decree asks, by name."""
    measured = measure(content)
    return [name for name, (_asked, holds, _shown) in DECREE.items() if not holds(measured)]
