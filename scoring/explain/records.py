"""What an explanation is made of. Figures are basis points (bp), values Decimals as entered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from campaigns.models import Area, Measurement, Participant, Period, PointEntry, ReportWaiver, Target
from campaigns.queries.threads import ThreadLine
from scoring.enums import Basis, Pace
from scoring.forecast import Forecast
from scoring.formula import decimal_of
from scoring.models import UnitScore
from scoring.pace import Kept, Needed
from scoring.queries import TargetFigure
from scoring.rules import FULL_BP


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """One measurement of a target, and what it did to the value."""

    measurement: Measurement
    value: Decimal | None  # its number on the basis; None: "không phát sinh"
    state: str  # used, superseded (a later one counts), waiting (for a verdict), returned, later (after the cut-off)

    @property
    def verdict_state(self) -> str:
        """The word of the verdict for the badge."""
        return self.measurement.verdict or "pending"


@dataclass(frozen=True, kw_only=True)
class TargetLine:
    """One target: its figures, the rows that made its value, and its share of the base."""

    figure: TargetFigure
    target: Target
    due_on: dt.date | None  # in force on the day
    revised_from: dt.date | None  # day of the revision in force
    sources: list[SourceRow]  # all measurements sent by the cut-off, by period
    formula: str  # with numbers put in, up to the result before floor and cap
    clamp: str  # floor, cap or lateness applied; empty where none
    potential_bp: int  # its part of the base at 100 %
    contribution_bp: int  # its part of the base
    pace: Pace
    kept: Kept | None  # of a limit: for how many days it was kept
    is_stale: bool
    forecast: Forecast | None
    value_found: int | None  # value the measurements listed add up to, ten-thousandths
    needed: Needed | None = None  # to the goal; None: reached, a limit or a milestone
    threads: Sequence[ThreadLine] = ()  # explanations and appeals, for those who may see them

    @property
    def lost_bp(self) -> int:
        """Points of the base that are missing to 100 %, half up (negative: over-fulfilled)."""
        missing = self.potential_bp * (FULL_BP - (self.figure.achievement_bp or 0))
        return (2 * missing + FULL_BP) // (2 * FULL_BP) if self.figure.is_counted else 0

    @property
    def value(self) -> Decimal | None:
        return None if self.figure.value is None else decimal_of(self.figure.value)

    @property
    def goal(self) -> Decimal:
        return decimal_of(self.figure.goal)

    @property
    def baseline(self) -> Decimal:
        return decimal_of(self.figure.baseline)

    @property
    def gap(self) -> Decimal | None:
        """What is missing to the goal, in the indicator's unit; None where the goal is reached or without a value."""
        if self.value is None or self.figure.is_fulfilled or self.figure.kind == "milestone":
            return None
        return abs(self.goal - self.value)

    @property
    def used(self) -> list[SourceRow]:
        return [row for row in self.sources if row.state == "used"]

    @property
    def unused(self) -> list[SourceRow]:
        """Rows that do not count (any more, or yet)."""
        return [row for row in self.sources if row.state != "used"]

    @property
    def differs(self) -> bool:
        """Whether the listed measurements do not give the value the run computed."""
        return self.value_found != self.figure.value

    @property
    def pace_state(self) -> str:
        """The word for the badge: reached, left out, or the pace."""
        if not self.figure.is_counted:
            return "left_out"
        if self.figure.is_fulfilled and self.kept is None:
            return "fulfilled"
        return self.pace.value


@dataclass(frozen=True, kw_only=True)
class AreaLine:
    """A content area of the unit with its targets."""

    area: Area
    score_bp: int | None  # stored; None: not applicable
    potential_bp: int  # its part of the base at 100 %
    contribution_bp: int  # its part of the base
    lines: list[TargetLine]

    @property
    def lost_bp(self) -> int:
        return self.potential_bp - self.contribution_bp


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """A report that was late or missing when it was due."""

    period: Period
    reported_at: dt.datetime | None
    state: str  # late, missing or waived
    waiver: ReportWaiver | None
    points_bp: int  # what it costs before the cap; 0 where waived


@dataclass(frozen=True, kw_only=True)
class Gain:
    """What a target would add to the score if it reached its goal."""

    line: TargetLine
    points_bp: int
    until: dt.date  # its own due date, else the campaign's last day
    days_left: int  # from the explained day on; 0: none


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A sum of the explanation that is not what the run stored."""

    what: str  # in the reader's language
    found: str  # as the explanation's rows give it
    stored: str  # as the run stored it


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """From a unit's total down to the report rows, on a day and basis."""

    participant: Participant
    day: dt.date
    cut_off: dt.datetime
    basis: Basis
    score: UnitScore
    areas: list[AreaLine]  # applicable ones, by number
    left_out: list[TargetLine]  # targets without another unit's report
    bonus: list[PointEntry]
    bonus_sum_bp: int
    penalties: list[PointEntry]
    penalty_sum_bp: int  # of the penalty points
    reports: list[ReportLine]
    reports_sum_bp: int  # of late and missing reports, before the cap
    reporting_penalty_bp: int  # after the cap
    gains: list[Gain]
    differences: list[Difference]
    appeals: Sequence[ThreadLine] = ()  # on the day's total, for those who may see them

    @property
    def bonus_is_capped(self) -> bool:
        return self.bonus_sum_bp > self.score.bonus_bp

    @property
    def reports_are_capped(self) -> bool:
        return self.reports_sum_bp > self.reporting_penalty_bp

    @property
    def lost_bp(self) -> int:
        """Points missing to a base of 100."""
        return sum(area.lost_bp for area in self.areas)
