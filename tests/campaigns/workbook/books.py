"""Workbooks for tests: a small valid one as plain rows, changed by each test, and files broken on purpose."""

from __future__ import annotations

import copy
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook, load_workbook

from campaigns.calendar import local_moment
from campaigns.models import User
from campaigns.workbook.importer import ImportResult, import_workbook
from campaigns.workbook.problems import WorkbookRefused

Rows = dict[str, list[dict[str, Any]]]

#: A Monday; four weekly periods follow. Everything in the small workbook lies in these weeks.
START = dt.date(2026, 3, 2)
NOW = local_moment(dt.date(2026, 3, 20), dt.time(9))


class Typed(str):
    """A text that openpyxl would write as a formula, typed as text."""


def day(number: int) -> dt.date:
    """The campaign's day (1 = the first)."""
    return START + dt.timedelta(days=number - 1)


def at(number: int, hour: int = 10, minute: int = 0) -> dt.datetime:
    """A naive local moment on the campaign's day, as Excel holds it."""
    return dt.datetime.combine(day(number), dt.time(hour, minute))


def small() -> Rows:
    """A valid workbook of every sheet: two units and a provider, one indicator of each kind, some history."""
    return copy.deepcopy(
        {
            "Phong trào": [
                {
                    "Mã": "PT-01",
                    "Tên phong trào": "Phong trào thử",
                    "Cơ quan phát động": "UBND phường A",
                    "Ngày bắt đầu": day(1),
                    "Ngày kết thúc": day(28),
                }
            ],
            "Nội dung": [
                {"Số": 1, "Tên nội dung": "Kinh tế", "Trọng số": 10},
                {"Số": 8, "Tên nội dung": "Để trống", "Trọng số": 5, "Áp dụng": "không"},
            ],
            "Khối": [{"Mã khối": "K1", "Tên khối": "Khối phường"}, {"Mã khối": "K2", "Tên khối": "Khối ngành"}],
            "Đơn vị": [
                {"Mã đơn vị": "P1", "Tên đơn vị": "Phường Một", "Loại": "phường", "Mã khối": "K1"},
                {"Mã đơn vị": "P2", "Tên đơn vị": "Phường Hai", "Loại": "phường", "Mã khối": "K1"},
                {
                    "Mã đơn vị": "CCT",
                    "Tên đơn vị": "Chi cục Thuế",
                    "Loại": "ngành dọc",
                    "Mã khối": "K2",
                    "Xếp hạng": "không",
                },
            ],
            "Chỉ tiêu": [
                {"Mã chỉ tiêu": "TANG", "Số nội dung": 1, "Tên chỉ tiêu": "Tăng thu", "Loại": "tăng", "Trọng số": 3},
                {"Mã chỉ tiêu": "GIAM", "Số nội dung": 1, "Tên chỉ tiêu": "Giảm nợ", "Loại": "giảm", "Trọng số": 2},
                {
                    "Mã chỉ tiêu": "GIU",
                    "Số nội dung": 1,
                    "Tên chỉ tiêu": "Không vi phạm",
                    "Loại": "duy trì",
                    "Cách ghi": "trong kỳ",
                    "Trọng số": 1,
                },
                {"Mã chỉ tiêu": "MOC", "Số nội dung": 1, "Tên chỉ tiêu": "Có kế hoạch", "Loại": "mốc", "Trọng số": 1},
                {
                    "Mã chỉ tiêu": "THUE",
                    "Số nội dung": 1,
                    "Tên chỉ tiêu": "Thu thuế",
                    "Loại": "tăng",
                    "Trọng số": 1,
                    "Đơn vị cung cấp số liệu": "CCT",
                },
            ],
            "Giao chỉ tiêu": [
                {"Mã chỉ tiêu": "TANG", "Mã đơn vị": "P1", "Số gốc": 62, "Mức giao": 100},
                {"Mã chỉ tiêu": "TANG", "Mã đơn vị": "P2", "Số gốc": 50, "Mức giao": 90},
                {"Mã chỉ tiêu": "GIAM", "Mã đơn vị": "P1", "Số gốc": 40, "Mức giao": 30},
                {"Mã chỉ tiêu": "GIU", "Mã đơn vị": "P1", "Mức giao": 0},
                {"Mã chỉ tiêu": "MOC", "Mã đơn vị": "P1", "Mức giao": 1, "Hạn hoàn thành": day(10)},
                {"Mã chỉ tiêu": "THUE", "Mã đơn vị": "P2", "Số gốc": 0, "Mức giao": 500},
            ],
            "Kỳ báo cáo": [
                {
                    "Kỳ": str(week),
                    "Từ ngày": day(7 * week - 6),
                    "Đến ngày": day(7 * week),
                    "Hạn gửi": at(7 * week + 1, 17),
                }
                for week in (1, 2, 3, 4)
            ],
            "Số liệu": [
                {
                    "Kỳ": "1",
                    "Mã chỉ tiêu": "TANG",
                    "Mã đơn vị": "P1",
                    "Giá trị": 70.5,
                    "Thời điểm gửi": at(7),
                    "Người gửi": "Nguyễn Văn A",
                    "Kết quả thẩm định": "chấp nhận",
                    "Thời điểm thẩm định": at(8),
                    "Người thẩm định": "Trần Thị B",
                },
                {"Kỳ": "1", "Mã chỉ tiêu": "MOC", "Mã đơn vị": "P1", "Giá trị": 0, "Thời điểm gửi": at(7)},
            ],
            "Điểm cộng trừ": [
                {"Mã đơn vị": "P1", "Điểm": 2, "Từ ngày": day(5), "Lý do": "Sáng kiến", "Số văn bản": "15/QĐ"}
            ],
            "Miễn báo cáo": [{"Mã đơn vị": "P2", "Kỳ": "1", "Từ ngày": day(9), "Lý do": "Mưa bão"}],
            "Loại trừ": [
                {
                    "Mã đơn vị": "P2",
                    "Hình thức": "tạm dừng",
                    "Từ ngày": day(6),
                    "Lý do": "Đang xác minh",
                    "Số văn bản": "7/TB",
                }
            ],
            "Đăng ký tham gia": [{"Mã đơn vị": "P1", "Số kế hoạch": "45/KH", "Ngày kế hoạch": day(3)}],
        }
    )


def with_cell(sheet: str, row: int, column: str, value: Any) -> Rows:
    """The small workbook with one cell changed; ``row`` is the row's number in the file (2 = the first)."""
    rows = small()
    rows[sheet][row - 2][column] = value
    return rows


def with_row(sheet: str, **cells: Any) -> Rows:
    """The small workbook with one row more; headers with spaces are written with underscores."""
    rows = small()
    rows[sheet].append({name.replace("_", " "): value for name, value in cells.items()})
    return rows


def book_of(rows: Rows) -> Workbook:
    """The rows as an openpyxl workbook, columns in the order in which they first appear."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, lines in rows.items():
        page = book.create_sheet(title)
        headers = list(dict.fromkeys(name for line in lines for name in line))
        page.append(headers)
        for number, line in enumerate(lines, start=2):
            page.append([line.get(name) for name in headers])
            for place, name in enumerate(headers, start=1):
                if isinstance(line.get(name), Typed):
                    page.cell(number, place).data_type = "s"
    return book


def file_of(rows: Rows, change: Callable[[Workbook], None] | None = None) -> io.BytesIO:
    """The rows as a file; ``change`` may do to the workbook what rows cannot say."""
    book = book_of(rows)
    if change is not None:
        change(book)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def repacked(file: io.BytesIO, part: str, change: Callable[[bytes], bytes]) -> io.BytesIO:
    """The file with one part of its zip archive rewritten."""
    changed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, change(content) if entry.filename == part else content)
    changed.seek(0)
    return changed


def with_shared_strings(file: io.BytesIO) -> io.BytesIO:
    """The file as Excel saves it: texts in one table, some in several runs, some with phonetic hints."""
    texts: list[bytes] = []

    def share(match: re.Match[bytes]) -> bytes:
        texts.append(match[2])
        return match[1] + b't="s"><v>' + str(len(texts) - 1).encode() + b"</v></c>"

    changed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                content = re.sub(
                    rb'(<c r="[A-Z]+[0-9]+" (?:s="[0-9]+" )?)t="inlineStr"><is><t[^>]*>([^<]*)</t></is></c>',
                    share,
                    content,
                )
            elif entry.filename == "xl/_rels/workbook.xml.rels":
                relation = (
                    b'<Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
                    b'sharedStrings" Target="sharedStrings.xml" Id="rId99"/></Relationships>'
                )
                content = content.replace(b"</Relationships>", relation)
            new.writestr(entry.filename, content)
        new.writestr("xl/sharedStrings.xml", _string_table(texts))
    changed.seek(0)
    return changed


def _string_table(texts: list[bytes]) -> bytes:
    lines = [b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">']
    for number, text in enumerate(texts):
        if number % 3 == 0 or b"&" in text:
            lines.append(b"<si><t>" + text + b"</t></si>")
        else:
            head, tail = text.decode()[:1].encode(), text.decode()[1:].encode()
            runs = b'<r><t xml:space="preserve">' + head + b"</t></r><r><rPr><b/></rPr><t>" + tail + b"</t></r>"
            lines.append(b"<si>" + runs + b'<rPh sb="0" eb="1"><t>hint</t></rPh></si>')
    return b"".join([*lines, b"</sst>"])


def bring_in(
    file: io.BytesIO, *, by: User | None = None, now: dt.datetime = NOW, dry_run: bool = False
) -> ImportResult:
    """Import a file as the command does."""
    return import_workbook(file=file, file_name="thử.xlsx", by=by, now=now, dry_run=dry_run)


def refusal_of(file: io.BytesIO, *, by: User | None = None, now: dt.datetime = NOW) -> list[str]:
    """The error lines of a file that must be refused."""
    try:
        bring_in(file, by=by, now=now)
    except WorkbookRefused as refusal:
        return refusal.problems.lines()
    raise AssertionError("the workbook was taken")


def cells_of(file: io.BytesIO) -> dict[str, list[list[tuple[Any, str]]]]:
    """Every cell of a workbook with its type, sheet by sheet."""
    file.seek(0)
    return {
        page.title: [[(cell.value, cell.data_type) for cell in line] for line in page.iter_rows()]
        for page in load_workbook(file).worksheets
    }
