"""Moving a sample workbook to another day: dates and years move, scores and everything else stay."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from campaign_portal.sample import calendar
from campaign_portal.sample.build import LAST_YEAR_FILE, RUNNING_FILE
from campaign_portal.sample.shift import shift_text, shift_workbook
from tests.campaign_portal.sample_rows import HEADERS, read


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (RUNNING_FILE, dt.date(2026, 11, 24)),
        (LAST_YEAR_FILE, dt.date(2026, 12, 31)),
        (RUNNING_FILE, dt.date(2027, 1, 3)),
        (LAST_YEAR_FILE, dt.date(2028, 2, 29)),
    ],
)
def test_shifting_moves_dates_and_years_and_nothing_else(path: Path, to: dt.date, tmp_path: Path) -> None:
    source, moved = read(path), read(shift_workbook(path, tmp_path / "moved.xlsx", to=to))
    delta, years = to - calendar.REFERENCE, to.year - calendar.REFERENCE.year
    dates = 0
    for title, rows in source.items():
        for before, after in zip(rows, moved[title], strict=True):
            for column, value in before.items():
                if isinstance(value, dt.datetime):
                    assert after[column] - value == delta
                    dates += 1
                elif title == "Phong trào" and column in ("Mã", "Tên phong trào"):
                    year = int(re.findall(r"20\d\d", value)[0])
                    assert after[column] == value.replace(str(year), str(year + years))
                else:
                    assert after[column] == value
    assert dates > 2000
    headers = {sheet.title: [cell.value for cell in sheet[1]] for sheet in load_workbook(tmp_path / "moved.xlsx")}
    assert headers == {title: columns.split(", ") for title, columns in HEADERS.items()}


def test_shifted_dates_still_look_like_dates_in_excel(tmp_path: Path) -> None:
    book = load_workbook(shift_workbook(RUNNING_FILE, tmp_path / "moved.xlsx", to=dt.date(2027, 3, 5)))
    assert book["Số liệu"].cell(2, 8).number_format == "dd/mm/yyyy hh:mm:ss"
    assert book["Kỳ báo cáo"].cell(2, 2).number_format == "dd/mm/yyyy"


def test_shifting_there_and_back_gives_the_same_cells(tmp_path: Path) -> None:
    day_there = calendar.REFERENCE + dt.timedelta(days=417)
    there = shift_workbook(RUNNING_FILE, tmp_path / "there.xlsx", to=day_there)
    back = shift_workbook(there, tmp_path / "back.xlsx", to=calendar.REFERENCE, reference=day_there)
    assert read(back) == read(RUNNING_FILE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TD90-2026", "TD90-2027"),
        ("đến năm 2026.", "đến năm 2027."),
        ("ngày 24/11/2026", "ngày 03/01/2027"),
        ("Nghị định số 152/2025/NĐ-CP", "Nghị định số 152/2025/NĐ-CP"),
        ("31/02/2026", "31/02/2026"),
        ("1.236,83 tỷ, 2026 hộ", "1.236,83 tỷ, 2026 hộ"),
    ],
)
def test_dates_and_years_inside_texts(text: str, expected: str) -> None:
    assert shift_text(text, days=40, years=1) == expected
