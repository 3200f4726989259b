"""How a figure came about, in words and numbers: the formula with the numbers put in. Pure.

It says what the rule was and repeats the results the run's expressions gave; it computes no score.
"""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from campaigns.display import number, percent
from campaigns.enums import IndicatorKind

DONE = 10000


def decimal_of(ten_thousandths: int) -> Decimal:
    """Return a stage's integer as the number people know: 955000 → 95.5."""
    return Decimal(ten_thousandths).scaleb(-4)


def plain(ten_thousandths: int) -> str:
    """Return a stage's integer as text: 955000 → ``95,5``."""
    return number(decimal_of(ten_thousandths))


def _operand(ten_thousandths: int) -> str:
    text = plain(ten_thousandths)
    return f"({text})" if ten_thousandths < 0 else text


def formula_text(
    *, kind: str, baseline: int, goal: int, value: int | None, on_time: bool, unclamped: int, by_another: bool
) -> str:
    """Return the formula of a target with its numbers put in, up to the result before floor and cap (bp).

    ``value``, ``baseline`` and ``goal`` are ten-thousandths.
    """
    if value is None:
        if by_another:
            return _("no value from the reporting unit yet: left out")
        return _("no value yet → 0")
    numbers = {"a": plain(value), "g": plain(goal), "r": number(unclamped)}
    if kind == IndicatorKind.MILESTONE:
        return _milestone(value, on_time=on_time, unclamped=unclamped)
    if kind == IndicatorKind.INCREASE and goal <= baseline:
        text = _("%(a)s ≥ %(g)s, the goal was reached at the start → %(r)s")
        return (text if value >= goal else _("%(a)s < %(g)s, the goal that was reached at the start → %(r)s")) % numbers
    if kind == IndicatorKind.MAINTAIN and value <= goal:
        return _("%(a)s ≤ %(g)s, within the limit → %(r)s") % numbers
    if kind == IndicatorKind.MAINTAIN and baseline <= goal:
        return _("%(a)s > %(g)s, over the limit → %(r)s") % numbers
    return _quotient(kind, baseline=baseline, goal=goal, value=value, unclamped=unclamped)


def _milestone(value: int, *, on_time: bool, unclamped: int) -> str:
    if value != DONE:
        return _("not done → 0")
    if on_time:
        return _("done, on time or with the lateness waived → %(r)s") % {"r": number(unclamped)}
    return _("done after the due date → %(r)s") % {"r": number(unclamped)}


def _quotient(kind: str, *, baseline: int, goal: int, value: int, unclamped: int) -> str:
    a, b, g = _operand(value), _operand(baseline), _operand(goal)
    if kind == IndicatorKind.INCREASE:
        text, negative = f"({a} − {b}) × 10.000 ÷ ({g} − {b})", value < baseline
    else:
        text, negative = f"({b} − {a}) × 10.000 ÷ ({b} − {g})", value > baseline
    if negative:
        return _("%(formula)s < 0, counted as 0") % {"formula": text}
    return f"{text} = {number(unclamped)}"


def clamp_text(*, kind: str, unclamped: int, achievement_bp: int | None, floor_bp: int, cap_bp: int, late: bool) -> str:
    """Return which rule changed the result after the formula: floor, cap, lateness; empty where none did."""
    if achievement_bp is None:
        return ""
    notes: list[str] = []
    if kind != IndicatorKind.MILESTONE and 0 < unclamped < floor_bp:
        notes.append(_("below the floor of %(floor)s: 0") % {"floor": percent(floor_bp)})
    elif unclamped > cap_bp:
        notes.append(_("limited to the cap of %(cap)s") % {"cap": percent(cap_bp)})
    if late:
        notes.append(_("a late milestone counts %(share)s") % {"share": percent(min(unclamped, cap_bp))})
    return "; ".join(notes)
