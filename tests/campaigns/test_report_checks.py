"""The checks before sending, as a table: what is typed, what it is held against, what is found."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from campaigns.enums import EntryKind
from campaigns.report_checks import Check, Entry, Facts, Finding, Value, Weight, blocking, check_entry, unexplained
from campaigns.report_wording import finding_words

TODAY = dt.date(2026, 11, 20)
PLAIN = Facts(
    kind="increase",
    mode="cumulative",
    goal=Decimal(100),
    due_on=None,
    evidence_required=False,
    previous=Decimal(50),
    sum_before=None,
    is_due=True,
    already_sent=False,
    today=TODAY,
)
MILESTONE = replace(PLAIN, kind="milestone", goal=Decimal(1), due_on=dt.date(2026, 11, 10), previous=None)
INCREMENT = replace(PLAIN, mode="increment", sum_before=Decimal(60), previous=Decimal(10))


def number(text, **columns):
    return Entry(EntryKind.NUMBER, text, **columns)


def worth(value, **columns):
    return Value(value=Decimal(value), **columns)


def share(top, bottom, **columns):
    return Entry(EntryKind.SHARE, numerator=top, denominator=bottom, **columns)


NOTHING = Entry(EntryKind.NOTHING)
FIRST = replace(PLAIN, previous=None)
DECREASE = replace(PLAIN, kind="decrease", goal=Decimal(40))
LEDGER = replace(PLAIN, kind="maintain", goal=Decimal(5), previous=Decimal(2), ledger=Decimal(3))

CASES = [
    ("an empty box means nothing", Entry(EntryKind.EMPTY), PLAIN, None, []),
    ("a plain value", number("60"), PLAIN, worth(60), []),
    ("the Vietnamese way", number("61,5"), PLAIN, worth("61.5"), []),
    ("not a number", number("abc"), PLAIN, None, [Check.NUMBER]),
    ("ambiguous", number("1.234"), PLAIN, None, [Check.NUMBER]),
    ("five decimals", number("1,23456"), PLAIN, None, [Check.NUMBER]),
    ("too large", number("1234567890"), PLAIN, None, [Check.NUMBER]),
    ("a share", share("1", "3"), PLAIN, worth("33.3333", numerator=Decimal(1), denominator=Decimal(3)), [Check.FALLS]),
    ("half a share", share("1", ""), PLAIN, None, [Check.SHARE_HALF]),
    ("denominator zero", share("1", "0"), PLAIN, None, [Check.RULE]),
    ("a share of increments", share("1", "3"), INCREMENT, None, [Check.RULE]),
    ("both numbers broken", share("a", "b"), PLAIN, None, [Check.NUMBER, Check.NUMBER]),
    ("number and share", share("1", "3", typed="5"), PLAIN, None, [Check.TWO_WAYS]),
    ("number and nothing", Entry(EntryKind.NOTHING, "5"), PLAIN, None, [Check.TWO_WAYS]),
    ("nothing", NOTHING, PLAIN, Value(nothing=True), []),
    ("nothing at first, cumulative", NOTHING, replace(PLAIN, previous=None), None, [Check.FIRST_NEEDS_NUMBER]),
    ("nothing at first, increment", NOTHING, replace(INCREMENT, previous=None), Value(nothing=True), []),
    ("falls", number("49"), PLAIN, worth(49), [Check.FALLS]),
    ("a decrease falls", number("49"), replace(PLAIN, kind="decrease", goal=Decimal(40)), worth(49), []),
    ("increments may fall", number("5"), INCREMENT, worth(5), []),
    ("three times exactly", number("30"), INCREMENT, worth(30), []),
    ("over three times", number("30,1"), INCREMENT, worth("30.1"), [Check.OVER_THREE_TIMES]),
    ("120 % of the goal", number("120"), PLAIN, worth(120), [Check.REACHED]),
    ("over 120 % of the goal", number("120,1"), PLAIN, worth("120.1"), [Check.OVER_GOAL]),
    (
        "increments sum up over it",
        number("29"),
        replace(INCREMENT, sum_before=Decimal(92)),
        worth(29),
        [Check.OVER_GOAL],
    ),
    (
        "any of a limit of none",
        number("1"),
        replace(PLAIN, kind="maintain", goal=Decimal(0), previous=None),
        worth(1),
        [Check.OVER_GOAL],
    ),
    ("below zero", number("-1"), replace(PLAIN, previous=None), worth(-1), [Check.NEGATIVE]),
    ("unchanged", number("50"), PLAIN, worth(50), [Check.UNCHANGED]),
    ("increments may repeat", number("10"), INCREMENT, worth(10), []),
    ("zero at first", number("0"), FIRST, worth(0), []),
    ("a part of one at first", number("0,5"), FIRST, worth("0.5"), []),
    (
        "below zero from zero",
        number("-1"),
        replace(PLAIN, previous=Decimal(0)),
        worth(-1),
        [Check.NEGATIVE, Check.FALLS],
    ),
    ("further below zero", number("-2"), replace(PLAIN, previous=Decimal(-3)), worth(-2), []),
    ("a decrease below zero", number("-1"), replace(DECREASE, goal=Decimal(-5)), worth(-1), []),
    ("from zero there is no three times", number("5"), replace(PLAIN, previous=Decimal(0)), worth(5), []),
    ("four times one", number("4"), replace(PLAIN, previous=Decimal(1)), worth(4), [Check.OVER_THREE_TIMES]),
    ("the goal itself", number("100"), PLAIN, worth(100), [Check.REACHED]),
    ("the goal of a decrease", number("40"), DECREASE, worth(40), [Check.REACHED]),
    ("a goal below zero", number("-5"), replace(FIRST, kind="decrease", goal=Decimal(-10)), worth(-5), []),
    ("a limit reached", number("100"), replace(PLAIN, kind="maintain"), worth(100), []),
    (
        "120 % with the first increment",
        number("120"),
        replace(INCREMENT, previous=None, sum_before=None),
        worth(120),
        [Check.REACHED],
    ),
    ("as the ledger says", number("3"), LEDGER, worth(3), []),
    ("not as the ledger says", number("4"), LEDGER, worth(4), [Check.LEDGER_DIFFERS]),
    ("nothing new, and the ledger has", NOTHING, LEDGER, Value(nothing=True), [Check.LEDGER_DIFFERS]),
    ("nothing new in the ledger", NOTHING, replace(LEDGER, ledger=Decimal(2)), Value(nothing=True), []),
    (
        "nothing in the period of the ledger",
        NOTHING,
        replace(LEDGER, mode="increment", ledger=Decimal(0)),
        Value(nothing=True),
        [],
    ),
    (
        "nothing at first, the ledger neither",
        NOTHING,
        replace(LEDGER, mode="increment", ledger=Decimal(0), previous=None),
        Value(nothing=True),
        [],
    ),
    ("a share too large", share("999999999", "0,0001"), PLAIN, None, [Check.NUMBER]),
    (
        "replaces, not due",
        number("60"),
        replace(PLAIN, already_sent=True, is_due=False),
        worth(60),
        [Check.REPLACES, Check.NOT_DUE],
    ),
    ("evidence missing", number("60"), replace(PLAIN, evidence_required=True), worth(60), [Check.EVIDENCE_MISSING]),
    ("zero is a claim", number("0"), replace(FIRST, evidence_required=True), worth(0), [Check.EVIDENCE_MISSING]),
    ("evidence there", number("60", files=1), replace(PLAIN, evidence_required=True), worth(60), []),
    ("nothing needs none", NOTHING, replace(PLAIN, evidence_required=True), Value(nothing=True), []),
    (
        "done",
        number("1", completed_on=dt.date(2026, 11, 9)),
        MILESTONE,
        worth(1, completed_on=dt.date(2026, 11, 9)),
        [],
    ),
    ("done late", number("1", completed_on=TODAY), MILESTONE, worth(1, completed_on=TODAY), [Check.MILESTONE_LATE]),
    (
        "done on the due date",
        number("1", completed_on=dt.date(2026, 11, 10)),
        replace(MILESTONE, previous=Decimal(1)),
        worth(1, completed_on=dt.date(2026, 11, 10)),
        [],
    ),
    (
        "done without a file",
        number("1", completed_on=dt.date(2026, 11, 9)),
        replace(MILESTONE, evidence_required=True),
        worth(1, completed_on=dt.date(2026, 11, 9)),
        [Check.EVIDENCE_MISSING],
    ),
    ("done tomorrow", number("1", completed_on=TODAY + dt.timedelta(days=1)), MILESTONE, None, [Check.RULE]),
    ("done some day", number("1"), MILESTONE, None, [Check.RULE]),
    ("half done", number("0,5"), MILESTONE, None, [Check.RULE]),
    ("not done, date ignored", number("0", completed_on=TODAY), MILESTONE, worth(0), []),
    ("undone again", number("0"), replace(MILESTONE, previous=Decimal(1)), None, [Check.MILESTONE_BACK]),
    ("an open milestone needs no evidence", number("0"), replace(MILESTONE, evidence_required=True), worth(0), []),
]


@pytest.mark.parametrize(("entry", "facts", "value", "found"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_findings(entry, facts, value, found):
    read, findings = check_entry(entry, facts)
    assert read == value
    assert [finding.check for finding in findings] == found
    assert all(finding_words(finding) for finding in findings)
    assert read is None or read.nothing is (entry.kind == EntryKind.NOTHING)


def test_each_finding_has_its_weight():
    noted = {Check.FALLS, Check.OVER_THREE_TIMES, Check.OVER_GOAL, Check.NEGATIVE, Check.LEDGER_DIFFERS}
    told = {Check.UNCHANGED, Check.REACHED, Check.MILESTONE_LATE, Check.REPLACES, Check.NOT_DUE}
    found = {check: Finding(check).weight for check in Check}
    assert {check for check, weight in found.items() if weight is Weight.NEEDS_NOTE} == noted
    assert {check for check, weight in found.items() if weight is Weight.INFORMATION} == told
    assert [one.check for one in blocking([Finding(check) for check in Check])] == [
        check for check in Check if check not in noted | told
    ]


def test_weights_and_notes():
    _value, findings = check_entry(number("49"), PLAIN)
    assert [finding.weight for finding in findings] == [Weight.NEEDS_NOTE]
    assert blocking(findings) == []
    assert unexplained(number("49"), findings) == findings
    assert unexplained(number("49", note="  "), findings) == findings
    assert unexplained(number("49", note="Rà soát lại"), findings) == []


def test_words_name_the_figures():
    _value, (finding,) = check_entry(number("1.049,5"), replace(PLAIN, previous=Decimal("1234.5"), goal=Decimal(2000)))
    assert "1.234,5" in finding_words(finding)
