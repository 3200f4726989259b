"""Eligibility after a run: what the rules say of every unit, stored where it changed, and proposals marked anew."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import translation

from awards.eligibility import Rule, UnitFacts, evaluate, with_person_gates
from awards.enums import Act, Basis, RuleKind
from awards.models import MARKED_STATES, AwardCategory, EligibilityOutcome, Proposal
from awards.queries.basis import basis_day_of, stands_on_basis
from awards.queries.facts import gates_now, rules_in_force, unit_facts
from awards.wording import stored_line
from awards.workflow import STEPS
from campaigns.actions.outbox import enqueue
from campaigns.calendar import cut_off as cut_off_of
from campaigns.calendar import local_day
from campaigns.enums import CampaignStatus, GateForm
from campaigns.models import Campaign
from scoring.enums import RunTrigger
from scoring.models import ScoreRun

from .transition import locked, write_state

#: Work of the outbox: what staff changed of a campaign's awards shows in its lists (key: the campaign's id).
TOPIC = "awards.eligibility"
#: Lines are stored in the portal's first language; pages say them again in the reader's.
STORED_LANGUAGE = "vi"


@dataclass(frozen=True)
class EligibilityFigures:
    """What an evaluation did."""

    rows_read: int  # unit × category pairs looked at
    rows_written: int  # outcomes inserted or changed; 0 for a rerun that finds the same
    proposals_marked: int  # proposals whose mark changed


def ask_to_evaluate(*, campaign_id: int, now: dt.datetime) -> None:
    """Have the worker judge a campaign's units anew after its awards or criteria changed. In a transaction."""
    enqueue(topic=TOPIC, key=str(campaign_id), now=now)


def evaluate_again(*, campaign_id: int, now: dt.datetime) -> int:
    """Judge the last day that was scored, and each passed basis day, by the criteria of those days.

    So a criterion set today shows at once and not tomorrow, and an award offered after its interim day has a list.
    Criteria hold by their dates, so what earlier nights found is found again. Returns how many outcomes changed.
    """
    runs = ScoreRun.objects.good().filter(campaign=campaign_id).select_related("campaign")
    last = runs.order_by("-day", "-finished_at", "-pk").first()
    if last is None:
        return 0
    interim = AwardCategory.objects.filter(campaign=campaign_id, basis=Basis.INTERIM, basis_day__lt=last.day).offered()
    days = sorted({day for day in interim.values_list("basis_day", flat=True) if day is not None})
    of_days = [
        runs.filter(day=day, cut_off__isnull=False).order_by("-cut_off", "-finished_at", "-pk").first() for day in days
    ]
    return sum(evaluate_run(run=run, now=now).rows_written for run in [*of_days, last] if run is not None)


def is_basis_run(*, category: AwardCategory, run: ScoreRun) -> bool:
    """Whether dossiers of the category stand on this run: the final one, or the whole interim day's."""
    if category.basis == Basis.FINAL:
        return bool(run.trigger == RunTrigger.FINAL)
    return bool(run.day == category.basis_day and run.cut_off is not None and run.cut_off >= cut_off_of(run.day))


@transaction.atomic
def evaluate_run(*, run: ScoreRun, now: dt.datetime) -> EligibilityFigures:
    """Find and store the eligibility of the run's day for every offered category, then mark the proposals.

    Reads a fixed number of queries, writes in bulk, and writes nothing where nothing changed.
    """
    campaign = run.campaign
    categories = list(AwardCategory.objects.filter(campaign=campaign).offered())
    if not categories or run.cut_off is None:
        return EligibilityFigures(0, 0, 0)
    rules = rules_in_force(categories=categories, day=run.day)
    codes = sorted({code for group in rules.values() for code in _codes(group)})
    facts = unit_facts(campaign=campaign, day=run.day, cut_off=run.cut_off, codes=codes)
    written = _store(run, categories, rules, facts)
    _retire_other_finals(run)
    flag_reopened(campaign=campaign, now=now)
    marked = mark_proposals(campaign=campaign, now=now)
    return EligibilityFigures(len(categories) * len(facts), written, marked)


def _codes(rules: list[Rule]) -> set[str]:
    return {code for rule in rules if rule.kind is RuleKind.REQUIRED_INDICATORS for code in rule.params["codes"]}


def _store(
    run: ScoreRun, categories: list[AwardCategory], rules: dict[int, list[Rule]], facts: dict[int, UnitFacts]
) -> int:
    stored = {
        (row.category_id, row.participant_id): row
        for row in EligibilityOutcome.objects.filter(category__in=categories, day=run.day)
    }
    new, changed = [], []
    with translation.override(STORED_LANGUAGE):
        for category in categories:
            basis = is_basis_run(category=category, run=run)
            for participant_id, unit in facts.items():
                verdict = evaluate(rules[category.pk], unit, for_units=category.is_for_units)
                found = {
                    "outcome": verdict.outcome.value,
                    "lines": [stored_line(line) for line in verdict.lines],
                    "is_basis": basis,
                }
                row = stored.get((category.pk, participant_id))
                if row is None:
                    new.append(
                        EligibilityOutcome(
                            category=category, participant_id=participant_id, day=run.day, run=run, **found
                        )
                    )
                elif any(getattr(row, name) != value for name, value in found.items()):
                    for name, value in found.items():
                        setattr(row, name, value)
                    row.run = run
                    changed.append(row)
    EligibilityOutcome.objects.bulk_create(new, batch_size=500)
    EligibilityOutcome.objects.bulk_update(changed, ["outcome", "lines", "is_basis", "run"], batch_size=200)
    return len(new) + len(changed)


def _retire_other_finals(run: ScoreRun) -> None:
    """After a reopened campaign is closed on another day, only the last final run is a basis."""
    if run.trigger == RunTrigger.FINAL:
        EligibilityOutcome.objects.filter(
            category__campaign=run.campaign, category__basis=Basis.FINAL, is_basis=True
        ).exclude(day=run.day).update(is_basis=False)


def mark_proposals(*, campaign: Campaign, now: dt.datetime, only: int | None = None) -> int:
    """Give every proposal before the dossier the mark of its category's basis day, else of the latest night.

    A person's mark is the unit's, or stricter by a gate on the person. ``only`` names one proposal that the
    caller has locked. Returns how many marks changed.
    """
    rows = Proposal.objects.filter(campaign=campaign, state__in=MARKED_STATES)
    if only is not None:
        rows = rows.filter(pk=only)
    # Locked in order of id, as whoever locks several proposals does.
    proposals = list(rows.select_for_update(of=("self",)).select_related("category").order_by("pk"))
    if not proposals:
        return 0
    outcomes = _outcomes_for(campaign, proposals)
    gates = gates_now(campaign=campaign, on=local_day(now))
    changed = []
    for proposal in proposals:
        outcome = outcomes.get((proposal.category_id, proposal.participant_id))
        mark = mark_of(proposal, outcome, gates) if outcome else ""
        eligibility_id = outcome.pk if outcome else None
        checked_again = outcome and stands_on_basis(outcome, category=proposal.category, campaign=campaign)
        is_flagged = proposal.is_flagged and not checked_again
        if (proposal.mark, proposal.eligibility_id, proposal.is_flagged) != (mark, eligibility_id, is_flagged):
            proposal.mark, proposal.eligibility_id, proposal.is_flagged = mark, eligibility_id, is_flagged
            changed.append(proposal)
    Proposal.objects.bulk_update(changed, ["mark", "eligibility", "is_flagged"], batch_size=200)
    return len(changed)


def mark_of(proposal: Proposal, outcome: EligibilityOutcome, gates: dict[tuple[int, str], str]) -> str:
    """Return a proposal's mark from its unit's outcome and the gates on the person."""
    if proposal.category.is_for_units:
        return outcome.outcome
    gate = gates.get((proposal.participant_id, proposal.recipient_key), "")
    return with_person_gates(outcome.outcome, excluded=gate == GateForm.EXCLUSION, held=gate == GateForm.HOLD).value


def _outcomes_for(campaign: Campaign, proposals: list[Proposal]) -> dict[tuple[int, int], EligibilityOutcome]:
    """Return the outcome each unit and category is marked by: the basis day's where it exists, else the latest."""
    latest = EligibilityOutcome.objects.latest_day(campaign=campaign)
    categories = {proposal.category_id: proposal.category for proposal in proposals}
    days = {latest} | {basis_day_of(category, campaign=campaign) for category in categories.values()}
    rows = EligibilityOutcome.objects.filter(
        category__in=categories,
        participant__in={proposal.participant_id for proposal in proposals},
        day__in=[day for day in days if day is not None],
    ).defer("lines")
    found = {(row.category_id, row.participant_id): row for row in rows if row.day == latest}
    found |= {
        (row.category_id, row.participant_id): row
        for row in rows
        if stands_on_basis(row, category=categories[row.category_id], campaign=campaign)
    }
    return found


def flag_reopened(*, campaign: Campaign, now: dt.datetime) -> int:
    """Flag every proposal that stands on a final run of a campaign that was reopened; return how many."""
    if campaign.status == CampaignStatus.CLOSED:
        return 0
    touched = (
        Proposal.objects.live()
        .filter(campaign=campaign, category__basis=Basis.FINAL, eligibility__is_basis=True, is_flagged=False)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    proposals = [locked(proposal_id) for proposal_id in touched]
    for proposal in proposals:
        write_state(proposal, STEPS[Act.FLAG], by=None, now=now, changes={"is_flagged": True})
    return len(proposals)
