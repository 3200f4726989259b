"""The table of a proposal's steps, written a second time as an officer would read it aloud."""

from __future__ import annotations

import dataclasses

import pytest

from awards.enums import Act, ProposalState
from awards.workflow import STEPS, Refusal, Step, WrongState, possible_acts, share_exceeded, share_reached, step_for

S = ProposalState

#: What is done | from where | to where ("" = it stays) | by whom | which deadline starts | what is asked for besides.
TABLE = """
edit      | draft, returned/unit                      |            | unit      | keep      |
submit    | draft, returned/unit                      | submitted  | leader    | appraisal |
withdraw  | BEFORE THE DOSSIER                        | withdrawn  | leader    | none      |
appraise  | submitted                                 | appraised  | appraiser | council   | another
refuse    | submitted                                 | refused    | appraiser | none      | reason, another, told
send_back | submitted, appraised, council, returned/staff | returned | appraiser | none    | reason, another, told
convene   | appraised                                 | council    | preparer  | keep      | another
pass      | council                                   |            | secretary | dossier   | another
not_pass  | council                                   | not_passed | secretary | none      | another, told
present   | council, returned/staff                   | dossier    | preparer  | decision  |
approve   | dossier                                   | approved   | chairman  | none      | another, told
reject    | dossier                                   | rejected   | chairman  | none      | reason, another, told
return    | dossier                                   | returned   | chairman  | dossier   | reason, another, told
issue     | approved                                  | issued     | issuer    | none      | told
revoke    | issued                                    | revoked    | issuer    | none      | reason, another, told
flag      | ANYWHERE                                  |            | portal    | keep      |
"""
RETURNED = {"returned/unit", "returned/staff"}
SETS = {
    "BEFORE THE DOSSIER": {"draft", "submitted", "appraised", "council"} | RETURNED,
    "ANYWHERE": set(S.values) - {"returned"} | RETURNED,
}
ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]
PLACES = sorted(SETS["ANYWHERE"])


def as_row(step: Step) -> list[object]:
    """A step of the table in the words of the table above."""
    asked = {"reason": step.needs_reason, "another": step.by_another, "told": step.tells_unit}
    sources = {f"{state.value}/{part}" if part else state.value for state, part in step.sources}
    named = [name for name, is_asked in asked.items() if is_asked]
    return [step.act.value, sources, step.target or "", step.who.value, step.clock.value, named]


def where(place: str) -> dict[str, str]:
    """A place as a proposal's columns."""
    state, _, return_step = place.partition("/")
    return {"state": state, "return_step": return_step}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_step_is_the_one_written_here(row: list[str]) -> None:
    act, sources, target, who, clock, asked = row
    wanted = SETS.get(sources, set(sources.split(", ")))
    assert as_row(STEPS[Act(act)]) == [act, wanted, target, who, clock, asked.split(", ") if asked else []]


def test_there_is_no_other_step() -> None:
    assert list(STEPS) == [Act(row[0]) for row in ROWS]


@pytest.mark.parametrize("place", PLACES)
def test_only_these_acts_are_possible_and_every_other_is_refused(place: str) -> None:
    possible = [row[0] for row in ROWS if place in SETS.get(row[1], row[1].split(", "))]
    assert [act.value for act in possible_acts(**where(place))] == possible
    for act in STEPS:
        if act in possible:
            assert step_for(act, **where(place)) is STEPS[act]
            continue
        with pytest.raises(WrongState) as refused:
            step_for(act, **where(place))
        assert (refused.value.code, refused.value.params) == ("wrong_state", {"act": act.value, **where(place)})


def test_a_return_goes_to_one_step_only() -> None:
    assert possible_acts(state=S.RETURNED) == ()
    assert possible_acts(state=S.DRAFT) == (Act.EDIT, Act.SUBMIT, Act.WITHDRAW, Act.FLAG)


def test_a_refusal_says_which_rule_and_about_what() -> None:
    refusal = Refusal("quota", limit=3)
    assert (str(refusal), refusal.code, refusal.params) == ("quota", "quota", {"limit": 3})


def test_a_step_asks_for_nothing_unless_the_table_says_so() -> None:
    defaults = {field.name: field.default for field in dataclasses.fields(Step)}
    names = ("needs_reason", "by_another", "tells_unit", "conditions")
    assert [defaults[name] for name in names] == [False, False, False, ()]


@pytest.mark.parametrize(("part", "whole", "reached"), [(2, 3, True), (4, 6, True), (3, 5, False), (4, 5, True)])
def test_quorum_of_two_thirds(part: int, whole: int, reached: bool) -> None:
    assert share_reached(part, whole, numerator=2, denominator=3) is reached


@pytest.mark.parametrize(("part", "whole", "exceeded"), [(3, 5, True), (2, 4, False), (3, 6, False), (4, 6, True)])
def test_majority_is_more_than_half_of_all_members(part: int, whole: int, exceeded: bool) -> None:
    assert share_exceeded(part, whole, numerator=1, denominator=2) is exceeded


@pytest.mark.parametrize(("part", "exceeded"), [(4, False), (5, True)])
def test_a_larger_majority_is_of_all_members_too(part: int, exceeded: bool) -> None:
    assert share_exceeded(part, 6, numerator=2, denominator=3) is exceeded
