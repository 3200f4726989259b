"""From a unit's stored total to the rows that made it, and whether they add up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaigns.display import NOTHING, number, points
from campaigns.enums import IndicatorKind, ReportingMode
from campaigns.models import Campaign, Participant, Period, PointEntry, ReportWaiver
from campaigns.queries.threads import NO_THREADS, UnitThreads
from scoring import rules
from scoring.enums import Basis
from scoring.formula import plain
from scoring.live import PeriodReportFigure, unit_reports
from scoring.models import UnitScore
from scoring.queries import Scope
from scoring.shares import share

from .records import AreaLine, Difference, Explanation, Gain, ReportLine, TargetLine
from .targets import read_targets

BEST_GAINS = 3


def explain(
    *,
    participant: Participant,
    score: UnitScore,
    day: dt.date,
    cut_off: dt.datetime,
    basis: Basis,
    threads: UnitThreads = NO_THREADS,
) -> Explanation:
    """Return what made the unit's stored ``score``; the number of queries is fixed.

    ``cut_off`` is that of the day's last run, ``threads`` the unit's explanations and appeals, for those who may
    see them. ``participant.campaign`` is loaded.
    """
    lines = read_targets(
        participant=participant, day=day, cut_off=cut_off, basis=basis, areas=score.areas, threads=threads
    )
    entries = list(
        PointEntry.objects.in_force(on=day)
        .filter(participant=participant)
        .select_related("entered_by", "confirmed_by")
        .order_by("holds_from", "pk")
    )
    bonus = [entry for entry in entries if entry.points_bp > 0]
    penalties = [entry for entry in entries if entry.points_bp < 0]
    reports = _reports(participant, day, cut_off)
    reports_sum = sum(report.points_bp for report in reports)
    areas = _areas(lines, score)
    found = Explanation(
        participant=participant,
        day=day,
        cut_off=cut_off,
        basis=basis,
        score=score,
        areas=areas,
        left_out=[line for line in lines if not line.figure.is_counted],
        bonus=bonus,
        bonus_sum_bp=sum(entry.points_bp for entry in bonus),
        penalties=penalties,
        penalty_sum_bp=-sum(entry.points_bp for entry in penalties),
        reports=reports,
        reports_sum_bp=reports_sum,
        reporting_penalty_bp=min(reports_sum, participant.campaign.reporting_penalty_cap_bp),
        gains=_gains(lines, participant.campaign, day),
        differences=[],
        appeals=threads.of_score,
    )
    found.differences.extend(_differences(found, lines))
    return found


def _areas(lines: Sequence[TargetLine], score: UnitScore) -> list[AreaLine]:
    counted = sorted(
        (line for line in lines if line.figure.is_counted), key=lambda line: line.target.indicator.area.number
    )
    found = []
    for _number, group in groupby(counted, key=attrgetter("target.indicator.area.number")):
        rows = list(group)
        area = rows[0].target.indicator.area
        found.append(
            AreaLine(
                area=area,
                score_bp=score.areas.get(str(area.number)),
                potential_bp=sum(line.potential_bp for line in rows),
                contribution_bp=sum(line.contribution_bp for line in rows),
                lines=rows,
            )
        )
    return found


# --- reports ---------------------------------------------------------------------------------------------


def _reports(participant: Participant, day: dt.date, cut_off: dt.datetime) -> list[ReportLine]:
    """The late, missing and waived reports, by period."""
    scope = Scope((participant.campaign_id,), day, cut_off, (participant.pk,))
    periods = {period.pk: period for period in Period.objects.filter(campaign=participant.campaign_id)}
    waivers = {
        waiver.period_id: waiver
        for waiver in ReportWaiver.objects.in_force(on=day)
        .filter(participant=participant)
        .select_related("entered_by", "confirmed_by")
        .order_by("-holds_from", "-pk")
    }
    lines = [
        _report(figure, periods[figure.period_id], waivers.get(figure.period_id), participant.campaign)
        for figure in unit_reports(scope)
    ]
    return [line for line in lines if line is not None]


def _report(
    figure: PeriodReportFigure, period: Period, waiver: ReportWaiver | None, campaign: Campaign
) -> ReportLine | None:
    if figure.reported_at is not None and figure.reported_at <= period.due_at:
        return None
    missing = figure.reported_at is None
    points = campaign.missing_report_bp if missing else campaign.late_report_bp
    return ReportLine(
        period=period,
        reported_at=figure.reported_at,
        state="waived" if waiver else "missing" if missing else "late",
        waiver=waiver,
        points_bp=0 if waiver else points,
    )


# --- what would gain most --------------------------------------------------------------------------------


def _gains(lines: Sequence[TargetLine], campaign: Campaign, day: dt.date) -> list[Gain]:
    """The targets that would add most to the base if they reached their goal."""
    gains = [gain for line in lines if (gain := _gain(line, campaign, day)) is not None and gain.points_bp > 0]
    return sorted(gains, key=lambda gain: -gain.points_bp)[:BEST_GAINS]


def _gain(line: TargetLine, campaign: Campaign, day: dt.date) -> Gain | None:
    figure = line.figure
    if figure.achievement_bp is None or figure.is_fulfilled:
        return None
    reach = min(rules.FULL_BP, figure.cap_bp)
    if figure.kind == IndicatorKind.MILESTONE:
        if figure.value:  # done late: only a waiver would change it
            return None
        if line.due_on is not None and line.due_on < day and not figure.on_time:
            reach = min(reach, figure.late_milestone_bp)
    elif _is_lost(line):
        return None
    until = campaign.ends_on if line.due_on is None or line.due_on < day else line.due_on
    return Gain(
        line=line,
        points_bp=line.potential_bp * (reach - figure.achievement_bp) // rules.FULL_BP,
        until=until,
        days_left=max((until - day).days, 0),
    )


def _is_lost(line: TargetLine) -> bool:
    """Whether a count that only grows is over its limit: it does not come down again."""
    figure, mode = line.figure, line.target.indicator.mode
    only_grows = figure.kind != IndicatorKind.INCREASE and mode == ReportingMode.INCREMENT
    return only_grows and figure.value is not None and figure.value > figure.goal


# --- whether it adds up ----------------------------------------------------------------------------------


def _differences(found: Explanation, lines: Sequence[TargetLine]) -> list[Difference]:
    """Every sum of the explanation that is not what the run stored."""
    score, campaign = found.score, found.participant.campaign
    areas = {str(area.area.number): _area_sum(area) for area in found.areas}
    base = _base_sum(found)
    bonus = min(found.bonus_sum_bp, campaign.bonus_cap_bp)
    penalty = found.penalty_sum_bp + found.reporting_penalty_bp
    total = None if base is None else max(0, base + bonus - penalty)
    states = [report.state for report in found.reports]
    scores = [
        (_("Area %(number)s") % {"number": number}, areas.get(number), score.areas.get(number))
        for number in sorted({*areas, *score.areas})
    ]
    scores += [
        (pgettext("score", "Base"), base, score.base_bp),
        (_("Bonus points"), bonus, score.bonus_bp),
        (_("Penalty points"), penalty, score.penalty_bp),
        (_("Total"), total, score.total_bp),
    ]
    counts = [
        (_("Late reports"), states.count("late"), score.late_reports),
        (_("Missing reports"), states.count("missing"), score.missing_reports),
    ]
    return [
        *(Difference(what=what, found=points(a), stored=points(b)) for what, a, b in scores if a != b),
        *(Difference(what=what, found=number(a), stored=number(b)) for what, a, b in counts if a != b),
        *(_value_difference(line) for line in lines if line.differs),
    ]


def _value_difference(line: TargetLine) -> Difference:
    found, stored = (NOTHING if value is None else plain(value) for value in (line.value_found, line.figure.value))
    return Difference(what=line.target.indicator.code, found=found, stored=stored)


def _area_sum(area: AreaLine) -> int:
    rows = [(line.figure.weight, line.figure.achievement_bp or 0) for line in area.lines]
    return share(sum(weight * reached for weight, reached in rows), sum(weight for weight, _reached in rows))


def _base_sum(found: Explanation) -> int | None:
    rows = [(int(area.area.weight * 100), _area_sum(area)) for area in found.areas]
    if not rows:
        return None
    return share(sum(weight * reached for weight, reached in rows), sum(weight for weight, _reached in rows))
