"""What one value of the verification queue is made of, for its verifier. Read by verification_queue.py."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from campaigns.display import number
from campaigns.enums import IndicatorKind, ReportingMode
from campaigns.models import EvidenceFile, Measurement, Target
from campaigns.report_checks import Finding, Weight
from campaigns.report_wording import CHECK_NAMES
from campaigns.values import Reading
from campaigns.verdict_rules import Standing

from .previews import ShownFile


@dataclass(frozen=True, kw_only=True)
class Item:
    """One value with everything its verifier looks at."""

    measurement: Measurement
    baseline: Decimal | None  # in force today
    goal: Decimal  # in force today
    due_on: dt.date | None  # in force today
    trend: list[Reading]  # the last twelve periods that have a figure, this one included
    previous: Reading | None  # the nearest earlier period's figure
    sum_so_far: Decimal | None  # in-period indicators: all periods together
    findings: list[Finding]
    superseded: bool  # a later value of the same period was sent
    files: list[EvidenceFile] = field(default_factory=list)
    previews: list[ShownFile] = field(default_factory=list)
    standing: Standing | None = None
    reopened_until: dt.datetime | None = None

    @property
    def target(self) -> Target:
        return self.measurement.target

    @property
    def failing(self) -> list[Finding]:
        """Findings that want a look, the weightiest first."""
        return [finding for finding in self.findings if finding.weight >= Weight.NEEDS_NOTE]

    @property
    def failed_checks(self) -> set[str]:
        """The checks it fails, by the names that the filter offers."""
        failed = {str(one.check) if one.check in CHECK_NAMES else "other" for one in self.failing}
        return failed | ({"superseded"} if self.superseded else set())

    @property
    def information(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.weight == Weight.INFORMATION]

    @property
    def is_clean(self) -> bool:
        """Passes every check: it may be accepted together with others."""
        return not self.failing and not self.superseded

    @property
    def may_judge(self) -> bool:
        return not self.measurement.verdict and self.standing is not None and self.standing.allowed

    @property
    def is_milestone(self) -> bool:
        return self.target.indicator.kind == IndicatorKind.MILESTONE

    @property
    def is_increment(self) -> bool:
        return self.target.indicator.mode == ReportingMode.INCREMENT

    @property
    def trend_points(self) -> list[int | None]:
        """The trend as whole ten-thousandths, for drawing."""
        return [_whole(one.value) for one in self.trend]

    @property
    def goal_point(self) -> int | None:
        """The goal on the trend's scale; a sum's goal is no goal of one period."""
        return None if self.is_increment else _whole(self.goal)

    @property
    def trend_figures(self) -> str:
        """The trend in figures, oldest first, for whoever does not see the line."""
        return " → ".join(number(one.value) for one in self.trend)


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value.scaleb(4))
