"""Where a verified figure has changed since a proposal was submitted with it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery

from awards.models import Proposal
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
    """Return the figures of each submitted proposal beside today's (proposal id → figures).

    A fixed number of queries for proposals of one campaign; proposals without figures are left out.
    """
    kept = [proposal for proposal in proposals if proposal.figures.get("day")]
    scores = _latest_scores({proposal.participant_id for proposal in kept})
    values = _values_now(kept, scores)
    return {
        proposal.pk: _figures(
            proposal.figures, scores.get(proposal.participant_id), values.get(proposal.participant_id, {})
        )
        for proposal in kept
    }


def _latest_scores(participants: set[int]) -> dict[int, UnitScore]:
    latest = UnitScore.objects.filter(participant=OuterRef("participant"), basis=Basis.OFFICIAL).order_by("-day")
    rows = UnitScore.objects.filter(
        participant__in=participants, basis=Basis.OFFICIAL, day=Subquery(latest.values("day")[:1])
    )
    return {row.participant_id: row for row in rows.select_related("run")}


def _values_now(proposals: Sequence[Proposal], scores: dict[int, UnitScore]) -> dict[int, dict[str, Decimal | None]]:
    """Return today's verified values (participant id → indicator's code → value)."""
    groups: dict[tuple[Any, dt.date, dt.datetime], set[int]] = defaultdict(set)
    for proposal in proposals:
        score = scores.get(proposal.participant_id)
        if score is not None and score.run.cut_off is not None:
            groups[(proposal.campaign, score.day, score.run.cut_off)].add(proposal.participant_id)
    participants = {proposal.participant_id for proposal in proposals}
    codes = dict(Target.objects.filter(participant__in=participants).values_list("pk", "indicator__code"))
    found: dict[int, dict[str, Decimal | None]] = defaultdict(dict)
    for (campaign, day, cut_off), units in groups.items():
        for figure in target_scores(
            campaign=campaign, day=day, basis=Basis.OFFICIAL, cut_off=cut_off, participants=sorted(units)
        ):
            value = None if figure.value is None else Decimal(figure.value).scaleb(-4)
            found[figure.participant_id][codes[figure.target_id]] = value
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
