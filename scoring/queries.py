"""The nightly run in one place: every set-based query that turns records into scores.

``write_scores`` scores one day of one or more campaigns in one statement per chunk; ``target_figures`` and
``unit_figures`` derive the same figures for reading, from the same stages and rules.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import (
    Aggregate,
    BigIntegerField,
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    Expression,
    F,
    FilteredRelation,
    JSONField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce, ExtractMonth, ExtractYear, Greatest, Least, Rank

from campaigns.calendar import local_day
from campaigns.enums import Frequency, GateForm, IndicatorKind, ReportingMode
from campaigns.models import (
    Campaign,
    Gate,
    Measurement,
    MilestoneWaiver,
    Participant,
    Period,
    PointEntry,
    ReportWaiver,
    Target,
)
from campaigns.models.fields import scaled

from . import rules
from .enums import Basis
from .models import CompletedReport, ScoreRun, TargetScore, UnitScore
from .stages import (
    AreaScore,
    OpenReport,
    OwedTarget,
    PeriodReport,
    Step,
    TargetTerms,
    TargetValue,
    UnitBase,
    UnitPoints,
    UnitReporting,
    UnitTotal,
    with_stages,
)

_INTEGER = BigIntegerField()

_TERMS = (
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


@dataclass(frozen=True)
class RunFigures:
    """What a run did."""

    rows_read: int  # targets in force
    rows_written: int  # unit rows inserted or changed; 0 for a rerun that finds the same
    checksums: dict[int, str]  # campaign id → SHA-256 over its rows of the day


class JsonObject(Aggregate):
    """{key: value} over the rows of a group."""

    output_field = JSONField()
    function = "JSONB_OBJECT_AGG"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_OBJECT", **context)


# --- stage 1: the value of every target ------------------------------------------------------------------


def _looked_at(scope: Scope, basis: Basis) -> QuerySet[Measurement]:
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


def _latest(scope: Scope, basis: Basis) -> QuerySet[Measurement]:
    """The number of the latest period that has one; "không phát sinh" hides its own period's earlier number."""
    hidden = (
        _later_in_period(scope, basis)
        .annotate(effective=rules.effective_value(basis, cut_off=scope.cut_off))
        .filter(effective__isnull=True)
    )
    return _newest_first(_looked_at(scope, basis).filter(~Exists(hidden), effective__isnull=False))


def _newest_first(rows: QuerySet[Measurement]) -> QuerySet[Measurement]:
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


def _targets(scope: Scope) -> QuerySet[Target]:
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


def _on_time(scope: Scope, basis: Basis, kind: str) -> Expression:
    """A milestone done on or before the due date in force (``due``), or with its lateness waived (``waived``)."""
    completed = Subquery(
        _latest(scope, basis).values(done_on=rules.effective_completion(basis, cut_off=scope.cut_off))[:1],
        output_field=DateField(),
    )
    return rules.truth(Q(**{kind: IndicatorKind.MILESTONE}) & (Q(waived=True) | Q(due__gte=completed)))


def _target_terms(scope: Scope) -> QuerySet[Any, Any]:
    day = scope.day
    terms_in_force = Q(revisions__effective_from__lte=day) & (
        Q(revisions__superseded_from__isnull=True) | Q(revisions__superseded_from__gt=day)
    )
    waiver = MilestoneWaiver.objects.in_force(on=day).filter(target=OuterRef("pk"))
    return (
        _targets(scope)
        .annotate(terms=FilteredRelation("revisions", condition=terms_in_force))
        .annotate(
            of=F("pk"),
            due=Coalesce("terms__due_on", "due_on"),
            waived=rules.truth(Q(indicator__kind=IndicatorKind.MILESTONE) & Exists(waiver)),
        )
        .values(
            "participant",
            "indicator",
            target=F("pk"),
            area=F("indicator__area"),
            kind=F("indicator__kind"),
            mode=F("indicator__mode"),
            weight=scaled("indicator__weight"),
            cap_bp=rules.cap(),
            floor_bp=rules.column("campaign__floor_bp"),
            late_milestone_bp=rules.column("campaign__late_milestone_bp"),
            by_another=rules.truth(Q(indicator__provider__isnull=False) & ~Q(indicator__provider=F("participant"))),
            s_baseline=Coalesce(scaled("terms__baseline"), scaled("baseline"), rules.integer(0)),
            s_goal=Coalesce(scaled("terms__goal"), scaled("goal")),
            s_due_on=F("due"),
            lateness_waived=F("waived"),
            official_value=_value(scope, Basis.OFFICIAL, "indicator__mode"),
            official_on_time=_on_time(scope, Basis.OFFICIAL, "indicator__kind"),
            unsettled=rules.truth(Q(pk__in=_unsettled(scope))),
        )
    )


def _unsettled(scope: Scope) -> QuerySet[Any, Any]:
    """Targets with a measurement that counts provisionally but not officially, or not with the same value."""
    sent = Measurement.objects.filter(target__campaign_id__in=scope.campaign_ids).order_by().values("target")
    return sent.filter(verdict="").union(
        sent.filter(verdict_at__gte=scope.cut_off),
        sent.filter(period__in=Period.objects.filter(starts_on__lte=scope.day, ends_on__gt=scope.day)),
        all=True,
    )


def _target_values(scope: Scope) -> QuerySet[Any, Any]:
    basis = Basis.PROVISIONAL
    return (
        TargetTerms.objects.order_by()
        .annotate(of=F("target"), due=F("due_on"), waived=F("lateness_waived"))
        .values(
            *_TERMS,
            "official_value",
            "official_on_time",
            provisional_value=Case(
                When(unsettled=True, then=_value(scope, basis, "mode")),
                default=F("official_value"),
                output_field=_INTEGER,
            ),
            provisional_on_time=Case(
                When(unsettled=True, then=_on_time(scope, basis, "kind")), default=F("official_on_time")
            ),
        )
    )


def _value_steps(scope: Scope) -> list[Step]:
    return [Step(TargetTerms, _target_terms(scope)), Step(TargetValue, _target_values(scope))]


def _on_basis(basis: Basis) -> QuerySet[TargetValue]:
    """The targets with the columns ``value`` and ``on_time`` that the rules are written over."""
    return TargetValue.objects.order_by().annotate(value=F(f"{basis.value}_value"), on_time=F(f"{basis.value}_on_time"))


# --- stages 2 and 3: areas and base ----------------------------------------------------------------------


def _area_scores(basis: Basis) -> QuerySet[Any, Any]:
    return (
        _on_basis(basis)
        .filter(rules.is_counted())
        .annotate(unclamped=rules.unclamped_achievement())
        .annotate(achievement=rules.achievement())
        .values("participant", "area__number", "area__weight")
        .annotate(
            total_weight=rules.total_of(F("weight")),
            points=rules.total_of(F("weight") * F("achievement")),
            fulfilled=Coalesce(rules.total_of(F("weight"), only=rules.is_fulfilled()), rules.integer(0)),
            targets=Count("target"),
            reported=Count(F("value")),
        )
        .values(
            "participant",
            basis=Value(basis.value, output_field=CharField()),
            s_area_number=F("area__number"),
            s_area_weight=scaled("area__weight"),
            s_score_bp=rules.divide(F("points"), F("total_weight")),
            s_weight=F("total_weight"),
            s_fulfilled_weight=F("fulfilled"),
            s_counted=F("targets"),
            s_with_value=F("reported"),
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


# --- reporting -------------------------------------------------------------------------------------------


def _completed(scope: Scope) -> QuerySet[CompletedReport]:
    return CompletedReport.objects.filter(
        participant__campaign_id__in=scope.campaign_ids,
        period__due_at__lt=scope.cut_off,
        opened_at=F("participant__campaign__opened_at"),
    )


def _open_reports(scope: Scope) -> QuerySet[Any, Any]:
    known = CompletedReport.objects.filter(
        participant=OuterRef("pk"), period=OuterRef("period"), opened_at=OuterRef("campaign__opened_at")
    )
    rows = (
        Participant.objects.filter(campaign_id__in=scope.campaign_ids)
        .order_by()
        .annotate(
            period=F("campaign__periods__pk"),
            period_end=F("campaign__periods__ends_on"),
            due=F("campaign__periods__due_at"),
        )
        .filter(
            ~Exists(known),
            Q(valid_from__isnull=True) | Q(period_end__gte=F("valid_from")),
            Q(valid_to__isnull=True) | Q(period_end__lte=F("valid_to")),
            due__lt=scope.cut_off,
        )
    )
    if scope.participant_ids is not None:
        rows = rows.filter(pk__in=scope.participant_ids)
    later = Period.objects.filter(campaign=OuterRef("campaign"), ends_on__gt=OuterRef("period_end"))
    in_month = later.filter(
        ends_on__year=ExtractYear(OuterRef("period_end")), ends_on__month=ExtractMonth(OuterRef("period_end"))
    )
    return rows.values(
        "period",
        "period_end",
        participant=F("pk"),
        ends_a_month=~Exists(in_month),
        ends_the_campaign=~Exists(later),
    )


def _due_in(path: str) -> Q:
    """Targets whose frequency asks for them in the period."""
    return (
        Q(**{f"{path}indicator__frequency": Frequency.EVERY_PERIOD})
        | Q(**{f"{path}indicator__frequency": Frequency.MONTHLY, "ends_a_month": True})
        | Q(**{f"{path}indicator__frequency": Frequency.AT_END, "ends_the_campaign": True})
    )


def _owed(scope: Scope, path: str, **where: Any) -> QuerySet[Any, Any]:
    first_sent = (
        Measurement.objects.filter(
            target=OuterRef("owed"), period_end=OuterRef("period_end"), sent_at__lt=scope.cut_off
        )
        .order_by("sent_at")
        .values("sent_at")[:1]
    )
    return (
        OpenReport.objects.order_by()
        .filter(
            Q(**{f"{path}starts_on__isnull": True}) | Q(**{f"{path}starts_on__lte": F("period_end")}),
            Q(**{f"{path}ends_from__isnull": True}) | Q(**{f"{path}ends_from__gt": F("period_end")}),
            _due_in(path),
            **{f"{path}indicator__is_active": True, f"{path}indicator__area__is_active": True, **where},
        )
        .annotate(owed=F(f"{path}pk"))
        .values("participant", "period", s_first_sent=Subquery(first_sent))
    )


def _owed_targets(scope: Scope) -> QuerySet[Any, Any]:
    own = _owed(scope, "participant__targets__", participant__targets__indicator__provider__isnull=True)
    return own.union(_owed(scope, "participant__provides__targets__"), all=True)


def _reported_now() -> QuerySet[Any, Any]:
    return (
        OwedTarget.objects.order_by()
        .values("participant", "period")
        .annotate(owed=Count("participant"), sent=Count("first_sent"), last=Max("first_sent"))
        .values("participant", "period", s_reported_at=Case(When(owed=F("sent"), then=F("last"))))
    )


def _period_reports(scope: Scope) -> QuerySet[Any, Any]:
    before = _completed(scope)
    if scope.participant_ids is not None:
        before = before.filter(participant__in=scope.participant_ids)
    return _reported_now().union(
        before.order_by().values(
            "participant",
            "period",
            s_reported_at=Case(When(reported_at__lt=scope.cut_off, then=F("reported_at"))),
        ),
        all=True,
    )


def _unit_reporting(scope: Scope) -> QuerySet[Any, Any]:
    waived = ReportWaiver.objects.in_force(on=scope.day).filter(
        participant=OuterRef("participant"), period=OuterRef("period")
    )
    return (
        PeriodReport.objects.order_by()
        .filter(~Exists(waived))
        .values("participant")
        .annotate(
            s_late=Count("period", filter=Q(reported_at__gt=F("period__due_at"))),
            s_missing=Count("period", filter=Q(reported_at__isnull=True)),
        )
    )


def _reporting_steps(scope: Scope) -> list[Step]:
    return [
        Step(OpenReport, _open_reports(scope)),
        Step(OwedTarget, _owed_targets(scope)),
        Step(PeriodReport, _period_reports(scope)),
        Step(UnitReporting, _unit_reporting(scope)),
    ]


# --- points, totals, ranks -------------------------------------------------------------------------------


def _unit_points(scope: Scope) -> QuerySet[Any, Any]:
    return (
        PointEntry.objects.in_force(on=scope.day)
        .filter(participant__campaign_id__in=scope.campaign_ids)
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
        Participant.objects.filter(campaign_id__in=scope.campaign_ids)
        .order_by()
        .annotate(score=FilteredRelation("stage_bases", condition=Q(stage_bases__basis=basis.value)))
        .annotate(
            bonus=Least(
                Coalesce(F("stage_points__bonus_bp"), rules.integer(0)), rules.column("campaign__bonus_cap_bp")
            ),
            penalty=Coalesce(F("stage_points__penalty_bp"), rules.integer(0)) + rules.reporting_penalty(late, missing),
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
            score_class=rules.score_class(),
            areas=Coalesce(F("score__areas"), Value({}, output_field=JSONField())),
            targets_counted=Coalesce(F("score__counted"), rules.integer(0)),
        )
    )


def _both(rows: Callable[[Basis], QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    return rows(Basis.OFFICIAL).union(rows(Basis.PROVISIONAL), all=True)


def _in_bloc() -> list[Expression | F]:
    return [F("basis"), F("bloc"), F("ranked")]


def _ranked_units() -> QuerySet[Any, Any]:
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


def _unit_steps(scope: Scope) -> list[Step]:
    return [
        *_value_steps(scope),
        Step(AreaScore, _both(_area_scores)),
        Step(UnitBase, _unit_bases()),
        *_reporting_steps(scope),
        Step(UnitPoints, _unit_points(scope)),
        Step(UnitTotal, _both(lambda basis: _unit_totals(scope, basis))),
    ]


# --- the run ---------------------------------------------------------------------------------------------

_COMPARED = (
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
    "rank",
    "bloc_size",
)


def write_scores(
    *, campaign_ids: Sequence[int], day: dt.date, cut_off: dt.datetime, run_ids: Mapping[int, int]
) -> RunFigures:
    """Score a local day of the campaigns on both bases and write one row a unit and basis.

    One set-based statement in the caller's transaction; rows that are the same already are not written.
    ``run_ids`` says for each campaign which run changes its rows.
    """
    scope = Scope(tuple(campaign_ids), day, cut_off)
    _remember_completed_reports(scope)
    rows = _ranked_units().annotate(
        run=Case(*(When(campaign=campaign, then=Value(run)) for campaign, run in run_ids.items()))
    )
    with_sql, with_params = with_stages(_unit_steps(scope), using=connection.alias)
    select, params = rows.query.get_compiler(connection.alias).as_sql()
    names = [*(rows.query.selected or ())]
    written = _upsert(with_sql, select, names, {"day": day}, (*with_params, *params))
    return RunFigures(rows_read=_targets(scope).count(), rows_written=written, checksums=checksums(campaign_ids, day))


def _upsert(
    with_sql: str, select: str, names: Sequence[str], constants: Mapping[str, Any], params: Sequence[Any]
) -> int:
    """Insert the selected rows, changing those that exist and differ; return how many were written."""
    meta, quote = UnitScore._meta, connection.ops.quote_name
    table = quote(meta.db_table)
    columns = [quote(meta.get_field(name).column) for name in (*names, *constants)]
    compared = [quote(meta.get_field(name).column) for name in _COMPARED]
    differs = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    keys = ", ".join(quote(meta.get_field(name).column) for name in ("participant", "day", "basis"))
    # Every name comes from the model's own columns; every value is a parameter.
    sql = (
        f"INSERT INTO {table} ({', '.join(columns)}) {with_sql} "  # noqa: S608
        f"SELECT q.*{', %s' * len(constants)} FROM ({select}) q WHERE true "
        f"ON CONFLICT ({keys}) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name in (*compared, quote("run_id")))
        + " WHERE "
        + " OR ".join(f"{table}.{name} {differs} excluded.{name}" for name in compared)
    )
    # WITH comes first in the text, then the constants of the outer SELECT, then the inner SELECT's parameters.
    inner = select.count("%s")
    ordered = [*params[: len(params) - inner], *constants.values(), *params[len(params) - inner :]]
    with connection.cursor() as cursor:
        cursor.execute(sql, ordered)
        return int(cursor.rowcount)


def _remember_completed_reports(scope: Scope) -> None:
    """Keep the reports that became complete, for periods that ended before the cut-off's local day."""
    steps = _reporting_steps(scope)[:2]
    rows = (
        OwedTarget.objects.order_by()
        .filter(period__ends_on__lt=local_day(scope.cut_off), participant__campaign__opened_at__isnull=False)
        .values("participant", "period", "participant__campaign__opened_at")
        .annotate(owed=Count("participant"), sent=Count("first_sent"), last=Max("first_sent"))
        .filter(owed=F("sent"))
        .values("participant", "period", s_opened=F("participant__campaign__opened_at"), s_last=F("last"))
    )
    sql, params = with_stages(steps, using=connection.alias)
    select, more = rows.query.get_compiler(connection.alias).as_sql()
    quote = connection.ops.quote_name
    columns = ", ".join(quote(name) for name in ("participant_id", "period_id", "opened_at", "reported_at"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(CompletedReport._meta.db_table)} ({columns}) {sql} "  # noqa: S608  # own names only
            f"SELECT q.* FROM ({select}) q WHERE true ON CONFLICT DO NOTHING",
            (*params, *more),
        )


def checksums(campaign_ids: Sequence[int], day: dt.date) -> dict[int, str]:
    """Return for each campaign the SHA-256 over its rows of the day, in a fixed order."""
    hashes = {campaign: hashlib.sha256() for campaign in campaign_ids}
    for campaign, code, basis, areas, *figures in (
        UnitScore.objects.filter(campaign_id__in=campaign_ids, day=day)
        .order_by("campaign_id", "participant__code", "basis")
        .values_list("campaign_id", "participant__code", "basis", "areas", *(n for n in _COMPARED if n != "areas"))
    ):
        line = json.dumps([code, basis, sorted(areas.items()), figures], ensure_ascii=False, separators=(",", ":"))
        hashes[campaign].update(line.encode() + b"\n")
    return {campaign: digest.hexdigest() for campaign, digest in hashes.items()}


# --- reading the same figures ----------------------------------------------------------------------------


@dataclass(frozen=True)
class TargetFigure:
    """One target's figures on a day and basis, as the run computes them."""

    target_id: int
    participant_id: int
    indicator_id: int
    area_id: int
    kind: str
    weight: int  # hundredths
    cap_bp: int
    floor_bp: int
    late_milestone_bp: int
    by_another: bool  # reported by another unit
    baseline: int  # ten-thousandths, like goal and value
    goal: int
    value: int | None  # None: no data
    on_time: bool
    unclamped: int  # bp, before floor and cap
    achievement_bp: int | None  # after them; None for a target left out
    is_fulfilled: bool
    is_counted: bool


def _figures(scope: Scope, basis: Basis) -> tuple[str, tuple[Any, ...]]:
    rows = (
        _on_basis(basis)
        .annotate(unclamped=rules.unclamped_achievement())
        .annotate(
            achievement=Case(When(rules.is_counted(), then=rules.achievement())),
            fulfilled=rules.truth(rules.is_fulfilled()),
            counted=rules.truth(rules.is_counted()),
        )
        .order_by("area__number", "indicator__code", "participant__code")
        .values(*_TERMS, "value", "on_time", "unclamped", "achievement", "fulfilled", "counted")
    )
    return with_stages(_value_steps(scope), rows, using=connection.alias)


def target_figures(scope: Scope, basis: Basis) -> list[TargetFigure]:
    """Return the targets of the scope with their figures, in the plan's order."""
    sql, params = _figures(scope, basis)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [
            TargetFigure(*row[:9], bool(row[9]), *row[10:13], bool(row[13]), *row[14:16], bool(row[16]), bool(row[17]))
            for row in cursor.fetchall()
        ]


def write_target_scores(*, run: ScoreRun) -> int:
    """Store the targets of a final run on both bases; return how many rows."""
    if run.cut_off is None:
        raise ValueError("A run without a cut-off has no figures.")
    scope = Scope((run.campaign_id,), run.day, run.cut_off)
    rows = [
        TargetScore(
            run=run,
            target_id=figure.target_id,
            basis=basis,
            value_e4=figure.value,
            achievement_bp=figure.achievement_bp,
            is_fulfilled=figure.is_fulfilled,
            is_counted=figure.is_counted,
            weight_e2=figure.weight,
        )
        for basis in Basis
        for figure in target_figures(scope, basis)
    ]
    return len(TargetScore.objects.bulk_create(rows, batch_size=500))


def target_scores(
    *,
    campaign: Campaign,
    day: dt.date,
    basis: Basis,
    cut_off: dt.datetime,
    participants: Iterable[int] | None = None,
    indicators: Iterable[int] | None = None,
) -> list[TargetFigure]:
    """Return the figures of one campaign's targets, of some units or indicators where given."""
    scope = Scope(
        (campaign.pk,),
        day,
        cut_off,
        None if participants is None else tuple(participants),
        None if indicators is None else tuple(indicators),
    )
    return target_figures(scope, basis)
