"""A rule's parts as people write them and its parameters as they are stored."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from awards.eligibility import RuleError
from awards.enums import RuleKind
from awards.rule_parts import PARTS, Parts, codes_in, params_from, parts_of

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


def test_each_kind_asks_for_its_own_parts() -> None:
    """One part is needed of each kind; an area may be named beside a figure, of one kind only."""
    given = Parts(D(5), 3, ("CT1",), "good", dt.date(2026, 3, 16))
    empty = Parts()
    for kind, parts, _params in ALL_KINDS:
        (needed,) = (part for part in PARTS[kind] if part != "area")
        with pytest.raises(RuleError, match=f"^{needed}$"):
            params_from(kind, dataclasses.replace(parts, **{needed: getattr(empty, needed)}))
        for field in dataclasses.fields(Parts):
            if field.name not in PARTS[kind]:
                with pytest.raises(RuleError, match=f"^{field.name}$"):
                    params_from(kind, dataclasses.replace(parts, **{field.name: getattr(given, field.name)}))
    assert {kind for kind, parts in PARTS.items() if "area" in parts} == {RuleKind.MIN_AREA}


@pytest.mark.parametrize(
    ("kind", "figure"),
    [
        (RuleKind.MIN_TOTAL, "0.001"),  # hundredths are the finest of points and percent
        (RuleKind.MIN_TOTAL, "0"),
        (RuleKind.TOP_RANK, "0"),
        (RuleKind.MAX_LATE_REPORTS, "0.5"),
        (RuleKind.MAX_LATE_REPORTS, "-1"),
        (RuleKind.MIN_AREA, "1000.01"),
    ],
)
def test_a_figure_that_does_not_fit_is_named(kind: RuleKind, figure: str) -> None:
    with pytest.raises(RuleError, match=r"^figure$"):
        params_from(kind, Parts(D(figure)))


def test_the_finest_and_the_largest_figures_fit() -> None:
    assert params_from(RuleKind.MIN_TOTAL, Parts(D("0.01"))) == {"bp": 1}
    assert params_from(RuleKind.MIN_AREA, Parts(D("1000.00"), 999)) == {"bp": 100_000, "area": 999}


def test_parts_are_not_changed_afterwards() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(Parts(), "area", 1)  # noqa: B010  # a name mypy must not see
