"""What the pure rules refuse, in the user's language: one sentence a problem, used by forms and importer."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .numbers import NumberCode, NumberProblem
from .plan_rules import PlanCode, Problem

_PLAN = {
    PlanCode.GOAL_NOT_BELOW_BASELINE: gettext_lazy("The goal of a decrease must be below its baseline."),
    PlanCode.BASELINE_BELOW_GOAL: gettext_lazy("The baseline of a limit must not be below its goal."),
    PlanCode.MILESTONE_GOAL_NOT_ONE: gettext_lazy("The goal of a milestone is 1."),
    PlanCode.MILESTONE_WITHOUT_DUE_DATE: gettext_lazy("A milestone needs a due date."),
    PlanCode.MILESTONE_NOT_CUMULATIVE: gettext_lazy("A milestone is reported as done or not, cumulatively."),
    PlanCode.MILESTONE_VALUE: gettext_lazy("A milestone's value is 1 (done) or 0 (not done)."),
    PlanCode.COMPLETION_DATE_MISSING: gettext_lazy("A milestone that is done needs its completion date."),
    PlanCode.COMPLETION_DATE_AFTER_SENDING: gettext_lazy("The completion date lies after the day of sending."),
    PlanCode.COMPLETION_DATE_UNASKED: gettext_lazy("Only a milestone has a completion date."),
    PlanCode.SHARE_NOT_CUMULATIVE: gettext_lazy(
        "Only a cumulative indicator may be given as numerator and denominator."
    ),
    PlanCode.SHARE_OF_MILESTONE: gettext_lazy("A milestone is given as 1 or 0, not as a share."),
    PlanCode.DENOMINATOR_NOT_POSITIVE: gettext_lazy("The denominator must be above 0."),
}


def plan_problem(problem: Problem) -> str:
    """Return the sentence for a broken rule of the plan or of a value."""
    return str(_PLAN[problem.code])


def number_problem(problem: NumberProblem) -> str:
    """Return the sentence for a text that is not taken as a number, with the mend."""
    match problem.code:
        case NumberCode.AMBIGUOUS:
            return _("“%(text)s” can be read two ways: write %(whole)s or %(decimals)s.") % {
                "text": problem.text.strip(),
                "whole": problem.options[0],
                "decimals": problem.options[1],
            }
        case NumberCode.TOO_MANY_DECIMALS:
            if not problem.places:
                return _("A whole number is needed.")
            return _("At most %(places)d decimals are allowed.") % {"places": problem.places}
        case NumberCode.TOO_LARGE:
            return _("The number is too large: use a larger unit such as million or billion.")
    return _("This is not a number. Write it like 1236,83 or 1.236,83.")
