"""Money in force on a day, the bonus it makes, and the fund's balance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import BigIntegerField, ExpressionWrapper, F, QuerySet, Sum, Value, Window

from awards.enums import FundKind, RoundingMode
from awards.models import Award, AwardCategory, BaseSalary, FundMovement, RewardCoefficient, RoundingRule
from awards.money import bonus


@dataclass(frozen=True)
class BonusTerms:
    """How the bonus of one category comes about on a day."""

    base_salary: int  # đồng
    coefficient: Decimal  # two decimals
    mode: RoundingMode
    step: int  # đồng

    @property
    def amount(self) -> int:
        """The bonus in đồng."""
        return bonus(base_salary=self.base_salary, coefficient=self.coefficient, mode=self.mode, step=self.step)


def bonus_terms(*, category: AwardCategory, on: dt.date) -> BonusTerms | None:
    """Return the terms in force on the decision date; None where salary, coefficient or rounding is missing."""
    return terms_of({category}, on=on)[category.pk]


def terms_of(categories: Collection[AwardCategory], *, on: dt.date) -> dict[int, BonusTerms | None]:
    """Return each category's terms in force on a day (category id → terms). Three queries; none for no category."""
    if not categories:
        return {}
    salary = BaseSalary.objects.in_force(on=on).first()
    rounding = RoundingRule.objects.in_force(on=on).first()
    coefficients: dict[tuple[str, str], Decimal] = {}
    for row in RewardCoefficient.objects.in_force(on=on):  # the latest first
        coefficients.setdefault((row.recipient_kind, row.authority), row.coefficient)
    found: dict[int, BonusTerms | None] = {}
    for category in categories:
        usual = coefficients.get((category.recipient_kind, category.authority))
        coefficient = usual if category.coefficient is None else category.coefficient
        found[category.pk] = (
            None
            if salary is None or rounding is None or coefficient is None
            else BonusTerms(salary.amount, coefficient, RoundingMode(rounding.mode), rounding.step)
        )
    return found


@dataclass(frozen=True)
class FundYear:
    """The fund in one year: what it began and ends with, and the sums by kind."""

    year: int
    opening: int  # đồng, carried over from the years before
    sums: list[tuple[FundKind, int]]  # kinds that moved
    closing: int


def fund_years() -> list[int]:
    """Return the years in which the fund moved, the latest first."""
    return sorted(FundMovement.objects.order_by().values_list("day__year", flat=True).distinct(), reverse=True)


def fund_year(*, year: int) -> FundYear:
    """Return the fund's sums of a year. Two queries."""
    opening = int(FundMovement.objects.filter(day__year__lt=year).aggregate(total=Sum("amount"))["total"] or 0)
    rows = FundMovement.objects.filter(day__year=year).order_by().values_list("kind").annotate(total=Sum("amount"))
    sums = {kind: int(total) for kind, total in rows}
    return FundYear(
        year, opening, [(kind, sums[kind]) for kind in FundKind if kind in sums], opening + sum(sums.values())
    )


def fund_movements(*, year: FundYear) -> QuerySet[FundMovement]:
    """Return the movements of a year, the latest first, each with the fund's balance after it (``balance``)."""
    running = Window(Sum("amount"), order_by=[F("day").asc(), F("pk").asc()])
    rows: QuerySet[FundMovement] = FundMovement.objects.filter(day__year=year.year).annotate(
        balance=ExpressionWrapper(running + Value(year.opening), output_field=BigIntegerField())
    )
    return rows.select_related("award__participant", "entered_by").order_by("-day", "-pk")


def fund_balance() -> int:
    """Return the fund's balance in đồng: the sum of its movements."""
    return int(FundMovement.objects.aggregate(total=Sum("amount"))["total"] or 0)


def recovered_of(award: Award) -> int:
    """Return how much of a revoked award's bonus came back, in đồng."""
    rows = FundMovement.objects.filter(award=award, kind=FundKind.RECOVERY)
    return int(rows.aggregate(total=Sum("amount"))["total"] or 0)
