"""What a unit's grid for one period is made of: boxes, groups, the whole. Read by reporting_grid.py."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from campaigns.enums import EntryKind, IndicatorKind, ReportingMode, VerdictOutcome
from campaigns.models import DraftValue, EvidenceFile, Measurement, Participant, Period, Report, Target
from campaigns.openness import Phase
from campaigns.report_checks import Entry, Facts, Finding, Value, Weight, unexplained
from campaigns.values import Reading


@dataclass(frozen=True, kw_only=True)
class Box:
    """One target in one period, as its reporter sees it."""

    target: Target
    baseline: Decimal | None  # in force today
    goal: Decimal  # in force today
    due_on: dt.date | None  # in force today
    is_due: bool  # the frequency asks for it in this period
    is_open: bool  # it may be sent now
    reopened_until: dt.datetime | None  # returned, and open until then whatever the lock
    last: Reading | None  # the last official figure (cumulative) or in-period value
    last_code: str  # code of its period
    official_sum: Decimal | None  # in-period indicators: official sum over all periods
    sum_before: Decimal | None  # in-period indicators: what the other periods sum up to, sent values included
    previous: Reading | None  # the nearest earlier period's number, verified where it is, else as sent
    gap: Decimal | None  # to the goal, from the official value; 0 or less: reached (a limit: kept)
    sent: Measurement | None  # the latest value sent for this period
    sent_files: list[EvidenceFile]
    draft: DraftValue | None  # None also for one that was cleared
    draft_version: int  # what an autosave must name; 0 when there has never been a draft
    files: list[EvidenceFile]  # attached to the draft
    facts: Facts
    entry: Entry  # the draft as the checks read it
    value: Value | None  # what the draft means, None when it is empty or refused
    findings: list[Finding]

    @property
    def has_entry(self) -> bool:
        """Something is typed that is meant to be sent."""
        return self.entry.kind != EntryKind.EMPTY

    @property
    def is_returned(self) -> bool:
        """The latest value sent was returned."""
        return self.sent is not None and self.sent.verdict == VerdictOutcome.RETURNED

    @property
    def is_reported(self) -> bool:
        """A value was sent for this period, returned or not."""
        return self.sent is not None

    @property
    def proposed(self) -> Decimal | None:
        """What the incident ledger puts into an empty box; a zero is stated by the reporter, never by itself."""
        untouched = self.draft is None and self.sent is None and self.is_open and self.is_due
        return self.facts.ledger if untouched and self.facts.ledger else None

    @property
    def last_value(self) -> Decimal | None:
        """The last official figure itself."""
        return self.last.value if self.last else None

    @property
    def is_milestone(self) -> bool:
        return self.target.indicator.kind == IndicatorKind.MILESTONE

    @property
    def is_increment(self) -> bool:
        return self.target.indicator.mode == ReportingMode.INCREMENT

    @property
    def takes_share(self) -> bool:
        """Numerator and denominator are offered: a cumulative percentage."""
        indicator = self.target.indicator
        return not self.is_milestone and not self.is_increment and "%" in indicator.unit_of_measure

    @property
    def other_figure(self) -> Decimal | None:
        """The figure the form does not ask for: the sum so far of increments, the change of a cumulative value."""
        if self.value is None or self.is_milestone:
            return None
        number = self.value.value
        if self.is_increment:
            return (self.sum_before or Decimal(0)) + (number or Decimal(0))
        if number is None or self.facts.previous is None:
            return None
        return number - self.facts.previous

    @property
    def may_stay(self) -> bool:
        """ "Unchanged" may be said of it: an open, empty box of a figure so far that has an earlier number."""
        stands = not self.is_increment and self.previous is not None and self.previous.value is not None
        return self.is_open and stands and not self.has_entry and (self.is_returned or not self.is_reported)

    @property
    def blocking(self) -> list[Finding]:
        return [f for f in self.findings if f.weight == Weight.BLOCKING]

    @property
    def unexplained(self) -> list[Finding]:
        """Findings that need a note and have none."""
        return unexplained(self.entry, self.findings)

    @property
    def needing_note(self) -> list[Finding]:
        return [f for f in self.findings if f.weight == Weight.NEEDS_NOTE]

    @property
    def information(self) -> list[Finding]:
        return [f for f in self.findings if f.weight == Weight.INFORMATION]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Boxes under one heading: an area of the unit's own, or one indicator over all units for a provider."""

    key: str  # for anchors
    number: int  # of the area
    title: str
    by_unit: bool  # the rows are units, the heading is the indicator
    boxes: list[Box] = field(default_factory=list)

    @property
    def asked(self) -> list[Box]:
        """Due boxes, and those that hold something already."""
        return [box for box in self.boxes if box.is_due or box.has_entry or box.is_reported]

    @property
    def optional(self) -> list[Box]:
        return [box for box in self.boxes if not (box.is_due or box.has_entry or box.is_reported)]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """One unit's report for one period."""

    participant: Participant
    period: Period
    periods: list[Period]
    phase: Phase
    exception_until: dt.datetime | None
    campaign_open: bool
    report: Report | None
    groups: list[Group]

    @property
    def boxes(self) -> list[Box]:
        return [box for group in self.groups for box in group.boxes]

    @property
    def owed(self) -> list[Box]:
        return [box for box in self.boxes if box.is_due]

    @property
    def may_stay(self) -> list[Box]:
        """Due boxes still empty, of which "unchanged" may be said."""
        return [box for box in self.owed if box.may_stay and not box.is_returned]

    @property
    def missing(self) -> list[Box]:
        """Owed boxes with neither a value sent nor one typed."""
        return [box for box in self.owed if not box.is_reported and not box.has_entry]

    @property
    def reported_count(self) -> int:
        return sum(box.is_reported for box in self.owed)

    @property
    def is_reported(self) -> bool:
        """Every owed value was sent."""
        return self.reported_count == len(self.owed)

    @property
    def to_send(self) -> list[Box]:
        """Open boxes with something typed; whether each may be sent is in its findings."""
        return [box for box in self.boxes if box.has_entry and box.is_open]

    @property
    def stuck(self) -> list[Box]:
        """Boxes with something typed that the lock has closed."""
        return [box for box in self.boxes if box.has_entry and not box.is_open]

    @property
    def returned(self) -> list[Box]:
        return [box for box in self.boxes if box.is_returned]

    @property
    def is_last_period(self) -> bool:
        """The three texts are required in the campaign's last report."""
        return self.period.pk == self.periods[-1].pk

    @property
    def takes_input(self) -> bool:
        """At least one box is open."""
        return any(box.is_open for box in self.boxes)

    def box(self, target_id: int) -> Box | None:
        """Return one box, None when the target has none here."""
        return next((box for box in self.boxes if box.target.pk == target_id), None)
