"""Files that mean harm: refused within bounds of time and memory, before anything is unpacked."""

import io
import os
import socket
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from .books import file_of, refusal_of, repacked, small, with_shared_strings

DAMAGED = "Tệp không phải là sổ .xlsx hoặc bị hỏng. Hãy mở bằng Excel và lưu lại dạng .xlsx."
SHEET = "xl/worksheets/sheet3.xml"  # Khối
STRINGS = "xl/sharedStrings.xml"
TOO_FAR = "Mỗi trang có tối đa 60000 dòng và 60 cột; hãy xóa mọi thứ nằm ngoài."
ROOT = Path(__file__).parents[3]
MEGABYTE = 1024 * 1024


def added(name: str, content: bytes) -> io.BytesIO:
    """The small workbook with one more part."""
    file = file_of(small())
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    file.seek(0)
    return file


# --- the archive ---------------------------------------------------------------------------------------------


def test_more_than_200_mb():
    file = file_of(small())
    block = os.urandom(1024) * 1024
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(201):
            archive.writestr(f"xl/media/image{number}.bin", block)
    assert refusal_of(file) == ["Sổ bung ra quá 200 MB. Hãy xóa những gì không thuộc phong trào."]


def test_a_part_packed_too_densely():
    assert refusal_of(added("xl/worksheets/sheet99.xml", b" " * 50 * MEGABYTE)) == [
        "Một phần của tệp bị nén quá mức; đây không phải là sổ do Excel lưu."
    ]


def test_too_many_parts():
    file = file_of(small())
    with zipfile.ZipFile(file, "a") as archive:
        for number in range(2000):
            archive.writestr(f"x{number}", b"")
    assert refusal_of(file) == ["Tệp chứa quá 2000 phần."]


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "xl\\..\\..\\x"])
def test_names_that_leave_the_archive(name):
    assert refusal_of(added(name, b"x")) == [DAMAGED]


def test_a_link():
    file = file_of(small())
    link = zipfile.ZipInfo("xl/link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert refusal_of(file) == [DAMAGED]


def test_a_part_twice():
    with pytest.warns(UserWarning, match="Duplicate name"):
        file = added(SHEET, b"<worksheet/>")
    assert refusal_of(file) == [DAMAGED]


@pytest.mark.parametrize("said", [10, 999_999])
def test_a_directory_that_lies_about_the_size(said):
    """The central directory and the local header both say another size than the data has."""
    content = bytearray(added("xl/hidden.bin", b"a" * 5000).getvalue())
    true = (5000).to_bytes(4, "little")
    start = content.find(b"xl/hidden.bin")
    for place in (content.find(true, start - 30), content.find(true, content.find(b"PK\x01\x02", start))):
        content[place : place + 4] = said.to_bytes(4, "little")
    assert refusal_of(io.BytesIO(bytes(content))) == [DAMAGED]


def test_a_file_larger_than_50_mb():
    assert refusal_of(io.BytesIO(b"PK\x03\x04" + b"\0" * 51 * MEGABYTE)) == ["Tệp lớn hơn 50 MB."]


# --- the cells -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("coordinate", "row"), [("XFD1048576", 1048576), ("A1048576", 1048576), ("A60002", 60002), ("BI4", 4)]
)
def test_a_far_cell(coordinate, row):
    cell = f'<row r="{row}"><c r="{coordinate}"><v>1</v></c></row></sheetData>'.encode()
    file = repacked(file_of(small()), SHEET, lambda xml: xml.replace(b"</sheetData>", cell))
    assert refusal_of(file) == [f"Khối, dòng {row}, giá trị “{coordinate}”: {TOO_FAR}"]


@pytest.mark.django_db
def test_the_last_row_and_column_within_the_limits():
    cell = b'<row r="60001"><c r="BH60001" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    file = repacked(file_of(small()), SHEET, lambda xml: xml.replace(b"</sheetData>", cell))
    assert refusal_of(file) == [
        "Khối, dòng 60001, cột “Mã khối”: Ô trống, bắt buộc phải ghi.",
        "Khối, dòng 60001, cột “Tên khối”: Ô trống, bắt buộc phải ghi.",
        "Khối, dòng 60001, cột “BH”, giá trị “x”: Giá trị nằm ở cột không có tiêu đề hợp lệ.",
    ]


@pytest.mark.django_db
def test_a_dimension_that_lies_changes_nothing():
    from .books import bring_in

    lie = b'<dimension ref="A1:XFD1048576"/>'
    file = repacked(file_of(small()), SHEET, lambda xml: xml.replace(b"<sheetData>", lie + b"<sheetData>"))
    assert bring_in(file).tallies["Khối"].new == 2


# --- XML -----------------------------------------------------------------------------------------------------

LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.django_db
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", STRINGS, "_rels/.rels"])
@pytest.mark.parametrize(
    "declaration",
    [LAUGHS, b'<!DOCTYPE x SYSTEM "file:///etc/passwd">', b"<!DOCTYPE x []>"],
    ids=["laughs", "file", "none"],
)
def test_no_declarations(part, declaration):
    def declare(xml: bytes) -> bytes:
        start = xml.find(b"?>") + 2 if xml.startswith(b"<?xml") else 0
        return xml[:start] + declaration + xml[start:]

    lines = refusal_of(repacked(with_shared_strings(file_of(small())), part, declare))
    assert any(f"Phần “{part}” của tệp bị hỏng" in line for line in lines)


@pytest.mark.django_db
def test_no_connection_is_opened():
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        port = server.getsockname()[1]

        def listen() -> None:
            try:
                server.accept()
                heard.append(1)
            except TimeoutError:
                pass

        listener = threading.Thread(target=listen)
        listener.start()
        url = f"http://127.0.0.1:{port}/x".encode()
        entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "' + url + b'">]>'
        refusal_of(repacked(file_of(small()), SHEET, lambda xml: entity + xml[xml.find(b"<worksheet") :]))
        listener.join()
    assert heard == []


# --- bounds --------------------------------------------------------------------------------------------------

_CHILD = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1024 ** 3, 1024 ** 3))
import django
django.setup()
from campaigns.workbook.importer import all_sheets
from campaigns.workbook.problems import WorkbookRefused
from campaigns.workbook.reader import read_book
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open(sys.argv[1], "rb") as file:
    try:
        book = read_book(file, all_sheets())
        print("read", sum(map(len, book.rows.values())), book.problems.count)
    except WorkbookRefused as refusal:
        print("refused")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def in_a_child(path: Path) -> tuple[str, int, float]:
    """What a child with 1 GB of address space says of the file, its growth in MB, and the seconds it took."""
    started = time.monotonic()
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(path)],
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    said, growth = done.stdout.strip().splitlines()[-2:]
    return said, int(growth), time.monotonic() - started


def rows_xml(count: int, columns: int) -> bytes:
    letters = [chr(65 + number) for number in range(columns)]
    return b"".join(
        f'<row r="{row}">{"".join(f"""<c r="{letter}{row}"><v>{row}</v></c>""" for letter in letters)}</row>'.encode()
        for row in range(2, count + 2)
    )


@pytest.mark.sqlite  # a process of its own that asks no database
@pytest.mark.parametrize(
    ("name", "said", "growth"),
    [("bomb", "refused", 60), ("far", "read 27 1", 60), ("million", "read ", 150), ("strings", "refused", 300)],
)
def test_memory_and_time_stay_within_bounds(tmp_path, name, said, growth):
    path = tmp_path / "book.xlsx"
    path.write_bytes(HOSTILE[name]().getvalue())
    answer, grown, seconds = in_a_child(path)
    assert answer.startswith(said)
    assert grown <= growth
    assert seconds <= 20


def bomb() -> io.BytesIO:
    """About 300 kB that expand to 300 MB."""
    return added("xl/worksheets/sheet99.xml", b"<x/>" * (75 * MEGABYTE))


def far() -> io.BytesIO:
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return repacked(file_of(small()), SHEET, lambda xml: xml.replace(b"</sheetData>", cell))


def million() -> io.BytesIO:
    """A million rows of three cells: reading stops at the row beyond the limit."""
    many = rows_xml(1_000_000, 3)
    return repacked(
        file_of(small()), SHEET, lambda xml: xml[: xml.find(b'<row r="2"')] + many + b"</sheetData></worksheet>"
    )


def strings() -> io.BytesIO:
    """Two million different shared texts that no cell uses."""
    many = b"".join(b"<si><t>%d</t></si>" % number for number in range(2_000_000))
    return repacked(
        with_shared_strings(file_of(small())), STRINGS, lambda xml: xml[: xml.find(b"<si>")] + many + b"</sst>"
    )


HOSTILE = {"bomb": bomb, "far": far, "million": million, "strings": strings}
