"""Areas, base, points, totals and ranks of every unit: the later stages of a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import (
    Aggregate,
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    Expression,
    F,
    FilteredRelation,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Least, Rank

from campaigns.enums import GateForm
from campaigns.models import Gate, Participant, PointEntry
from scoring import rules
from scoring.enums import Basis
from scoring.stages import AreaScore, AreaSums, Step, TargetValue, UnitBase, UnitPoints, UnitTotal

from .reporting import reporting_steps
from .values import Scope, value_steps

_INTEGER = BigIntegerField()


class JsonObject(Aggregate):
    """{key: value} over the rows of a group."""

    output_field = JSONField()
    function = "JSONB_OBJECT_AGG"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_OBJECT", **context)


def _area_sums(scope: Scope) -> QuerySet[Any, Any]:
    rows = TargetValue.objects.order_by().annotate(
        **{f"{basis.value}_unclamped": rules.unclamped_achievement(basis) for basis in Basis}
    )
    sums: dict[str, Any] = {}
    for basis in Basis:
        counted, name = rules.is_counted(basis), basis.value
        sums |= {
            f"{name}_weight": rules.total_of(F("weight"), only=counted),
            f"{name}_points": rules.total_of(F("weight") * rules.achievement(basis), only=counted),
            f"{name}_fulfilled": rules.total_of(F("weight"), only=rules.is_fulfilled(basis)),
            f"{name}_counted": Count("target", filter=counted),
            f"{name}_with_value": Count(F(f"{name}_value")),
        }
    return (
        rows.values("participant", "area__number", "area__weight")
        .annotate(**{f"s_{name}": expression for name, expression in sums.items()})
        .values(
            "participant",
            *(f"s_{name}" for name in sums),
            s_area_number=F("area__number"),
            s_area_weight=rules.weight("area__weight", "area__number", scope.policy.area_weights),
        )
    )


def _area_scores(basis: Basis) -> QuerySet[Any, Any]:
    """Areas without a counted target are not applicable: they are left out."""
    name = basis.value
    return (
        AreaSums.objects.order_by()
        .filter(**{f"{name}_counted__gt": 0})
        .values(
            "participant",
            "area_number",
            "area_weight",
            basis=Value(name, output_field=CharField()),
            score_bp=rules.divide(F(f"{name}_points"), F(f"{name}_weight")),
            weight=F(f"{name}_weight"),
            fulfilled_weight=Coalesce(F(f"{name}_fulfilled"), rules.integer(0)),
            counted=F(f"{name}_counted"),
            with_value=F(f"{name}_with_value"),
        )
    )


def _unit_bases() -> QuerySet[Any, Any]:
    return (
        AreaScore.objects.order_by()
        .values("basis", "participant")
        .annotate(
            points=rules.total_of(F("area_weight") * F("score_bp")),
            weights=rules.total_of(F("area_weight")),
            fulfilled=rules.total_of(F("fulfilled_weight")),
            target_weights=rules.total_of(F("weight")),
            targets=rules.total_of(F("counted")),
            reported=rules.total_of(F("with_value")),
            by_area=JsonObject(Cast("area_number", CharField()), F("score_bp")),
        )
        .values(
            "basis",
            "participant",
            s_base_bp=rules.divide(F("points"), F("weights")),
            s_areas=F("by_area"),
            s_fulfilled_bp=rules.divide(F("fulfilled") * rules.integer(rules.FULL_BP), F("target_weights")),
            s_coverage_bp=rules.divide(F("reported") * rules.integer(rules.FULL_BP), F("targets")),
            s_counted=F("targets"),
        )
    )


def _participants(scope: Scope) -> QuerySet[Participant]:
    rows = Participant.objects.filter(campaign_id__in=scope.campaign_ids).order_by()
    return rows if scope.participant_ids is None else rows.filter(pk__in=scope.participant_ids)


def _unit_points(scope: Scope) -> QuerySet[Any, Any]:
    return (
        PointEntry.objects.in_force(on=scope.day)
        .filter(participant__in=_participants(scope))
        .order_by()
        .values("participant")
        .annotate(
            s_bonus_bp=Coalesce(rules.total_of("points_bp", only=Q(points_bp__gt=0)), rules.integer(0)),
            s_penalty_bp=Coalesce(Cast(-Sum("points_bp", filter=Q(points_bp__lt=0)), _INTEGER), rules.integer(0)),
        )
    )


def _unit_totals(scope: Scope, basis: Basis) -> QuerySet[Any, Any]:
    day = scope.day
    late = Coalesce(F("stage_reporting__late"), rules.integer(0))
    missing = Coalesce(F("stage_reporting__missing"), rules.integer(0))
    excluded = Gate.objects.in_force(on=day).filter(participant=OuterRef("pk"), form=GateForm.EXCLUSION, person_name="")
    return (
        _participants(scope)
        .annotate(score=FilteredRelation("stage_bases", condition=Q(stage_bases__basis=basis.value)))
        .annotate(
            bonus=Least(
                Coalesce(F("stage_points__bonus_bp"), rules.integer(0)), rules.term("bonus_cap_bp", scope.policy)
            ),
            penalty=Coalesce(F("stage_points__penalty_bp"), rules.integer(0))
            + rules.reporting_penalty(late, missing, policy=scope.policy),
        )
        .annotate(
            total=Case(
                When(
                    score__base_bp__isnull=False,
                    then=Greatest(rules.whole(F("score__base_bp") + F("bonus") - F("penalty")), rules.integer(0)),
                ),
                output_field=_INTEGER,
            )
        )
        .values(
            "campaign",
            "bloc",
            basis=Value(basis.value, output_field=CharField()),
            participant=F("pk"),
            total_bp=F("total"),
            base_bp=F("score__base_bp"),
            bonus_bp=F("bonus"),
            penalty_bp=F("penalty"),
            fulfilled_bp=F("score__fulfilled_bp"),
            coverage_bp=F("score__coverage_bp"),
            late_reports=late,
            missing_reports=missing,
            ranked=rules.truth(
                Q(
                    Q(valid_from__isnull=True) | Q(valid_from__lte=day),
                    Q(valid_to__isnull=True) | Q(valid_to__gte=day),
                    ~Exists(excluded),
                    competes=True,
                    total__isnull=False,
                )
            ),
            score_class=rules.score_class(policy=scope.policy),
            areas=Coalesce(F("score__areas"), Value({}, output_field=JSONField())),
            targets_counted=Coalesce(F("score__counted"), rules.integer(0)),
        )
    )


def _both(rows: Callable[[Basis], QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    return rows(Basis.OFFICIAL).union(rows(Basis.PROVISIONAL), all=True)


def _in_bloc() -> list[Expression | F]:
    return [F("basis"), F("bloc"), F("ranked")]


def ranked_units() -> QuerySet[Any, Any]:
    """Competition ranking in the bloc: total, then fulfilled share, then fewer late and missing reports."""
    rank = Window(
        Rank(),
        partition_by=_in_bloc(),
        order_by=[
            F("total_bp").desc(nulls_last=True),
            F("fulfilled_bp").desc(nulls_last=True),
            (F("late_reports") + F("missing_reports")).asc(),
        ],
    )
    ranked_in_bloc = Window(Sum(Case(When(ranked=True, then=1), default=0)), partition_by=[F("basis"), F("bloc")])
    return UnitTotal.objects.order_by("participant", "basis").values(
        "campaign",
        "participant",
        "basis",
        "total_bp",
        "base_bp",
        "bonus_bp",
        "penalty_bp",
        "fulfilled_bp",
        "coverage_bp",
        "late_reports",
        "missing_reports",
        "score_class",
        "areas",
        "targets_counted",
        rank=Case(When(ranked=True, then=rank)),
        bloc_size=ranked_in_bloc,
    )


def unit_steps(scope: Scope) -> list[Step]:
    """Return the stages of a whole night: from values to each unit's total."""
    return [
        *value_steps(scope),
        Step(AreaSums, _area_sums(scope)),
        Step(AreaScore, _both(_area_scores)),
        Step(UnitBase, _unit_bases()),
        *reporting_steps(scope),
        Step(UnitPoints, _unit_points(scope)),
        Step(UnitTotal, _both(lambda basis: _unit_totals(scope, basis))),
    ]
