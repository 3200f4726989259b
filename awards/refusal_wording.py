"""Why an act or a template was refused, in the reader's language: one sentence a code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from awards.workflow import Refusal
from campaigns.display import local_date


def refusal_sentence(refusal: Refusal) -> str:
    """Return why an act was refused, in the reader's language."""
    sentence = _REFUSALS.get(refusal.code)
    return sentence(refusal.params) if sentence else _("This step is not possible now.")


_TEMPLATES: dict[str, Callable[[str, str], str]] = {
    "too_large": lambda names, reason: _("The file is larger than 5 MB."),
    "file": lambda names, reason: reason,
    "not_docx": lambda names, reason: _("A template is a Word file (.docx)."),
    "odd": lambda names, reason: _("Between the braces stands no field's name: %(names)s.") % {"names": names},
    "unknown": lambda names, reason: _("Fields this document does not have: %(names)s.") % {"names": names},
    "missing": lambda names, reason: (
        _("Fields without which it would not be this document: %(names)s.") % {"names": names}
    ),
    "two_lists": lambda names, reason: _("One row or paragraph names two lists: %(names)s.") % {"names": names},
    "not_filled": lambda names, reason: _("These fields stay empty in a trial: %(names)s.") % {"names": names},
    "outside": lambda names, reason: _("Outside the blank: %(names)s.") % {"names": names},
}


def template_sentence(code: str, names: Iterable[str], reason: str = "") -> str:
    """Return why a template was refused, in the reader's language."""
    sentence = _TEMPLATES.get(code)
    found = ", ".join(names)
    return sentence(found, reason) if sentence else _("The file cannot be read as a template.")


def _decided(params: Mapping[str, Any]) -> str:
    return _("Already decided: %(verdict)s by %(who)s at %(when)s.") % params


def _changed(params: Mapping[str, Any]) -> str:
    return _("The dossier has changed since it was shown: %(changes)s. Nothing was decided; look again.") % {
        "changes": ", ".join(str(FIELD_NAMES[name]()) for name in params["changes"])
    }


def _basis_day(day: dt.date | None) -> str:
    return local_date(day) if day else _("the campaign's end")


_REFUSALS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "wrong_state": lambda p: _("This step is not possible now: the proposal has moved on. Reload the page."),
    "already_decided": _decided,
    "dossier_changed": _changed,
    "same_hands": lambda p: _("Who drafted, edited or submitted a proposal neither appraises nor decides it."),
    "prepared_decision": lambda p: _("Who appraised a proposal or presented it to the chairman does not decide it."),
    "conflicted_decision": lambda p: _("It concerns your own unit, or you had a conflict of interest in the council."),
    "reason_missing": lambda p: _("Give a reason."),
    "stale_version": lambda p: _("Somebody else changed this in the meantime. Reload the page."),
    "request_missing": lambda p: _("Enter number and date of the unit's request."),
    "minutes_missing": lambda p: _("Enter number and date of the unit's minutes."),
    "confirmation_missing": lambda p: _("Say who confirmed the achievement report."),
    "report_missing": lambda p: _("Write the achievement report."),
    "address_missing": lambda p: _("Enter the household's address."),
    "person_incomplete": lambda p: _("Enter the position, and whether the person is a leader or a direct worker."),
    "request_scan_missing": lambda p: _("Attach a scan of the unit's request."),
    "report_scan_missing": lambda p: _("Attach a scan of the confirmed achievement report."),
    "minutes_scan_missing": lambda p: _("Attach a scan of the unit's minutes."),
    "justification_missing": lambda p: _("The recipient is not marked as eligible: a written justification is needed."),
    "duplicates_open": lambda p: _("Say of each name alike why it is, or is not, a duplicate."),
    "is_duplicate": lambda p: _("A name alike was found to be a duplicate: refuse the proposal or return it."),
    "no_quorum": lambda p: _("No quorum: %(present)s of %(members)s members took part.") % p,
    "tally_wrong": lambda p: _(
        "The votes do not add up: for, against and abstained together are at most those present who may vote."
    ),
    "tally_exists": lambda p: _("This session has a tally for this proposal already."),
    "share_wrong": lambda p: _("Quorum and majority are shares such as 2/3; the majority is less than the whole."),
    "not_before_council": lambda p: _("%(name)s does not wait for a vote of the council.") % p,
    "on_another_agenda": lambda p: _("%(name)s is on another session's agenda.") % p,
    "voted_here_before": lambda p: (
        _("This session voted on %(name)s before it was returned: put it on another session's agenda.") % p
    ),
    "session_voted": lambda p: _("The voting has begun: this stays as it is."),
    "member_voted": lambda p: _("%(name)s has voted on a nominee whose vote is open, and stays present.") % p,
    "secret_on_paper": lambda p: _("A secret ballot is held on paper: enter its tally."),
    "vote_in_portal": lambda p: _("This session votes openly in the portal: open the vote and close it."),
    "vote_not_open": lambda p: _("The vote is not open yet."),
    "vote_closed": lambda p: _("The vote is closed; nothing of it changes any more."),
    "votes_missing": lambda p: _("Not everybody present has voted yet: %(names)s.") % p,
    "not_a_member": lambda p: _("You are not a member of this session."),
    "not_present": lambda p: _("You are entered as absent from this session. Tell its secretary."),
    "is_present": lambda p: _("%(name)s is present and votes in person.") % p,
    "conflicted": lambda p: _("No vote here: a member does not vote on their own or their own unit's proposal."),
    "conflict_known": lambda p: _("This member keeps out of this vote already."),
    "already_voted": lambda p: _("The vote has been given already; a vote is given once."),
    "opinion_missing": lambda p: _("Enter the opinion as it was written."),
    "not_passed": lambda p: _("%(name)s has not passed the council.") % p,
    "not_on_basis": lambda p: _("%(name)s has no eligibility on the basis day yet.") % p,
    "several_basis_days": lambda p: (
        _("%(name)s stands on another basis day (%(day)s) than the rest (%(other)s): make a submission for each day.")
        % {"name": p["name"], "day": _basis_day(p["day"]), "other": _basis_day(p["other"])}
    ),
    "on_hold": lambda p: _("%(name)s is on hold.") % p,
    "over_quota": lambda p: _("The quota is exceeded: %(what)s (%(used)s of %(quota)s).") % p,
    "empty_dossier": lambda p: _("Choose at least one proposal."),
    "order_missing": lambda p: _("Give every proposal of the submission a number."),
    "already_in_dossier": lambda p: _("%(name)s is in another submission already.") % p,
    "number_missing": lambda p: _("Enter number and date."),
    "number_taken": lambda p: _("This number is taken already."),
    "date_too_early": lambda p: _("The date lies before the last approval."),
    "date_in_future": lambda p: _("The date lies in the future."),
    "no_money_rule": lambda p: _("No base salary, coefficient or rounding is in force on that date."),
    "campaign_not_running": lambda p: _("The campaign does not take proposals."),
    "too_much_recovered": lambda p: _("More would be recovered than was paid."),
    "nothing_to_write": lambda p: _("There is nothing to write yet: no recipient, or no decision of this kind."),
    "no_vote_yet": lambda p: _("No vote of this session is closed yet: its minutes would be empty."),
    "story_moved": lambda p: _("This step is not possible now: the story has moved on. Look at it as it is now."),
    "own_story": lambda p: _("You wrote these words: another person publishes them."),
    "consent_missing": lambda p: _("A person or household is published only with their consent: ask, then tick it."),
    "picture_text_missing": lambda p: _("Say in a few words what the picture shows, for who cannot see it."),
    "return_step_missing": lambda p: _("Say to which step it is returned."),
}


#: Names of what a dossier shows, for saying what changed.
FIELD_NAMES: dict[str, Callable[[], str]] = {
    "recipient": lambda: _("recipient"),
    "papers": lambda: _("the unit's papers"),
    "report": lambda: _("achievement report"),
    "figures": lambda: _("figures"),
    "eligibility": lambda: _("eligibility"),
    "council": lambda: _("council's tally"),
    "evidence": lambda: _("evidence"),
    "earlier": lambda: _("earlier awards"),
    "duplicates": lambda: _("names alike"),
    "flag": lambda: _("mark that the campaign was reopened"),
    "dossier": lambda: _("submission"),
}
