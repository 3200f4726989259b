"""Categories and criteria through the campaign workbook: the round trip is exact, used criteria stay."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from awards.models import AwardCategory, EligibilityRule
from campaigns.enums import CampaignStatus, Role
from campaigns.models import Campaign, User
from campaigns.workbook.importer import import_workbook
from campaigns.workbook.problems import WorkbookRefused
from campaigns.workbook.writer import export_campaign
from tests.database import as_owner
from tests.factories import at, make_area, make_campaign, make_indicator, make_participant, make_person, make_target

from .makers import make_category, make_outcome, make_rule
from .test_rule_parts import ALL_KINDS

D = Decimal


@pytest.fixture
def staff(db: None) -> User:
    return make_person(Role.INTERNAL_AFFAIRS)


@pytest.fixture
def planned(db: None) -> Campaign:
    campaign = make_campaign("PT-SO", status=CampaignStatus.PREPARATION)
    make_target(make_indicator(make_area(campaign), "CT1"), make_participant(campaign))
    category = make_category(campaign, "GK-TT", quota_total=5, coefficient=D("0.6"))
    make_category(campaign, "GK-CN", kind="individual", basis_day=None, is_active=False)
    for position, (kind, _parts, params) in enumerate(ALL_KINDS, start=1):
        make_rule(category, kind, params, position=position, for_individuals=position % 2 == 0)
    return campaign


Sheets = dict[str, list[tuple[Any, ...]]]


def exported(campaign: Campaign, path: Path) -> Sheets:
    with path.open("wb") as file:
        export_campaign(campaign=campaign, file=file)
    book = load_workbook(path)
    return {name: list(book[name].values) for name in ("Danh mục khen thưởng", "Tiêu chí khen thưởng")}


def brought_in(path: Path, staff: User, *, now: dt.datetime | None = None) -> None:
    with path.open("rb") as file:
        import_workbook(file=file, file_name=path.name, by=staff, now=now or at(-5))


def test_round_trip_is_exact(planned: Campaign, staff: User, tmp_path: Path) -> None:
    first = exported(planned, tmp_path / "a.xlsx")
    rules = list(EligibilityRule.objects.order_by("pk").values_list("kind", "params", "position", "for_individuals"))
    with as_owner():
        EligibilityRule.objects.all().delete()
        AwardCategory.objects.all().delete()
    brought_in(tmp_path / "a.xlsx", staff)
    assert exported(planned, tmp_path / "b.xlsx") == first
    assert (
        list(EligibilityRule.objects.order_by("pk").values_list("kind", "params", "position", "for_individuals"))
        == rules
    )


def test_importing_again_writes_nothing(planned: Campaign, staff: User, tmp_path: Path) -> None:
    exported(planned, tmp_path / "a.xlsx")
    before = list(EligibilityRule.objects.values()) + list(AwardCategory.objects.values())
    brought_in(tmp_path / "a.xlsx", staff)
    assert list(EligibilityRule.objects.values()) + list(AwardCategory.objects.values()) == before


def test_what_the_model_takes_as_a_place_the_workbook_takes_too(planned: Campaign, staff: User, tmp_path: Path) -> None:
    make_rule(AwardCategory.objects.get(code="GK-CN"), "top_rank", {"rank": 3}, position=0)
    path = tmp_path / "a.xlsx"
    exported(planned, path)
    brought_in(path, staff)
    assert EligibilityRule.objects.filter(position=0).count() == 1


def change_figure(path: Path, row: int, figure: float) -> None:
    book = load_workbook(path)
    book["Tiêu chí khen thưởng"].cell(row=row, column=4).value = figure
    book.save(path)


def test_a_criterion_changes_until_a_night_was_judged_by_it(planned: Campaign, staff: User, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    exported(planned, path)
    change_figure(path, 2, 95)
    brought_in(path, staff)
    rule = EligibilityRule.objects.order_by("pk")[0]
    assert rule.params == {"bp": 9500}
    make_outcome(rule.category, planned.participants.get())
    change_figure(path, 2, 99)
    with pytest.raises(WorkbookRefused):
        brought_in(path, staff)
    rule.refresh_from_db()
    assert rule.params == {"bp": 9500}


def test_a_figure_that_does_not_fit_is_named_by_its_column(planned: Campaign, staff: User, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    exported(planned, path)
    change_figure(path, 7, 1.5)  # a rank
    with pytest.raises(WorkbookRefused) as refused:
        brought_in(path, staff)
    (problem,) = refused.value.problems.found
    assert (problem.sheet, problem.row, problem.column) == ("Tiêu chí khen thưởng", 7, "Ngưỡng")


def spoilt(path: Path, sheet: str, *rows: dict[str, Any], copy_of: int = 2) -> None:
    """Add rows to a sheet, each like the ``copy_of`` one but for what is said."""
    book = load_workbook(path)
    page = book[sheet]
    headers = [str(cell.value) for cell in page[1]]
    for said in rows:
        assert said.keys() <= set(headers)
        page.append([said.get(header, page.cell(copy_of, at).value) for at, header in enumerate(headers, start=1)])
    book.save(path)


CATEGORIES, RULES = "Danh mục khen thưởng", "Tiêu chí khen thưởng"
DAYS = {"Hiệu lực từ": dt.date(2026, 5, 1), "Hiệu lực đến": dt.date(2026, 4, 1)}
NOBODY = {"Đơn vị xếp hạng": "không", "Đơn vị phối hợp": "không", "Cá nhân, hộ gia đình": "không"}


@pytest.mark.parametrize(
    ("sheet", "said", "column", "words"),
    [
        (CATEGORIES, {}, "Mã danh mục", "hai lần"),
        (RULES, {}, "Thứ tự", "hai lần"),
        (RULES, {"Mã danh mục": "GK-KHAC", "Thứ tự": 90}, "Mã danh mục", "GK-KHAC"),
        (RULES, {"Thứ tự": 90, **DAYS}, "Hiệu lực đến", "trước ngày"),
        (RULES, {"Thứ tự": 90, **NOBODY}, "Đơn vị xếp hạng", ""),
        (RULES, {"Thứ tự": 90, "Ngưỡng": None}, "Ngưỡng", "không phù hợp"),
        (RULES, {"Thứ tự": 90, "Mã chỉ tiêu": "CT1"}, "Mã chỉ tiêu", "không phù hợp"),
        (RULES, {"Thứ tự": 90, "Xếp loại": "Hoàn thành tốt"}, "Xếp loại", "không phù hợp"),
        (RULES, {"Thứ tự": 90, "Ngày": dt.date(2026, 5, 1)}, "Ngày", "không phù hợp"),
    ],
)
def test_what_does_not_fit_is_named_by_row_and_column_and_nothing_is_written(
    planned: Campaign, staff: User, tmp_path: Path, sheet: str, said: dict[str, Any], column: str, words: str
) -> None:
    path = tmp_path / "a.xlsx"
    before = exported(planned, path)
    spoilt(path, sheet, said)
    with pytest.raises(WorkbookRefused) as refused:
        brought_in(path, staff)
    (problem,) = refused.value.problems.found
    assert (problem.sheet, problem.row, problem.column) == (sheet, len(before[sheet]) + 1, column)
    assert words in str(problem)
    assert exported(planned, tmp_path / "b.xlsx") == before


def test_a_new_category_brings_its_criteria(planned: Campaign, staff: User, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    exported(planned, path)
    spoilt(path, CATEGORIES, {"Mã danh mục": "GK-MOI", "Ngày sơ kết": dt.date(2026, 4, 20)})
    spoilt(path, RULES, {"Mã danh mục": "GK-MOI", "Thứ tự": 1})
    brought_in(path, staff)
    category = AwardCategory.objects.get(code="GK-MOI")
    assert (category.basis, category.basis_day) == ("interim", dt.date(2026, 4, 20))
    assert category.rules.count() == 1


def test_criteria_of_a_category_that_is_refused_are_not_told_again(
    planned: Campaign, staff: User, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    exported(planned, path)
    spoilt(path, CATEGORIES, {"Mã danh mục": "GK-MOI", "Đối tượng": "ai đó"})
    spoilt(path, RULES, {"Mã danh mục": "GK-MOI", "Thứ tự": 1})
    with pytest.raises(WorkbookRefused) as refused:
        brought_in(path, staff)
    assert [problem.sheet for problem in refused.value.problems.found] == [CATEGORIES]
