"""What changed between two days: which cause moved how many points of a total, down to the last basis point.

The difference goes in two steps through the run's own stages: first the day moves on with the records as they
were (revisions, added and ended targets, points, waivers, periods that ended), then the records of the time
between come in (reports, verdicts, corrections, deadlines that passed). Within a step each target's part of the
base before and after is what it moved; what that leaves is named, so the causes are the whole difference.
"""

from .read import differences, read_changes
from .records import BlocChange, CauseSum, ChangeLine, UnitChange, by_bloc

__all__ = ["BlocChange", "CauseSum", "ChangeLine", "UnitChange", "by_bloc", "differences", "read_changes"]
