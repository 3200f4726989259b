"""A period's sheet out and back: what it says, what is refused with its place, what never becomes a formula."""

import datetime as dt
import io

import pytest
from openpyxl import Workbook, load_workbook

from campaigns.enums import EntryKind, IndicatorKind, ReportingMode
from campaigns.queries.reporting_grid import read_grid
from campaigns.workbook.problems import WorkbookRefused
from campaigns.workbook.report_sheet import SHEET, read_report_sheet, write_report_sheet
from tests.campaigns.actions.reports import Desk
from tests.factories import at, make_area, make_indicator, make_target

pytestmark = pytest.mark.django_db
NOW = at(3)


@pytest.fixture
def period(campaign):
    return campaign.periods.order_by("ends_on").first()


@pytest.fixture
def targets(campaign, participant_a):
    area = make_area(campaign, 1)
    return {
        "CT1": make_target(make_indicator(area, "CT1", name="=1+1", unit_of_measure="%"), participant_a, goal=100),
        "CT2": make_target(make_indicator(area, "CT2", mode=ReportingMode.INCREMENT), participant_a, goal=10),
        "CT3": make_target(
            make_indicator(area, "CT3", kind=IndicatorKind.MILESTONE), participant_a, goal=1, due_on=campaign.ends_on
        ),
    }


@pytest.fixture
def desk(participant_a, period, reporter_a):
    return Desk(participant_a, period, reporter_a)


@pytest.fixture
def grid(participant_a, period, targets):
    return lambda: read_grid(participant=participant_a, period=period, now=NOW)


def downloaded(grid) -> Workbook:
    file = io.BytesIO()
    write_report_sheet(grid, file)
    return load_workbook(file)


def fill(book: Workbook, code: str, **cells) -> None:
    page = book.active
    headers = [cell.value for cell in page[1]]
    row = next(row for row in page.iter_rows(min_row=2) if row[headers.index("Mã chỉ tiêu")].value == code)
    for key, value in cells.items():
        row[headers.index(SHEET.header(key))].value = value


def read(grid, book: Workbook):
    file = io.BytesIO()
    book.save(file)
    return read_report_sheet(grid, file)


def refused(grid, book: Workbook) -> list[tuple]:
    with pytest.raises(WorkbookRefused) as caught:
        read(grid, book)
    return [(problem.row, problem.column, problem.value) for problem in caught.value.problems.found]


def test_filled_in_and_read_back(grid, targets):
    book = downloaded(grid())
    fill(book, "CT1", numerator=3, denominator=4, note="Ba phần tư\nsố hộ")
    fill(book, "CT2", value="Không phát sinh")
    fill(book, "CT3", value=1, completed_on=dt.datetime(*at(2).timetuple()[:3]))
    found = {target: entry for target, (entry, _version) in read(grid(), book).items()}
    assert set(found) == {target.pk for target in targets.values()}
    share, nothing, done = (found[targets[code].pk] for code in ("CT1", "CT2", "CT3"))
    assert (share.kind, share.numerator, share.denominator, share.note) == (
        EntryKind.SHARE,
        "3",
        "4",
        "Ba phần tư\nsố hộ",
    )
    assert nothing.kind == EntryKind.NOTHING
    assert (done.typed, done.completed_on) == ("1", at(2).date())


def test_untouched_it_says_nothing(grid, targets, desk):
    desk.type(targets["CT1"], "60,5", note="=HYPERLINK(1)")
    assert read(grid(), downloaded(grid())) == {}


def test_no_text_is_a_formula(grid, targets, desk):
    desk.type(targets["CT1"], "60,5", note="=cmd|' /C calc'!A0")
    page = downloaded(grid()).active
    cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert "=1+1" in [cell.value for cell in cells]


def test_what_is_drafted_comes_along_and_only_what_is_asked_is_open(grid, targets, desk):
    desk.type(targets["CT2"], "2,5")
    page = downloaded(grid()).active
    headers = [cell.value for cell in page[1]]
    row = page[3]
    assert row[headers.index("Số báo cáo")].value == 2.5
    assert page.protection.sheet
    unlocked = [header for header, cell in zip(headers, row, strict=True) if not cell.protection.locked]
    assert unlocked == ["Số báo cáo", "Tử số", "Mẫu số", "Ngày hoàn thành", "Ghi chú"]


def test_every_problem_is_named_with_its_place(grid, targets):
    book = downloaded(grid())
    fill(book, "CT1", value="1.234")
    fill(book, "CT2", value="nhiều")
    fill(book, "CT3", value=1)  # done, but when?
    assert refused(grid(), book) == [
        (2, "Số báo cáo", "1.234"),
        (3, "Số báo cáo", "nhiều"),
        (4, "Ngày hoàn thành", ""),
    ]


def test_sheet_of_another_period_or_unit_is_refused(grid, targets):
    book = downloaded(grid())
    fill(book, "CT1", value=60, period="T02")
    fill(book, "CT2", value=2, unit="XX")
    assert refused(grid(), book) == [(2, "Kỳ", "T02"), (3, "Mã chỉ tiêu", "CT2")]


def test_a_target_named_twice_is_refused(grid, targets):
    book = downloaded(grid())
    fill(book, "CT1", value=60)
    fill(book, "CT2", value=2, indicator="CT1")
    assert refused(grid(), book) == [(3, "Mã chỉ tiêu", "CT1")]


def test_what_a_colleague_typed_since_is_not_replaced(grid, targets, desk):
    book = downloaded(grid())
    desk.type(targets["CT1"], "61")
    fill(book, "CT1", value=60)
    assert refused(grid(), book) == [(2, "Số báo cáo", "60")]
    fill(book, "CT1", value=61)  # the same is no conflict
    assert read(grid(), book) == {}


def test_a_value_above_a_column_nobody_knows_is_refused(grid, targets):
    book = downloaded(grid())
    book.active.cell(1, len(SHEET.columns) + 1, "Khác")
    assert refused(grid(), book) == [(1, "P", "Khác")]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<html>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_what_is_no_workbook_is_refused(grid, content):
    with pytest.raises(WorkbookRefused):
        read_report_sheet(grid(), io.BytesIO(content))
