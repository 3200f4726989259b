"""What scoring keeps as it was written: the target scores of final runs."""

from campaigns.append_only import Rule, protect

protect(Rule("scoring_targetscore"))
