"""Filling a person's own .docx."""

import io

import docx
import pytest

from campaigns.documents.placeholders import Unfillable, fill, placeholders


def template(*texts: str, rows: tuple[tuple[str, ...], ...] = ()) -> bytes:
    document = docx.Document()
    for text in texts:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    document.sections[0].header.paragraphs[0].text = "{{ten_co_quan}}"
    return saved(document)


def saved(document) -> bytes:
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def read(content: bytes):
    return docx.Document(io.BytesIO(content))


def test_fields_are_found_everywhere_and_odd_ones_named():
    found = placeholders(template("Số {{ so }}", "{{ 1 + 1 }} {{Tên}}", rows=(("{{ds.ten}}", "x"),)))
    assert found.fields == {"so", "ten_co_quan", "ds.ten"}
    assert found.odd == {"1 + 1", "Tên"}


def test_a_field_split_over_runs_is_filled_in_the_look_of_its_first_run():
    document = docx.Document()
    paragraph = document.add_paragraph("Gửi ")
    paragraph.add_run("{{t").bold = True
    paragraph.add_run("en}} và ")
    paragraph.add_run("{{ten}}.")
    runs = read(fill(saved(document), {"ten": "bà Hoà & ông <B>"})).paragraphs[0].runs
    assert "".join(run.text for run in runs) == "Gửi bà Hoà & ông <B> và bà Hoà & ông <B>."
    assert runs[1].bold
    assert runs[1].text == "bà Hoà & ông <B>"


def test_a_row_is_repeated_for_each_item_and_taken_out_for_none():
    content = template(rows=(("STT", "Tên"), ("{{ds.stt}}", "{{ds.ten}} – {{dot}}")))
    filled = read(fill(content, {"dot": "2026", "ds": [{"stt": "1", "ten": "An"}, {"stt": "2", "ten": "Bình"}]}))
    assert [[c.text for c in row.cells] for row in filled.tables[0].rows] == [
        ["STT", "Tên"],
        ["1", "An – 2026"],
        ["2", "Bình – 2026"],
    ]
    assert len(read(fill(content, {"ds": []})).tables[0].rows) == 1


def test_a_paragraph_is_repeated_and_lines_are_kept():
    filled = read(
        fill(template("- {{nn.ten}};", "{{bao_cao}}"), {"nn": [{"ten": "A"}, {"ten": "B"}], "bao_cao": "x\ny"})
    )
    assert [p.text for p in filled.paragraphs] == ["- A;", "- B;", "x\ny"]


def test_the_header_is_filled_and_a_value_is_never_read_as_a_field():
    filled = read(fill(template("{{a}}"), {"a": "{{b}}", "b": "secret", "ten_co_quan": "UBND"}))
    assert filled.sections[0].header.paragraphs[0].text == "UBND"
    assert filled.paragraphs[0].text == "{{b}}"
    rows = read(fill(template(rows=(("{{ds.ten}}",),)), {"b": "secret", "ds": [{"ten": "{{b}}"}]})).tables[0].rows
    assert rows[0].cells[0].text == "{{b}}"


def test_two_lists_in_one_row_are_refused():
    with pytest.raises(Unfillable) as refused:
        fill(template(rows=(("{{a.x}}", "{{b.x}}"),)), {"a": [], "b": []})
    assert (refused.value.why, refused.value.names) == ("two_lists", ["a", "b"])


def test_the_same_template_and_data_give_the_same_bytes():
    content = template("{{a}}")
    assert fill(content, {"a": "x"}) == fill(content, {"a": "x"})
