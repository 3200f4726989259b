"""Where a verified figure has changed since a proposal was submitted with it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from awards.models import Proposal
from awards.queries.basis import basis_day_of
from campaigns.models import Target
from scoring.enums import Basis
from scoring.models import UnitScore
from scoring.queries import target_scores


@dataclass(frozen=True)
class Figure:
    """One target's figure in a report: as it was submitted, and as it is verified now."""

    code: str
    name: str
    unit: str
    goal: str
    then: Decimal | None
    source: str  # what the figure stood on when it was submitted, in words
    now: Decimal | None
    is_known_now: bool  # whether the target is still scored

    @property
    def has_changed(self) -> bool:
        return not self.is_known_now or self.then != self.now


@dataclass(frozen=True)
class Figures:
    """The figures of one proposal beside today's."""

    day: dt.date  # as of when it was submitted
    now_day: dt.date | None  # as of when today's are
    total_then: int | None
    total_now: int | None
    targets: list[Figure]

    @property
    def total_changed(self) -> bool:
        return self.now_day is not None and self.total_then != self.total_now

    @property
    def changed(self) -> list[Figure]:
        return [figure for figure in self.targets if figure.has_changed]

    @property
    def count(self) -> int:
        return len(self.changed) + self.total_changed


def figures_since(proposals: Sequence[Proposal]) -> dict[int, Figures]:
    """Return the figures of each submitted proposal beside what is verified by now (proposal id → figures).

    Figures of a basis day are compared with the same day's as they are known today, corrections and late verdicts
    included; others with the latest day's. A fixed number of queries for the proposals of one basis day; proposals
    without figures are left out.
    """
    kept = [proposal for proposal in proposals if proposal.figures.get("day")]
    latest, of_days = _official_scores(kept)
    scores = {
        proposal.pk: of_days.get((proposal.participant_id, _basis(proposal)), latest[proposal.participant_id])
        for proposal in kept
        if proposal.participant_id in latest
    }
    values = _values_now(kept, scores, latest)
    return {
        proposal.pk: _figures(proposal.figures, scores.get(proposal.pk), values.get(proposal.pk, {}))
        for proposal in kept
    }


def _basis(proposal: Proposal) -> dt.date | None:
    return basis_day_of(proposal.category, campaign=proposal.campaign)


def _official_scores(
    proposals: Sequence[Proposal],
) -> tuple[dict[int, UnitScore], dict[tuple[int, dt.date | None], UnitScore]]:
    """Return each unit's latest official figures, and those of the basis days (by unit and day). One query."""
    units = {proposal.participant_id for proposal in proposals}
    last = UnitScore.objects.filter(participant=OuterRef("participant"), basis=Basis.OFFICIAL).order_by("-day")
    basis_days = {day for proposal in proposals if (day := _basis(proposal)) is not None}
    rows = (
        UnitScore.objects.filter(participant__in=units, basis=Basis.OFFICIAL)
        .filter(Q(day=Subquery(last.values("day")[:1])) | Q(day__in=basis_days))
        .select_related("run")
        .order_by("day")
    )
    found: dict[tuple[int, dt.date | None], UnitScore] = {(row.participant_id, row.day): row for row in rows}
    return {unit: row for (unit, _day), row in found.items()}, found


def _values_now(
    proposals: Sequence[Proposal], scores: dict[int, UnitScore], latest: dict[int, UnitScore]
) -> dict[int, dict[str, Decimal | None]]:
    """Return the values verified by now (proposal id → indicator's code → value)."""
    groups: dict[tuple[Any, dt.date, dt.datetime], list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        score = scores.get(proposal.pk)
        if score is not None and (known := latest[proposal.participant_id].run.cut_off) is not None:
            groups[(proposal.campaign, score.day, known)].append(proposal)
    codes = dict(
        Target.objects.filter(participant__in={proposal.participant_id for proposal in proposals}).values_list(
            "pk", "indicator__code"
        )
    )
    found: dict[int, dict[str, Decimal | None]] = {}
    for (campaign, day, known), group in groups.items():
        units: dict[int, dict[str, Decimal | None]] = defaultdict(dict)
        for figure in target_scores(
            campaign=campaign,
            day=day,
            basis=Basis.OFFICIAL,
            cut_off=known,
            participants=sorted({proposal.participant_id for proposal in group}),
        ):
            value = None if figure.value is None else Decimal(figure.value).scaleb(-4)
            units[figure.participant_id][codes[figure.target_id]] = value
        found |= {proposal.pk: units[proposal.participant_id] for proposal in group}
    return found


def _figures(frozen: dict[str, Any], score: UnitScore | None, now: dict[str, Decimal | None]) -> Figures:
    return Figures(
        dt.date.fromisoformat(frozen["day"]),
        score.day if score else None,
        frozen.get("total_bp"),
        score.total_bp if score else None,
        [
            Figure(
                target["code"],
                target["name"],
                target["unit"],
                target["goal"],
                None if target["value"] is None else Decimal(target["value"]),
                target.get("source", ""),
                now.get(target["code"]),
                target["code"] in now,
            )
            for target in frozen.get("targets", ())
        ],
    )
