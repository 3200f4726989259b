"""How a target's figure grows from week to week: believable curves from a unit's momentum. Pure, seeded by name."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

PLACES = {"nguyên": 0, "1 lẻ": 1, "2 lẻ": 2, "tỷ lệ": 1, "mốc": 0}


def seeded(text: str) -> random.Random:
    """Return dice that fall the same way for the same text, on every machine."""
    return random.Random(text)  # noqa: S311 - invented figures, nothing secret


@dataclass(frozen=True)
class Curve:
    """One target's way from its baseline, over the campaign's weeks."""

    seed: str  # names campaign, indicator and unit: the same text always gives the same curve
    kind: str  # tăng, giảm, duy trì, mốc
    increment: bool  # "trong kỳ": figures are amounts in the week
    shape: str  # nhịp: sớm, đều sớm, đều, muộn
    form: str  # dạng số
    momentum: float  # 1 = reaches its goal at the end
    base: Decimal
    goal: Decimal
    ceiling: Decimal | None  # never above it
    denominator: int  # of a share, 0 otherwise

    def share_of_way(self, week: int, weeks: int = 13) -> float:
        """Return how far the unit has come after ``week`` weeks: 0 at the start, about 1 at the goal."""
        x = week / weeks
        done = {"sớm": 1 - (1 - x) ** 3, "đều sớm": 1 - (1 - x) ** 2.1, "đều": x, "muộn": x**1.15}[self.shape]
        wobble = seeded(f"{self.seed}|{week}").uniform(-0.02, 0.02) if self.kind == "giảm" else 0.0
        return float(self.momentum * done + wobble)

    def figure(self, week: int) -> Decimal:
        """Return the cumulative figure after ``week`` weeks."""
        if self.kind == "duy trì":
            return self._kept(week)
        figure = self.base + (self.goal - self.base) * Decimal(repr(round(self.share_of_way(week), 6)))
        if self.ceiling is not None:
            figure = min(figure, self.ceiling)
        return self._rounded(max(figure, Decimal(0)) if self.kind == "tăng" else figure)

    def amount(self, week: int) -> Decimal:
        """Return the amount in the week alone."""
        return (
            self._kept(week)
            if self.kind == "duy trì"
            else self.figure(week) - (self.figure(week - 1) if week > 1 else 0)
        )

    def fraction(self, week: int, *, growing: bool) -> tuple[int, int]:
        """Return numerator and denominator of a share; the denominator grows where cases keep coming in."""
        whole = round(self.denominator * (0.7 + 0.3 * week / 13)) if growing else self.denominator
        exact = self.base + (self.goal - self.base) * Decimal(repr(round(self.share_of_way(week), 6)))
        part = int((exact * whole / 100).to_integral_value(ROUND_HALF_UP))
        return min(part, whole), whole

    def _kept(self, week: int) -> Decimal:
        """A "maintain" figure: nearly always at the goal; weaker units have an incident now and then."""
        chance = max(0.0, 0.9 - self.momentum) * (0.35 if self.increment else 0.0)
        dice = seeded(f"{self.seed}|kept|{week}")
        if self.increment:
            return Decimal(1) if dice.random() < chance else Decimal(0)
        gap = self.base - self.goal
        start = seeded(f"{self.seed}|gap").uniform(0.3, 0.9) if self.momentum < 0.95 or self.goal > 0 else 0.0
        left = max(0.0, start * (1.25 - self.share_of_way(week) * 1.1))
        return self.goal + (gap * Decimal(repr(round(left, 6)))).to_integral_value(ROUND_HALF_UP)

    def _rounded(self, figure: Decimal) -> Decimal:
        return figure.quantize(Decimal(1).scaleb(-PLACES[self.form]), ROUND_HALF_UP)
