"""Rules and refusals in words a unit leader understands: one sentence per kind, from codes and parameters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.ballot import BallotResult
from awards.eligibility import Finding, Line
from awards.enums import LineResult, Outcome, RuleKind
from awards.workflow import Refusal
from campaigns.display import local_date, number, percent, points
from scoring.enums import ScoreClass


def _day(text: str) -> str:
    return local_date(dt.date.fromisoformat(text))


def _class(value: str) -> str:
    return str(ScoreClass(value).label)


def rule_sentence(kind: RuleKind | str, params: Mapping[str, Any]) -> str:
    """Return what a rule asks, as one sentence."""
    match RuleKind(kind):
        case RuleKind.MIN_TOTAL:
            return _("The total is at least %(points)s points.") % {"points": points(params["bp"])}
        case RuleKind.MIN_AREA if params.get("area"):
            return _("Content area %(area)s scores at least %(points)s points.") % {
                "area": params["area"],
                "points": points(params["bp"]),
            }
        case RuleKind.MIN_AREA:
            return _("Every applicable content area scores at least %(points)s points.") % {
                "points": points(params["bp"])
            }
        case RuleKind.MIN_FULFILLED_SHARE:
            return _("At least %(share)s of the targets (by weight) are fulfilled.") % {"share": percent(params["bp"])}
        case RuleKind.REQUIRED_INDICATORS:
            return _("Fulfilled: the indicators %(codes)s.") % {"codes": ", ".join(params["codes"])}
        case RuleKind.TOP_RANK:
            return _("The rank in the bloc is %(rank)s or better.") % {"rank": params["rank"]}
        case RuleKind.TOP_SHARE:
            return _("The rank lies within the best %(share)s of the bloc.") % {"share": percent(params["bp"])}
        case RuleKind.CLASS_AT_LEAST:
            return _("The class is “%(class)s” or better.") % {"class": _class(params["class"])}
        case RuleKind.OWN_PLAN_BY:
            return _("The unit registered and launched its own plan by %(day)s.") % {"day": _day(params["day"])}
        case RuleKind.MIN_COVERAGE:
            return _("At least %(share)s of the targets have a verified value.") % {"share": percent(params["bp"])}
        case RuleKind.MAX_LATE_REPORTS:
            return ngettext(
                "At most %(count)s report is late or missing.",
                "At most %(count)s reports are late or missing.",
                params["count"],
            ) % {"count": params["count"]}


_NOT_APPLICABLE: dict[str, Callable[[], str]] = {
    "for_others": lambda: _("Not applicable: the rule is for others."),
    "unit_has_no_area": lambda: _("Not applicable: the unit has no target in this content area."),
    "unit_has_no_indicator": lambda: _("Not applicable: the unit does not have these indicators."),
    "left_out": lambda: _("Not applicable yet: another unit has not reported these indicators."),
}


def line_words(line: Line) -> str:
    """Return a rule's line in words: what was required, what was found, what is still missing."""
    return words_for(line.kind, line.params, line.finding)


def words_for(kind: RuleKind | str, params: Mapping[str, Any], finding: Finding) -> str:
    """Return a line in words, from its stored parts."""
    if finding.result == LineResult.NOT_APPLICABLE:
        return _NOT_APPLICABLE[finding.why]()
    return _WORDS[RuleKind(kind)](params, finding)


def _needed(needed: str, found: str, missing: str = "") -> str:
    if missing:
        return _("Needed: %(needed)s; reached: %(found)s; still missing: %(missing)s") % {
            "needed": needed,
            "found": found,
            "missing": missing,
        }
    return _("Needed: %(needed)s; reached: %(found)s") % {"needed": needed, "found": found}


def _now(needed: str, found: str) -> str:
    return _("Needed: %(needed)s; now: %(found)s") % {"needed": needed, "found": found}


def _compared(needed: str, finding: Finding, show: Callable[[Any], str]) -> str:
    if finding.found is None:
        return _now(needed, _("no figure yet"))
    return _needed(needed, show(finding.found), show(finding.missing) if finding.missing else "")


def _total(params: Mapping[str, Any], finding: Finding) -> str:
    return _compared(_("≥ %(points)s points") % {"points": points(params["bp"])}, finding, points)


def _share(params: Mapping[str, Any], finding: Finding) -> str:
    return _compared(f"≥ {percent(params['bp'])}", finding, percent)


def _area(params: Mapping[str, Any], finding: Finding) -> str:
    found = ", ".join(
        _("area %(area)s: %(points)s") % {"area": area, "points": points(bp)} for area, bp in finding.found
    )
    needed = _("≥ %(points)s points") % {"points": points(params["bp"])}
    return _needed(needed, found, points(finding.missing) if finding.missing else "")


def _indicators(params: Mapping[str, Any], finding: Finding) -> str:
    done, asked = finding.found
    needed = _("%(count)s indicators fulfilled") % {"count": asked}
    return _needed(needed, f"{done}/{asked}", ", ".join(finding.missing or ()))


def _places(rank: int) -> str:
    return ngettext("%(count)s place", "%(count)s places", rank) % {"count": rank}


def _rank(needed: str, finding: Finding) -> str:
    if finding.found is None:
        return _now(needed, _("not ranked"))
    found = _("rank %(rank)s of %(units)s") % {"rank": finding.found[0], "units": finding.found[1]}
    return _needed(needed, found, _places(finding.missing) if finding.missing else "")


def _top_rank(params: Mapping[str, Any], finding: Finding) -> str:
    return _rank(_("rank ≤ %(rank)s") % {"rank": params["rank"]}, finding)


def _top_share(params: Mapping[str, Any], finding: Finding) -> str:
    return _rank(_("within the best %(share)s of the bloc") % {"share": percent(params["bp"])}, finding)


def _least_class(params: Mapping[str, Any], finding: Finding) -> str:
    return _compared(_("“%(class)s” or better") % {"class": _class(params["class"])}, finding, _class)


def _own_plan(params: Mapping[str, Any], finding: Finding) -> str:
    found = _("launched on %(day)s") % {"day": _day(finding.found)} if finding.found else _("not launched yet")
    return _now(_("own plan launched by %(day)s") % {"day": _day(params["day"])}, found)


def _late(params: Mapping[str, Any], finding: Finding) -> str:
    needed = _("≤ %(count)s late or missing reports") % {"count": params["count"]}
    over = _("%(count)s too many") % {"count": number(finding.missing)} if finding.missing else ""
    found = number(finding.found)
    return f"{_now(needed, found)} ({over})" if over else _now(needed, found)


_WORDS: dict[RuleKind, Callable[[Mapping[str, Any], Finding], str]] = {
    RuleKind.MIN_TOTAL: _total,
    RuleKind.MIN_AREA: _area,
    RuleKind.MIN_FULFILLED_SHARE: _share,
    RuleKind.REQUIRED_INDICATORS: _indicators,
    RuleKind.TOP_RANK: _top_rank,
    RuleKind.TOP_SHARE: _top_share,
    RuleKind.CLASS_AT_LEAST: _least_class,
    RuleKind.OWN_PLAN_BY: _own_plan,
    RuleKind.MIN_COVERAGE: _share,
    RuleKind.MAX_LATE_REPORTS: _late,
}


def stored_line(line: Line) -> dict[str, Any]:
    """Return a line as it is stored: its parts, and its words as they read on the day."""
    return {
        "kind": line.kind.value,
        "params": dict(line.params),
        "result": line.finding.result.value,
        "found": line.finding.found,
        "missing": line.finding.missing,
        "why": line.finding.why,
        "rule": line.rule,
        "words": line_words(line),
    }


def shown_lines(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return stored lines for a page: the rule's sentence, the result, and the words in the reader's language."""
    shown = []
    for line in lines:
        finding = Finding(LineResult(line["result"]), line["found"], line["missing"], line["why"])
        shown.append(
            {
                "kind": line["kind"],
                "sentence": rule_sentence(line["kind"], line["params"]),
                "result": line["result"],
                "words": words_for(line["kind"], line["params"], finding),
            }
        )
    return shown


#: A night's outcome with its stored lines.
Night = tuple[str, Sequence[Mapping[str, Any]]]


def change_words(before: Night, after: Night) -> list[str]:
    """Return why an outcome is another one than the night before: the criteria that turned, or the gate."""
    words = []
    if Outcome.ON_HOLD in (before[0], after[0]):
        words.append(_("Consideration is on hold.") if after[0] == Outcome.ON_HOLD else _("The hold has ended."))
    old, new = _by_criterion(before[1]), _by_criterion(after[1])
    lost = [key for key, line in new.items() if _is_failed(line) and not _is_failed(old.get(key))]
    met = [key for key, line in old.items() if _is_failed(line) and not _is_failed(new.get(key))]
    words += [_turned(new[key], is_new=key not in old) for key in lost]
    if after[0] == Outcome.ELIGIBLE or not words:
        words += [_turned(new[key]) if key in new else _ended(old[key]) for key in met]
    if not words:
        is_excluded = after[0] == Outcome.NOT_ELIGIBLE
        words.append(_("An exclusion is in force.") if is_excluded else _("The exclusion has ended."))
    return words


def _by_criterion(lines: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {f"{line['kind']} {sorted(line['params'].items())}": line for line in lines}


def _is_failed(line: Mapping[str, Any] | None) -> bool:
    return line is not None and line["result"] == LineResult.FAILED


def _turned(line: Mapping[str, Any], *, is_new: bool = False) -> str:
    (shown,) = shown_lines([line])
    text = f"{shown['sentence']} {shown['words']}"
    return _("New criterion: %(criterion)s") % {"criterion": text} if is_new else text


def _ended(line: Mapping[str, Any]) -> str:
    sentence = rule_sentence(line["kind"], line["params"])
    return _("No longer asked: %(criterion)s") % {"criterion": sentence}


def ballot_sentence(result: BallotResult, *, votes_for: int, members: int, needed: int) -> str:
    """Return why a count came out as it did."""
    figures = {"for": votes_for, "members": members, "needed": needed}
    match result:
        case BallotResult.PASSED:
            return _("Passed: %(for)s of all %(members)s members voted for; %(needed)s were needed.") % figures
        case BallotResult.TIE:
            return _("A tie: as many votes for as against (%(for)s each), so it is not passed.") % figures
        case BallotResult.NO_MAJORITY:
            return _("Not passed: %(for)s of all %(members)s members voted for; %(needed)s were needed.") % figures
        case BallotResult.NO_QUORUM:
            return _("No quorum: nothing was voted on.")


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
