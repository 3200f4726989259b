"""The pace of every figure a unit reports, for beside its boxes: its own targets, and those it reports for others."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from campaigns.calendar import cut_off, local_day
from campaigns.enums import IndicatorKind
from campaigns.models import Campaign, Participant, TargetRevision
from campaigns.queries.owed import reported_by

from .enums import Basis, Pace
from .pace import expected_bp, is_limit, pace_of
from .queries import Scope, TargetFigure, target_figures


@dataclass(frozen=True, kw_only=True)
class PaceMark:
    """What stands beside one box."""

    target_id: int
    pace: Pace
    achievement_bp: int | None  # official; None: no data
    expected_bp: int | None  # None: a limit or a milestone, of which no share is expected


def read_paces(*, participant: Participant, now: dt.datetime) -> list[PaceMark]:
    """Return the official pace of each target the unit reports, as of ``now``. Four queries whatever their number.

    Nothing before the campaign begins; of a closed one, as on its closing day. ``participant.campaign`` is loaded.
    """
    campaign = participant.campaign
    day = min(local_day(now), campaign.closing_day or local_day(now))
    if day < campaign.starts_on or campaign.opened_at is None:
        return []
    targets = {target.pk: target for target in reported_by(participant)}
    provided = {t.indicator_id for t in targets.values() if t.indicator.provider_id == participant.pk}
    moment = min(now, cut_off(day))
    figures = target_figures(Scope((campaign.pk,), day, moment, (participant.pk,)), Basis.OFFICIAL)
    if provided:
        everywhere = Scope((campaign.pk,), day, moment, None, tuple(sorted(provided)))
        figures = [*figures, *target_figures(everywhere, Basis.OFFICIAL)]
    dates = _due_dates(list(targets), day)
    marks: dict[int, PaceMark] = {}
    for figure in figures:
        if target := targets.get(figure.target_id):
            due_on = dates.get(target.pk) or target.due_on
            marks[target.pk] = _mark(figure, target.indicator.mode, due_on, campaign, day)
    return list(marks.values())


def _due_dates(targets: list[int], day: dt.date) -> dict[int, dt.date | None]:
    """The due dates that revisions in force on the day have set."""
    rows = TargetRevision.objects.filter(target_id__in=targets, effective_from__lte=day).order_by("effective_from")
    return dict(rows.values_list("target_id", "due_on"))


def _mark(figure: TargetFigure, mode: str, due_on: dt.date | None, campaign: Campaign, day: dt.date) -> PaceMark:
    start, end = campaign.starts_on, campaign.ends_on
    shareless = figure.kind == IndicatorKind.MILESTONE or is_limit(figure.kind, mode)
    return PaceMark(
        target_id=figure.target_id,
        pace=pace_of(
            kind=figure.kind,
            mode=mode,
            has_value=figure.value is not None,
            is_fulfilled=figure.is_fulfilled,
            achievement_bp=figure.achievement_bp,
            start=start,
            end=end,
            due_on=due_on,
            day=day,
        ),
        achievement_bp=figure.achievement_bp if figure.value is not None else None,
        expected_bp=None if shareless else expected_bp(start, due_on or end, day),
    )
