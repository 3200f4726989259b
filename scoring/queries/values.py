"""The value of every target: stages 1 and 2 of a run."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    DateField,
    Exists,
    Expression,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce

from campaigns.enums import IndicatorKind, ReportingMode
from campaigns.models import Measurement, MilestoneWaiver, Period, Target
from campaigns.models.fields import scaled
from scoring import rules
from scoring.enums import Basis
from scoring.policy import STORED, Policy
from scoring.stages import Step, TargetTerms, TargetValue

_INTEGER = BigIntegerField()

TERMS = (
    "target_id",
    "participant_id",
    "indicator_id",
    "area_id",
    "kind",
    "weight",
    "cap_bp",
    "floor_bp",
    "late_milestone_bp",
    "by_another",
    "baseline",
    "goal",
)


@dataclass(frozen=True)
class Scope:
    """What one run looks at."""

    campaign_ids: tuple[int, ...]
    day: dt.date  # the local day D
    cut_off: dt.datetime  # records strictly before it count
    participant_ids: tuple[int, ...] | None = None  # only these units' targets (reading, never a run)
    indicator_ids: tuple[int, ...] | None = None
    policy: Policy = STORED  # another one only for what-if, never a run


def _looked_at(scope: Scope, basis: Basis) -> QuerySet[Any]:
    """A target's measurements that count; the outer query names the target ``of``."""
    return (
        Measurement.objects.filter(target=OuterRef("of"))
        .filter(rules.counts(basis, day=scope.day, cut_off=scope.cut_off))
        .annotate(effective=rules.effective_value(basis, cut_off=scope.cut_off))
        .order_by()
    )


def _later_in_period(scope: Scope, basis: Basis) -> QuerySet[Measurement]:
    """Of each period the latest sent counts; of two sent at the same time, the one recorded later."""
    return (
        Measurement.objects.filter(target=OuterRef("target"), period_end=OuterRef("period_end"))
        .filter(Q(sent_at__gt=OuterRef("sent_at")) | Q(sent_at=OuterRef("sent_at"), pk__gt=OuterRef("pk")))
        .filter(rules.counts(basis, day=scope.day, cut_off=scope.cut_off))
    )


def _latest(scope: Scope, basis: Basis) -> QuerySet[Any]:
    """The number of the latest period that has one; "không phát sinh" hides its own period's earlier number."""
    hidden = (
        _later_in_period(scope, basis)
        .annotate(effective=rules.effective_value(basis, cut_off=scope.cut_off))
        .filter(effective__isnull=True)
    )
    return _newest_first(_looked_at(scope, basis).filter(~Exists(hidden), effective__isnull=False))


def _newest_first(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by("-period_end", "-sent_at", "-pk")


def _cumulative(scope: Scope, basis: Basis) -> Expression:
    """The value of a cumulative target. The very last row mostly has the number; only else it is searched for."""
    last = _newest_first(_looked_at(scope, basis))
    return Coalesce(Subquery(last.values("effective")[:1]), Subquery(_latest(scope, basis).values("effective")[:1]))


def _sum(scope: Scope, basis: Basis) -> QuerySet[Any, Any]:
    """The sum over all periods that have a value; "không phát sinh" is 0."""
    return (
        _looked_at(scope, basis)
        .filter(~Exists(_later_in_period(scope, basis)))
        .values("target")
        .annotate(total=rules.total_of(Coalesce("effective", rules.integer(0))))
        .values("total")
    )


def in_force(day: dt.date) -> Q:
    """Targets that are scored on the day: active, added by then, not ended by then."""
    return Q(
        Q(starts_on__isnull=True) | Q(starts_on__lte=day),
        Q(ends_from__isnull=True) | Q(ends_from__gt=day),
        indicator__is_active=True,
        indicator__area__is_active=True,
    )


def targets(scope: Scope) -> QuerySet[Target]:
    """Return the targets in force on the scope's day, of its campaigns, units and indicators."""
    rows = Target.objects.filter(in_force(scope.day), campaign_id__in=scope.campaign_ids).order_by()
    if scope.participant_ids is not None:
        rows = rows.filter(participant_id__in=scope.participant_ids)
    if scope.indicator_ids is not None:
        rows = rows.filter(indicator_id__in=scope.indicator_ids)
    return rows


def _value(scope: Scope, basis: Basis, mode: str) -> Expression:
    return Case(
        When(**{mode: ReportingMode.INCREMENT}, then=Subquery(_sum(scope, basis))),
        default=_cumulative(scope, basis),
        output_field=_INTEGER,
    )


def _completed(scope: Scope, basis: Basis) -> Expression:
    """The completion date that goes with the value; the very last row mostly has it."""
    last = _newest_first(_looked_at(scope, basis))
    done_on = rules.effective_completion(basis, cut_off=scope.cut_off)
    return Coalesce(
        Subquery(last.values(done_on=done_on)[:1], output_field=DateField()),
        Subquery(_latest(scope, basis).values(done_on=done_on)[:1], output_field=DateField()),
    )


def _on_time(scope: Scope, basis: Basis) -> Q:
    """A milestone done on or before the due date in force, or with its lateness waived on the day."""
    return Q(lateness_waived=True) | Q(due_on__gte=_completed(scope, basis))


def _target_terms(scope: Scope) -> QuerySet[Any, Any]:
    day = scope.day
    terms_in_force = Q(revisions__effective_from__lte=day) & (
        Q(revisions__superseded_from__isnull=True) | Q(revisions__superseded_from__gt=day)
    )
    waiver = MilestoneWaiver.objects.in_force(on=day).filter(target=OuterRef("pk"))
    return (
        targets(scope)
        .annotate(terms=FilteredRelation("revisions", condition=terms_in_force))
        .annotate(
            of=F("pk"),
            due=Coalesce("terms__due_on", "due_on"),
            waived=rules.truth(Q(indicator__kind=IndicatorKind.MILESTONE) & Q(Exists(waiver))),
        )
        .values(
            "participant",
            "indicator",
            target=F("pk"),
            area=F("indicator__area"),
            kind=F("indicator__kind"),
            mode=F("indicator__mode"),
            weight=rules.weight("indicator__weight", "indicator__code", scope.policy.indicator_weights),
            cap_bp=rules.cap(policy=scope.policy),
            floor_bp=rules.term("floor_bp", scope.policy),
            late_milestone_bp=rules.term("late_milestone_bp", scope.policy),
            by_another=rules.truth(Q(indicator__provider__isnull=False) & ~Q(indicator__provider=F("participant"))),
            s_baseline=Coalesce(scaled("terms__baseline"), scaled("baseline"), rules.integer(0)),
            s_goal=Coalesce(scaled("terms__goal"), scaled("goal")),
            s_due_on=F("due"),
            lateness_waived=F("waived"),
            official_value=_value(scope, Basis.OFFICIAL, "indicator__mode"),
            unsettled=rules.truth(Q(pk__in=_unsettled(scope))),
        )
    )


def _unsettled(scope: Scope) -> QuerySet[Any, Any]:
    """Targets with a measurement that counts provisionally but not officially, or not with the same value."""
    sent = Measurement.objects.filter(target__campaign_id__in=scope.campaign_ids).order_by().values("target")
    if scope.participant_ids is not None:
        sent = sent.filter(target__participant_id__in=scope.participant_ids)
    if scope.indicator_ids is not None:
        sent = sent.filter(target__indicator_id__in=scope.indicator_ids)
    return sent.filter(verdict="").union(
        sent.exclude(verdict="").filter(verdict_at__gte=scope.cut_off), _of_running_periods(scope, sent), all=True
    )


def _of_running_periods(scope: Scope, sent: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Of whole campaigns the few periods lead to their values; of some targets each one's last values are looked up."""
    if scope.participant_ids is None and scope.indicator_ids is None:
        running = Period.objects.filter(starts_on__lte=scope.day, ends_on__gt=scope.day)
        return sent.filter(period__in=running.filter(campaign_id__in=scope.campaign_ids))
    return sent.filter(period_start__lte=scope.day, period_end__gt=scope.day)


def _target_values(scope: Scope) -> QuerySet[Any, Any]:
    official, provisional = Basis.OFFICIAL, Basis.PROVISIONAL
    done = {"kind": IndicatorKind.MILESTONE}
    return (
        TargetTerms.objects.order_by()
        .annotate(of=F("target"))
        .values(
            *TERMS,
            "official_value",
            official_on_time=rules.truth(Q(official_value=rules.DONE, **done) & _on_time(scope, official)),
            provisional_value=Case(
                When(unsettled=True, then=_value(scope, provisional, "mode")),
                default=F("official_value"),
                output_field=_INTEGER,
            ),
            provisional_on_time=rules.truth(Q(**done) & _provisionally_on_time(scope)),
        )
    )


def _provisionally_on_time(scope: Scope) -> Q:
    settled = Q(unsettled=False, official_value=rules.DONE) & _on_time(scope, Basis.OFFICIAL)
    return settled | (Q(unsettled=True) & _on_time(scope, Basis.PROVISIONAL))


def value_steps(scope: Scope) -> list[Step]:
    """Return the stages up to each target's official and provisional value."""
    return [Step(TargetTerms, _target_terms(scope)), Step(TargetValue, _target_values(scope))]
