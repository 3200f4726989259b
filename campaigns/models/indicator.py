"""Indicators, the targets given to units, and their dated revisions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.enums import Frequency, IndicatorKind, ReportingMode

from .campaign import Area, Campaign, Participant
from .fields import ScaledDecimalField
from .workbook_import import WorkbookImport


class Indicator(models.Model):
    """What is measured, how, with which weight, and who reports and verifies it."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="indicators", verbose_name=_("campaign"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="indicators", verbose_name=_("content area"))
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=500)
    unit_of_measure = models.CharField(_("unit of measure"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=IndicatorKind.choices)
    mode = models.CharField(
        _("reporting mode"), max_length=20, choices=ReportingMode.choices, default=ReportingMode.CUMULATIVE
    )
    weight = ScaledDecimalField(_("weight"), places=2, max_digits=6)
    cap_bp = models.PositiveIntegerField(
        _("own cap"), null=True, blank=True, help_text=_("In basis points; empty = the campaign's.")
    )
    frequency = models.CharField(
        _("frequency"), max_length=20, choices=Frequency.choices, default=Frequency.EVERY_PERIOD
    )
    provider = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="provides", verbose_name=_("data provider")
    )
    verifier = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="verifies", verbose_name=_("verifying unit")
    )
    evidence_required = models.BooleanField(_("evidence required"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False, verbose_name=_("record version"))

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["campaign", "area__number", "code"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="indicator_code_once"),
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lte=1000),
                name="indicator_weight_in_range",
                violation_error_message=_("A weight is above 0 and at most 1000."),
            ),
            models.CheckConstraint(
                condition=Q(cap_bp__isnull=True) | Q(cap_bp__gte=1, cap_bp__lte=100000),
                name="indicator_cap_in_range",
                violation_error_message=_("A cap lies between 0.01 % and 1000 %."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=IndicatorKind.MILESTONE) | Q(mode=ReportingMode.CUMULATIVE),
                name="milestone_is_cumulative",
                violation_error_message=_("A milestone is reported as done or not, cumulatively."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"


class Target(models.Model):
    """An indicator given to a unit: baseline, goal and due date as first given, and the days it is in force."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="targets", verbose_name=_("campaign"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="targets", verbose_name=_("indicator"))
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="targets", verbose_name=_("unit"))
    baseline = ScaledDecimalField(_("baseline"), null=True, blank=True)
    goal = ScaledDecimalField(_("goal"))
    due_on = models.DateField(_("due date"), null=True, blank=True)
    starts_on = models.DateField(_("added from"), null=True, blank=True, help_text=_("Empty: from the start."))
    ends_from = models.DateField(_("no longer in force from"), null=True, blank=True)
    end_reason = models.TextField(_("reason of the ending"), blank=True)
    added_reason = models.TextField(_("reason of the addition"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False, verbose_name=_("record version"))

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["campaign", "indicator__area__number", "indicator__code", "participant__code"]
        indexes = [models.Index(fields=["participant", "indicator"])]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "participant"], name="target_once_per_unit"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_from__isnull=True) | Q(ends_from__gte=F("starts_on")),
                name="target_dates_in_order",
                violation_error_message=_("A target cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(ends_from__isnull=True) | ~Q(end_reason=""),
                name="target_ending_has_reason",
                violation_error_message=_("Ending a target needs a reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code} · {self.participant.name}"


class TargetRevision(models.Model):
    """New terms of a target from a day on. Append-only, each dated after the one before.

    The terms are stored whole, as they hold from ``effective_from`` (a field that was left empty keeps what
    was in force); ``superseded_from`` is the next revision's day, written once when that one is added, so
    that the terms of any day are found by a range.
    """

    target = models.ForeignKey(Target, models.PROTECT, related_name="revisions", verbose_name=_("target"))
    effective_from = models.DateField(_("in force from"))
    superseded_from = models.DateField(null=True, blank=True, editable=False)
    baseline = ScaledDecimalField(_("baseline"), null=True, blank=True)
    goal = ScaledDecimalField(_("goal"))
    due_on = models.DateField(_("due date"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(_("entered at"))
    imported_in = models.ForeignKey(WorkbookImport, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("revision of a target")
        verbose_name_plural = _("revisions of targets")
        ordering = ["target", "effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["target", "effective_from"], name="revision_one_a_day"),
            models.CheckConstraint(
                condition=Q(superseded_from__isnull=True) | Q(superseded_from__gt=F("effective_from")),
                name="revision_superseded_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} · {self.effective_from:%d/%m/%Y}"
