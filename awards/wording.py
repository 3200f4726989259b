"""Criteria and outcomes in words a unit leader understands: one sentence per kind, from codes and parameters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.ballot import BallotResult
from awards.eligibility import Finding, Line
from awards.enums import LineResult, Outcome, RuleKind
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
