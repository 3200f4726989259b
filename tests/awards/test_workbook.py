"""Categories and criteria through the campaign workbook: the round trip is exact, used criteria stay."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from awards.eligibility import RuleError
from awards.enums import RuleKind
from awards.models import AwardCategory, EligibilityRule
from awards.rule_parts import Parts, codes_in, params_from, parts_of
from campaigns.enums import CampaignStatus, Role
from campaigns.models import Campaign, User
from campaigns.workbook.importer import import_workbook
from campaigns.workbook.problems import WorkbookRefused
from campaigns.workbook.writer import export_campaign
from tests.database import as_owner
from tests.factories import at, make_area, make_campaign, make_indicator, make_participant, make_person, make_target

from .makers import make_category, make_outcome, make_rule

D = Decimal
ALL_KINDS: list[tuple[RuleKind, Parts, dict[str, Any]]] = [
    (RuleKind.MIN_TOTAL, Parts(D("90.5")), {"bp": 9050}),
    (RuleKind.MIN_AREA, Parts(D(60)), {"bp": 6000, "area": None}),
    (RuleKind.MIN_AREA, Parts(D(60), 3), {"bp": 6000, "area": 3}),
    (RuleKind.MIN_FULFILLED_SHARE, Parts(D(50)), {"bp": 5000}),
    (RuleKind.REQUIRED_INDICATORS, Parts(codes=("CT1", "CT2")), {"codes": ["CT1", "CT2"]}),
    (RuleKind.TOP_RANK, Parts(D(3)), {"rank": 3}),
    (RuleKind.TOP_SHARE, Parts(D("33.33")), {"bp": 3333}),
    (RuleKind.CLASS_AT_LEAST, Parts(score_class="good"), {"class": "good"}),
    (RuleKind.OWN_PLAN_BY, Parts(day=dt.date(2026, 3, 16)), {"day": "2026-03-16"}),
    (RuleKind.MIN_COVERAGE, Parts(D(85)), {"bp": 8500}),
    (RuleKind.MAX_LATE_REPORTS, Parts(D(0)), {"count": 0}),
]


@pytest.mark.parametrize(("kind", "parts", "params"), ALL_KINDS)
def test_parts_and_parameters_are_one_thing(kind: RuleKind, parts: Parts, params: dict[str, Any]) -> None:
    assert params_from(kind, parts) == params
    assert parts_of(kind, params) == parts


@pytest.mark.parametrize(
    ("kind", "parts", "part"),
    [
        (RuleKind.MIN_TOTAL, Parts(), "figure"),
        (RuleKind.MIN_TOTAL, Parts(D(90), 3), "area"),
        (RuleKind.MIN_AREA, Parts(D(60), 0), "area"),
        (RuleKind.TOP_RANK, Parts(D("1.5")), "figure"),
        (RuleKind.MIN_COVERAGE, Parts(D(101)), "figure"),
        (RuleKind.REQUIRED_INDICATORS, Parts(), "codes"),
        (RuleKind.CLASS_AT_LEAST, Parts(score_class="best"), "score_class"),
        (RuleKind.OWN_PLAN_BY, Parts(D(1)), "figure"),
    ],
)
def test_parts_that_do_not_fit_are_named(kind: RuleKind, parts: Parts, part: str) -> None:
    with pytest.raises(RuleError, match=f"^{part}$"):
        params_from(kind, parts)


def test_codes_are_read_as_people_write_them() -> None:
    assert codes_in(" CT1, CT2;CT3\nCT1 ,") == ("CT1", "CT2", "CT3")


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
