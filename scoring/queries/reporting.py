"""Late and missing reports: which are owed, when each was complete, what the run remembers of it."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, ExtractMonth, ExtractYear

from campaigns.calendar import local_day
from campaigns.enums import Frequency
from campaigns.models import Measurement, Participant, Period, ReportWaiver, Target
from scoring.models import CompletedReport
from scoring.rules import truth
from scoring.stages import CheckedReport, OpenReport, OwedTarget, PeriodReport, Step, UnitReporting

from .values import Scope


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


def _owed(path: str = "") -> Q:
    """Targets owed for the period: active, in force on its last day, asked for by their frequency.

    ``path`` leads from the report to the target; the report's columns are named without it.
    """
    asked = (
        Q(**{f"{path}indicator__frequency": Frequency.EVERY_PERIOD})
        | Q(**{f"{path}indicator__frequency": Frequency.MONTHLY, "ends_a_month": True})
        | Q(**{f"{path}indicator__frequency": Frequency.AT_END, "ends_the_campaign": True})
    )
    return (Q(**{f"{path}starts_on__isnull": True}) | Q(**{f"{path}starts_on__lte": F("period_end")})) & Q(
        Q(**{f"{path}ends_from__isnull": True}) | Q(**{f"{path}ends_from__gt": F("period_end")}),
        asked,
        **{f"{path}indicator__is_active": True, f"{path}indicator__area__is_active": True},
    )


def _sent(scope: Scope, target: str, period_end: Any) -> QuerySet[Measurement]:
    return Measurement.objects.filter(
        target=OuterRef(target), period_end=period_end, sent_at__lt=scope.cut_off
    ).order_by()


def _unsent(scope: Scope, **reporter: Any) -> Exists:
    """Whether a target that the report's unit owes has not been sent: the first one found ends the search."""
    columns = {
        name: ExpressionWrapper(OuterRef(name), output_field=kind)
        for name, kind in (
            ("period_end", DateField()),
            ("ends_a_month", BooleanField()),
            ("ends_the_campaign", BooleanField()),
        )
    }
    return Exists(
        Target.objects.order_by()
        .annotate(**columns)
        .filter(_owed(), ~Exists(_sent(scope, "pk", OuterRef("period_end"))), **reporter)
    )


def _checked_reports(scope: Scope) -> QuerySet[Any, Any]:
    own = _unsent(scope, participant=OuterRef("participant"), indicator__provider__isnull=True)
    provided = _unsent(scope, indicator__provider=OuterRef("participant"))
    return OpenReport.objects.order_by().values(
        "participant",
        "period",
        "period_end",
        "ends_a_month",
        "ends_the_campaign",
        s_incomplete=truth(Q(own) | Q(provided)),
    )


def _owed_targets(scope: Scope) -> QuerySet[Any, Any]:
    def of(path: str, **where: Any) -> QuerySet[Any, Any]:
        first = _sent(scope, "owed", OuterRef("period_end")).order_by("sent_at").values("sent_at")[:1]
        return (
            CheckedReport.objects.order_by()
            .filter(_owed(path), incomplete=False, **where)
            .annotate(owed=F(f"{path}pk"))
            .values("participant", "period", s_first_sent=Subquery(first))
        )

    own = of("participant__targets__", participant__targets__indicator__provider__isnull=True)
    return own.union(of("participant__provides__targets__"), all=True)


def _complete() -> QuerySet[Any, Any]:
    return OwedTarget.objects.order_by().values("participant", "period").annotate(s_reported_at=Max("first_sent"))


def _period_reports(scope: Scope) -> QuerySet[Any, Any]:
    before = _completed(scope)
    if scope.participant_ids is not None:
        before = before.filter(participant__in=scope.participant_ids)
    missing = CheckedReport.objects.order_by().filter(incomplete=True)
    return _complete().union(
        before.order_by().values(
            "participant",
            "period",
            s_reported_at=Case(When(reported_at__lt=scope.cut_off, then=F("reported_at"))),
        ),
        missing.values("participant", "period", s_reported_at=Cast(Value(None), DateTimeField(null=True))),
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


def _report_steps(scope: Scope) -> list[Step]:
    return [
        Step(OpenReport, _open_reports(scope)),
        Step(CheckedReport, _checked_reports(scope)),
        Step(OwedTarget, _owed_targets(scope)),
    ]


def reporting_steps(scope: Scope) -> list[Step]:
    """Return the stages from open reports to each unit's count of late and missing ones."""
    return [
        *_report_steps(scope),
        Step(PeriodReport, _period_reports(scope)),
        Step(UnitReporting, _unit_reporting(scope)),
    ]


def completed_now(scope: Scope) -> tuple[list[Step], QuerySet[Any, Any]]:
    """Reports that are complete and can no longer change: of periods that ended before the cut-off's local day."""
    rows = (
        OwedTarget.objects.order_by()
        .filter(period__ends_on__lt=local_day(scope.cut_off), participant__campaign__opened_at__isnull=False)
        .values("participant", "period", "participant__campaign__opened_at")
        .annotate(last=Max("first_sent"))
        .values("participant", "period", s_opened=F("participant__campaign__opened_at"), s_last=F("last"))
    )
    return _report_steps(scope), rows
