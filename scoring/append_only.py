"""What scoring keeps as it was written, and the one kind of rows that go with others: see ``campaigns.app_role``."""

from campaigns.app_role import may_delete
from campaigns.append_only import Rule, protect

protect(Rule("scoring_targetscore"))

# They go with a period of a plan that was set back to preparation.
may_delete("scoring_completedreport")
