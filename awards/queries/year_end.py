"""Figures for the year-end evaluation of units and for the yearly statistics of emulation and commendation.

Counted by the day on which the decision was signed; a revoked award is not counted. An award of a register that was
brought in has no leader, worker or gender: it stands in lines of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Max, Q, Sum

from awards.enums import AwardingAuthority, Gender, RecipientKind
from awards.models import Award, EarlierAward
from campaigns.enums import CampaignStatus, GateForm
from campaigns.models import Campaign, Gate, Participant
from scoring.enums import Basis
from scoring.models import UnitScore


@dataclass
class FormLine:
    """One form of commendation, counted by its recipients."""

    title: str
    authority: str  # in words, "" for the register that was brought in
    collectives: int = 0
    households: int = 0
    individuals: int = 0
    leaders: int = 0  # of the individuals
    workers: int = 0  # of the individuals, not leaders
    women: int = 0  # of the individuals
    bonus: int = 0  # đồng

    @property
    def total(self) -> int:
        return self.collectives + self.households + self.individuals


@dataclass(frozen=True)
class MovementLine:
    """One emulation movement of the year."""

    campaign: Campaign
    units: int  # that took part
    awards: int  # standing, of the year or later


@dataclass(frozen=True)
class YearStatistics:
    """The figures of one year (movements; awards by form and kind of recipient)."""

    year: int
    movements: list[MovementLine]
    forms: list[FormLine]  # decided in this portal
    brought_in: list[FormLine]  # from registers that were brought in
    revoked: int  # awards that were revoked in the year, whenever they were given

    @property
    def total(self) -> FormLine:
        """All lines together."""
        whole = FormLine("", "")
        names = ("collectives", "households", "individuals", "leaders", "workers", "women", "bonus")
        for line in (*self.forms, *self.brought_in):
            for name in names:
                setattr(whole, name, getattr(whole, name) + getattr(line, name))
        return whole


def years_with_figures() -> list[int]:
    """Return the years that have movements or awards, the latest first. Two queries."""
    campaigns = Campaign.objects.exclude(status=CampaignStatus.PREPARATION).order_by()
    found = set(campaigns.values_list("starts_on__year", flat=True).distinct())
    found |= set(Award.objects.order_by().values_list("issue__signed_on__year", flat=True).distinct())
    return sorted(found, reverse=True)


def statistics_of(*, year: int) -> YearStatistics:
    """Return the year's figures. Five queries for any number of awards."""
    revoked = Award.objects.filter(revoked_on__year=year).count()
    return YearStatistics(year, _movements(year), _forms(year), _brought_in(year), revoked)


def _movements(year: int) -> list[MovementLine]:
    campaigns = (
        Campaign.objects.exclude(status=CampaignStatus.PREPARATION)
        .filter(starts_on__year=year)
        .annotate(units_count=Count("participants", distinct=True))
        .order_by("starts_on", "pk")
    )
    awards = Award.objects.standing().order_by().values_list("category__campaign").annotate(count=Count("pk"))
    given = dict(awards)
    return [MovementLine(row, row.units_count, given.get(row.pk, 0)) for row in campaigns]


def _forms(year: int) -> list[FormLine]:
    rows = (
        Award.objects.standing()
        .filter(issue__signed_on__year=year)
        .order_by()
        .values_list("category__authority", "title", "recipient_kind", "proposal__is_leader", "proposal__gender")
        .annotate(count=Count("pk"), money=Sum("bonus"))
    )
    lines: dict[tuple[str, str], FormLine] = {}
    for authority, title, kind, is_leader, gender, count, money in rows:
        line = lines.setdefault((authority, title), FormLine(title, str(AwardingAuthority(authority).label)))
        line.bonus += int(money)
        _count(line, kind, count)
        if kind == RecipientKind.INDIVIDUAL:
            line.leaders += count if is_leader else 0
            line.workers += count if is_leader is False else 0
            line.women += count if gender == Gender.FEMALE else 0
    return [lines[key] for key in sorted(lines)]


def _brought_in(year: int) -> list[FormLine]:
    rows = EarlierAward.objects.filter(year=year).order_by().values_list("title", "recipient_kind")
    lines: dict[str, FormLine] = {}
    for title, kind, count in rows.annotate(count=Count("pk")):
        _count(lines.setdefault(title, FormLine(title, "")), kind, count)
    return [lines[title] for title in sorted(lines)]


def _count(line: FormLine, kind: str, count: int) -> None:
    if kind == RecipientKind.COLLECTIVE:
        line.collectives += count
    elif kind == RecipientKind.HOUSEHOLD:
        line.households += count
    else:
        line.individuals += count


@dataclass
class EvaluationLine:
    """One unit in one movement, as the year-end evaluation asks for it."""

    campaign: Campaign
    participant: Participant
    score: UnitScore | None  # official; of the closing day, else of the latest one
    is_final: bool
    own_awards: list[str] = field(default_factory=list)  # titles the unit itself received
    people: int = 0  # individuals and households it nominated that were awarded
    gate: str = ""  # GateForm value in force on that day; no ground


def evaluation_of(*, year: int) -> list[EvaluationLine]:
    """Return every unit of the movements that end in the year. A fixed number of queries."""
    campaigns = list(
        Campaign.objects.exclude(status=CampaignStatus.PREPARATION).filter(ends_on__year=year).order_by("starts_on")
    )
    if not campaigns:
        return []
    official = UnitScore.objects.filter(campaign__in=campaigns, basis=Basis.OFFICIAL).order_by()
    latest = dict(official.values_list("campaign").annotate(day=Max("day")))
    days = {campaign.pk: campaign.closing_day or latest.get(campaign.pk) for campaign in campaigns}
    wanted = Q(pk__in=())
    for pk, day in days.items():
        wanted |= Q(campaign=pk, day=day)
    scores = {score.participant_id: score for score in official.filter(wanted)}
    lines = {
        row.pk: EvaluationLine(row.campaign, row, scores.get(row.pk), row.campaign.closing_day is not None)
        for row in Participant.objects.filter(campaign__in=campaigns)
        .select_related("campaign", "bloc")
        .order_by("campaign__starts_on", "campaign", "sort_key", "pk")
    }
    _add_awards(lines, campaigns)
    _add_gates(lines, campaigns, days)
    return list(lines.values())


def _add_awards(lines: dict[int, EvaluationLine], campaigns: Iterable[Campaign]) -> None:
    rows = Award.objects.standing().filter(category__campaign__in=campaigns).order_by("pk")
    for participant, kind, title in rows.values_list("participant", "recipient_kind", "title"):
        if kind == RecipientKind.COLLECTIVE:
            lines[participant].own_awards.append(title)
        else:
            lines[participant].people += 1


def _add_gates(
    lines: dict[int, EvaluationLine], campaigns: Iterable[Campaign], days: dict[int, dt.date | None]
) -> None:
    for gate in Gate.objects.confirmed().filter(campaign__in=campaigns, person_name=""):
        day = days.get(gate.campaign_id) or gate.campaign.ends_on
        holds = gate.holds_from <= day and (gate.voided_from is None or gate.voided_from > day)
        if holds and lines[gate.participant_id].gate != GateForm.EXCLUSION:
            lines[gate.participant_id].gate = gate.form
