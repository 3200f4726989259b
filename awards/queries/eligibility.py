"""Eligibility pages: what one unit still needs, and a category's list for those in charge."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from awards.enums import Audience, Outcome
from awards.models import AwardCategory, EligibilityOutcome, EligibilityRule
from awards.wording import rule_sentence, shown_lines
from campaigns.models import Campaign, Participant
from scoring.enums import Basis
from scoring.models import UnitScore


@dataclass(frozen=True)
class CategoryCard:
    """One award as a unit sees it."""

    category: AwardCategory
    outcome: EligibilityOutcome | None  # None: not found yet
    lines: list[dict[str, Any]]  # sentence, result, words

    @property
    def missing(self) -> list[dict[str, Any]]:
        """The rules not passed: what the unit still needs."""
        return [line for line in self.lines if line["result"] == "failed"]

    @property
    def passed(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["result"] == "passed"]

    @property
    def not_applicable(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["result"] == "not_applicable"]


def latest_day(*, campaign: Campaign) -> dt.date | None:
    """Return the last day on which eligibility was found."""
    return EligibilityOutcome.objects.latest_day(campaign=campaign)


def cards_of(*, participant: Participant, day: dt.date | None) -> list[CategoryCard]:
    """Return every offered award with the unit's outcome of the day. Two queries."""
    categories = AwardCategory.objects.filter(campaign=participant.campaign).offered()
    found = EligibilityOutcome.objects.filter(participant=participant, day=day or dt.date.min)
    outcomes = {outcome.category_id: outcome for outcome in found}
    return [
        CategoryCard(
            category,
            outcomes.get(category.pk),
            shown_lines(outcomes[category.pk].lines) if category.pk in outcomes else [],
        )
        for category in categories
    ]


@dataclass(frozen=True)
class ListRow:
    """One unit in a category's list."""

    outcome: EligibilityOutcome
    score: UnitScore | None
    before: str  # outcome of the night before, "" = none
    missing: list[dict[str, Any]]  # lines not passed

    @property
    def has_changed(self) -> bool:
        return bool(self.before) and self.before != self.outcome.outcome

    @property
    def before_label(self) -> str:
        return str(Outcome(self.before).label) if self.before else ""


def list_of(
    *, category: AwardCategory, day: dt.date | None, outcome: str = "", bloc: str = "", text: str = ""
) -> list[ListRow]:
    """Return a category's units on a day, best first. Three queries for any number of units."""
    if day is None:
        return []
    rows = EligibilityOutcome.objects.filter(category=category, day=day).select_related("participant__bloc")
    if outcome:
        rows = rows.filter(outcome=outcome)
    if bloc:
        rows = rows.filter(participant__bloc__code=bloc)
    if text:
        rows = rows.filter(participant__unit__search_text__contains=text)
    found = list(rows)
    scores = {
        score.participant_id: score
        for score in UnitScore.objects.filter(campaign=category.campaign_id, day=day, basis=Basis.OFFICIAL)
    }
    night_before = EligibilityOutcome.objects.filter(category=category, day=day - dt.timedelta(days=1))
    before = dict(night_before.values_list("participant", "outcome"))
    order = [Outcome.ELIGIBLE, Outcome.ON_HOLD, Outcome.NOT_ELIGIBLE]
    listed = [
        ListRow(
            row,
            scores.get(row.participant_id),
            before.get(row.participant_id, ""),
            [line for line in shown_lines(row.lines) if line["result"] == "failed"],
        )
        for row in found
    ]
    return sorted(
        listed,
        key=lambda row: (
            order.index(Outcome(row.outcome.outcome)),
            -(row.score.total_bp or 0) if row.score else 0,
            row.outcome.participant.sort_key,
        ),
    )


def sentences_of(*, category: AwardCategory, day: dt.date) -> list[tuple[str, list[str]]]:
    """Return each criterion in force on a day as a sentence, with the words for whom it is."""
    return [
        (
            rule_sentence(rule.kind, rule.params),
            [str(audience.label) for audience in Audience if audience in rule.audience],
        )
        for rule in EligibilityRule.objects.filter(category=category).in_force(on=day)
    ]
