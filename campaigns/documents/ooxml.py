"""The few WordprocessingML properties that python-docx has no call for, each put where the schema wants it."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from .fonts import FAMILY

#: What follows ``w:pBdr`` in a paragraph's properties.
_AFTER_BORDERS = (
    "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:topLinePunct",
    "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind",
    "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment",
    "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
)  # fmt: skip


def element(name: str, /, **attributes: str) -> Any:
    """Return a new element with attributes of the main namespace."""
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def set_family(properties: Any) -> None:
    """Name the one family for every script, over any theme font."""
    fonts = properties.get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FAMILY)


def set_language(document: Document) -> None:
    """Say that the text is Vietnamese (spelling checkers), in the family of the document; no theme fonts."""
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    set_family(defaults)
    language = defaults.find(qn("w:lang"))
    for attribute in ("val", "eastAsia", "bidi"):
        language.set(qn(f"w:{attribute}"), "vi-VN")


def set_modern(document: Document) -> None:
    """Keep Word from opening the document in its compatibility mode."""
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def rule_below(paragraph: Paragraph) -> None:
    """Draw a thin line under a paragraph, as long as its indents leave room for."""
    borders = element("w:pBdr")
    borders.append(element("w:bottom", val="single", sz="6", space="0", color="auto"))
    paragraph._p.get_or_add_pPr().insert_element_before(borders, *_AFTER_BORDERS)


def add_field(run: Run, instruction: str) -> None:
    """Add a field (the page number) to a run."""
    run._r.append(element("w:fldChar", fldCharType="begin"))
    text = element("w:instrText")
    text.text = f" {instruction} "
    run._r.append(text)
    run._r.append(element("w:fldChar", fldCharType="separate"))
    shown = element("w:t")
    shown.text = "2"
    run._r.append(shown)
    run._r.append(element("w:fldChar", fldCharType="end"))


def repeat_header(row: _Row) -> None:
    """Repeat a table's first row on every page."""
    row._tr.get_or_add_trPr().append(element("w:tblHeader"))


def keep_whole(row: _Row) -> None:
    """Do not break a row over two pages."""
    properties = row._tr.get_or_add_trPr()
    properties.insert(0, element("w:cantSplit"))


def fixed_widths(table: Table, widths_twips: list[int]) -> None:
    """Give the columns these widths, also in the grid (LibreOffice reads that one)."""
    table.autofit = False
    for column, width in zip(table.columns, widths_twips, strict=True):
        column._gridCol.set(qn("w:w"), str(width))
    for row in table.rows:
        for cell, width in zip(row.cells, widths_twips, strict=True):
            _cell_width(cell, width)


def _cell_width(cell: _Cell, width: int) -> None:
    properties = cell._tc.get_or_add_tcPr()
    found = properties.find(qn("w:tcW"))
    if found is None:
        found = element("w:tcW")
        properties.insert(0, found)
    found.set(qn("w:w"), str(width))
    found.set(qn("w:type"), "dxa")


def describe(run: Run, text: str) -> None:
    """Give the picture in a run its text for those who do not see it."""
    for properties in run._r.iter(qn("wp:docPr")):
        properties.set("descr", text)


def cell_margins(table: Table, *, left_right: int) -> None:
    """Set the inner margins of a table's cells, in twips."""
    margins = element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w=str(left_right), type="dxa"))
    properties = table._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(margins)
    else:
        look.addprevious(margins)
