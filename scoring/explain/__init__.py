"""Why a score is what it is: every row that made it, from the run's own expressions.

``targets`` reads a unit's targets with what made their values, ``unit`` adds them up to the stored total and
says so where the sums differ from what the run stored.
"""

from .records import AreaLine, Difference, Explanation, Gain, ReportLine, SourceRow, TargetLine
from .targets import read_targets
from .unit import explain

__all__ = [
    "AreaLine",
    "Difference",
    "Explanation",
    "Gain",
    "ReportLine",
    "SourceRow",
    "TargetLine",
    "explain",
    "read_targets",
]
