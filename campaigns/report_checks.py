"""Checks of a report before it is sent, in three weights. Pure; report_wording.py says each in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, StrEnum

from .display import local_date, number
from .enums import EntryKind, IndicatorKind, ReportingMode
from .numbers import NumberProblem, read_number, share_value
from .plan_rules import Problem, share_problem, value_problem


class Weight(IntEnum):
    """How much a finding weighs."""

    BLOCKING = 3  # cannot be sent
    NEEDS_NOTE = 2  # may be sent with a note that explains it
    INFORMATION = 1


class Check(StrEnum):
    """What a check found."""

    NUMBER = "number"  # not a number, ambiguous, too long, too large
    RULE = "rule"  # breaks a rule of the indicator's kind
    TWO_WAYS = "two_ways"  # a number and "nothing", or a number and a share
    SHARE_HALF = "share_half"
    FIRST_NEEDS_NUMBER = "first_needs_number"
    MILESTONE_BACK = "milestone_back"
    EVIDENCE_MISSING = "evidence_missing"
    TOO_MANY_FILES = "too_many_files"
    NOT_OPEN = "not_open"
    FALLS = "falls"
    OVER_THREE_TIMES = "over_three_times"
    OVER_GOAL = "over_goal"  # over 120 % of it
    LEDGER_DIFFERS = "ledger_differs"  # the incident ledger says another figure
    NEGATIVE = "negative"
    UNCHANGED = "unchanged"
    REACHED = "reached"
    MILESTONE_LATE = "milestone_late"
    REPLACES = "replaces"
    NOT_DUE = "not_due"


_WEIGHTS = {
    Check.FALLS: Weight.NEEDS_NOTE,
    Check.OVER_THREE_TIMES: Weight.NEEDS_NOTE,
    Check.OVER_GOAL: Weight.NEEDS_NOTE,
    Check.NEGATIVE: Weight.NEEDS_NOTE,
    Check.LEDGER_DIFFERS: Weight.NEEDS_NOTE,
    Check.UNCHANGED: Weight.INFORMATION,
    Check.REACHED: Weight.INFORMATION,
    Check.MILESTONE_LATE: Weight.INFORMATION,
    Check.REPLACES: Weight.INFORMATION,
    Check.NOT_DUE: Weight.INFORMATION,
}


@dataclass(frozen=True)
class Finding:
    """One finding on one box; a blocking one unless the table says less."""

    check: Check
    words: dict[str, str] = field(default_factory=dict)  # figures for the sentence, as people read them
    cause: NumberProblem | Problem | None = None  # the rule that was broken, with its own sentence
    box: str = "typed"  # the field to mend

    @property
    def weight(self) -> Weight:
        return _WEIGHTS.get(self.check, Weight.BLOCKING)


@dataclass(frozen=True)
class Entry:
    """What is typed in one box, as typed."""

    kind: EntryKind | str
    typed: str = ""
    numerator: str = ""
    denominator: str = ""
    completed_on: dt.date | None = None
    note: str = ""
    files: int = 0


@dataclass(frozen=True)
class Facts:
    """What a value is held against."""

    kind: str
    mode: str
    goal: Decimal
    due_on: dt.date | None  # of a milestone
    evidence_required: bool
    previous: Decimal | None  # the nearest earlier period's number, verified where it is, else as sent
    sum_before: Decimal | None  # sum of the other periods; in-period indicators only
    is_due: bool
    already_sent: bool  # a value of this period was sent and not returned
    today: dt.date  # local day of sending
    ledger: Decimal | None = None  # what the incident ledger says for the period; None: the target has none


@dataclass(frozen=True)
class Value:
    """What an entry means, ready to be recorded."""

    nothing: bool = False
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    completed_on: dt.date | None = None


def read_entry(entry: Entry, facts: Facts) -> tuple[Value | None, list[Finding]]:
    """Return the value an entry means and what keeps it from being one; an empty entry means none."""
    match EntryKind(entry.kind):
        case EntryKind.NOTHING:
            return _read_nothing(entry, facts)
        case EntryKind.SHARE:
            return _read_share(entry, facts)
        case EntryKind.NUMBER:
            return _read_single(entry, facts)
    return None, []


def _read_nothing(entry: Entry, facts: Facts) -> tuple[Value | None, list[Finding]]:
    if entry.typed or entry.numerator or entry.denominator:
        return None, [Finding(Check.TWO_WAYS)]
    if facts.mode == ReportingMode.CUMULATIVE and facts.previous is None:
        return None, [Finding(Check.FIRST_NEEDS_NUMBER)]
    return Value(nothing=True), []


def _read_share(entry: Entry, facts: Facts) -> tuple[Value | None, list[Finding]]:
    if entry.typed:
        return None, [Finding(Check.TWO_WAYS)]
    if not (entry.numerator and entry.denominator):
        return None, [Finding(Check.SHARE_HALF, box="denominator" if entry.numerator else "numerator")]
    numbers, findings = [], []
    for text, box in ((entry.numerator, "numerator"), (entry.denominator, "denominator")):
        try:
            numbers.append(read_number(text))
        except NumberProblem as problem:
            findings.append(Finding(Check.NUMBER, cause=problem, box=box))
    if findings:
        return None, findings
    top, bottom = numbers
    if broken := share_problem(facts.kind, facts.mode, bottom):
        return None, [Finding(Check.RULE, cause=broken, box=broken.field)]
    try:
        value = share_value(top, bottom)
    except NumberProblem as too_large:
        return None, [Finding(Check.NUMBER, cause=too_large, box="numerator")]
    return Value(value=value, numerator=top, denominator=bottom), []


def _read_single(entry: Entry, facts: Facts) -> tuple[Value | None, list[Finding]]:
    try:
        value = read_number(entry.typed)
    except NumberProblem as problem:
        return None, [Finding(Check.NUMBER, cause=problem)]
    completed = entry.completed_on if facts.kind == IndicatorKind.MILESTONE and value else None
    if broken := value_problem(facts.kind, value, completed, sent_on=facts.today):
        return None, [Finding(Check.RULE, cause=broken, box="typed" if broken.field == "value" else broken.field)]
    if facts.kind == IndicatorKind.MILESTONE and facts.previous == 1 and value == 0:
        return None, [Finding(Check.MILESTONE_BACK)]
    return Value(value=value, completed_on=completed), []


def check_entry(entry: Entry, facts: Facts) -> tuple[Value | None, list[Finding]]:
    """Return the value and every finding on it, the weightiest first."""
    value, findings = read_entry(entry, facts)
    if value is None:
        return None, findings
    if facts.evidence_required and not entry.files and _is_claim(value, facts):
        findings.append(Finding(Check.EVIDENCE_MISSING, box="files"))
    if facts.already_sent:
        findings.append(Finding(Check.REPLACES))
    if not facts.is_due:
        findings.append(Finding(Check.NOT_DUE))
    findings += _ledger_findings(value, facts)
    if value.value is not None:
        if facts.kind == IndicatorKind.MILESTONE:
            findings += _milestone_findings(value, facts)
        else:
            findings += _number_findings(value.value, facts)
    return value, sorted(findings, key=lambda finding: -finding.weight)


def _is_claim(value: Value, facts: Facts) -> bool:
    """Whether the value claims something a file could show: not "nothing", not a milestone still open."""
    return value.value is not None and not (facts.kind == IndicatorKind.MILESTONE and value.value == 0)


def _ledger_findings(value: Value, facts: Facts) -> list[Finding]:
    """The figure is the ledger's; "nothing" is 0 in the period, or leaves the last total as it was."""
    if facts.ledger is None:
        return []
    unchanged = (facts.previous or Decimal(0)) if facts.mode == ReportingMode.CUMULATIVE else Decimal(0)
    figure = unchanged if value.value is None else value.value
    return [] if figure == facts.ledger else [Finding(Check.LEDGER_DIFFERS, {"ledger": number(facts.ledger)})]


def _milestone_findings(value: Value, facts: Facts) -> list[Finding]:
    if value.completed_on and facts.due_on and value.completed_on > facts.due_on:
        return [Finding(Check.MILESTONE_LATE, {"due": local_date(facts.due_on)})]
    return []


def _number_findings(value: Decimal, facts: Facts) -> list[Finding]:
    cumulative = facts.mode == ReportingMode.CUMULATIVE
    findings = []
    words = {"previous": number(facts.previous), "goal": number(facts.goal)}
    if value < 0 and facts.kind != IndicatorKind.DECREASE and (facts.previous is None or facts.previous >= 0):
        findings.append(Finding(Check.NEGATIVE))
    if facts.previous is not None:
        # Falling is what a decrease is about.
        if cumulative and value < facts.previous and facts.kind != IndicatorKind.DECREASE:
            findings.append(Finding(Check.FALLS, words))
        if facts.previous > 0 and value > 3 * facts.previous:
            findings.append(Finding(Check.OVER_THREE_TIMES, words))
        if cumulative and value == facts.previous:
            findings.append(Finding(Check.UNCHANGED, words))
    return findings + _goal_findings(value if cumulative else value + (facts.sum_before or 0), facts, words)


def _goal_findings(reached: Decimal, facts: Facts, words: dict[str, str]) -> list[Finding]:
    # A decrease starts above its goal, so being above it is nothing to explain.
    if facts.kind == IndicatorKind.DECREASE:
        return [Finding(Check.REACHED, words)] if reached <= facts.goal else []
    if facts.goal >= 0 and reached > facts.goal * Decimal("1.2"):
        return [Finding(Check.OVER_GOAL, words)]
    if facts.kind == IndicatorKind.INCREASE and reached >= facts.goal:
        return [Finding(Check.REACHED, words)]
    return []


def unexplained(entry: Entry, findings: list[Finding]) -> list[Finding]:
    """Return the findings that need a note and have none."""
    return [] if entry.note.strip() else [f for f in findings if f.weight == Weight.NEEDS_NOTE]


def blocking(findings: list[Finding]) -> list[Finding]:
    """Return the findings that keep a value from being sent."""
    return [finding for finding in findings if finding.weight == Weight.BLOCKING]
