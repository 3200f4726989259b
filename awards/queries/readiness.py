"""What a proposal still needs before it can be submitted, in words: one line a thing, done or not."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from awards.enums import RecipientKind
from awards.models import Proposal

#: The code with which submitting is refused → the line's words, in the order of the form.
_WORDS: dict[str, Callable[[], str]] = {
    "person_incomplete": lambda: _("Position, and whether a leader or a direct worker"),
    "address_missing": lambda: _("Address of the household"),
    "report_missing": lambda: _("Achievement report"),
    "confirmation_missing": lambda: _("Report confirmed by the head of the unit"),
    "request_missing": lambda: _("The unit's request: number and date"),
    "minutes_missing": lambda: _("The unit's minutes: number and date"),
    "request_scan_missing": lambda: _("Scan of the unit's request"),
    "report_scan_missing": lambda: _("Scan of the confirmed achievement report"),
    "minutes_scan_missing": lambda: _("Scan of the unit's minutes"),
    "justification_missing": lambda: _("Written justification (the recipient is not marked as eligible)"),
}


@dataclass(frozen=True)
class Check:
    """One line of the list."""

    words: str
    is_done: bool
    is_needed: bool = True  # else only advised


def checklist(
    proposal: Proposal, *, missing: Collection[str], has_evidence: bool, with_scans: bool = True
) -> list[Check]:
    """Return the list for a proposal; ``missing`` are the codes for which submitting it would be refused.

    ``with_scans``: whether the campaign's procedure asks for scans of the unit's papers.
    """
    asked = [code for code in _WORDS if _applies(code, proposal) and (with_scans or "_scan_" not in code)]
    checks = [Check(_WORDS[code](), code not in missing) for code in asked]
    return [*checks, Check(_("Evidence of what was achieved"), has_evidence, is_needed=False)]


def _applies(code: str, proposal: Proposal) -> bool:
    if code == "person_incomplete":
        return proposal.recipient_kind == RecipientKind.INDIVIDUAL
    if code == "address_missing":
        return proposal.recipient_kind == RecipientKind.HOUSEHOLD
    return code != "justification_missing" or proposal.needs_justification
