"""Acts that need a document number and a second person: points, waivers and gates."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.display import signed_points
from campaigns.enums import GateForm

from .campaign import Campaign, Participant, Period
from .indicator import Target
from .workbook_import import WorkbookImport


class ConfirmedQuerySet(models.QuerySet):
    """Which entries count, and which wait for the second person."""

    def confirmed(self) -> Self:
        """Rows that count: confirmed by a second person, or brought in with the campaign's history."""
        return self.filter(Q(confirmed_at__isnull=False) | Q(imported_in__isnull=False))

    def waiting(self) -> Self:
        """Rows that wait for a second person."""
        return self.filter(confirmed_at__isnull=True, imported_in__isnull=True, withdrawn_at__isnull=True)

    def in_force(self, *, on: dt.date) -> Self:
        """Confirmed rows that hold on the local day ``on`` (void rows no longer do from their voiding day)."""
        rows = self.confirmed().filter(holds_from__lte=on)
        if any(field.name == "voided_from" for field in self.model._meta.get_fields()):
            rows = rows.filter(Q(voided_from__isnull=True) | Q(voided_from__gt=on))
        return rows


def _confirmation_constraints(prefix: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
            | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            name=f"{prefix}_confirmed_by_and_at",
        ),
        models.CheckConstraint(
            condition=Q(confirmed_by__isnull=True) | Q(entered_by__isnull=True) | ~Q(confirmed_by=F("entered_by")),
            name=f"{prefix}_confirmed_by_another",
            violation_error_message=_("A second person must confirm this."),
        ),
        models.CheckConstraint(condition=~Q(reason=""), name=f"{prefix}_has_reason"),
    ]


def _voiding_constraints(prefix: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(voided_from__isnull=True) | Q(voided_from__gte=F("holds_from")),
            name=f"{prefix}_voided_after_it_holds",
            violation_error_message=_("It cannot be voided before the day from which it holds."),
        ),
        models.CheckConstraint(condition=~Q(document_number=""), name=f"{prefix}_has_document"),
    ]


class Confirmable(models.Model):
    """Entered by one person, confirmed by another, in force from a day."""

    holds_from = models.DateField(_("holds from"))
    reason = models.TextField(_("reason"))
    document_number = models.CharField(_("document number"), max_length=120, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("entered by"),
    )
    entered_at = models.DateTimeField(_("entered at"), editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False, verbose_name=_("withdrawn at"))
    imported_in = models.ForeignKey(
        WorkbookImport,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("imported with"),
    )

    objects = ConfirmedQuerySet.as_manager()

    class Meta:
        abstract = True


class PointEntry(Confirmable):
    """Bonus (positive) or penalty (negative) points, in basis points."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="points", verbose_name=_("unit"))
    points_bp = models.IntegerField(_("points (bp)"))
    voided_from = models.DateField(_("void from"), null=True, blank=True)

    class Meta:
        verbose_name = _("bonus or penalty points")
        verbose_name_plural = _("bonus and penalty points")
        ordering = ["participant", "holds_from", "pk"]
        constraints = [
            *_confirmation_constraints("points"),
            *_voiding_constraints("points"),
            models.CheckConstraint(
                condition=~Q(points_bp=0) & Q(points_bp__gte=-1000000, points_bp__lte=1000000),
                name="points_not_zero",
                violation_error_message=_("Points are not 0 and lie within ±10 000."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {signed_points(self.points_bp)}"


class ReportWaiver(Confirmable):
    """Takes away the reporting penalty of one unit and period."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="report_waivers", verbose_name=_("unit"))
    period = models.ForeignKey(Period, models.PROTECT, related_name="waivers", verbose_name=_("period"))

    class Meta:
        verbose_name = _("report waiver")
        verbose_name_plural = _("report waivers")
        ordering = ["participant", "period", "pk"]
        constraints = _confirmation_constraints("report_waiver")

    def __str__(self) -> str:
        return f"{self.participant} · {self.period}"


class MilestoneWaiver(Confirmable):
    """Waives the lateness of one milestone; survives revisions and is not voided."""

    target = models.ForeignKey(Target, models.PROTECT, related_name="late_waivers", verbose_name=_("target"))

    class Meta:
        verbose_name = _("waiver of a late milestone")
        verbose_name_plural = _("waivers of late milestones")
        ordering = ["target", "pk"]
        constraints = _confirmation_constraints("milestone_waiver")

    def __str__(self) -> str:
        return str(self.target)


class Gate(Confirmable):
    """Holds awards of a unit or a person, or excludes them; its grounds are for those in charge only."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="gates", verbose_name=_("campaign"))
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="gates", verbose_name=_("unit"))
    person_name = models.CharField(
        _("person"), max_length=120, blank=True, help_text=_("Empty: the gate is on the whole unit.")
    )
    person_key = models.CharField(max_length=240, blank=True, editable=False, verbose_name=_("folded name"))
    form = models.CharField(_("form"), max_length=20, choices=GateForm.choices)
    voided_from = models.DateField(_("void from"), null=True, blank=True)

    class Meta:
        verbose_name = _("gate")
        verbose_name_plural = _("gates")
        ordering = ["participant", "holds_from", "pk"]
        constraints = [*_confirmation_constraints("gate"), *_voiding_constraints("gate")]

    def __str__(self) -> str:
        return f"{self.participant} · {self.get_form_display()}"
