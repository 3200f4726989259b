"""What eligibility looks at: a campaign's units on one day, in a handful of set-based reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from awards.eligibility import Rule, UnitFacts
from awards.enums import RuleKind
from awards.models import AwardCategory, EligibilityRule
from awards.names import name_key
from campaigns.enums import GateForm
from campaigns.models import Campaign, Gate, Indicator, Participant, Registration
from scoring.enums import Basis
from scoring.models import UnitScore
from scoring.queries import target_scores


def rules_in_force(*, categories: Iterable[AwardCategory], day: dt.date) -> dict[int, list[Rule]]:
    """Return the criteria of each category on a day (category id → rules in order). One query."""
    found: dict[int, list[Rule]] = {category.pk: [] for category in categories}
    rows = EligibilityRule.objects.filter(category__in=found).in_force(on=day).order_by("category", "position", "pk")
    for row in rows:
        found[row.category_id].append(Rule(RuleKind(row.kind), row.params, row.audience, row.pk))
    return found


def unit_facts(
    *, campaign: Campaign, day: dt.date, cut_off: dt.datetime, codes: Sequence[str] = ()
) -> dict[int, UnitFacts]:
    """Return what is officially known of each unit that exists on the day (participant id → facts).

    ``codes`` names the indicators that rules ask about. Five queries, one more with ``codes``.
    """
    participants = list(Participant.objects.filter(campaign=campaign).valid_on(day).only("pk", "competes"))
    scores = {
        score.participant_id: score
        for score in UnitScore.objects.filter(campaign=campaign, day=day, basis=Basis.OFFICIAL)
    }
    held, excluded = _gated(campaign=campaign, day=day)
    plans = _own_plans(campaign)
    fulfilled = _fulfilled(campaign=campaign, day=day, cut_off=cut_off, codes=codes) if codes else {}
    return {
        participant.pk: _facts(
            participant,
            scores.get(participant.pk),
            plan=plans.get(participant.pk),
            indicators=fulfilled.get(participant.pk, {}),
            is_held=participant.pk in held,
            is_excluded=participant.pk in excluded,
        )
        for participant in participants
    }


def _facts(
    participant: Participant,
    score: UnitScore | None,
    *,
    plan: dt.date | None,
    indicators: dict[str, bool | None],
    is_held: bool,
    is_excluded: bool,
) -> UnitFacts:
    if score is None:
        return UnitFacts(
            competes=participant.competes,
            own_plan_on=plan,
            indicators=indicators,
            is_held=is_held,
            is_excluded=is_excluded,
        )
    return UnitFacts(
        competes=participant.competes,
        total_bp=score.total_bp,
        areas={int(number): bp for number, bp in score.areas.items()},
        fulfilled_bp=score.fulfilled_bp,
        coverage_bp=score.coverage_bp,
        late_reports=score.late_reports,
        missing_reports=score.missing_reports,
        rank=score.rank,
        ranked_units=score.bloc_size,
        score_class=score.score_class,
        own_plan_on=plan,
        indicators=indicators,
        is_held=is_held,
        is_excluded=is_excluded,
    )


def _gated(*, campaign: Campaign, day: dt.date) -> tuple[set[int], set[int]]:
    """Return the units under a hold, and those under an exclusion, on the day (gates on persons left out)."""
    rows = Gate.objects.filter(campaign=campaign, person_name="").in_force(on=day).values_list("participant", "form")
    held: set[int] = set()
    excluded: set[int] = set()
    for participant, form in rows:
        (excluded if form == GateForm.EXCLUSION else held).add(participant)
    return held, excluded


def _own_plans(campaign: Campaign) -> dict[int, dt.date]:
    """Return by which day each unit had both its own plan (number, date) and its launch."""
    rows = Registration.objects.filter(
        participant__campaign=campaign, plan_date__isnull=False, launched_on__isnull=False
    ).exclude(plan_number="")
    return {
        participant: max(plan, launched)
        for participant, plan, launched in rows.values_list("participant", "plan_date", "launched_on")
        if plan and launched
    }


def _fulfilled(
    *, campaign: Campaign, day: dt.date, cut_off: dt.datetime, codes: Sequence[str]
) -> dict[int, dict[str, bool | None]]:
    """Return of each unit which of the named indicators are fulfilled; None for one that is left out."""
    names = dict(Indicator.objects.filter(campaign=campaign, code__in=codes).values_list("pk", "code"))
    found: dict[int, dict[str, bool | None]] = {}
    if names:
        for figure in target_scores(
            campaign=campaign, day=day, basis=Basis.OFFICIAL, cut_off=cut_off, indicators=names
        ):
            code = names[figure.indicator_id]
            found.setdefault(figure.participant_id, {})[code] = figure.is_fulfilled if figure.is_counted else None
    return found


def gates_now(*, campaign: Campaign, on: dt.date) -> dict[tuple[int, str], str]:
    """Return the gates in force: (participant id, the person's name key or "" for the unit) → form, exclusion first."""
    found: dict[tuple[int, str], str] = {}
    rows = Gate.objects.filter(campaign=campaign).in_force(on=on).values_list("participant", "person_name", "form")
    for participant, person, form in rows:
        key = (participant, name_key(person) if person else "")
        if found.get(key) != GateForm.EXCLUSION:
            found[key] = form
    return found
