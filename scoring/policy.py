"""Another policy than the campaign's own, tried without writing anything: what the expressions read instead of columns.

Pure. Figures are basis points, weights hundredths.
"""

from __future__ import annotations

from dataclasses import dataclass, field

#: The figures of a campaign's policy, as its columns are named.
TERMS = (
    "cap_bp",
    "floor_bp",
    "late_milestone_bp",
    "bonus_cap_bp",
    "late_report_bp",
    "missing_report_bp",
    "reporting_penalty_cap_bp",
    "excellent_from_bp",
    "good_from_bp",
    "completed_from_bp",
)


@dataclass(frozen=True)
class Policy:
    """What replaces the stored policy; whatever is not named stays as it is stored."""

    terms: dict[str, int] = field(default_factory=dict)  # by column of the campaign
    area_weights: dict[int, int] = field(default_factory=dict)  # by number of the area
    indicator_weights: dict[str, int] = field(default_factory=dict)  # by code of the indicator


#: The stored policy as it is: what every run uses.
STORED = Policy()
