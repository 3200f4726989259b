"""The targets of a plan as one table: indicators × units, with what is in force in each cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.enums import CampaignStatus, IndicatorKind
from campaigns.models import Area, Bloc, Campaign, Indicator, Participant, Target, TargetRevision


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One indicator at one unit."""

    participant: Participant
    target: Target | None
    revision: TargetRevision | None  # the latest in force on the day

    @property
    def terms(self) -> Target | TargetRevision | None:
        """What is in force; None where the indicator is not given to the unit."""
        return self.revision or self.target

    @property
    def version(self) -> int:
        """The target's version, 0 where there is none: what an editor names to show that nothing is overwritten."""
        return self.target.version if self.target else 0


@dataclass(frozen=True, kw_only=True)
class GridRow:
    """One indicator with a cell for each unit shown."""

    indicator: Indicator
    cells: Sequence[Cell]

    @property
    def is_milestone(self) -> bool:
        return self.indicator.kind == IndicatorKind.MILESTONE

    @property
    def has_due_dates(self) -> bool:
        """Whether the row has a line of due dates: milestones always, others where one is given."""
        return self.is_milestone or any(cell.terms and cell.terms.due_on for cell in self.cells)


@dataclass(frozen=True, kw_only=True)
class TargetGrid:
    """What the page of the targets shows."""

    areas: Sequence[Area]
    blocs: Sequence[Bloc]
    participants: Sequence[Participant]
    rows: Sequence[GridRow]


def read_target_grid(
    *, campaign: Campaign, day: dt.date, area: int | None = None, bloc: int | None = None, indicator: int | None = None
) -> TargetGrid:
    """Return the grid, or the part of one area, bloc or indicator; always as many queries."""
    indicators = campaign.indicators.filter(is_active=True).select_related("area").order_by("area__number", "code")
    participants = campaign.participants.select_related("bloc").order_by("bloc__code", "sort_key", "code")
    if area is not None:
        indicators = indicators.filter(area_id=area)
    if indicator is not None:
        indicators = indicators.filter(pk=indicator)
    if bloc is not None:
        participants = participants.filter(bloc_id=bloc)
    units, rows = list(participants), list(indicators)
    targets = {
        (target.indicator_id, target.participant_id): target
        for target in Target.objects.filter(indicator__in=rows, participant__in=units)
    }
    revisions = {
        revision.target_id: revision
        for revision in TargetRevision.objects.filter(
            target__indicator__in=rows, effective_from__lte=day, target__participant__in=units
        ).order_by("effective_from")
        if campaign.status != CampaignStatus.PREPARATION  # there the first terms are what is edited
    }

    def cell(row: Indicator, unit: Participant) -> Cell:
        target = targets.get((row.pk, unit.pk))
        return Cell(participant=unit, target=target, revision=revisions.get(target.pk) if target else None)

    return TargetGrid(
        areas=list(campaign.areas.order_by("number")),
        blocs=list(campaign.blocs.order_by("code")),
        participants=units,
        rows=[GridRow(indicator=row, cells=[cell(row, unit) for unit in units]) for row in rows],
    )
