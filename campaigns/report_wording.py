"""The checks of a report, in the user's language: one sentence a finding. Pure."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .numbers import NumberProblem
from .plan_rules import Problem
from .report_checks import Check, Finding
from .wording import number_problem, plan_problem

_SENTENCES: dict[Check, str | Promise] = {
    Check.TWO_WAYS: _("Fill the box in one way only: a number, a share, or nothing to report."),
    Check.SHARE_HALF: _("A share needs both its numerator and its denominator."),
    Check.FIRST_NEEDS_NUMBER: _("The first report of a cumulative indicator needs a number."),
    Check.MILESTONE_BACK: _("This milestone was reported as done; it cannot become undone. Ask for a correction."),
    Check.EVIDENCE_MISSING: _("This indicator needs evidence: attach at least one file."),
    Check.TOO_MANY_FILES: _("At most 10 files are taken for one value."),
    Check.NOT_OPEN: _("This value may no longer be sent: the period is locked."),
    Check.FALLS: _("The cumulative figure falls: it was %(previous)s."),
    Check.OVER_THREE_TIMES: _("The value is over three times the last one (%(previous)s)."),
    Check.OVER_GOAL: _("The value is over 120%% of the goal (%(goal)s)."),
    Check.LEDGER_DIFFERS: _("The incident ledger says %(ledger)s."),
    Check.NEGATIVE: _("The value is below zero."),
    Check.UNCHANGED: _("Unchanged since the last period (%(previous)s)."),
    Check.REACHED: _("The goal (%(goal)s) is reached."),
    Check.MILESTONE_LATE: _("Completed after its due date (%(due)s)."),
    Check.REPLACES: _("Replaces the value already sent for this period."),
    Check.NOT_DUE: _("Not due in this period; it is sent all the same."),
}

#: Short names of the checks that a sent value may fail, as a filter offers them.
CHECK_NAMES: dict[str, str | Promise] = {
    Check.FALLS: _("Falls although cumulative"),
    Check.OVER_THREE_TIMES: _("Over three times the last"),
    Check.OVER_GOAL: _("Over 120% of the goal"),
    Check.NEGATIVE: _("Below zero"),
    Check.EVIDENCE_MISSING: _("Evidence missing"),
    "superseded": _("Sent again later"),
    "other": _("Another check"),
}


def finding_words(finding: Finding) -> str:
    """Return the sentence for one finding."""
    if isinstance(finding.cause, NumberProblem):
        return number_problem(finding.cause)
    if isinstance(finding.cause, Problem):
        return plan_problem(finding.cause)
    return str(_SENTENCES[finding.check]) % finding.words
