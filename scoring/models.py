"""Runs, and what they store: one row a unit, day and basis, and the targets of the final run."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Participant, Period, Target

from .enums import Basis, RunStatus, RunTrigger, ScoreClass


class ScoreRunQuerySet(models.QuerySet["ScoreRun"]):
    """Which runs may be relied on."""

    def good(self) -> ScoreRunQuerySet:
        """Runs that finished."""
        return self.filter(status=RunStatus.DONE)


class ScoreRun(models.Model):
    """One run of a campaign's day: queued, claimed with a lease, done or failed. The queue of record.

    One run of a campaign works at a time, and a night is queued once: both are unique constraints.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="runs", verbose_name=_("campaign"))
    day = models.DateField(_("day"))
    trigger = models.CharField(_("trigger"), max_length=10, choices=RunTrigger.choices)
    status = models.CharField(_("status"), max_length=10, choices=RunStatus.choices, default=RunStatus.QUEUED)
    cut_off = models.DateTimeField(_("as of"), null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("requested by"),
    )
    requested_at = models.DateTimeField(_("requested at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    rows_written = models.PositiveIntegerField(_("rows written"), default=0)
    checksum = models.CharField(_("SHA-256 of the result"), max_length=64, blank=True)
    error = models.TextField(_("error"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_owner = models.CharField(max_length=100, blank=True, verbose_name=_("lease owner"))
    lease_until = models.DateTimeField(null=True, blank=True, verbose_name=_("lease until"))

    objects = ScoreRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("score run")
        verbose_name_plural = _("score runs")
        ordering = ["-requested_at", "-pk"]
        indexes = [models.Index(fields=["campaign", "day", "status"])]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(status=RunStatus.RUNNING), name="run_one_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["campaign", "day"], condition=Q(trigger=RunTrigger.NIGHTLY), name="run_one_night"
            ),
            models.CheckConstraint(
                condition=~Q(status=RunStatus.RUNNING) | (~Q(lease_owner="") & Q(lease_until__isnull=False)),
                name="run_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[RunStatus.DONE, RunStatus.FAILED]) | Q(finished_at__isnull=False),
                name="run_finished_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign.code} {self.day:%d/%m/%Y}"


class UnitScoreQuerySet(models.QuerySet["UnitScore"]):
    """The rows of a leaderboard, in its order."""

    def board(self, *, campaign: Campaign, day: dt.date, basis: Basis) -> UnitScoreQuerySet:
        """The rows of one leaderboard, bloc by bloc, best first, unranked units last."""
        return (
            self.filter(campaign=campaign, day=day, basis=basis)
            .select_related("participant__bloc")
            .order_by("participant__bloc__code", F("rank").asc(nulls_last=True), "participant__sort_key")
        )


class UnitScore(models.Model):
    """A unit's figures for a local day on one basis (``_bp`` = basis points; 100 bp = 1 point).

    Written only by the set-based run. ``run`` names the run that last changed the row.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    participant = models.ForeignKey(
        Participant, models.PROTECT, related_name="scores", db_constraint=False, db_index=False, verbose_name=_("unit")
    )
    day = models.DateField(_("day"))
    basis = models.CharField(_("basis"), max_length=11, choices=Basis.choices)
    run = models.ForeignKey(ScoreRun, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    total_bp = models.IntegerField(_("total"), null=True)
    base_bp = models.IntegerField(_("base"), null=True)
    bonus_bp = models.IntegerField(_("bonus"))
    penalty_bp = models.IntegerField(_("penalty"))
    fulfilled_bp = models.IntegerField(_("fulfilled share"), null=True)
    coverage_bp = models.IntegerField(_("coverage"), null=True)
    late_reports = models.IntegerField(_("late reports"))
    missing_reports = models.IntegerField(_("missing reports"))
    rank = models.IntegerField(_("rank"), null=True)
    bloc_size = models.IntegerField(_("ranked units of the bloc"))
    score_class = models.CharField(_("class"), max_length=13, choices=ScoreClass.choices, blank=True)
    areas = models.JSONField(_("areas"), default=dict)
    targets_counted = models.IntegerField(_("targets counted"), default=0)

    objects = UnitScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit score")
        verbose_name_plural = _("unit scores")
        indexes = [models.Index(fields=["campaign", "day", "basis", "rank"], name="unit_score_board")]
        constraints = [
            models.UniqueConstraint(fields=["participant", "day", "basis"], name="unit_score_once_a_day"),
            models.CheckConstraint(condition=Q(total_bp__isnull=True) | Q(total_bp__gte=0), name="total_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.day:%d/%m/%Y} {self.basis}"


class CompletedReport(models.Model):
    """A unit's report for an ended period, and the moment when its last owed target was first sent.

    Once a period has ended its owed targets cannot change, nor can a first sending: a complete report is
    complete for ever, so the run keeps the fact instead of reading every measurement every night.
    ``opened_at`` is the campaign's opening the fact belongs to: a plan set back to preparation and opened
    again starts afresh.
    """

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    period = models.ForeignKey(Period, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    opened_at = models.DateTimeField()
    reported_at = models.DateTimeField()

    class Meta:
        verbose_name = _("completed report")
        verbose_name_plural = _("completed reports")
        constraints = [
            models.UniqueConstraint(fields=["participant", "period", "opened_at"], name="completed_report_once")
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.period_id}"


class TargetScore(models.Model):
    """A target's figures of the final run; any other day's are derived by the same expressions."""

    run = models.ForeignKey(ScoreRun, models.PROTECT, related_name="target_scores")
    target = models.ForeignKey(Target, models.PROTECT, related_name="final_scores", verbose_name=_("target"))
    basis = models.CharField(_("basis"), max_length=11, choices=Basis.choices)
    value_e4 = models.BigIntegerField(_("value in ten-thousandths"), null=True)
    achievement_bp = models.IntegerField(_("achievement"), null=True)
    is_fulfilled = models.BooleanField(_("fulfilled"))
    is_counted = models.BooleanField(_("counted"))
    weight_e2 = models.IntegerField(_("weight in hundredths"))

    class Meta:
        verbose_name = _("final target score")
        verbose_name_plural = _("final target scores")
        constraints = [models.UniqueConstraint(fields=["run", "target", "basis"], name="target_score_once")]

    def __str__(self) -> str:
        return f"{self.target_id} {self.basis}"


# The stages of a run are unmanaged models; Django finds them through this module.
from . import stages as stages  # noqa: E402  # stages use the models above and the campaigns' only
