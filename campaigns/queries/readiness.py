"""What blocks opening a campaign, and what is only odd (product.md, campaign set-up)."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Abs, Coalesce
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThanOrEqual
from django.utils.translation import gettext as _

from campaigns.calendar import local_day
from campaigns.display import local_date
from campaigns.enums import IndicatorKind
from campaigns.models import Campaign, Indicator, Period, Target, TargetRevision
from campaigns.models.fields import scaled
from campaigns.plan_rules import kind_problem
from campaigns.wording import plan_problem

_DAY = dt.timedelta(days=1)
_NEAR_PERCENT = 5  # a goal this close to its baseline is odd
_COMPARED = (IndicatorKind.INCREASE, IndicatorKind.DECREASE)  # kinds whose goal moves away from the baseline
_NAMED = 5  # codes a finding names before it says "and n more"


class Severity(StrEnum):
    """Whether a finding forbids opening or is acknowledged."""

    BLOCKS = "blocks"
    ODD = "odd"


class Code(StrEnum):
    """What was found."""

    NO_ACTIVE_AREA = "no_active_area"
    NO_TARGET = "no_target"
    NO_PERIOD = "no_period"
    PERIOD_GAP = "period_gap"
    PERIOD_OVERLAP = "period_overlap"
    CALENDAR_STARTS_LATE = "calendar_starts_late"
    CALENDAR_ENDS_EARLY = "calendar_ends_early"
    PERIOD_AFTER_END = "period_after_end"
    RULE_BROKEN = "rule_broken"
    AREA_WITHOUT_INDICATORS = "area_without_indicators"
    INDICATOR_WITHOUT_TARGETS = "indicator_without_targets"
    INDICATOR_IN_INACTIVE_AREA = "indicator_in_inactive_area"
    UNIT_WITHOUT_TARGETS = "unit_without_targets"
    BASELINES_FOR_SOME = "baselines_for_some"
    GOAL_NEAR_BASELINE = "goal_near_baseline"
    DUE_OUTSIDE_CAMPAIGN = "due_outside_campaign"
    DUE_BEFORE_PERIOD_ENDS = "due_before_period_ends"
    CLOSING_BEFORE_LAST_DUE = "closing_before_last_due"
    BLOC_OF_ONE = "bloc_of_one"
    BLOC_EMPTY = "bloc_empty"


@dataclass(frozen=True)
class Finding:
    """One finding of the readiness check."""

    code: Code
    severity: Severity
    where: str  # codes of what it is about, as the user knows them; empty for the campaign as a whole
    text: str  # one sentence in the user's language

    def __str__(self) -> str:
        return f"{self.where}: {self.text}" if self.where else self.text


@dataclass(frozen=True)
class _Terms:
    """A target's terms at first, or from a revision on."""

    indicator: Indicator
    unit: str
    baseline: Decimal | None
    goal: Decimal
    due_on: dt.date | None
    revised: bool


def readiness(campaign: Campaign) -> list[Finding]:
    """Return every finding, those that block first."""
    areas = list(campaign.areas.order_by("number"))
    indicators = list(campaign.indicators.select_related("area").order_by("area__number", "code"))
    given = _given(campaign)
    partly = [pk for pk, (targets, without) in given.items() if 0 < without < targets]
    terms = _terms(campaign, {indicator.pk: indicator for indicator in indicators}, partly)
    live = [indicator for indicator in indicators if indicator.is_active and indicator.area.is_active]
    found: list[Finding] = []
    if not any(area.is_active for area in areas):
        found.append(_blocks(Code.NO_ACTIVE_AREA, "", _("No content area is in use.")))
    if not any(indicator.pk in given for indicator in live):
        found.append(_blocks(Code.NO_TARGET, "", _("No target is given on an indicator in use.")))
    found += _calendar(campaign, list(campaign.periods.order_by("ends_on")))
    found += _broken_rules(terms)
    for area in areas:
        if area.is_active and not any(indicator.area_id == area.pk for indicator in live):
            found.append(
                _odd(Code.AREA_WITHOUT_INDICATORS, str(area.number), _("The content area has no indicator in use."))
            )
    found += _odd_indicators(indicators, given)
    found += _odd_terms(campaign, live, terms, partly)
    found += _odd_units(campaign, {indicator.provider_id for indicator in live})
    return sorted(found, key=lambda finding: finding.severity is Severity.ODD)


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that forbid opening."""
    return [finding for finding in findings if finding.severity is Severity.BLOCKS]


def odd(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that are acknowledged, not forbidden."""
    return [finding for finding in findings if finding.severity is Severity.ODD]


def _blocks(code: Code, where: str, text: str) -> Finding:
    return Finding(code, Severity.BLOCKS, where, text)


def _odd(code: Code, where: str, text: str) -> Finding:
    return Finding(code, Severity.ODD, where, text)


def _named(codes: Iterable[str]) -> str:
    ordered = sorted(set(codes))
    rest = len(ordered) - _NAMED
    named = ", ".join(ordered[:_NAMED])
    return _("%(names)s and %(count)d more") % {"names": named, "count": rest} if rest > 0 else named


def _given(campaign: Campaign) -> dict[int, tuple[int, int]]:
    """Return how many targets each indicator is given by, and how many of them without a baseline."""
    rows = Target.objects.filter(campaign=campaign).order_by().values_list("indicator")
    counted = rows.annotate(Count("pk"), without=Count("pk", filter=Q(baseline__isnull=True)))
    return {indicator: (targets, without) for indicator, targets, without in counted}


def _terms(campaign: Campaign, indicators: dict[int, Indicator], partly: Collection[int]) -> list[_Terms]:
    """Return the terms that may be worth a word: first ones, then revised ones; ``partly`` are indicators of some of
    whose targets the baseline is not given. What the rules then say of them is decided in one place, in Python."""
    columns = ("baseline", "goal", "due_on")
    without = Q(baseline__isnull=True, indicator__in=partly)
    given = Target.objects.filter(without | _suspect(campaign, ""), campaign=campaign).order_by("pk")
    revised = TargetRevision.objects.filter(_suspect(campaign, "target__"), target__campaign=campaign).order_by("pk")
    return [
        *(
            _Terms(indicators[indicator], unit, baseline, goal, due_on, revised=False)
            for indicator, unit, baseline, goal, due_on in given.values_list(
                "indicator_id", "participant__code", *columns
            )
        ),
        *(
            _Terms(indicators[indicator], unit, baseline, goal, due_on, revised=True)
            for indicator, unit, baseline, goal, due_on in revised.values_list(
                "target__indicator_id", "target__participant__code", *columns
            )
        ),
    ]


def _suspect(campaign: Campaign, to_target: str) -> Q:
    """Terms that a rule below may name, rather more than fewer: a city has 43 000, and hardly any is odd."""
    kind, goal, baseline = f"{to_target}indicator__kind", scaled("goal"), Coalesce(scaled("baseline"), 0)
    breaks = (
        Q(**{kind: IndicatorKind.DECREASE}) & Q(GreaterThanOrEqual(goal, baseline))
        | Q(**{kind: IndicatorKind.MAINTAIN}) & Q(GreaterThan(goal, baseline))
        | Q(**{kind: IndicatorKind.MILESTONE}) & (~Q(goal=1) | Q(due_on__isnull=True))
    )
    near = Q(LessThanOrEqual(Abs(goal - baseline) * 100, Abs(baseline) * _NEAR_PERCENT), **{f"{kind}__in": _COMPARED})
    return breaks | near | Q(due_on__lt=campaign.starts_on) | Q(due_on__gt=campaign.ends_on)


def _calendar(campaign: Campaign, periods: list[Period]) -> Iterator[Finding]:
    if not periods:
        yield _blocks(Code.NO_PERIOD, "", _("The reporting calendar is empty."))
        return
    by_start = sorted(periods, key=lambda period: (period.starts_on, period.ends_on))
    for before, after in pairwise(by_start):
        where = f"{before.code} – {after.code}"
        if after.starts_on <= before.ends_on:
            yield _blocks(Code.PERIOD_OVERLAP, where, _("The two reporting periods overlap."))
        elif after.starts_on > before.ends_on + _DAY:
            yield _blocks(Code.PERIOD_GAP, where, _("There are days between the two periods that no period covers."))
    first, last = by_start[0], periods[-1]
    if first.starts_on > campaign.starts_on:
        yield _blocks(
            Code.CALENDAR_STARTS_LATE,
            first.code,
            _("The first period starts after the campaign, on %(day)s.") % {"day": local_date(first.starts_on)},
        )
    if last.ends_on < campaign.ends_on:
        yield _blocks(
            Code.CALENDAR_ENDS_EARLY,
            last.code,
            _("The last period ends before the campaign, on %(day)s.") % {"day": local_date(last.ends_on)},
        )
    for period in periods:
        if period.ends_on > campaign.ends_on:
            yield _blocks(Code.PERIOD_AFTER_END, period.code, _("The period ends after the campaign."))
        if local_day(period.due_at) < period.ends_on:
            yield _odd(Code.DUE_BEFORE_PERIOD_ENDS, period.code, _("Reports are due before the period ends."))
    closing = campaign.proposed_closing_day
    if closing is not None and closing < max(local_day(period.due_at) for period in periods):
        yield _odd(
            Code.CLOSING_BEFORE_LAST_DUE, "", _("The proposed closing day lies before the last period's due time.")
        )


def _broken_rules(terms: list[_Terms]) -> Iterator[Finding]:
    for term in terms:
        problem = kind_problem(term.indicator.kind, term.baseline, term.goal, term.due_on)
        if problem is not None:
            yield _blocks(Code.RULE_BROKEN, f"{term.indicator.code} · {term.unit}", plan_problem(problem))


def _odd_indicators(indicators: list[Indicator], given: Collection[int]) -> Iterator[Finding]:
    for indicator in indicators:
        if not indicator.is_active:
            continue
        if not indicator.area.is_active:
            yield _odd(
                Code.INDICATOR_IN_INACTIVE_AREA,
                indicator.code,
                _("The indicator is in use but its content area is not; it is not scored."),
            )
        elif indicator.pk not in given:
            yield _odd(Code.INDICATOR_WITHOUT_TARGETS, indicator.code, _("The indicator is given to no unit."))


def _odd_terms(
    campaign: Campaign, live: list[Indicator], terms: list[_Terms], partly: Collection[int]
) -> Iterator[Finding]:
    by_indicator: dict[int, list[_Terms]] = defaultdict(list)
    for term in terms:
        by_indicator[term.indicator.pk].append(term)
    for indicator in live:
        own = by_indicator[indicator.pk]
        if indicator.kind != IndicatorKind.MILESTONE and indicator.pk in partly:
            without = [term.unit for term in own if not term.revised and term.baseline is None]
            yield _odd(
                Code.BASELINES_FOR_SOME,
                indicator.code,
                _("Baselines are given for some units only; without one: %(units)s.") % {"units": _named(without)},
            )
        near = [term.unit for term in own if _is_near(indicator, term)]
        if near:
            yield _odd(
                Code.GOAL_NEAR_BASELINE,
                indicator.code,
                _("The goal lies within 5 percent of the baseline: %(units)s.") % {"units": _named(near)},
            )
        outside = [
            term.unit
            for term in own
            if term.due_on is not None and not campaign.starts_on <= term.due_on <= campaign.ends_on
        ]
        if outside:
            yield _odd(
                Code.DUE_OUTSIDE_CAMPAIGN,
                indicator.code,
                _("The due date lies outside the campaign: %(units)s.") % {"units": _named(outside)},
            )


def _is_near(indicator: Indicator, term: _Terms) -> bool:
    if indicator.kind not in _COMPARED or not term.baseline:
        return False
    return abs(term.goal - term.baseline) * 100 <= abs(term.baseline) * _NEAR_PERCENT


def _odd_units(campaign: Campaign, providers: set[int | None]) -> Iterator[Finding]:
    given = Exists(Target.objects.filter(participant=OuterRef("pk")))
    used, counts = set(), Counter[int]()
    for unit in campaign.participants.annotate(has_targets=given).order_by("code"):
        used.add(unit.bloc_id)
        counts[unit.bloc_id] += unit.competes
        if unit.competes and not unit.has_targets and unit.pk not in providers:
            yield _odd(Code.UNIT_WITHOUT_TARGETS, unit.code, _("The unit competes but has no target."))
    for bloc in campaign.blocs.order_by("code"):
        if bloc.pk not in used:
            yield _odd(Code.BLOC_EMPTY, bloc.code, _("The bloc has no unit."))
        elif counts[bloc.pk] == 1:
            yield _odd(Code.BLOC_OF_ONE, bloc.code, _("Only one unit of the bloc competes; it is first by itself."))
