"""Many targets at once with their pace, forecast and what is needed: for pages across units."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import F, FilteredRelation, Q

from campaigns.enums import IndicatorKind
from campaigns.models import Campaign, Incident, Indicator, Measurement, Participant, Target

from . import rules
from .course import forecast_of, kept_of, needed_of
from .enums import Basis, Pace
from .forecast import Forecast
from .formula import decimal_of
from .pace import Kept, Needed, expected_bp, is_limit, pace_of
from .queries import Scope, TargetFigure, target_figures
from .snapshots import Snapshot


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One target of one unit against its goal and the days that have passed."""

    figure: TargetFigure
    target: Target  # with participant, bloc, indicator and area
    due_on: dt.date | None
    pace: Pace
    expected_bp: int | None  # None: a limit or a milestone, of which no share is expected
    kept: Kept | None
    day: dt.date
    rows: list[Any]  # its measurements, for the forecast

    @cached_property
    def forecast(self) -> Forecast | None:
        """Where it will end; worked out when asked, most pages ask for few."""
        return forecast_of(self.figure, self.target, self.rows)

    @cached_property
    def needed(self) -> Needed | None:
        """What each day that is left has to bring."""
        return needed_of(self.figure, self.target, self.due_on, self.day)

    @property
    def value(self) -> Decimal | None:
        return None if self.figure.value is None else decimal_of(self.figure.value)

    @property
    def goal(self) -> Decimal:
        return decimal_of(self.figure.goal)

    @property
    def baseline(self) -> Decimal:
        return decimal_of(self.figure.baseline)

    @property
    def pace_state(self) -> str:
        """The word for the badge: reached, left out, or the pace."""
        if not self.figure.is_counted:
            return "left_out"
        return "fulfilled" if self.figure.is_fulfilled and self.kept is None else self.pace.value

    @property
    def behind_bp(self) -> int:
        """How far the achievement is behind what the days that passed ask for."""
        return (self.expected_bp or 0) - (self.figure.achievement_bp or 0)

    @property
    def misses_goal(self) -> bool:
        """Whether the line through its values ends short of the goal."""
        if self.forecast is None or self.kept is not None or self.figure.is_fulfilled:
            return False
        if self.figure.kind == IndicatorKind.INCREASE:
            return self.forecast.value < self.goal
        return self.forecast.value > self.goal


def read_standings(
    *,
    campaign: Campaign,
    snapshot: Snapshot,
    basis: Basis,
    indicators: Sequence[int] | None = None,
    participants: Sequence[int] | None = None,
) -> list[Standing]:
    """Return the targets in force on the day, of some indicators or units where given, in six queries."""
    day, moment = snapshot.day, snapshot.as_of
    if participants == [] or indicators == []:
        return []
    units = None if participants is None else tuple(participants)
    scope = Scope((campaign.pk,), day, moment, units, None if indicators is None else tuple(indicators))
    figures = target_figures(scope, basis)
    targets = {target.pk: target for target in _targets(campaign, day, indicators, units)}
    rows = _measurements(scope, basis)
    incidents = _incidents(campaign, day, moment)
    return [
        _standing(figure, targets[figure.target_id], rows[figure.target_id], incidents[figure.target_id], campaign, day)
        for figure in figures
    ]


def _targets(
    campaign: Campaign, day: dt.date, indicators: Sequence[int] | None, participants: Sequence[int] | None
) -> list[Any]:
    in_force = Q(revisions__effective_from__lte=day) & (
        Q(revisions__superseded_from__isnull=True) | Q(revisions__superseded_from__gt=day)
    )
    rows = Target.objects.filter(campaign=campaign)
    if indicators is not None:
        rows = rows.filter(indicator__in=indicators)
    if participants is not None:
        rows = rows.filter(participant__in=participants)
    found = list(
        rows.annotate(terms=FilteredRelation("revisions", condition=in_force))
        .annotate(terms_due=F("terms__due_on"))
        .order_by()
    )
    shared = Indicator.objects.filter(pk__in={target.indicator_id for target in found}).select_related("area")
    kinds = {one.pk: one for one in shared}
    of_units = Participant.objects.filter(pk__in={target.participant_id for target in found}).select_related("bloc")
    units = {one.pk: one for one in of_units}
    for target in found:  # thousands of targets share few indicators and units: one object each
        target.indicator, target.participant = kinds[target.indicator_id], units[target.participant_id]
        target.participant.campaign = campaign
    return found


def _measurements(scope: Scope, basis: Basis) -> dict[int, list[Any]]:
    """What was sent by the cut-off, lean, with the run's own answer to "does it count, and as which number"."""
    day, moment = scope.day, scope.cut_off
    rows = Measurement.objects.filter(target__campaign__in=scope.campaign_ids, sent_at__lt=moment)
    if scope.indicator_ids is not None:
        rows = rows.filter(target__indicator__in=scope.indicator_ids)
    if scope.participant_ids is not None:
        rows = rows.filter(target__participant__in=scope.participant_ids)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in (
        rows.annotate(
            is_looked_at=rules.truth(rules.counts(basis, day=day, cut_off=moment)),
            effective=rules.effective_value(basis, cut_off=moment),
            is_official=rules.truth(rules.counts(Basis.OFFICIAL, day=day, cut_off=moment)),
            official_value=rules.effective_value(Basis.OFFICIAL, cut_off=moment),
        )
        .order_by("period_end", "sent_at", "pk")
        .values_list(
            *("target_id", "period_start", "period_end"),
            *("is_looked_at", "effective", "is_official", "official_value"),
            named=True,
        )
    ):
        found[row.target_id].append(row)
    return found


def _incidents(campaign: Campaign, day: dt.date, moment: dt.datetime) -> dict[int, list[dt.date]]:
    rows = (
        Incident.objects.filter(target__campaign=campaign, happened_on__lte=day, recorded_at__lt=moment)
        .filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=moment))
        .order_by("happened_on")
    )
    found: dict[int, list[dt.date]] = defaultdict(list)
    for target_id, happened_on in rows.values_list("target_id", "happened_on"):
        found[target_id].append(happened_on)
    return found


def _standing(
    figure: TargetFigure, target: Any, rows: list[Any], incidents: list[dt.date], campaign: Campaign, day: dt.date
) -> Standing:
    due_on, mode = target.terms_due or target.due_on, target.indicator.mode
    shareless = figure.kind == IndicatorKind.MILESTONE or is_limit(figure.kind, mode)
    return Standing(
        figure=figure,
        target=target,
        due_on=due_on,
        pace=pace_of(
            kind=figure.kind,
            mode=mode,
            has_value=figure.value is not None,
            is_fulfilled=figure.is_fulfilled,
            achievement_bp=figure.achievement_bp,
            start=campaign.starts_on,
            end=campaign.ends_on,
            due_on=due_on,
            day=day,
        ),
        expected_bp=None if shareless else expected_bp(campaign.starts_on, due_on or campaign.ends_on, day),
        kept=kept_of(figure, target, rows, day, incidents),
        day=day,
        rows=rows,
    )
