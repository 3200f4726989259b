"""What the law fixes for a time: base salary, coefficients, rounding, legal bases; and the fund's ledger."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awards.enums import AwardingAuthority, FundKind, RecipientKind, RoundingMode
from campaigns.models.fields import ScaledDecimalField

from .base import AppendOnly


class DatedQuerySet(models.QuerySet[Any]):
    """Which figures hold on a day."""

    def in_force(self, *, on: dt.date) -> DatedQuerySet:
        """Rows that hold on the local day ``on``, the latest first."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on).order_by(
            "-valid_from", "-pk"
        )


class Dated(models.Model):
    """Holds from a day, until a day or until further notice; where it was read."""

    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("last day"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="%(class)s_dates_in_order",
                violation_error_message=_("The last day lies before the first."),
            )
        ]


class BaseSalary(Dated):
    """The base salary (mức lương cơ sở) in đồng."""

    amount = models.PositiveIntegerField(_("amount (đ)"))

    class Meta(Dated.Meta):
        verbose_name = _("base salary")
        verbose_name_plural = _("base salaries")
        ordering = ["-valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["valid_from"], name="base_salary_one_a_day"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="base_salary_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} ({self.valid_from:%d/%m/%Y})"


class RewardCoefficient(Dated):
    """How many base salaries go with an award, by the recipient's kind and the awarding authority."""

    recipient_kind = models.CharField(_("recipient"), max_length=12, choices=RecipientKind.choices)
    authority = models.CharField(_("awarding authority"), max_length=12, choices=AwardingAuthority.choices)
    coefficient = ScaledDecimalField(_("coefficient"), places=2, max_digits=5)

    class Meta(Dated.Meta):
        verbose_name = _("bonus coefficient")
        verbose_name_plural = _("bonus coefficients")
        ordering = ["authority", "recipient_kind", "-valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["recipient_kind", "authority", "valid_from"], name="reward_coefficient_one_a_day"
            ),
            models.CheckConstraint(condition=Q(coefficient__gt=0), name="reward_coefficient_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_recipient_kind_display()} · {self.coefficient}"


class RoundingRule(Dated):
    """How a bonus is rounded: coefficient × base salary first, then to the step."""

    mode = models.CharField(_("mode"), max_length=8, choices=RoundingMode.choices, default=RoundingMode.UP)
    step = models.PositiveIntegerField(_("step (đ)"), default=10_000)

    class Meta(Dated.Meta):
        verbose_name = _("rounding of bonuses")
        verbose_name_plural = _("rounding of bonuses")
        ordering = ["-valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["valid_from"], name="rounding_rule_one_a_day"),
            models.CheckConstraint(condition=Q(step__gt=0), name="rounding_rule_step_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_mode_display()} {self.step}"


class LegalBasis(Dated):
    """A law, decree or regulation that documents cite while it is in force."""

    title = models.CharField(_("title"), max_length=500)
    number = models.CharField(_("number"), max_length=80, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    issuer = models.CharField(_("issuer"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta(Dated.Meta):
        verbose_name = _("legal basis")
        verbose_name_plural = _("legal bases")
        ordering = ["position", "valid_from"]
        constraints = [*Dated.Meta.constraints]

    def __str__(self) -> str:
        return self.title


class FundMovement(AppendOnly):
    """One movement of the emulation and commendation fund, in đồng; the balance is their sum. Append-only."""

    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=12, choices=FundKind.choices)
    amount = models.BigIntegerField(_("amount (đ)"), help_text=_("Positive: into the fund; negative: out of it."))
    award = models.ForeignKey(
        "awards.Award", models.PROTECT, null=True, blank=True, related_name="movements", verbose_name=_("award")
    )
    document_number = models.CharField(_("document number"), max_length=80, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered at"), editable=False)

    class Meta:
        verbose_name = _("fund movement")
        verbose_name_plural = _("fund movements")
        ordering = ["day", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="fund_movement_not_zero"),
            models.CheckConstraint(
                condition=Q(kind__in=[FundKind.AWARD, FundKind.RECOVERY], award__isnull=False)
                | (~Q(kind__in=[FundKind.AWARD, FundKind.RECOVERY]) & Q(award__isnull=True)),
                name="fund_movement_names_award",
            ),
            models.CheckConstraint(
                condition=(~Q(kind=FundKind.AWARD) | Q(amount__lt=0)) & (~Q(kind=FundKind.RECOVERY) | Q(amount__gt=0)),
                name="fund_movement_sign",
            ),
            models.UniqueConstraint(fields=["award"], condition=Q(kind=FundKind.AWARD), name="fund_award_paid_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.amount}"
