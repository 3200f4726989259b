"""Whether it is deserved: one small function per kind of rule. Pure: plain values in, a verdict with all reasons out.

The machine says who *may be proposed*; people decide. Scores and shares are basis points (100 bp = 1 point or 1 %).
Messages are codes with parameters; ``wording.py`` says them in words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from awards.enums import Audience, LineResult, Outcome, RuleKind
from scoring.enums import ScoreClass

#: Classes from the best down; "at least" means this one or one before it.
CLASS_ORDER = (ScoreClass.EXCELLENT, ScoreClass.GOOD, ScoreClass.COMPLETED, ScoreClass.NOT_COMPLETED)


class RuleError(ValueError):
    """Parameters that do not fit their kind of rule; the message is a code."""


@dataclass(frozen=True)
class UnitFacts:
    """What is known of a unit on a day, on the official basis."""

    competes: bool  # a ranked unit; else a supporting one
    total_bp: int | None = None  # total score; None when no area is applicable
    areas: Mapping[int, int] = field(default_factory=dict)  # applicable areas: number → score
    fulfilled_bp: int | None = None  # weighted share of fulfilled targets
    coverage_bp: int | None = None  # counted targets that have a value
    late_reports: int = 0  # after waivers
    missing_reports: int = 0  # after waivers
    rank: int | None = None  # in the bloc; None = not ranked
    ranked_units: int = 0  # ranked units of the bloc
    score_class: str = ""  # ScoreClass value, "" = none
    own_plan_on: dt.date | None = None  # day by which the own plan was both registered and launched
    indicators: Mapping[str, bool | None] = field(default_factory=dict)  # code → fulfilled; None = left out
    is_excluded: bool = False  # an exclusion gate in force
    is_held: bool = False  # a hold gate in force


@dataclass(frozen=True)
class Rule:
    """A criterion in force."""

    kind: RuleKind  # what it asks
    params: Mapping[str, Any]  # as checked_params() returns them
    audience: frozenset[Audience]  # for whom it is
    pk: int | None = None  # the row it came from


@dataclass(frozen=True)
class Finding:
    """What a rule's function found."""

    result: LineResult  # passed, failed or not applicable
    found: Any = None  # the figure it found, in the rule's own unit; None = there is none
    missing: Any = None  # what is still missing, None when nothing is or when it cannot be said
    why: str = ""  # code that says more: "unit_has_no_area", "left_out", "unranked" …


@dataclass(frozen=True)
class Line:
    """One rule's line, as it is stored."""

    kind: RuleKind  # which rule
    params: Mapping[str, Any]  # what it required
    finding: Finding  # what was found
    rule: int | None = None  # the rule's row


@dataclass(frozen=True)
class Verdict:
    """The outcome for one unit and category with all its reasons."""

    outcome: Outcome  # eligible, not eligible, on hold
    lines: tuple[Line, ...]  # one a rule, in the order of the rules
    gate: str = ""  # "exclusion" or "hold" where a gate decided; its ground is not here


# --- parameters ------------------------------------------------------------------------------------------


def _whole(params: Mapping[str, Any], name: str, low: int, high: int) -> int:
    value = params.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise RuleError(name)
    return value


def _day(params: Mapping[str, Any], name: str) -> str:
    value = params.get(name)
    try:
        return dt.date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise RuleError(name) from error


def _codes(params: Mapping[str, Any], name: str) -> list[str]:
    value = params.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(code, str) and code for code in value):
        raise RuleError(name)
    return list(dict.fromkeys(value))


def _class(params: Mapping[str, Any], name: str) -> str:
    value = params.get(name)
    if value not in ScoreClass.values:
        raise RuleError(name)
    return str(value)


def _area(params: Mapping[str, Any]) -> int | None:
    return None if params.get("area") is None else _whole(params, "area", 1, 999)


_CHECKS: dict[RuleKind, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    RuleKind.MIN_TOTAL: lambda p: {"bp": _whole(p, "bp", 1, 100_000)},
    RuleKind.MIN_AREA: lambda p: {"bp": _whole(p, "bp", 1, 100_000), "area": _area(p)},
    RuleKind.MIN_FULFILLED_SHARE: lambda p: {"bp": _whole(p, "bp", 1, 10_000)},
    RuleKind.REQUIRED_INDICATORS: lambda p: {"codes": _codes(p, "codes")},
    RuleKind.TOP_RANK: lambda p: {"rank": _whole(p, "rank", 1, 10_000)},
    RuleKind.TOP_SHARE: lambda p: {"bp": _whole(p, "bp", 1, 10_000)},
    RuleKind.CLASS_AT_LEAST: lambda p: {"class": _class(p, "class")},
    RuleKind.OWN_PLAN_BY: lambda p: {"day": _day(p, "day")},
    RuleKind.MIN_COVERAGE: lambda p: {"bp": _whole(p, "bp", 1, 10_000)},
    RuleKind.MAX_LATE_REPORTS: lambda p: {"count": _whole(p, "count", 0, 10_000)},
}


def checked_params(kind: RuleKind, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a rule in their stored form. Raises RuleError for a missing, wrong or unknown one."""
    if not isinstance(params, Mapping):
        raise RuleError("params")
    checked = _CHECKS[kind](params)
    unknown = set(params) - set(checked)
    if unknown:
        raise RuleError(sorted(unknown)[0])
    return checked


# --- the rules, one function a kind ----------------------------------------------------------------------


def _at_least(found: int | None, needed: int) -> Finding:
    if found is None:
        return Finding(LineResult.FAILED, None, None, "no_figure")
    if found >= needed:
        return Finding(LineResult.PASSED, found)
    return Finding(LineResult.FAILED, found, needed - found)


def min_total(facts: UnitFacts, params: Mapping[str, Any]) -> Finding:
    """The total is at least so many points."""
    return _at_least(facts.total_bp, params["bp"])


def min_area(facts: UnitFacts, params: Mapping[str, Any]) -> Finding:
    """One content area, or every applicable one, scores at least so many points.

    ``found`` lists the areas below, lowest first, or the lowest one when all pass.
    """
    area = params["area"]
    looked_at = facts.areas if area is None else {n: bp for n, bp in facts.areas.items() if n == area}
    if not looked_at:
        return Finding(LineResult.NOT_APPLICABLE, why="unit_has_no_area")
    ordered = sorted(looked_at.items(), key=lambda pair: (pair[1], pair[0]))
    below = [[number, bp] for number, bp in ordered if bp < params["bp"]]
    if below:
        return Finding(LineResult.FAILED, below, params["bp"] - below[0][1])
    return Finding(LineResult.PASSED, [list(ordered[0])])


def min_fulfilled_share(facts: UnitFacts, params: Mapping[str, Any]) -> Finding:
    """The weighted share of fulfilled targets is at least so many percent."""
    return _at_least(facts.fulfilled_bp, params["bp"])


def required_indicators(facts: UnitFacts, params: Mapping[str, Any]) -> Finding:
    """Each named indicator the unit has is fulfilled.

    One that is left out for want of another unit's report is not held against the unit (scoring.md).
    ``found`` is [fulfilled, asked]; ``missing`` names those not fulfilled.
    """
    given = [code for code in params["codes"] if code in facts.indicators]
    asked = [code for code in given if facts.indicators[code] is not None]
    if not asked:
        return Finding(LineResult.NOT_APPLICABLE, why="left_out" if given else "unit_has_no_indicator")
    open_ones = [code for code in asked if not facts.indicators[code]]
    counts = [len(asked) - len(open_ones), len(asked)]
    if open_ones:
        return Finding(LineResult.FAILED, counts, open_ones)
    return Finding(LineResult.PASSED, counts)


def _within(facts: UnitFacts, last: int) -> Finding:
    if facts.rank is None:
        return Finding(LineResult.FAILED, None, None, "unranked")
    if facts.rank <= last:
        return Finding(LineResult.PASSED, [facts.rank, facts.ranked_units])
    return Finding(LineResult.FAILED, [facts.rank, facts.ranked_units], facts.rank - last)


def top_rank(facts: UnitFacts, params: Mapping[str, Any]) -> Finding:
    """The rank in the bloc is at most n. All tied units pass: quotas limit, not the order of a list."""
    return _within(facts, params["rank"])


def last_rank_of_share(share_bp: int, ranked_units: int) -> int:
    """Return ceil(share · ranked units): the last rank that is still within the share."""
    return -(-share_bp * ranked_units // 10_000)


def top_share(facts: UnitFacts, params: Mapping[str, Any]) -> Finding:
    """The rank is at most ceil(p · ranked units of the bloc / 100)."""
    return _within(facts, last_rank_of_share(params["bp"], facts.ranked_units))


def class_at_least(facts: UnitFacts, params: Mapping[str, Any]) -> Finding:
    """The class is the named one or a better one."""
    if not facts.score_class:
        return Finding(LineResult.FAILED, None, None, "no_figure")
    order = [value.value for value in CLASS_ORDER]
    passed = order.index(facts.score_class) <= order.index(params["class"])
    return Finding(LineResult.PASSED if passed else LineResult.FAILED, facts.score_class)


def own_plan_by(facts: UnitFacts, params: Mapping[str, Any]) -> Finding:
    """The unit registered and launched its own plan by a day."""
    if facts.own_plan_on is None:
        return Finding(LineResult.FAILED, None, None, "no_plan")
    passed = facts.own_plan_on <= dt.date.fromisoformat(params["day"])
    return Finding(LineResult.PASSED if passed else LineResult.FAILED, facts.own_plan_on.isoformat())


def min_coverage(facts: UnitFacts, params: Mapping[str, Any]) -> Finding:
    """At least so many percent of the counted targets have a value."""
    return _at_least(facts.coverage_bp, params["bp"])


def max_late_reports(facts: UnitFacts, params: Mapping[str, Any]) -> Finding:
    """Late and missing reports together are at most n."""
    found = facts.late_reports + facts.missing_reports
    if found <= params["count"]:
        return Finding(LineResult.PASSED, found)
    return Finding(LineResult.FAILED, found, found - params["count"])


_RULES: dict[RuleKind, Callable[[UnitFacts, Mapping[str, Any]], Finding]] = {
    RuleKind.MIN_TOTAL: min_total,
    RuleKind.MIN_AREA: min_area,
    RuleKind.MIN_FULFILLED_SHARE: min_fulfilled_share,
    RuleKind.REQUIRED_INDICATORS: required_indicators,
    RuleKind.TOP_RANK: top_rank,
    RuleKind.TOP_SHARE: top_share,
    RuleKind.CLASS_AT_LEAST: class_at_least,
    RuleKind.OWN_PLAN_BY: own_plan_by,
    RuleKind.MIN_COVERAGE: min_coverage,
    RuleKind.MAX_LATE_REPORTS: max_late_reports,
}


# --- the verdict -----------------------------------------------------------------------------------------


def audiences_of(facts: UnitFacts, *, for_units: bool) -> frozenset[Audience]:
    """Return to which audiences a nominee belongs.

    A unit is ranked or supporting. A person belongs to the individuals and, through the unit that nominates
    them, to the unit's own audience: rules on the unit apply to them through it.
    """
    own = Audience.RANKED if facts.competes else Audience.SUPPORTING
    return frozenset({own} if for_units else {own, Audience.INDIVIDUALS})


def judge(rule: Rule, facts: UnitFacts, *, for_units: bool) -> Line:
    """Return one rule's line; a rule for others is not applicable and does not fail."""
    if not rule.audience & audiences_of(facts, for_units=for_units):
        finding = Finding(LineResult.NOT_APPLICABLE, why="for_others")
    else:
        finding = _RULES[rule.kind](facts, rule.params)
    return Line(rule.kind, rule.params, finding, rule.pk)


def gate_of(facts: UnitFacts) -> str:
    """Return the gate that decides before the rules do: "exclusion", "hold" or none."""
    return "exclusion" if facts.is_excluded else "hold" if facts.is_held else ""


def evaluate(rules: Iterable[Rule], facts: UnitFacts, *, for_units: bool) -> Verdict:
    """Return the outcome for a unit: an exclusion → not eligible; else a hold → on hold; else the rules decide."""
    lines = tuple(judge(rule, facts, for_units=for_units) for rule in rules)
    gate = gate_of(facts)
    if gate:
        return Verdict(Outcome.NOT_ELIGIBLE if gate == "exclusion" else Outcome.ON_HOLD, lines, gate)
    failed = any(line.finding.result is LineResult.FAILED for line in lines)
    return Verdict(Outcome.NOT_ELIGIBLE if failed else Outcome.ELIGIBLE, lines)


def with_person_gates(outcome: str, *, excluded: bool, held: bool) -> Outcome:
    """Return a person's outcome from the unit's and the gates on the person: the stricter wins."""
    if excluded:
        return Outcome.NOT_ELIGIBLE
    if held and outcome == Outcome.ELIGIBLE:
        return Outcome.ON_HOLD
    return Outcome(outcome)
