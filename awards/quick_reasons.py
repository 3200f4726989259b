"""Reasons a chairman gives with one tap: what is said, and to which step a return goes. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from awards.enums import ReturnStep, Verdict


@dataclass(frozen=True)
class QuickReason:
    """One choice; the sentence is what the unit reads and the trail keeps."""

    code: str
    verdict: Verdict
    sentence: Callable[[], str]
    step: ReturnStep | None = None  # of a return


QUICK_REASONS: dict[str, QuickReason] = {
    row.code: row
    for row in (
        QuickReason("criteria", Verdict.REJECT, lambda: _("The criteria are not met.")),
        QuickReason("outstanding", Verdict.REJECT, lambda: _("Not outstanding enough among the units of the bloc.")),
        QuickReason("rewarded", Verdict.REJECT, lambda: _("Already commended for the same achievement.")),
        QuickReason(
            "figures", Verdict.RETURN, lambda: _("Internal Affairs checks the figures again."), ReturnStep.STAFF
        ),
        QuickReason(
            "appraisal", Verdict.RETURN, lambda: _("Internal Affairs explains the exceptions."), ReturnStep.STAFF
        ),
        QuickReason("evidence", Verdict.RETURN, lambda: _("The unit adds evidence."), ReturnStep.UNIT),
        QuickReason("report", Verdict.RETURN, lambda: _("The unit writes the achievements anew."), ReturnStep.UNIT),
    )
}


def quick_reasons(verdict: str) -> list[QuickReason]:
    """Return the choices of one verdict, in their order."""
    return [row for row in QUICK_REASONS.values() if row.verdict == verdict]
