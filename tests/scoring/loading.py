"""Carry a reference campaign into the database, and read the portal's figures in the reference's shape."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

from campaigns import models as m
from campaigns.calendar import LOCAL, cut_off
from campaigns.enums import CampaignStatus, Frequency, GateForm, IndicatorKind, ReportingMode, UnitKind
from scoring.enums import Basis, RunTrigger, ScoreClass
from scoring.models import ScoreRun, UnitScore
from scoring.queries import Scope, target_figures, write_scores

from . import campaign as ref

KINDS = {
    ref.Kind.INCREASE: IndicatorKind.INCREASE,
    ref.Kind.DECREASE: IndicatorKind.DECREASE,
    ref.Kind.MAINTAIN: IndicatorKind.MAINTAIN,
    ref.Kind.MILESTONE: IndicatorKind.MILESTONE,
}
MODES = {ref.Mode.CUMULATIVE: ReportingMode.CUMULATIVE, ref.Mode.INCREMENT: ReportingMode.INCREMENT}
FREQUENCIES = {
    ref.Frequency.EVERY_PERIOD: Frequency.EVERY_PERIOD,
    ref.Frequency.MONTHLY: Frequency.MONTHLY,
    ref.Frequency.AT_END: Frequency.AT_END,
}
VERDICTS = {ref.Ruling.ACCEPTED: "accepted", ref.Ruling.ADJUSTED: "adjusted", ref.Ruling.RETURNED: "returned"}
CLASSES = {
    "": None,
    ScoreClass.EXCELLENT: "Hoàn thành xuất sắc",
    ScoreClass.GOOD: "Hoàn thành tốt",
    ScoreClass.COMPLETED: "Hoàn thành",
    ScoreClass.NOT_COMPLETED: "Chưa hoàn thành",
}


def _moment(local: dt.datetime | None) -> dt.datetime | None:
    return None if local is None else local.replace(tzinfo=LOCAL)


def load(source: ref.Campaign, *, code: str | None = None) -> m.Campaign:
    """Write the campaign as an open one, as an import of its history would, and return it."""
    now = timezone.now()
    policy = source.policy
    campaign = m.Campaign.objects.create(
        code=code or source.code,
        name=source.name,
        organiser_name=source.agency,
        starts_on=source.start,
        ends_on=source.end,
        status=CampaignStatus.OPEN,
        opened_at=now,
        cap_bp=policy.cap_bp,
        floor_bp=policy.floor_bp,
        late_milestone_bp=policy.late_milestone_bp,
        bonus_cap_bp=policy.bonus_cap_bp,
        late_report_bp=policy.late_report_bp,
        missing_report_bp=policy.missing_report_bp,
        reporting_penalty_cap_bp=policy.reporting_penalty_cap_bp,
        excellent_from_bp=policy.excellent_bp,
        good_from_bp=policy.good_bp,
        completed_from_bp=policy.fair_bp,
    )
    batch = m.WorkbookImport.objects.create(
        campaign=campaign, file_name="x.xlsx", sha256=hashlib.sha256(b"").hexdigest(), imported_at=now
    )
    areas = {
        a.number: m.Area.objects.create(
            campaign=campaign, number=a.number, name=a.name, weight=a.weight, is_active=a.active
        )
        for a in source.areas
    }
    blocs = {b.code: m.Bloc.objects.create(campaign=campaign, code=b.code, name=b.name) for b in source.blocs}
    participants: dict[str, m.Participant] = {}
    for u in source.units:
        unit = m.Unit(code=f"{campaign.pk}-{u.code}", name=u.name, kind=UnitKind.WARD)
        unit.set_search_columns()
        unit.save()
        participants[u.code] = m.Participant.objects.create(
            campaign=campaign,
            unit=unit,
            bloc=blocs[u.bloc],
            code=u.code,
            name=u.name,
            kind=UnitKind.WARD,
            competes=u.competes,
            valid_from=u.first_day,
            valid_to=u.last_day,
            sort_key=u.code,
        )
    periods = {
        p.name: m.Period.objects.create(
            campaign=campaign,
            code=p.name,
            starts_on=p.start,
            ends_on=p.end,
            due_at=_moment(p.due),
            locks_at=_moment(p.locked),
        )
        for p in source.periods
    }
    indicators = {
        i.code: m.Indicator.objects.create(
            campaign=campaign,
            area=areas[i.area],
            code=i.code,
            name=i.name,
            kind=KINDS[i.kind],
            mode=MODES[i.mode],
            weight=i.weight,
            cap_bp=i.cap_bp,
            frequency=FREQUENCIES[i.frequency],
            provider=participants[i.provider] if i.provider else None,
            is_active=i.active,
        )
        for i in source.indicators
    }
    targets = {}
    for t in source.targets:
        target = m.Target.objects.create(
            campaign=campaign,
            indicator=indicators[t.indicator],
            participant=participants[t.unit],
            baseline=t.baseline,
            goal=t.goal,
            due_on=t.due,
            starts_on=t.first_day,
            ends_from=t.ending_day,
            end_reason="x" if t.ending_day else "",
        )
        targets[t.indicator, t.unit] = target
        baseline, goal, due = t.baseline, t.goal, t.due
        for index, r in enumerate(t.revisions):
            baseline = r.baseline if r.baseline is not None else baseline
            goal, due = r.goal if r.goal is not None else goal, r.due or due
            later = t.revisions[index + 1].day if index + 1 < len(t.revisions) else None
            m.TargetRevision.objects.create(
                target=target,
                effective_from=r.day,
                superseded_from=later,
                baseline=baseline,
                goal=goal,
                due_on=due,
                reason=r.reason,
                entered_at=now,
                imported_in=batch,
            )
        if t.late_waiver_day:
            m.MilestoneWaiver.objects.create(
                target=target, holds_from=t.late_waiver_day, reason="x", entered_at=now, imported_in=batch
            )
    m.Measurement.objects.bulk_create(
        [_measurement(row, targets[row.indicator, row.unit], periods[row.period], batch) for row in source.measurements]
    )
    for p in source.points:
        m.PointEntry.objects.create(
            participant=participants[p.unit],
            points_bp=p.bp,
            holds_from=p.from_day,
            voided_from=p.voided_day,
            reason=p.reason,
            document_number=p.document,
            entered_at=now,
            imported_in=batch,
        )
    for w in source.report_waivers:
        m.ReportWaiver.objects.create(
            participant=participants[w.unit],
            period=periods[w.period],
            holds_from=w.from_day,
            reason=w.reason,
            entered_at=now,
            imported_in=batch,
        )
    for g in source.gates:
        m.Gate.objects.create(
            campaign=campaign,
            participant=participants[g.unit],
            form=GateForm.HOLD if g.form is ref.GateForm.HOLD else GateForm.EXCLUSION,
            holds_from=g.from_day,
            voided_from=g.voided_day,
            reason=g.reason,
            document_number=g.document,
            entered_at=now,
            imported_in=batch,
        )
    return campaign


def _measurement(row: ref.Measurement, target: m.Target, period: m.Period, batch: m.WorkbookImport) -> m.Measurement:
    value = row.value
    if row.numerator is not None and row.denominator is not None:
        value = (row.numerator * 100 / row.denominator).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
    verdict = VERDICTS[row.ruling] if row.ruling else ""
    verified = {"accepted": value, "adjusted": row.verified_value}.get(verdict)
    completed = {"accepted": row.completed, "adjusted": row.verified_completed or row.completed}.get(verdict)
    return m.Measurement(
        target=target,
        period=period,
        period_start=period.starts_on,
        period_end=period.ends_on,
        nothing=row.nothing,
        value=value,
        numerator=row.numerator,
        denominator=row.denominator,
        completed_on=row.completed,
        sent_at=_moment(row.sent),
        verdict=verdict,
        verdict_at=_moment(row.ruled),
        verified_value=verified,
        verified_completed_on=completed,
        verdict_reason="x" if verdict in ("adjusted", "returned") else "",
        imported_in=batch,
    )


def run(campaign: m.Campaign, day: dt.date, moment: dt.datetime | None = None) -> ScoreRun:
    """Score one day as a night would, without the queue around it; return the run with what it wrote."""
    row = ScoreRun.objects.create(
        campaign=campaign,
        day=day,
        trigger=RunTrigger.MANUAL,
        requested_at=timezone.now(),
        cut_off=_moment(moment) or cut_off(day),
    )
    figures = write_scores(campaign_ids=[campaign.pk], day=day, cut_off=row.cut_off, run_ids={campaign.pk: row.pk})
    row.rows_written, row.checksum = figures.rows_written, figures.checksums[campaign.pk]
    return row


def exported(campaign: m.Campaign, day: dt.date, basis: str, moment: dt.datetime | None = None) -> dict[str, Any]:
    """Return the stored scores of a day, and its derived targets, as ``export_scores`` prints them."""
    chosen = Basis(basis)
    scope = Scope((campaign.pk,), day, _moment(moment) or cut_off(day))
    codes = dict(m.Indicator.objects.filter(campaign=campaign).values_list("pk", "code"))
    targets: dict[int, dict[str, Any]] = {}
    for figure in target_figures(scope, chosen):
        value = None if figure.value is None else _plain(Decimal(figure.value).scaleb(-4))
        targets.setdefault(figure.participant_id, {})[codes[figure.indicator_id]] = {
            "value": value,
            "achievement_bp": figure.achievement_bp,
        }
    rows = UnitScore.objects.filter(campaign=campaign, day=day, basis=chosen).select_related("participant__bloc")
    return {
        "campaign": campaign.code,
        "date": day.isoformat(),
        "basis": basis,
        "units": [
            {
                "code": row.participant.code,
                "bloc": row.participant.bloc.code,
                "total_bp": row.total_bp,
                "base_bp": row.base_bp,
                "bonus_bp": row.bonus_bp,
                "penalty_bp": row.penalty_bp,
                "fulfilled_bp": row.fulfilled_bp,
                "coverage_bp": row.coverage_bp,
                "late_reports": row.late_reports,
                "missing_reports": row.missing_reports,
                "rank": row.rank,
                "class": CLASSES[row.score_class],
                "areas": row.areas,
                "targets": targets.get(row.participant_id, {}),
            }
            for row in sorted(rows, key=lambda row: row.participant.code)
        ],
    }


def _plain(number: Decimal) -> str:
    text = f"{number:f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text
