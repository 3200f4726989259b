"""A rule's parameters as people write them: one figure, an area, codes, a class, a day. Pure.

The admin's form and the workbook's sheet use these; what is stored is eligibility.checked_params().
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from awards.eligibility import RuleError, checked_params
from awards.enums import RuleKind

#: Which part each kind asks for; "figure" is points, percent or a count by the kind.
PARTS: dict[RuleKind, tuple[str, ...]] = {
    RuleKind.MIN_TOTAL: ("figure",),
    RuleKind.MIN_AREA: ("figure", "area"),
    RuleKind.MIN_FULFILLED_SHARE: ("figure",),
    RuleKind.REQUIRED_INDICATORS: ("codes",),
    RuleKind.TOP_RANK: ("figure",),
    RuleKind.TOP_SHARE: ("figure",),
    RuleKind.CLASS_AT_LEAST: ("score_class",),
    RuleKind.OWN_PLAN_BY: ("day",),
    RuleKind.MIN_COVERAGE: ("figure",),
    RuleKind.MAX_LATE_REPORTS: ("figure",),
}
_COUNTS = {RuleKind.TOP_RANK: "rank", RuleKind.MAX_LATE_REPORTS: "count"}


@dataclass(frozen=True)
class Parts:
    """What a person fills in; a part its kind does not ask for stays empty."""

    figure: Decimal | None = None  # points, percent, a rank or a count
    area: int | None = None  # number of a content area; None = every applicable one
    codes: tuple[str, ...] = ()  # indicators
    score_class: str = ""  # ScoreClass value
    day: dt.date | None = None


def codes_in(text: str) -> tuple[str, ...]:
    """Return the codes of a text, divided by commas, semicolons or line breaks, each once."""
    return tuple(dict.fromkeys(code.strip() for code in re.split(r"[,;\n]", text) if code.strip()))


def params_from(kind: RuleKind, parts: Parts) -> dict[str, Any]:
    """Return the parameters of a rule. Raises RuleError naming the part that is missing, wrong or not asked for."""
    given = {
        "figure": parts.figure is not None,
        "area": parts.area is not None,
        "codes": bool(parts.codes),
        "score_class": bool(parts.score_class),
        "day": parts.day is not None,
    }
    for name, is_given in given.items():
        if is_given and name not in PARTS[kind]:
            raise RuleError(name)
    for name in PARTS[kind]:
        if not given[name] and name != "area":
            raise RuleError(name)
    try:
        return checked_params(kind, _raw(kind, parts))
    except RuleError as error:
        raise RuleError(PARTS[kind][0] if str(error) != "area" else "area") from error


def _raw(kind: RuleKind, parts: Parts) -> dict[str, Any]:
    if kind is RuleKind.REQUIRED_INDICATORS:
        return {"codes": list(parts.codes)}
    if kind is RuleKind.CLASS_AT_LEAST:
        return {"class": parts.score_class}
    if kind is RuleKind.OWN_PLAN_BY:
        return {"day": parts.day.isoformat() if parts.day else ""}
    figure = parts.figure or Decimal(0)
    scaled = figure if kind in _COUNTS else figure.scaleb(2)
    if scaled != scaled.to_integral_value():
        raise RuleError("figure")
    raw: dict[str, Any] = {_COUNTS.get(kind, "bp"): int(scaled)}
    return {**raw, "area": parts.area} if kind is RuleKind.MIN_AREA else raw


def parts_of(kind: RuleKind, params: Mapping[str, Any]) -> Parts:
    """Return stored parameters as a person writes them; the inverse of params_from()."""
    if kind is RuleKind.REQUIRED_INDICATORS:
        return Parts(codes=tuple(params["codes"]))
    if kind is RuleKind.CLASS_AT_LEAST:
        return Parts(score_class=params["class"])
    if kind is RuleKind.OWN_PLAN_BY:
        return Parts(day=dt.date.fromisoformat(params["day"]))
    if kind in _COUNTS:
        return Parts(figure=Decimal(params[_COUNTS[kind]]))
    return Parts(figure=Decimal(params["bp"]).scaleb(-2), area=params.get("area"))
