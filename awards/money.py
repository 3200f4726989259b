"""How much: bonus = coefficient × base salary, then rounded. Pure, whole đồng, exact."""

from __future__ import annotations

from decimal import Decimal

from awards.enums import RoundingMode


def bonus(*, base_salary: int, coefficient: Decimal, mode: RoundingMode, step: int) -> int:
    """Return the bonus in đồng: the product first, then rounded once to a multiple of ``step``.

    The coefficient has at most two decimals, so the product is a whole number of hundredths of a đồng.
    Half a step rounds up in mode "nearest". Raises ValueError for more decimals or a step below 1.
    """
    hundredths = coefficient.scaleb(2)
    if hundredths != hundredths.to_integral_value():
        raise ValueError("a coefficient has at most two decimals")
    if step < 1:
        raise ValueError("the step is at least 1 đồng")
    product, unit = base_salary * int(hundredths), step * 100
    if mode is RoundingMode.UP:
        return -(-product // unit) * step
    if mode is RoundingMode.DOWN:
        return product // unit * step
    return (2 * product + unit) // (2 * unit) * step
