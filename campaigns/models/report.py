"""Reporting: drafts people type, submissions they sign, measurements that can no longer change."""

from __future__ import annotations

import datetime as dt
from typing import NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.enums import EntryKind, VerdictOutcome
from campaigns.models.evidence import EvidenceFile

from .campaign import Participant, Period
from .fields import ScaledDecimalField
from .indicator import Target
from .workbook_import import WorkbookImport


class AppendOnlyError(TypeError):
    """Raised when code tries to change or delete a record that is kept for ever."""


class Report(models.Model):
    """One reporting unit's working copy for one period: the three texts and the drafted boxes."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="reports", verbose_name=_("unit"))
    period = models.ForeignKey(Period, models.PROTECT, related_name="reports", verbose_name=_("period"))
    results = models.TextField(_("outstanding results"), blank=True)
    difficulties = models.TextField(_("difficulties"), blank=True)
    proposals = models.TextField(_("proposals"), blank=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["period", "participant"]
        constraints = [models.UniqueConstraint(fields=["participant", "period"], name="report_once_per_period")]

    def __str__(self) -> str:
        return f"{self.participant} · {self.period}"


class DraftValue(models.Model):
    """What is typed in one box and not sent yet, exactly as typed; ``version`` tells two typists apart."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="drafts")
    target = models.ForeignKey(Target, models.PROTECT, related_name="drafts")
    kind = models.CharField(max_length=10, choices=EntryKind.choices, default=EntryKind.EMPTY)
    typed = models.CharField(_("value as typed"), max_length=60, blank=True)
    typed_numerator = models.CharField(_("numerator as typed"), max_length=60, blank=True)
    typed_denominator = models.CharField(_("denominator as typed"), max_length=60, blank=True)
    completed_on = models.DateField(_("completed on"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    files = models.ManyToManyField(EvidenceFile, blank=True, related_name="drafts")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("drafted value")
        verbose_name_plural = _("drafted values")
        constraints = [models.UniqueConstraint(fields=["report", "target"], name="draft_once_per_target")]

    def __str__(self) -> str:
        return f"{self.target}: {self.typed}"


class Submission(models.Model):
    """One act of sending: who sent which values of a report, when, under which receipt number. Append-only."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="submissions", verbose_name=_("report"))
    number = models.CharField(_("receipt number"), max_length=40, unique=True)
    sent_at = models.DateTimeField(_("sent at"))
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sent by"))
    results = models.TextField(_("outstanding results"), blank=True)
    difficulties = models.TextField(_("difficulties"), blank=True)
    proposals = models.TextField(_("proposals"), blank=True)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["-sent_at", "-pk"]

    def __str__(self) -> str:
        return self.number


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    """Which values count, officially and provisionally, by a cut-off; rows are never changed or removed."""

    def official(self, *, cut_off: dt.datetime) -> MeasurementQuerySet:
        """Measurements with a verified value by the cut-off (strictly before it)."""
        return self.filter(verdict__in=(VerdictOutcome.ACCEPTED, VerdictOutcome.ADJUSTED), verdict_at__lt=cut_off)

    def provisional(self, *, cut_off: dt.datetime) -> MeasurementQuerySet:
        """Measurements sent by the cut-off and not returned by it."""
        return self.filter(sent_at__lt=cut_off).exclude(verdict=VerdictOutcome.RETURNED, verdict_at__lt=cut_off)

    def waiting(self) -> MeasurementQuerySet:
        """Measurements that wait for a verdict."""
        return self.filter(verdict="")

    def update(self, **kwargs: object) -> NoReturn:
        raise AppendOnlyError("Measurements are append-only; verdicts are written by give_verdict().")

    def delete(self) -> NoReturn:
        raise AppendOnlyError("Measurements are append-only.")

    def write_verdict(self, pk: int, **columns: object) -> bool:
        """Write the verdict columns of one measurement that has none; False when it already has a verdict.

        The conditional UPDATE is what makes a verdict write-once on both databases.
        """
        return bool(models.QuerySet.update(self.filter(pk=pk, verdict=""), **columns))


class Measurement(models.Model):
    """One value for one target in one period. The row never changes but for the verdict, written once.

    ``period_start`` and ``period_end`` copy the frozen calendar so that the nightly run finds the latest
    value of a target in one index range.
    """

    target = models.ForeignKey(
        Target, models.PROTECT, related_name="measurements", verbose_name=_("target"), db_index=False
    )
    period = models.ForeignKey(Period, models.PROTECT, related_name="measurements", verbose_name=_("period"))
    period_start = models.DateField(editable=False, verbose_name=_("first day of the period"))
    period_end = models.DateField(editable=False, verbose_name=_("last day of the period"))
    submission = models.ForeignKey(
        Submission, models.PROTECT, null=True, blank=True, related_name="measurements", verbose_name=_("submission")
    )
    nothing = models.BooleanField(_("nothing to report"), default=False)
    value = ScaledDecimalField(_("submitted value"), null=True, blank=True)
    numerator = ScaledDecimalField(_("numerator"), null=True, blank=True)
    denominator = ScaledDecimalField(_("denominator"), null=True, blank=True)
    completed_on = models.DateField(_("completed on"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    sent_at = models.DateTimeField(_("sent at"))
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    sent_by_name = models.CharField(_("sent by (as imported)"), max_length=120, blank=True)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("corrects")
    )
    correction_reason = models.TextField(_("reason of the correction"), blank=True)
    imported_in = models.ForeignKey(
        WorkbookImport,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="measurements",
        verbose_name=_("imported with"),
    )

    verdict = models.CharField(_("verdict"), max_length=10, choices=VerdictOutcome.choices, blank=True, default="")
    verdict_at = models.DateTimeField(_("verdict at"), null=True, blank=True)
    verdict_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("verdict by")
    )
    verdict_by_name = models.CharField(_("verdict by (as imported)"), max_length=120, blank=True)
    verified_value = ScaledDecimalField(_("verified value"), null=True, blank=True)
    verified_completed_on = models.DateField(_("verified completion date"), null=True, blank=True)
    verdict_reason = models.TextField(_("reason"), blank=True)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        verbose_name = _("reported value")
        verbose_name_plural = _("reported values")
        ordering = ["sent_at", "pk"]
        indexes = [
            models.Index(
                fields=["target", "period_end", "sent_at", "id"],
                include=["period_start", "nothing", "value", "verdict", "verdict_at", "verified_value"],
                name="measurement_latest",
            ),
            models.Index(fields=["sent_at", "target"], condition=Q(verdict=""), name="measurement_waiting"),
            models.Index(fields=["verdict_at"], condition=~Q(verdict=""), name="measurement_verdict_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(nothing=True, value__isnull=True, numerator__isnull=True, denominator__isnull=True)
                | Q(nothing=False, value__isnull=False),
                name="measurement_number_or_nothing",
            ),
            models.CheckConstraint(
                condition=Q(numerator__isnull=True, denominator__isnull=True)
                | Q(numerator__isnull=False, denominator__gt=0),
                name="measurement_share_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(verdict="", verdict_at__isnull=True, verified_value__isnull=True, verdict_by__isnull=True)
                | Q(verdict__in=VerdictOutcome.values, verdict_at__isnull=False),
                name="measurement_verdict_and_when",
            ),
            models.CheckConstraint(
                condition=Q(verdict_at__isnull=True) | Q(verdict_at__gte=F("sent_at")),
                name="measurement_verdict_after_sending",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=VerdictOutcome.ACCEPTED)
                | Q(nothing=True, verified_value__isnull=True)
                | Q(verified_value=F("value")),
                name="measurement_accepted_as_sent",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=VerdictOutcome.ADJUSTED)
                | (Q(verified_value__isnull=False) & ~Q(verdict_reason="")),
                name="measurement_adjusted_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=VerdictOutcome.RETURNED)
                | (Q(verified_value__isnull=True) & ~Q(verdict_reason="")),
                name="measurement_returned_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(verdict_by__isnull=True) | Q(sent_by__isnull=True) | ~Q(verdict_by=F("sent_by")),
                name="measurement_verified_by_another",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(correction_reason=""), name="correction_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} · {self.period}"

    def save(self, *args: object, **kwargs: object) -> None:
        if not self._state.adding:
            raise AppendOnlyError("A measurement is never changed; send a new one.")
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passed through unchanged

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        raise AppendOnlyError("A measurement is never deleted.")


class MeasurementEvidence(models.Model):
    """A file that backs a measurement. Append-only."""

    measurement = models.ForeignKey(Measurement, models.PROTECT, related_name="evidence")
    file = models.ForeignKey(EvidenceFile, models.PROTECT, related_name="uses")

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [models.UniqueConstraint(fields=["measurement", "file"], name="evidence_once")]

    def __str__(self) -> str:
        return self.file.name


class Reopening(models.Model):
    """A returned value may be sent again until a moment, whatever the lock."""

    measurement = models.OneToOneField(Measurement, models.PROTECT, related_name="reopening")
    until = models.DateTimeField(_("open until"))

    class Meta:
        verbose_name = _("reopened value")
        verbose_name_plural = _("reopened values")

    def __str__(self) -> str:
        return str(self.measurement)


class LateException(models.Model):
    """Opens a locked period for one unit until a moment; it does not move the due time."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="late_exceptions", verbose_name=_("unit"))
    period = models.ForeignKey(Period, models.PROTECT, related_name="late_exceptions", verbose_name=_("period"))
    reason = models.TextField(_("reason"))
    ends_at = models.DateTimeField(_("open until"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved at"))

    class Meta:
        verbose_name = _("late exception")
        verbose_name_plural = _("late exceptions")
        ordering = ["-approved_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("approved_at")), name="late_exception_ends_later"),
            models.CheckConstraint(condition=~Q(reason=""), name="late_exception_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.period}"
