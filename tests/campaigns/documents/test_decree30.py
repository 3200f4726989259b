"""The layout of Decree 30/2020, measured from the written file."""

import datetime as dt
import io
import zipfile

import docx
import pytest
from fontTools.ttLib import TTFont

from campaigns.documents import charts, measure, wording
from campaigns.documents.decree30 import NATION, Column, Document30, Signer
from campaigns.documents.fonts import font_path, text_width_mm
from campaigns.documents.package import stable
from campaigns.files.checks import check_file

VIETNAMESE = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệfghiìíỉĩịjklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvwxyỳýỷỹỵz₫–“”…"


def written(rows: int = 3, **changes) -> bytes:
    document = Document30(title="Quyết định", author="UBND quận A", **changes)
    document.head(
        superior="Ủy ban nhân dân thành phố X",
        body="Ủy ban nhân dân quận A",
        number=wording.number_line("", "QĐ-UBND"),
        place_and_day=wording.place_and_day("Quận A", None, year=2026),
    )
    document.heading("Quyết định", "Về việc tặng Giấy khen")
    document.authority("Chủ tịch Ủy ban nhân dân quận A")
    document.bases(["Căn cứ Luật Thi đua, khen thưởng ngày 15 tháng 6 năm 2022;", "Xét đề nghị của Trưởng phòng"])
    document.centred("QUYẾT ĐỊNH:")
    document.paragraph("Tặng Giấy khen cho các cá nhân.", lead="Điều 1.")
    document.table([Column("STT", 12, "centre"), Column("Họ và tên", 150)], [["I. CÁ NHÂN"], *[["1", "An"]] * rows])
    document.picture(charts.bar_chart([charts.Bar("Phường A", 8735)]), text="Phường A: 87,35 điểm")
    document.signatures(Signer(("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), "Lê Văn B"), ["Như Điều 3;", "Lưu: VT"])
    return document.content()


def paragraphs(content: bytes) -> list[str]:
    document = docx.Document(io.BytesIO(content))
    cells = [p.text for table in document.tables for row in table.rows for cell in row.cells for p in cell.paragraphs]
    return [text for text in [*(p.text for p in document.paragraphs), *cells] if text]


def test_every_figure_is_as_the_decree_asks():
    assert measure.failures(written()) == []


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("Lề trái", lambda d: setattr(d.document.sections[0], "left_margin", 914400)),
        ("Nội dung", lambda d: setattr(d.document.styles["Decree body"].font, "size", 139700)),
        ("Số trang", lambda d: setattr(d.document.sections[0], "different_first_page_header_footer", False)),
        ("Cách đoạn", lambda d: setattr(d.document.styles["Decree body"].paragraph_format, "space_after", 0)),
    ],
)
def test_a_figure_that_is_not_as_the_decree_asks_is_named(name, spoil):
    document = Document30(title="x", author="y")
    document.head(superior="", body="Ủy ban", number="Số: 1/QĐ", place_and_day="A, ngày 05 tháng 3 năm 2026")
    document.heading("Quyết định")
    document.signatures(Signer(("CHỦ TỊCH",)), ["Lưu: VT", "NV"])
    spoil(document)
    assert measure.failures(document.content()) == [name]


def test_the_same_calls_give_the_same_bytes_and_a_file_the_portal_itself_takes():
    assert written() == written()
    assert check_file(written(), name="quyet-dinh.docx").kind == "docx"
    with zipfile.ZipFile(io.BytesIO(written())) as package:
        assert {part.date_time for part in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert package.namelist()[0] == "[Content_Types].xml"


def test_a_repacked_file_does_not_change_again():
    assert stable(written()) == written()


def test_bases_are_closed_and_recipients_are_listed():
    texts = paragraphs(written())
    assert "Căn cứ Luật Thi đua, khen thưởng ngày 15 tháng 6 năm 2022;" in texts
    assert "Xét đề nghị của Trưởng phòng." in texts
    assert [t for t in texts if t.startswith("- ")] == ["- Như Điều 3;", "- Lưu: VT."]
    assert texts[texts.index("KT. CHỦ TỊCH") + 1] == "PHÓ CHỦ TỊCH"


def test_a_table_repeats_its_head_and_breaks_no_row():
    body = docx.Document(io.BytesIO(written(rows=60))).element.body.xml
    assert body.count("<w:tblHeader") == 1
    assert body.count("<w:cantSplit") == 62 + 1  # each row of the table, and the signatures


def test_the_national_name_fits_on_one_line_of_its_column():
    assert text_width_mm(NATION, points=12, bold=True) < 92


@pytest.mark.parametrize(("bold", "italic"), [(False, False), (True, False), (False, True), (True, True)])
def test_the_vendored_faces_have_every_vietnamese_letter(bold, italic):
    known = TTFont(font_path(bold=bold, italic=italic)).getBestCmap()
    wanted = {character for text in (VIETNAMESE, VIETNAMESE.upper()) for character in text}
    assert {character for character in wanted if ord(character) not in known} == set()


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (dt.date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
        (dt.date(2026, 11, 25), "ngày 25 tháng 11 năm 2026"),
        (dt.date(2026, 3, 10), "ngày 10 tháng 3 năm 2026"),
    ],
)
def test_dates_have_zeros_where_the_decree_wants_them(day, words):
    assert wording.official_day(day) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (760_000, "Bảy trăm sáu mươi nghìn đồng"),
        (1_410_000, "Một triệu bốn trăm mười nghìn đồng"),
        (21_000_005, "Hai mươi mốt triệu không trăm linh năm đồng"),
        (15_515_015, "Mười lăm triệu năm trăm mười lăm nghìn không trăm mười lăm đồng"),
        (2_000_000_000, "Hai tỷ đồng"),
    ],
)
def test_amounts_are_said_as_on_a_payment_order(amount, words):
    assert wording.amount_in_words(amount) == words


def test_an_amount_out_of_range_is_refused():
    with pytest.raises(ValueError):
        wording.amount_in_words(10**12)
