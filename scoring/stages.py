"""The named intermediate results of a run: one unmanaged model a stage, each a CTE of the run's statement.

A stage is an ordinary queryset over the stages before it, so the rules stay ORM expressions over named
columns; ``with_stages`` glues them into one statement. No table of these names exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections, models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from campaigns.enums import IndicatorKind, ReportingMode
from campaigns.models import Area, Bloc, Campaign, Indicator, Participant, Period, Target

from .enums import Basis, ScoreClass


def _key(model: type[models.Model], related_name: str = "+", **kwargs: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(model, models.DO_NOTHING, related_name=related_name, db_constraint=False, **kwargs)


class Stage(models.Model):
    """``row`` only satisfies the ORM; no stage selects it."""

    row = models.BigIntegerField(primary_key=True)

    class Meta:
        abstract = True
        managed = False

    def __str__(self) -> str:
        return str(_("one row of a stage"))


class TargetTerms(Stage):
    """Stage 1: a target in force on the day, with its terms, its policy and its official value.

    Values are ten-thousandths, weights hundredths, ``_bp`` basis points. A value is null for no data;
    ``by_another`` marks targets that another unit reports,
    ``unsettled`` those whose provisional value may differ.
    """

    target = _key(Target)
    participant = _key(Participant)
    indicator = _key(Indicator)
    area = _key(Area)
    kind = models.CharField(max_length=20, choices=IndicatorKind.choices)
    mode = models.CharField(max_length=20, choices=ReportingMode.choices)
    weight = models.BigIntegerField()
    cap_bp = models.BigIntegerField()
    floor_bp = models.BigIntegerField()
    late_milestone_bp = models.BigIntegerField()
    by_another = models.BooleanField()
    baseline = models.BigIntegerField()
    goal = models.BigIntegerField()
    due_on = models.DateField(null=True)
    lateness_waived = models.BooleanField()
    official_value = models.BigIntegerField(null=True)
    unsettled = models.BooleanField()

    class Meta(Stage.Meta):
        db_table = "stage_target_terms"


class TargetValue(Stage):
    """Stage 2: the same with the provisional value, looked up only where it can differ from the official."""

    target = _key(Target)
    participant = _key(Participant)
    indicator = _key(Indicator)
    area = _key(Area)
    kind = models.CharField(max_length=20, choices=IndicatorKind.choices)
    weight = models.BigIntegerField()
    cap_bp = models.BigIntegerField()
    floor_bp = models.BigIntegerField()
    late_milestone_bp = models.BigIntegerField()
    by_another = models.BooleanField()
    baseline = models.BigIntegerField()
    goal = models.BigIntegerField()
    official_value = models.BigIntegerField(null=True)
    official_on_time = models.BooleanField()
    provisional_value = models.BigIntegerField(null=True)
    provisional_on_time = models.BooleanField()

    class Meta(Stage.Meta):
        db_table = "stage_target_value"


class AreaSums(Stage):
    """Stage 3: the sums of a unit's area over its counted targets, for both bases in one pass."""

    participant = _key(Participant)
    area_number = models.IntegerField()
    area_weight = models.BigIntegerField()
    official_weight = models.BigIntegerField(null=True)
    official_points = models.BigIntegerField(null=True)
    official_fulfilled = models.BigIntegerField(null=True)
    official_counted = models.BigIntegerField()
    official_with_value = models.BigIntegerField()
    provisional_weight = models.BigIntegerField(null=True)
    provisional_points = models.BigIntegerField(null=True)
    provisional_fulfilled = models.BigIntegerField(null=True)
    provisional_counted = models.BigIntegerField()
    provisional_with_value = models.BigIntegerField()

    class Meta(Stage.Meta):
        db_table = "stage_area_sums"


class AreaScore(Stage):
    """Stage 4: a unit's applicable area: score, weights and counts of its counted targets."""

    basis = models.CharField(max_length=11, choices=Basis.choices)
    participant = _key(Participant)
    area_number = models.IntegerField()
    area_weight = models.BigIntegerField()
    score_bp = models.BigIntegerField()
    weight = models.BigIntegerField()
    fulfilled_weight = models.BigIntegerField()
    counted = models.BigIntegerField()
    with_value = models.BigIntegerField()

    class Meta(Stage.Meta):
        db_table = "stage_area_score"


class UnitBase(Stage):
    """Stage 5: a unit's base, its areas as JSON, fulfilled share and coverage."""

    basis = models.CharField(max_length=11, choices=Basis.choices)
    participant = _key(Participant, "stage_bases")
    base_bp = models.BigIntegerField()
    areas = models.JSONField()
    fulfilled_bp = models.BigIntegerField()
    coverage_bp = models.BigIntegerField()
    counted = models.BigIntegerField()

    class Meta(Stage.Meta):
        db_table = "stage_unit_base"


class OpenReport(Stage):
    """A unit and a period due by the cut-off whose report is not known to be complete.

    ``ends_a_month`` and ``ends_the_campaign`` say which frequencies ask for their targets in the period.
    """

    participant = _key(Participant)
    period = _key(Period)
    period_end = models.DateField()
    ends_a_month = models.BooleanField()
    ends_the_campaign = models.BooleanField()

    class Meta(Stage.Meta):
        db_table = "stage_open_report"


class CheckedReport(Stage):
    """The same with the answer: ``incomplete`` when an owed target was not sent by the cut-off."""

    participant = _key(Participant)
    period = _key(Period)
    period_end = models.DateField()
    ends_a_month = models.BooleanField()
    ends_the_campaign = models.BooleanField()
    incomplete = models.BooleanField()

    class Meta(Stage.Meta):
        db_table = "stage_checked_report"


class OwedTarget(Stage):
    """One target of a complete report, with the moment when it was first sent."""

    participant = _key(Participant)
    period = _key(Period)
    first_sent = models.DateTimeField()

    class Meta(Stage.Meta):
        db_table = "stage_owed_target"


class PeriodReport(Stage):
    """An owed report: reported at a moment (null: not by the cut-off)."""

    participant = _key(Participant)
    period = _key(Period)
    reported_at = models.DateTimeField(null=True)

    class Meta(Stage.Meta):
        db_table = "stage_period_report"


class UnitReporting(Stage):
    """A unit's late and missing reports, after waivers."""

    participant = _key(Participant, "stage_reporting")
    late = models.BigIntegerField()
    missing = models.BigIntegerField()

    class Meta(Stage.Meta):
        db_table = "stage_unit_reporting"


class UnitPoints(Stage):
    """A unit's bonus and penalty points in force, both as positive sums."""

    participant = _key(Participant, "stage_points")
    bonus_bp = models.BigIntegerField()
    penalty_bp = models.BigIntegerField()

    class Meta(Stage.Meta):
        db_table = "stage_unit_points"


class UnitTotal(Stage):
    """Last stage: everything of a unit but its rank."""

    basis = models.CharField(max_length=11, choices=Basis.choices)
    campaign = _key(Campaign)
    participant = _key(Participant)
    bloc = _key(Bloc)
    total_bp = models.BigIntegerField(null=True)
    base_bp = models.BigIntegerField(null=True)
    bonus_bp = models.BigIntegerField()
    penalty_bp = models.BigIntegerField()
    fulfilled_bp = models.BigIntegerField(null=True)
    coverage_bp = models.BigIntegerField(null=True)
    late_reports = models.BigIntegerField()
    missing_reports = models.BigIntegerField()
    ranked = models.BooleanField()
    score_class = models.CharField(max_length=13, choices=ScoreClass.choices)
    areas = models.JSONField()
    targets_counted = models.BigIntegerField()

    class Meta(Stage.Meta):
        db_table = "stage_unit_total"


@dataclass(frozen=True)
class Step:
    """One stage and the queryset that fills it; ``values()`` names the stage's columns."""

    stage: type[Stage]
    rows: QuerySet[Any]


def column(model: type[models.Model], name: str, *, using: str) -> str:
    """Return the quoted column of a model's field."""
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field) or field.column is None:
        raise TypeError(f"{model.__name__}.{name} is no column")
    return connections[using].ops.quote_name(field.column)


def with_stages(
    steps: Sequence[Step], final: QuerySet[Any] | None = None, *, using: str
) -> tuple[str, tuple[Any, ...]]:
    """Return ``WITH stage AS (…), … SELECT …`` and its parameters; without ``final`` only the WITH part."""
    quote = connections[using].ops.quote_name
    parts: list[str] = []
    params: list[Any] = []
    for step in steps:
        sql, values = step.rows.query.get_compiler(using).as_sql()
        columns = ", ".join(column(step.stage, name, using=using) for name in _selected(step.rows))
        parts.append(f"{quote(step.stage._meta.db_table)} ({columns}) AS MATERIALIZED ({sql})")
        params.extend(values)
    sql = "WITH " + ", ".join(parts)
    if final is not None:
        final_sql, values = final.query.get_compiler(using).as_sql()
        sql, params = f"{sql} {final_sql}", [*params, *values]
    return sql, tuple(params)


def _selected(rows: QuerySet[Any]) -> Sequence[str]:
    """Return the names a ``values()`` queryset selects, in the order of its SQL columns."""
    query = rows.query.combined_queries[0] if rows.query.combinator else rows.query
    if query.selected is None:
        raise ValueError("A stage's queryset names its columns with values().")
    return [name.removeprefix("s_") for name in query.selected]
