"""Every kind of rule at its boundaries, gates before rules, and what does not apply."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from awards.eligibility import (
    Rule,
    RuleError,
    UnitFacts,
    checked_params,
    evaluate,
    judge,
    last_rank_of_share,
    with_person_gates,
)
from awards.enums import Audience, LineResult, Outcome, RuleKind

PASSED, FAILED, NA = LineResult.PASSED, LineResult.FAILED, LineResult.NOT_APPLICABLE
K = RuleKind
DAY = dt.date(2026, 3, 20)


def facts(**known: Any) -> UnitFacts:
    return UnitFacts(**{"competes": True, **known})


def rule(kind: RuleKind, *audience: Audience, **params: Any) -> Rule:
    return Rule(kind, checked_params(kind, params), frozenset(audience or Audience))


BOUNDARIES = [
    # kind, params, facts, result, found, missing, why
    (K.MIN_TOTAL, {"bp": 9000}, {"total_bp": 9000}, PASSED, 9000, None, ""),
    (K.MIN_TOTAL, {"bp": 9000}, {"total_bp": 8999}, FAILED, 8999, 1, ""),
    (K.MIN_TOTAL, {"bp": 9000}, {"total_bp": 10400}, PASSED, 10400, None, ""),
    (K.MIN_TOTAL, {"bp": 9000}, {"total_bp": 0}, FAILED, 0, 9000, ""),
    (K.MIN_TOTAL, {"bp": 9000}, {"total_bp": None}, FAILED, None, None, "no_figure"),
    (K.MIN_AREA, {"bp": 6000, "area": None}, {"areas": {1: 6000, 3: 7000}}, PASSED, [[1, 6000]], None, ""),
    (K.MIN_AREA, {"bp": 6000, "area": None}, {"areas": {1: 5999, 3: 100}}, FAILED, [[3, 100], [1, 5999]], 5900, ""),
    (K.MIN_AREA, {"bp": 6000, "area": None}, {"areas": {}}, NA, None, None, "unit_has_no_area"),
    (K.MIN_AREA, {"bp": 6000, "area": 3}, {"areas": {1: 0, 3: 6000}}, PASSED, [[3, 6000]], None, ""),
    (K.MIN_AREA, {"bp": 6000, "area": 3}, {"areas": {3: 5999}}, FAILED, [[3, 5999]], 1, ""),
    (K.MIN_AREA, {"bp": 6000, "area": 8}, {"areas": {1: 0}}, NA, None, None, "unit_has_no_area"),
    (K.MIN_FULFILLED_SHARE, {"bp": 5000}, {"fulfilled_bp": 5000}, PASSED, 5000, None, ""),
    (K.MIN_FULFILLED_SHARE, {"bp": 5000}, {"fulfilled_bp": 4999}, FAILED, 4999, 1, ""),
    (K.MIN_FULFILLED_SHARE, {"bp": 5000}, {"fulfilled_bp": None}, FAILED, None, None, "no_figure"),
    (K.REQUIRED_INDICATORS, {"codes": ["A", "B"]}, {"indicators": {"A": True, "B": True}}, PASSED, [2, 2], None, ""),
    (K.REQUIRED_INDICATORS, {"codes": ["A", "B"]}, {"indicators": {"A": True, "B": False}}, FAILED, [1, 2], ["B"], ""),
    (K.REQUIRED_INDICATORS, {"codes": ["A", "B"]}, {"indicators": {"A": True}}, PASSED, [1, 1], None, ""),
    (K.REQUIRED_INDICATORS, {"codes": ["A"]}, {"indicators": {"C": False}}, NA, None, None, "unit_has_no_indicator"),
    (K.REQUIRED_INDICATORS, {"codes": ["A"]}, {"indicators": {"A": None}}, NA, None, None, "left_out"),
    (K.REQUIRED_INDICATORS, {"codes": ["A", "B"]}, {"indicators": {"A": None, "B": True}}, PASSED, [1, 1], None, ""),
    (K.TOP_RANK, {"rank": 3}, {"rank": 3, "ranked_units": 10}, PASSED, [3, 10], None, ""),
    (K.TOP_RANK, {"rank": 3}, {"rank": 4, "ranked_units": 10}, FAILED, [4, 10], 1, ""),
    (K.TOP_RANK, {"rank": 3}, {"rank": None, "ranked_units": 10}, FAILED, None, None, "unranked"),
    (K.TOP_SHARE, {"bp": 2000}, {"rank": 2, "ranked_units": 10}, PASSED, [2, 10], None, ""),
    (K.TOP_SHARE, {"bp": 2000}, {"rank": 3, "ranked_units": 11}, PASSED, [3, 11], None, ""),
    (K.TOP_SHARE, {"bp": 2000}, {"rank": 3, "ranked_units": 10}, FAILED, [3, 10], 1, ""),
    (K.TOP_SHARE, {"bp": 2000}, {"rank": 1, "ranked_units": 1}, PASSED, [1, 1], None, ""),
    (K.TOP_SHARE, {"bp": 2000}, {"rank": None, "ranked_units": 4}, FAILED, None, None, "unranked"),
    (K.CLASS_AT_LEAST, {"class": "good"}, {"score_class": "excellent"}, PASSED, "excellent", None, ""),
    (K.CLASS_AT_LEAST, {"class": "good"}, {"score_class": "good"}, PASSED, "good", None, ""),
    (K.CLASS_AT_LEAST, {"class": "good"}, {"score_class": "completed"}, FAILED, "completed", None, ""),
    (K.CLASS_AT_LEAST, {"class": "excellent"}, {"score_class": "good"}, FAILED, "good", None, ""),
    (K.CLASS_AT_LEAST, {"class": "completed"}, {"score_class": "not_completed"}, FAILED, "not_completed", None, ""),
    (K.CLASS_AT_LEAST, {"class": "not_completed"}, {"score_class": "not_completed"}, PASSED, "not_completed", None, ""),
    (K.CLASS_AT_LEAST, {"class": "good"}, {"score_class": ""}, FAILED, None, None, "no_figure"),
    (K.OWN_PLAN_BY, {"day": "2026-03-20"}, {"own_plan_on": DAY}, PASSED, "2026-03-20", None, ""),
    (K.OWN_PLAN_BY, {"day": "2026-03-19"}, {"own_plan_on": DAY}, FAILED, "2026-03-20", None, ""),
    (K.OWN_PLAN_BY, {"day": "2026-03-20"}, {"own_plan_on": None}, FAILED, None, None, "no_plan"),
    (K.MIN_COVERAGE, {"bp": 8500}, {"coverage_bp": 8500}, PASSED, 8500, None, ""),
    (K.MIN_COVERAGE, {"bp": 8500}, {"coverage_bp": 8499}, FAILED, 8499, 1, ""),
    (K.MAX_LATE_REPORTS, {"count": 2}, {"late_reports": 1, "missing_reports": 1}, PASSED, 2, None, ""),
    (K.MAX_LATE_REPORTS, {"count": 2}, {"late_reports": 1, "missing_reports": 2}, FAILED, 3, 1, ""),
    (K.MAX_LATE_REPORTS, {"count": 0}, {}, PASSED, 0, None, ""),
]


@pytest.mark.parametrize(("kind", "params", "known", "result", "found", "missing", "why"), BOUNDARIES)
def test_rule_at_its_boundary(
    kind: RuleKind, params: dict[str, Any], known: dict[str, Any], result: str, found: Any, missing: Any, why: str
) -> None:
    finding = judge(rule(kind, **params), facts(**known), for_units=True).finding
    assert (finding.result, finding.found, finding.missing, finding.why) == (result, found, missing, why)


def test_the_table_has_every_kind() -> None:
    assert {row[0] for row in BOUNDARIES} == set(RuleKind)


@pytest.mark.parametrize(
    ("share_bp", "units", "last"),
    [
        (3000, 10, 3),
        (3000, 9, 3),
        (3000, 7, 3),
        (3000, 6, 2),
        (3333, 3, 1),
        (3334, 3, 2),
        (10000, 7, 7),
        (1, 12, 1),
        (137, 73, 2),
    ],
)
def test_share_of_a_bloc_is_rounded_up(share_bp: int, units: int, last: int) -> None:
    assert last_rank_of_share(share_bp, units) == last


def test_all_tied_units_pass_a_rank_rule() -> None:
    tied = [judge(rule(K.TOP_RANK, rank=1), facts(rank=1, ranked_units=5), for_units=True) for _unit in range(3)]
    assert [line.finding.result for line in tied] == [PASSED] * 3


@pytest.mark.parametrize(
    ("audience", "competes", "for_units", "applies"),
    [
        (Audience.RANKED, True, True, True),
        (Audience.RANKED, False, True, False),
        (Audience.SUPPORTING, False, True, True),
        (Audience.SUPPORTING, True, True, False),
        (Audience.INDIVIDUALS, True, True, False),
        (Audience.INDIVIDUALS, True, False, True),
        (Audience.INDIVIDUALS, False, False, True),
        (Audience.RANKED, True, False, True),  # a rule on the unit applies to its nominee through it
        (Audience.RANKED, False, False, False),
    ],
)
def test_audience(audience: Audience, competes: bool, for_units: bool, applies: bool) -> None:
    line = judge(rule(K.MIN_TOTAL, audience, bp=9000), facts(competes=competes, total_bp=1), for_units=for_units)
    assert line.finding.result == (FAILED if applies else NA)
    assert line.finding.why == ("" if applies else "for_others")


STRONG, WEAK = {"total_bp": 9500}, {"total_bp": 100}


@pytest.mark.parametrize(
    ("known", "outcome", "gate"),
    [
        (STRONG, Outcome.ELIGIBLE, ""),
        (WEAK, Outcome.NOT_ELIGIBLE, ""),
        ({**STRONG, "is_held": True}, Outcome.ON_HOLD, "hold"),
        ({**WEAK, "is_held": True}, Outcome.ON_HOLD, "hold"),
        ({**STRONG, "is_excluded": True}, Outcome.NOT_ELIGIBLE, "exclusion"),
        ({**STRONG, "is_excluded": True, "is_held": True}, Outcome.NOT_ELIGIBLE, "exclusion"),
    ],
)
def test_gates_come_before_rules(known: dict[str, Any], outcome: Outcome, gate: str) -> None:
    verdict = evaluate([rule(K.MIN_TOTAL, bp=9000)], facts(**known), for_units=True)
    assert (verdict.outcome, verdict.gate) == (outcome, gate)
    assert len(verdict.lines) == 1  # the rule's line is there whatever the gate


def test_what_does_not_apply_does_not_fail() -> None:
    rules = [rule(K.MIN_AREA, bp=9000, area=8), rule(K.MIN_TOTAL, Audience.SUPPORTING, bp=9000)]
    assert evaluate(rules, facts(total_bp=1), for_units=True).outcome == Outcome.ELIGIBLE


@pytest.mark.parametrize(
    ("unit", "excluded", "held", "outcome"),
    [
        ("eligible", False, False, "eligible"),
        ("eligible", False, True, "on_hold"),
        ("eligible", True, True, "not_eligible"),
        ("not_eligible", False, True, "not_eligible"),
        ("on_hold", False, False, "on_hold"),
        ("on_hold", True, False, "not_eligible"),
    ],
)
def test_gates_on_a_person(unit: str, excluded: bool, held: bool, outcome: str) -> None:
    assert with_person_gates(unit, excluded=excluded, held=held) == outcome


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        (K.MIN_TOTAL, {}),
        (K.MIN_TOTAL, {"bp": 0}),
        (K.MIN_TOTAL, {"bp": 90.5}),
        (K.MIN_TOTAL, {"bp": True}),
        (K.MIN_TOTAL, {"bp": "9000"}),
        (K.MIN_TOTAL, {"bp": 9000, "area": 1}),
        (K.MIN_AREA, {"bp": 6000, "area": 0}),
        (K.MIN_FULFILLED_SHARE, {"bp": 10001}),
        (K.REQUIRED_INDICATORS, {"codes": []}),
        (K.REQUIRED_INDICATORS, {"codes": "A"}),
        (K.REQUIRED_INDICATORS, {"codes": [""]}),
        (K.TOP_RANK, {"rank": 0}),
        (K.TOP_SHARE, {"bp": -1}),
        (K.CLASS_AT_LEAST, {"class": "best"}),
        (K.OWN_PLAN_BY, {"day": "20/03/2026"}),
        (K.MIN_COVERAGE, {"bp": None}),
        (K.MAX_LATE_REPORTS, {"count": -1}),
    ],
)
def test_wrong_parameters_are_refused(kind: RuleKind, params: dict[str, Any]) -> None:
    with pytest.raises(RuleError):
        checked_params(kind, params)


@pytest.mark.parametrize(
    ("kind", "name", "smallest", "largest"),
    [
        (K.MIN_TOTAL, "bp", 1, 100_000),
        (K.MIN_AREA, "bp", 1, 100_000),
        (K.MIN_FULFILLED_SHARE, "bp", 1, 10_000),
        (K.TOP_RANK, "rank", 1, 10_000),
        (K.TOP_SHARE, "bp", 1, 10_000),
        (K.MIN_COVERAGE, "bp", 1, 10_000),
        (K.MAX_LATE_REPORTS, "count", 0, 10_000),
    ],
)
def test_a_figure_is_taken_from_the_smallest_to_the_largest(
    kind: RuleKind, name: str, smallest: int, largest: int
) -> None:
    for taken in (smallest, largest):
        assert checked_params(kind, {name: taken})[name] == taken
    for refused in (smallest - 1, largest + 1):
        with pytest.raises(RuleError):
            checked_params(kind, {name: refused})


def test_an_area_is_a_number_of_the_plan() -> None:
    for taken in (None, 1, 999):
        assert checked_params(K.MIN_AREA, {"bp": 1, "area": taken})["area"] == taken
    for refused in (0, 1000):
        with pytest.raises(RuleError):
            checked_params(K.MIN_AREA, {"bp": 1, "area": refused})


def test_parameters_are_named() -> None:
    with pytest.raises(RuleError):
        checked_params(K.MIN_TOTAL, [("bp", 9000)])  # type: ignore[arg-type]  # what a damaged row could hold


def test_what_was_found_is_not_changed_afterwards() -> None:
    found = evaluate([rule(K.MIN_TOTAL, bp=1)], facts(total_bp=1), for_units=True)
    line = found.lines[0]
    for record, name in ((found, "gate"), (line, "rule"), (line.finding, "why"), (facts(), "rank")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(record, name, None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(rule(K.MIN_TOTAL, bp=1), "pk", 7)  # noqa: B010  # a name mypy must not see
