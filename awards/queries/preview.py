"""Who would be eligible if the criteria were others: the night's own evaluation on the latest figures, not stored."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from awards.eligibility import Rule, UnitFacts, Verdict, evaluate
from awards.enums import Outcome, RuleKind
from awards.models import AwardCategory, EligibilityRule
from awards.queries.facts import rules_in_force, unit_facts
from awards.wording import shown_lines, stored_line
from campaigns.models import Campaign, Participant
from scoring.models import ScoreRun


@dataclass(frozen=True)
class Change:
    """One unit whose outcome would be another one."""

    name: str
    before: Outcome
    after: Outcome
    words: list[str]  # of the criteria that make the difference


@dataclass(frozen=True)
class Preview:
    """What the criteria of one award would say of every unit."""

    day: dt.date  # whose figures were looked at
    rules_on: dt.date  # on which day the changed criteria hold
    counts: list[tuple[Outcome, int, int]]  # outcome, units now, units then
    gained: list[Change]  # would become eligible
    lost: list[Change]  # would no longer be eligible
    moved: list[Change]  # between not eligible and on hold
    eligible: list[str]  # names of the units that would be eligible


def latest_run(campaign: Campaign) -> ScoreRun | None:
    """Return the run whose figures stand: the latest day's, and of that day the last one."""
    runs = ScoreRun.objects.good().filter(campaign=campaign, cut_off__isnull=False)
    return runs.order_by("-day", "-finished_at", "-pk").first()


def previewed_day(rule: EligibilityRule, stored: EligibilityRule | None, *, today: dt.date) -> dt.date:
    """Return the day on which a change of criteria is looked at: today, its later first day, or after its last day."""
    if stored is not None and rule.valid_to is not None and rule.valid_to != stored.valid_to:
        return max(today, rule.valid_to + dt.timedelta(days=1))
    return max(today, rule.valid_from) if rule.valid_from is not None else today


def preview_of(*, rule: EligibilityRule, stored: EligibilityRule | None, today: dt.date) -> Preview | None:
    """Return what saving the criterion would change; None where nothing was scored yet. Nothing is written.

    A fixed number of queries for any number of units.
    """
    category, on = rule.category, previewed_day(rule, stored, today=today)
    run = latest_run(category.campaign)
    if run is None or run.cut_off is None:
        return None
    now = rules_in_force(categories=[category], day=on)[category.pk]
    then = [one for one in now if stored is None or one.pk != stored.pk]
    if (rule.valid_from is None or rule.valid_from <= on) and (rule.valid_to is None or rule.valid_to >= on):
        then = [*then, Rule(RuleKind(rule.kind), rule.params, rule.audience, rule.pk)]
    codes = sorted({code for one in (*now, *then) for code in one.params.get("codes", ())})
    facts = unit_facts(campaign=category.campaign, day=run.day, cut_off=run.cut_off, codes=codes)
    names = dict(Participant.objects.filter(pk__in=facts).order_by("sort_key").values_list("pk", "name"))
    return _compare(category, now, then, {pk: (names[pk], facts[pk]) for pk in names}, day=run.day, on=on)


def _compare(
    category: AwardCategory,
    now: Sequence[Rule],
    then: Sequence[Rule],
    units: dict[int, tuple[str, UnitFacts]],
    *,
    day: dt.date,
    on: dt.date,
) -> Preview:
    before: Counter[Outcome] = Counter()
    after: Counter[Outcome] = Counter()
    changes: list[Change] = []
    eligible: list[str] = []
    for name, facts in units.values():
        old = evaluate(now, facts, for_units=category.is_for_units)
        new = evaluate(then, facts, for_units=category.is_for_units)
        before[old.outcome] += 1
        after[new.outcome] += 1
        if new.outcome is Outcome.ELIGIBLE:
            eligible.append(name)
        if old.outcome is not new.outcome:
            why = new if old.outcome is Outcome.ELIGIBLE else old
            changes.append(Change(name, old.outcome, new.outcome, _failed_words(why)))
    return Preview(
        day=day,
        rules_on=on,
        counts=[(outcome, before[outcome], after[outcome]) for outcome in Outcome],
        gained=[change for change in changes if change.after is Outcome.ELIGIBLE],
        lost=[change for change in changes if change.before is Outcome.ELIGIBLE],
        moved=[change for change in changes if Outcome.ELIGIBLE not in (change.before, change.after)],
        eligible=eligible,
    )


def _failed_words(verdict: Verdict) -> list[str]:
    lines: list[dict[str, Any]] = shown_lines(stored_line(line) for line in verdict.lines)
    return [line["words"] for line in lines if line["result"] == "failed"]
