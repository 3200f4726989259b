"""What keeps somebody from giving a verdict, in the user's language: one sentence a refusal."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .display import local_date
from .plan_rules import Problem
from .verdict_rules import Refusal, Standing
from .wording import plan_problem

_SENTENCES: dict[Refusal, str | Promise] = {
    Refusal.NO_RIGHT: gettext_lazy("You do not verify this value."),
    Refusal.SENT_BY_SELF: gettext_lazy("You sent this value; somebody else verifies it."),
    Refusal.OWN_UNIT: gettext_lazy("This value is your own unit's; the substitute verifying unit gives its verdict."),
    Refusal.VERIFIER_FIRST: gettext_lazy("The verifying unit gives the verdict first."),
    Refusal.CAMPAIGN_NOT_OPEN: gettext_lazy("The campaign is not running; verdicts are no longer given."),
    Refusal.NOT_SENT_YET: gettext_lazy("A verdict cannot be given before the value was sent."),
    Refusal.REASON_MISSING: gettext_lazy("Give a reason: the unit reads it."),
    Refusal.STEPPING_IN_NEEDS_REASON: gettext_lazy(
        "Give a reason for giving the verdict in place of the verifying unit."
    ),
    Refusal.VALUE_MISSING: gettext_lazy("Enter the value that is right."),
    Refusal.VALUE_UNCHANGED: gettext_lazy("The value is the submitted one; accept it instead."),
    Refusal.CORRECTION_UNCHANGED: gettext_lazy("The value is the one that holds already; there is nothing to correct."),
}


def refusal_words(problem: Refusal | Problem) -> str:
    """Return the sentence for what is wrong."""
    return plan_problem(problem) if isinstance(problem, Problem) else str(_SENTENCES[problem])


def standing_words(standing: Standing) -> str:
    """Return why the person may not give the verdict now; empty when they may."""
    if standing.refusal is None:
        return ""
    if standing.refusal is Refusal.VERIFIER_FIRST and standing.waits_until is not None:
        return _("The verifying unit gives the verdict until %(day)s; after that you may, with a reason.") % {
            "day": local_date(standing.waits_until)
        }
    return refusal_words(standing.refusal)
