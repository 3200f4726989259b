"""Bonuses: the table of the decree, the dates of the base salary, and the rounding modes."""

import datetime as dt
from decimal import Decimal

import pytest

from awards.enums import AwardingAuthority, RecipientKind, RoundingMode
from awards.money import bonus
from awards.queries.money import bonus_terms

from .makers import make_category

D = Decimal


@pytest.mark.parametrize(
    ("salary", "coefficient", "expected"),
    [
        (2_340_000, D("0.3"), 710_000),
        (2_340_000, D("0.6"), 1_410_000),
        (2_340_000, D("0.45"), 1_060_000),
        (2_530_000, D("0.3"), 760_000),
        (2_530_000, D("0.6"), 1_520_000),
        (2_530_000, D("0.45"), 1_140_000),
        (2_780_000, D("0.3"), 840_000),  # the official worked example: 834 000
        (1_490_000, D("0.15"), 230_000),  # 223 500
        (2_000_000, D("0.3"), 600_000),  # already whole
    ],
)
def test_product_is_rounded_up_to_ten_thousand(salary: int, coefficient: D, expected: int) -> None:
    assert bonus(base_salary=salary, coefficient=coefficient, mode=RoundingMode.UP, step=10_000) == expected


@pytest.mark.parametrize(
    ("mode", "expected"), [(RoundingMode.UP, 30_000), (RoundingMode.NEAREST, 30_000), (RoundingMode.DOWN, 20_000)]
)
def test_modes_at_half_a_step(mode: RoundingMode, expected: int) -> None:
    assert bonus(base_salary=25_000, coefficient=D(1), mode=mode, step=10_000) == expected


def test_more_decimals_than_a_coefficient_has_are_refused() -> None:
    with pytest.raises(ValueError):
        bonus(base_salary=1, coefficient=D("0.333"), mode=RoundingMode.UP, step=1)


def test_the_smallest_step_is_one_dong() -> None:
    assert bonus(base_salary=7, coefficient=D("0.5"), mode=RoundingMode.UP, step=1) == 4
    with pytest.raises(ValueError, match="step"):
        bonus(base_salary=7, coefficient=D("0.5"), mode=RoundingMode.UP, step=0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("authority", "kind", "on", "expected"),
    [
        (AwardingAuthority.DISTRICT, RecipientKind.INDIVIDUAL, dt.date(2024, 12, 31), 710_000),
        (AwardingAuthority.DISTRICT, RecipientKind.COLLECTIVE, dt.date(2026, 6, 30), 1_410_000),
        (AwardingAuthority.DISTRICT, RecipientKind.COLLECTIVE, dt.date(2026, 7, 1), 1_520_000),
        (AwardingAuthority.COMMUNE, RecipientKind.INDIVIDUAL, dt.date(2025, 6, 30), 360_000),
        (AwardingAuthority.COMMUNE, RecipientKind.INDIVIDUAL, dt.date(2025, 7, 1), 710_000),
        (AwardingAuthority.COMMUNE, RecipientKind.HOUSEHOLD, dt.date(2026, 7, 1), 1_140_000),
    ],
)
def test_terms_are_those_in_force_on_the_date(
    authority: AwardingAuthority, kind: RecipientKind, on: dt.date, expected: int
) -> None:
    terms = bonus_terms(category=make_category(kind=kind, authority=authority), on=on)
    assert terms is not None
    assert terms.amount == expected


@pytest.mark.django_db
def test_a_category_may_have_its_own_coefficient() -> None:
    terms = bonus_terms(category=make_category(coefficient=D("1.5")), on=dt.date(2026, 7, 1))
    assert terms is not None
    assert (terms.coefficient, terms.amount) == (D("1.5"), 3_800_000)


@pytest.mark.django_db
def test_without_terms_in_force_there_is_no_bonus() -> None:
    assert bonus_terms(category=make_category(), on=dt.date(1999, 1, 1)) is None
