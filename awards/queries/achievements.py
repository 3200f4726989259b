"""A unit's verified figures for its achievement report: frozen at submission, and as a text to start from."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.calendar import local_day
from campaigns.display import local_date, number, percent, points
from campaigns.enums import IndicatorKind, VerdictOutcome
from campaigns.models import Measurement, Participant, Target
from scoring.enums import Basis, ScoreClass
from scoring.models import ScoreRun, UnitScore
from scoring.queries import target_scores


def latest_score(*, participant: Participant, on: dt.date | None = None) -> UnitScore | None:
    """Return the unit's latest official figures, as they were known on a day where given."""
    rows = UnitScore.objects.filter(participant=participant, basis=Basis.OFFICIAL)
    if on is not None:
        rows = rows.filter(day__lte=on)
    return rows.order_by("-day").first()


def figures_of(*, participant: Participant, on: dt.date | None = None) -> dict[str, Any]:
    """Return the unit's verified figures of the latest scored day (up to ``on``), as plain values; empty where none.

    Scores in basis points; values and goals as decimal text.
    """
    score = latest_score(participant=participant, on=on)
    if score is None:
        return {}
    return {
        "day": score.day.isoformat(),
        "total_bp": score.total_bp,
        "rank": score.rank,
        "ranked_units": score.bloc_size,
        "class": score.score_class,
        "areas": dict(score.areas),
        "targets": _targets(participant, score),
    }


def _targets(participant: Participant, score: UnitScore) -> list[dict[str, Any]]:
    cut_off = ScoreRun.objects.filter(pk=score.run_id).values_list("cut_off", flat=True).first()
    if cut_off is None:
        return []
    figures = {
        figure.target_id: figure
        for figure in target_scores(
            campaign=participant.campaign,
            day=score.day,
            basis=Basis.OFFICIAL,
            cut_off=cut_off,
            participants=[participant.pk],
        )
    }
    targets = Target.objects.filter(pk__in=figures).select_related("indicator__area")
    sources = _sources(list(figures), before=cut_off)
    return [
        {
            "area": target.indicator.area.number,
            "code": target.indicator.code,
            "name": target.indicator.name,
            "kind": target.indicator.kind,
            "unit": target.indicator.unit_of_measure,
            "value": _text(figures[target.pk].value),
            "goal": _text(figures[target.pk].goal),
            "achievement_bp": figures[target.pk].achievement_bp,
            "fulfilled": figures[target.pk].is_fulfilled,
            "source": sources.get(target.pk, ""),
        }
        for target in targets.order_by("indicator__area__number", "indicator__code")
    ]


def _sources(targets: list[int], *, before: dt.datetime) -> dict[int, str]:
    """Return on what each figure stands (target id → words): the last verified report's period, and when verified.

    Kept with the figure, so in the language of the file.
    """
    rows = (
        Measurement.objects.filter(
            target__in=targets,
            verdict__in=(VerdictOutcome.ACCEPTED, VerdictOutcome.ADJUSTED),
            verdict_at__lt=before,
        )
        .order_by("target_id", "period_end", "verdict_at", "pk")
        .values_list("target_id", "period_end", "verdict_at")
    )
    with translation.override("vi"):
        return {
            target: _("report up to %(period)s, verified on %(day)s")
            % {"period": local_date(period_end), "day": local_date(local_day(verdict_at))}
            for target, period_end, verdict_at in rows
            if verdict_at is not None
        }


def _text(ten_thousandths: int | None) -> str | None:
    return None if ten_thousandths is None else str(Decimal(ten_thousandths).scaleb(-4))


def prefilled_report(*, participant: Participant, on: dt.date) -> str:
    """Return a first draft of the achievement report: totals up to a day, then the fulfilled targets."""
    figures = figures_of(participant=participant, on=on)
    if not figures:
        return ""
    lines = [
        _("Verified figures up to %(day)s (%(unit)s):")
        % {"day": local_date(dt.date.fromisoformat(figures["day"])), "unit": participant.name},
        _("- Total: %(points)s points.") % {"points": points(figures["total_bp"])},
    ]
    if figures["rank"]:
        lines.append(
            _("- Rank in the bloc: %(rank)s of %(units)s.")
            % {"rank": figures["rank"], "units": figures["ranked_units"]}
        )
    if figures["class"]:
        lines.append(_("- Class: %(class)s.") % {"class": ScoreClass(figures["class"]).label})
    lines += [_target_line(target) for target in figures["targets"] if target["fulfilled"]]
    return "\n".join(lines)


def _target_line(target: dict[str, Any]) -> str:
    if target["kind"] == IndicatorKind.MILESTONE:
        return _("- %(code)s %(name)s: done.") % {"code": target["code"], "name": target["name"]}
    return _("- %(code)s %(name)s: %(value)s %(unit)s, goal %(goal)s (%(share)s).") % {
        "code": target["code"],
        "name": target["name"],
        "value": number(Decimal(target["value"])) if target["value"] is not None else "–",
        "unit": target["unit"],
        "goal": number(Decimal(target["goal"])),
        "share": percent(target["achievement_bp"]),
    }
