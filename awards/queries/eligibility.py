"""Eligibility pages: what one unit still needs, a category's list for those in charge, and what changed overnight."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q

from awards.enums import Audience, Outcome
from awards.models import AwardCategory, EligibilityOutcome, EligibilityRule
from awards.queries.basis import basis_day_of
from awards.wording import change_words, rule_sentence, shown_lines
from campaigns.enums import GateForm
from campaigns.models import Campaign, Gate, Participant
from scoring.enums import Basis
from scoring.models import UnitScore


@dataclass(frozen=True)
class ShownDay:
    """On which day's figures a category is shown."""

    day: dt.date | None = None  # None: nothing was found yet
    before: dt.date | None = None  # the night before that was looked at, for what changed
    is_basis: bool = False  # dossiers stand on it: final; else provisional


def shown_days(*, campaign: Campaign, categories: Sequence[AwardCategory]) -> dict[int, ShownDay]:
    """Return which day each category shows: its basis day once that was found, else the latest night. 2–3 queries."""
    outcomes = EligibilityOutcome.objects.filter(category__in=[category.pk for category in categories])
    latest = EligibilityOutcome.objects.latest_day(campaign=campaign)
    if latest is None:
        return {category.pk: ShownDay() for category in categories}
    found = set(outcomes.basis().order_by().values_list("category", "day").distinct())
    days: dict[int, dt.date] = {}
    bases: set[int] = set()
    for category in categories:
        basis = basis_day_of(category, campaign=campaign)
        is_basis = basis is not None and (category.pk, basis) in found
        days[category.pk] = basis if is_basis and basis is not None else latest
        if is_basis:
            bases.add(category.pk)
    earlier = _days_before(outcomes, set(days.values()))
    return {pk: ShownDay(day, earlier.get(day), pk in bases) for pk, day in days.items()}


def _days_before(outcomes: Any, days: set[dt.date]) -> dict[dt.date, dt.date | None]:
    """Return of each day the last one before it that was looked at. One query."""
    ordered = sorted(days)
    if not ordered:
        return {}
    found = outcomes.aggregate(
        **{f"before_{index}": Max("day", filter=Q(day__lt=day)) for index, day in enumerate(ordered)}
    )
    return {day: found[f"before_{index}"] for index, day in enumerate(ordered)}


@dataclass(frozen=True)
class OutcomeChange:
    """How an outcome moved since the night before, and by which criteria or gate."""

    before: str  # Outcome value
    after: str
    words: list[str]  # why, in the reader's language

    @property
    def before_label(self) -> str:
        return str(Outcome(self.before).label)

    @property
    def is_gain(self) -> bool:
        """Whether the unit became eligible."""
        return self.after == Outcome.ELIGIBLE

    @property
    def is_loss(self) -> bool:
        """Whether the unit is no longer eligible."""
        return self.before == Outcome.ELIGIBLE


def change_of(before: EligibilityOutcome | None, after: EligibilityOutcome) -> OutcomeChange | None:
    """Return what changed since the night before; None where nothing did or there was none."""
    if before is None or before.outcome == after.outcome:
        return None
    words = change_words((before.outcome, before.lines), (after.outcome, after.lines))
    return OutcomeChange(before.outcome, after.outcome, words)


@dataclass(frozen=True)
class Ground:
    """A gate with its ground, for those who may see it."""

    form: str  # GateForm value
    person: str  # "" = the whole unit
    reason: str
    document: str
    since: dt.date


@dataclass(frozen=True)
class CategoryCard:
    """One award as a unit sees it."""

    category: AwardCategory
    shown: ShownDay
    outcome: EligibilityOutcome | None  # None: not found yet
    lines: list[dict[str, Any]]  # sentence, result, words
    change: OutcomeChange | None
    is_excluded: bool  # an exclusion was in force on the day; its ground is not here

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


def cards_of(*, participant: Participant) -> list[CategoryCard]:
    """Return every offered award with the unit's outcome of its day. Six queries for any number of awards."""
    categories = list(AwardCategory.objects.filter(campaign=participant.campaign_id).offered())
    days = shown_days(campaign=participant.campaign, categories=categories)
    wanted = {day for shown in days.values() for day in (shown.day, shown.before) if day is not None}
    rows = EligibilityOutcome.objects.filter(participant=participant, day__in=wanted)
    found = {(row.category_id, row.day): row for row in rows}
    exclusions = list(Gate.objects.confirmed().filter(participant=participant, person_name="", form=GateForm.EXCLUSION))
    cards = []
    for category in categories:
        shown = days[category.pk]
        outcome = found.get((category.pk, shown.day)) if shown.day else None
        before = found.get((category.pk, shown.before)) if shown.before else None
        cards.append(
            CategoryCard(
                category=category,
                shown=shown,
                outcome=outcome,
                lines=shown_lines(outcome.lines) if outcome else [],
                change=change_of(before, outcome) if outcome else None,
                is_excluded=bool(outcome and shown.day and any(_holds(gate, shown.day) for gate in exclusions)),
            )
        )
    return cards


def _holds(gate: Gate, day: dt.date) -> bool:
    return gate.holds_from <= day and (gate.voided_from is None or gate.voided_from > day)


def grounds_of(*, campaign: Campaign, participants: Iterable[int], on: dt.date) -> dict[int, list[Ground]]:
    """Return the gates in force on a day with their grounds (participant id → gates). One query.

    For those with the right to see grounds only; the caller asks.
    """
    found: dict[int, list[Ground]] = {}
    rows = Gate.objects.filter(campaign=campaign, participant__in=list(participants)).in_force(on=on)
    for gate in rows.order_by("holds_from", "pk"):
        ground = Ground(gate.form, gate.person_name, gate.reason, gate.document_number, gate.holds_from)
        found.setdefault(gate.participant_id, []).append(ground)
    return found


@dataclass(frozen=True)
class ListRow:
    """One unit in a category's list."""

    outcome: EligibilityOutcome
    score: UnitScore | None
    change: OutcomeChange | None
    missing: list[dict[str, Any]]  # lines not passed
    grounds: list[Ground]  # empty for those who may not see them


@dataclass(frozen=True)
class CategoryList:
    """A category's units on its day: counted whole, filtered, and what changed since the night before."""

    shown: ShownDay
    counts: list[tuple[Outcome, int]]
    rows: list[ListRow]
    gained: list[ListRow]
    lost: list[ListRow]
    criteria: list[tuple[str, str]]  # kinds that somebody does not meet, with the criterion's sentence


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to."""

    outcome: str = ""
    bloc: str = ""
    text: str = ""  # folded
    changed: bool = False
    kind: str = ""  # units that do not meet a criterion of this kind


def list_of(*, category: AwardCategory, filters: Filters, with_grounds: bool) -> CategoryList:
    """Return a category's units, best first. A fixed number of queries for any number of units."""
    shown = shown_days(campaign=category.campaign, categories=[category])[category.pk]
    if shown.day is None:
        return CategoryList(shown, [(outcome, 0) for outcome in Outcome], [], [], [], [])
    outcomes = list(
        EligibilityOutcome.objects.filter(category=category, day=shown.day).select_related(
            "participant__bloc", "participant__unit"
        )
    )
    scores = {
        score.participant_id: score
        for score in UnitScore.objects.filter(campaign=category.campaign_id, day=shown.day, basis=Basis.OFFICIAL)
    }
    nights = EligibilityOutcome.objects.filter(category=category, day=shown.before or dt.date.min)
    before = {row.participant_id: row for row in nights}
    units = [row.participant_id for row in outcomes]
    grounds = grounds_of(campaign=category.campaign, participants=units, on=shown.day) if with_grounds else {}
    rows = sorted(
        (
            ListRow(
                row,
                scores.get(row.participant_id),
                change_of(before.get(row.participant_id), row),
                [line for line in shown_lines(row.lines) if line["result"] == "failed"],
                [ground for ground in grounds.get(row.participant_id, []) if not ground.person],
            )
            for row in outcomes
        ),
        key=_best_first,
    )
    return CategoryList(
        shown=shown,
        counts=[(outcome, sum(row.outcome.outcome == outcome for row in rows)) for outcome in Outcome],
        rows=[row for row in rows if _matches(row, filters)],
        gained=[row for row in rows if row.change and row.change.is_gain],
        lost=[row for row in rows if row.change and row.change.is_loss],
        criteria=sorted({(line["kind"], line["sentence"]) for row in rows for line in row.missing}),
    )


def _best_first(row: ListRow) -> tuple[int, int, str]:
    order = [Outcome.ELIGIBLE, Outcome.ON_HOLD, Outcome.NOT_ELIGIBLE]
    total = row.score.total_bp or 0 if row.score else 0
    return order.index(Outcome(row.outcome.outcome)), -total, row.outcome.participant.sort_key


def _matches(row: ListRow, filters: Filters) -> bool:
    unit = row.outcome.participant
    return (
        (not filters.outcome or row.outcome.outcome == filters.outcome)
        and (not filters.bloc or unit.bloc.code == filters.bloc)
        and (not filters.text or filters.text in unit.unit.search_text)
        and (not filters.changed or row.change is not None)
        and (not filters.kind or any(line["kind"] == filters.kind for line in row.missing))
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
