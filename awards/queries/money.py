"""Money in force on a day, the bonus it makes, and the fund's balance."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from awards.enums import RoundingMode
from awards.models import AwardCategory, BaseSalary, FundMovement, RewardCoefficient, RoundingRule
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
    salary = BaseSalary.objects.in_force(on=on).first()
    rounding = RoundingRule.objects.in_force(on=on).first()
    coefficient = category.coefficient
    if coefficient is None:
        row = (
            RewardCoefficient.objects.in_force(on=on)
            .filter(recipient_kind=category.recipient_kind, authority=category.authority)
            .first()
        )
        coefficient = row.coefficient if row else None
    if salary is None or rounding is None or coefficient is None:
        return None
    return BonusTerms(salary.amount, coefficient, RoundingMode(rounding.mode), rounding.step)


def fund_balance() -> int:
    """Return the fund's balance in đồng: the sum of its movements."""
    return int(FundMovement.objects.aggregate(total=Sum("amount"))["total"] or 0)
