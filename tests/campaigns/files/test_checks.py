"""Uploads are judged by their bytes: ordinary files pass, each hostile one is refused for its reason."""

import io
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from campaigns.files.checks import CheckedFile, check_file
from campaigns.files.names import attachment_header, clean_name, display_name
from campaigns.files.refusals import FileRefused, Refusal
from campaigns.pictures import re_encode

from . import corpus


def judged(name: str, content: bytes) -> CheckedFile:
    """Everything an upload goes through before it is stored."""
    checked = check_file(content, name=name)
    if checked.is_picture:
        re_encode(content, kind=checked.kind)
    return checked


ORDINARY = {
    "pdf": ("Báo cáo.pdf", corpus.pdf(), CheckedFile("pdf", "Báo cáo.pdf", False)),
    "pdf with packed objects": (
        "a.pdf",
        corpus.pdf(corpus.object_stream(b"5 0 <</A 1>>")),
        CheckedFile("pdf", "a.pdf", False),
    ),
    "docx": ("Kế hoạch.DOCX", corpus.docx(), CheckedFile("docx", "Kế hoạch.docx", False)),
    "docx with a chart's workbook": (
        "a.docx",
        corpus.docx({"word/embeddings/Workbook.xlsx": corpus.xlsx()}),
        CheckedFile("docx", "a.docx", False),
    ),
    "docx with a link to a page": (
        "a.docx",
        corpus.docx({"word/_rels/document.xml.rels": corpus.relations(("hyperlink", "https://a.gov.vn", True))}),
        CheckedFile("docx", "a.docx", False),
    ),
    "docx with an ordinary field": (
        "a.docx",
        corpus.docx(body="<w:p><w:r><w:instrText> PAGE </w:instrText></w:r></w:p>"),
        CheckedFile("docx", "a.docx", False),
    ),
    "xlsx": ("Biểu số liệu.xlsx", corpus.xlsx(), CheckedFile("xlsx", "Biểu số liệu.xlsx", False)),
    "jpg": ("Ảnh.jpeg", corpus.jpg(), CheckedFile("jpg", "Ảnh.jpg", True)),
    "png a chat program renamed": ("anh.jpg", corpus.png(), CheckedFile("png", "anh.png", True)),
    "no ending": ("bao cao", corpus.pdf(), CheckedFile("pdf", "bao cao.pdf", False)),
}


@pytest.mark.parametrize(("name", "content", "expected"), ORDINARY.values(), ids=ORDINARY.keys())
def test_ordinary_files_pass(name, content, expected):
    assert judged(name, content) == expected


@pytest.mark.parametrize(("name", "make", "reason"), corpus.HOSTILE.values(), ids=corpus.HOSTILE.keys())
def test_hostile_files_are_refused_for_their_reason(name, make, reason):
    content = make()
    started = time.perf_counter()
    with pytest.raises(FileRefused) as refused:
        judged(name, content)
    assert refused.value.reason == reason
    assert time.perf_counter() - started < 3  # the target is 0.5 s; a loaded machine gets room


def test_corpus_is_large_and_every_reason_occurs():
    assert len(corpus.HOSTILE) >= 60
    assert {reason for _name, _make, reason in corpus.HOSTILE.values()} == set(Refusal)


def test_photo_loses_its_place_and_keeps_its_way_up():
    photo = corpus.photo_with_place()
    with Image.open(io.BytesIO(photo)) as before:
        assert before.getexif().get_ifd(0x8825)  # there is something to lose
    with Image.open(io.BytesIO(re_encode(photo, kind="jpg"))) as after:
        assert dict(after.getexif()) == {}
        assert after.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert after.size == (20, 40)
    assert b"CANARY-CAMERA" in photo
    assert b"CANARY-CAMERA" not in re_encode(photo, kind="jpg")


def test_png_loses_its_text():
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    text.add_text("Comment", "CANARY-TEXT")
    content = corpus.png(save={"pnginfo": text})
    assert b"CANARY-TEXT" in content
    assert b"CANARY-TEXT" not in re_encode(content, kind="png")


def test_what_follows_a_picture_is_gone():
    content = corpus.jpg() + b"CANARY" * 50
    assert judged("a.jpg", content).kind == "jpg"
    assert b"CANARY" not in re_encode(content, kind="jpg")


def test_large_photo_is_stored_smaller():
    with Image.open(io.BytesIO(re_encode(corpus.jpg(6_000, 3_000), kind="jpg"))) as stored:
        assert stored.size == (5_000, 2_500)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\a\\Báo cáo.pdf", "Báo cáo.pdf"),
        ("Báo cáo\u202efdp.pdf", "Báo cáofdp.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie- x.pdf"),
        ("Bao\u0301 ca\u0301o.pdf", "Baó cáo.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("....", "minh-chung.pdf"),
        ("", "minh-chung.pdf"),
        ("\u200b.pdf", "minh-chung.pdf"),
        ("ảnh 😀.pdf", "ảnh 😀.pdf"),
    ],
)
def test_names_to_show(name, shown):
    assert display_name(name, "pdf", fallback="minh-chung") == shown


@given(st.text(max_size=400))
def test_any_name_is_safe(name):
    shown = display_name(name, "docx", fallback="minh-chung")
    assert shown.endswith(".docx")
    assert len(shown.encode()) <= 190
    assert not set(shown) & set('/\\:*?"<>|\r\n\0')
    assert shown == display_name(shown, "docx", fallback="minh-chung")
    header = attachment_header(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2


def test_composed_and_decomposed_names_are_one():
    assert clean_name("Ho\u0300a An.pdf") == clean_name("H\u00f2a An.pdf")


def test_header_carries_vietnamese():
    assert attachment_header("Báo cáo đợt 1.pdf") == (
        "attachment; filename=\"bao cao dot 1.pdf\"; filename*=UTF-8''B%C3%A1o%20c%C3%A1o%20%C4%91%E1%BB%A3t%201.pdf"
    )


def test_the_lying_file_would_hurt_an_ordinary_unpacker():
    """The corpus is what it says: the directory understates what unpacking yields."""
    with zipfile.ZipFile(io.BytesIO(corpus.HOSTILE["size that lies"][1]())) as archive:
        assert archive.getinfo("word/media/image1.png").file_size == 10
