"""How much: the rules of scoring.md, once, as ORM expressions over the named columns of the stages.

Integers only: scores and shares in basis points, values in ten-thousandths, weights in hundredths.
Every division rounds half up. The run, the explanation and what-if all use these expressions; the policy
reaches them as columns. The plain-Python reference that checks them lives in the tests.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import BigIntegerField, BooleanField, Case, Expression, ExpressionWrapper, F, Q, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Greatest, Least

from campaigns.enums import IndicatorKind, VerdictOutcome
from campaigns.models.fields import scaled

from .enums import Basis, ScoreClass
from .policy import STORED, Policy

FULL_BP = 10000
#: A milestone's value when it is done (1,0000).
DONE = 10000
#: Differences above this are the same score: over 20 times the largest goal, so beyond every cap. It keeps
#: 2·difference·10000 within 64 bits even for a sum over many periods.
_LARGEST_DIFFERENCE = 4 * 10**14
_INTEGER = BigIntegerField()


def integer(value: int) -> Value:
    """Return a constant as a 64-bit integer."""
    return Value(value, output_field=_INTEGER)


def column(name: str) -> Cast:
    """Return a column of small integers (policy, points) as a 64-bit integer."""
    return Cast(name, _INTEGER)


def whole(expression: Combinable) -> ExpressionWrapper:
    """Say that an expression is a 64-bit integer (Django takes a product of two for a 32-bit one)."""
    return ExpressionWrapper(expression, output_field=_INTEGER)


def divide(numerator: Expression | Combinable, denominator: Expression | Combinable) -> Expression:
    """scoring.md: div(n, d) = floor((2n + d) / (2d)), for n ≥ 0 and d > 0, in integers."""
    return Cast((integer(2) * numerator + denominator) / (integer(2) * denominator), _INTEGER)


def total_of(expression: Expression | Combinable | str, *, only: Q | None = None) -> Expression:
    """Return an integer sum (PostgreSQL sums BIGINT to NUMERIC, whose division would not be an integer's)."""
    return Cast(Sum(expression, filter=only), _INTEGER)


# --- the value of a measurement ------------------------------------------------------------------------


def counts(basis: Basis, *, day: dt.date, cut_off: dt.datetime) -> Q:
    """Which measurements are looked at on a basis: the periods, and sent or verified by the cut-off."""
    if basis is Basis.OFFICIAL:
        return Q(
            period_end__lte=day,
            verdict__in=(VerdictOutcome.ACCEPTED, VerdictOutcome.ADJUSTED),
            verdict_at__lt=cut_off,
        )
    returned = Q(verdict=VerdictOutcome.RETURNED, verdict_at__lt=cut_off, verdict_at__isnull=False)
    return Q(period_start__lte=day, sent_at__lt=cut_off) & ~returned


def _verified_by(cut_off: dt.datetime) -> Q:
    return Q(verdict__in=(VerdictOutcome.ACCEPTED, VerdictOutcome.ADJUSTED), verdict_at__lt=cut_off)


def effective_value(basis: Basis, *, cut_off: dt.datetime) -> Expression:
    """A looked-at measurement's number on the basis; null where it says "không phát sinh"."""
    if basis is Basis.OFFICIAL:
        return scaled("verified_value")
    return Case(
        When(_verified_by(cut_off), then=scaled("verified_value")), default=scaled("value"), output_field=_INTEGER
    )


def effective_completion(basis: Basis, *, cut_off: dt.datetime) -> Expression | F:
    """A looked-at milestone's completion date on the basis."""
    if basis is Basis.OFFICIAL:
        return F("verified_completed_on")
    return Case(When(_verified_by(cut_off), then=F("verified_completed_on")), default=F("completed_on"))


# --- the achievement of a target (columns of TargetValue) ------------------------------------------------
#
# ``on`` is the basis whose columns are meant: ``official_value``, ``official_on_time``, ``official_unclamped``.


def term(name: str, policy: Policy = STORED, *, campaign: str = "campaign__") -> Expression:
    """Return a figure of the policy: the campaign's column, or what replaces it."""
    return integer(policy.terms[name]) if name in policy.terms else column(f"{campaign}{name}")


def weight(path: str, key: str, replaced: Mapping[Any, int]) -> Expression:
    """Return a weight column in hundredths, replaced where ``key`` (a column) has one of the given values."""
    stored = scaled(path)
    if not replaced:
        return stored
    return Case(
        *(When(**{key: name}, then=integer(value)) for name, value in replaced.items()),
        default=stored,
        output_field=_INTEGER,
    )


def cap(kind: str = "indicator__kind", own: str = "indicator__cap_bp", *, policy: Policy = STORED) -> Expression:
    """The cap in force: the indicator's own, or the kind's default; never above full for maintain and milestone."""
    own_cap = column(own)
    return Case(
        When(**{kind: IndicatorKind.INCREASE}, then=Coalesce(own_cap, term("cap_bp", policy))),
        When(**{kind: IndicatorKind.DECREASE}, then=Coalesce(own_cap, integer(FULL_BP))),
        default=Least(Coalesce(own_cap, integer(FULL_BP)), integer(FULL_BP)),
        output_field=_INTEGER,
    )


def is_counted(on: Basis) -> Q:
    """A target counts unless it waits for another unit's report."""
    return Q(**{f"{on.value}_value__isnull": False}) | Q(by_another=False)


def is_fulfilled(on: Basis) -> Q:
    """The "fulfilled when" column of scoring.md; a target without a value is not fulfilled."""
    value = f"{on.value}_value"
    return Q(**{f"{value}__isnull": False}) & (
        Q(kind=IndicatorKind.INCREASE, **{f"{value}__gte": F("goal")})
        | Q(kind__in=(IndicatorKind.DECREASE, IndicatorKind.MAINTAIN), **{f"{value}__lte": F("goal")})
        | Q(kind=IndicatorKind.MILESTONE, **{value: DONE, f"{on.value}_on_time": True})
    )


def _share_of(difference: Combinable, of: Combinable) -> Expression:
    """div(difference · 10000, of), with a negative difference counted as 0 already (step 1)."""
    positive = Least(Greatest(whole(difference), integer(0)), integer(_LARGEST_DIFFERENCE))
    return divide(positive * integer(FULL_BP), of)


def unclamped_achievement(on: Basis) -> Expression:
    """r before the floor and the cap, no less than 0 (step 1); 0 where there is no value."""
    full, none = integer(FULL_BP), integer(0)
    name, on_time = f"{on.value}_value", f"{on.value}_on_time"
    risen = _share_of(F(name) - F("baseline"), F("goal") - F("baseline"))
    fallen = _share_of(F("baseline") - F(name), F("baseline") - F("goal"))
    return Case(
        When(**{f"{name}__isnull": True}, then=none),
        When(kind=IndicatorKind.INCREASE, goal__gt=F("baseline"), then=risen),
        When(kind=IndicatorKind.INCREASE, **{f"{name}__gte": F("goal")}, then=full),
        When(kind=IndicatorKind.DECREASE, goal__lt=F("baseline"), then=fallen),
        When(kind=IndicatorKind.MAINTAIN, **{f"{name}__lte": F("goal")}, then=full),
        When(kind=IndicatorKind.MAINTAIN, baseline__gt=F("goal"), then=fallen),
        When(kind=IndicatorKind.MILESTONE, **{name: DONE, on_time: True}, then=full),
        When(kind=IndicatorKind.MILESTONE, **{name: DONE}, then=F("late_milestone_bp")),
        default=none,
        output_field=_INTEGER,
    )


def achievement(on: Basis) -> Expression:
    """r after the floor (step 2, not for milestones) and the cap (step 3), over the column ``…_unclamped``."""
    unclamped = f"{on.value}_unclamped"
    below_floor = Q(floor_bp__gt=0) & ~Q(kind=IndicatorKind.MILESTONE) & Q(**{f"{unclamped}__lt": F("floor_bp")})
    return Least(Case(When(below_floor, then=integer(0)), default=F(unclamped), output_field=_INTEGER), F("cap_bp"))


# --- the unit ------------------------------------------------------------------------------------------


def reporting_penalty(late: Expression, missing: Expression, *, policy: Policy = STORED) -> Expression:
    """Late and missing reports at the campaign's rates, together at most the campaign's cap."""
    return Least(
        whole(late * term("late_report_bp", policy) + missing * term("missing_report_bp", policy)),
        term("reporting_penalty_cap_bp", policy),
    )


def score_class(total: str = "total", *, policy: Policy = STORED) -> Expression:
    """The class of a total by the campaign's bands; empty without a total."""
    return Case(
        When(**{f"{total}__isnull": True}, then=Value("")),
        When(**{f"{total}__gte": term("excellent_from_bp", policy)}, then=Value(ScoreClass.EXCELLENT.value)),
        When(**{f"{total}__gte": term("good_from_bp", policy)}, then=Value(ScoreClass.GOOD.value)),
        When(**{f"{total}__gte": term("completed_from_bp", policy)}, then=Value(ScoreClass.COMPLETED.value)),
        default=Value(ScoreClass.NOT_COMPLETED.value),
    )


def truth(condition: Q) -> Expression:
    """Return a condition as a boolean column that is never null."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
