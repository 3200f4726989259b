"""What a campaign offers, who may be proposed for it, and what the machine found each night."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awards.eligibility import RuleError, checked_params
from awards.enums import Audience, AwardingAuthority, Basis, Outcome, RecipientKind, RuleKind
from campaigns.models import Campaign, Participant
from campaigns.models.fields import ScaledDecimalField
from scoring.models import ScoreRun


class AwardPolicy(models.Model):
    """How a campaign's proposals are handled: days a step may take, quorum, majority, share of leaders."""

    campaign = models.OneToOneField(Campaign, models.PROTECT, related_name="award_policy", verbose_name=_("campaign"))
    appraisal_days = models.PositiveSmallIntegerField(_("working days for the appraisal"), default=3)
    council_days = models.PositiveSmallIntegerField(_("working days for the council"), default=3)
    dossier_days = models.PositiveSmallIntegerField(_("working days for the submission"), default=2)
    decision_days = models.PositiveSmallIntegerField(_("working days for the decision"), default=2)
    quorum_numerator = models.PositiveSmallIntegerField(_("quorum: of the members at least"), default=2)
    quorum_denominator = models.PositiveSmallIntegerField(_("quorum: out of"), default=3)
    majority_numerator = models.PositiveSmallIntegerField(_("majority: of all members more than"), default=1)
    majority_denominator = models.PositiveSmallIntegerField(_("majority: out of"), default=2)
    papers_as_files = models.BooleanField(
        _("scans of the unit's papers are attached"),
        default=True,
        help_text=_("Request, confirmed report and minutes must be attached before a proposal is submitted."),
    )
    leader_share_bp = models.PositiveIntegerField(
        _("share of leaders among individuals, soft limit (bp)"), default=5000
    )

    class Meta:
        verbose_name = _("award procedure")
        verbose_name_plural = _("award procedures")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    quorum_denominator__gt=0,
                    majority_denominator__gt=0,
                    quorum_numerator__lte=F("quorum_denominator"),
                    majority_numerator__lt=F("majority_denominator"),
                    leader_share_bp__lte=10000,
                ),
                name="award_policy_shares_in_range",
                violation_error_message=_("A share lies between 0 and 1."),
            )
        ]

    def __str__(self) -> str:
        return str(self.campaign)


class AwardCategoryQuerySet(models.QuerySet["AwardCategory"]):
    """Which awards are offered."""

    def offered(self) -> AwardCategoryQuerySet:
        """Categories in use."""
        return self.filter(is_active=True)


class AwardCategory(models.Model):
    """One award a campaign offers: to whom, by whom, how many, with which bonus, on which day's figures."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="award_categories", verbose_name=_("campaign"))
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    recipient_kind = models.CharField(_("recipient"), max_length=12, choices=RecipientKind.choices)
    authority = models.CharField(_("awarding authority"), max_length=12, choices=AwardingAuthority.choices)
    title = models.CharField(_("title of the award"), max_length=200)
    quota_total = models.PositiveIntegerField(_("quota in all"), null=True, blank=True)
    quota_per_bloc = models.PositiveIntegerField(_("quota per bloc"), null=True, blank=True)
    quota_per_unit = models.PositiveIntegerField(_("quota per unit"), null=True, blank=True)
    coefficient = ScaledDecimalField(
        _("bonus coefficient"),
        places=2,
        max_digits=5,
        null=True,
        blank=True,
        help_text=_("Empty: the coefficient in force on the decision date."),
    )
    basis = models.CharField(_("basis"), max_length=8, choices=Basis.choices, default=Basis.FINAL)
    basis_day = models.DateField(_("interim day"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False, verbose_name=_("record version"))

    objects = AwardCategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("award category")
        verbose_name_plural = _("award categories")
        ordering = ["campaign", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="award_category_code_once"),
            models.CheckConstraint(
                condition=Q(basis=Basis.INTERIM, basis_day__isnull=False)
                | Q(basis=Basis.FINAL, basis_day__isnull=True),
                name="award_category_interim_has_day",
                violation_error_message=_("An interim basis needs its day; the final run has none."),
            ),
            models.CheckConstraint(
                condition=Q(coefficient__isnull=True) | Q(coefficient__gt=0), name="award_category_coefficient_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_for_units(self) -> bool:
        """Whether units themselves receive it; else people do, nominated by their unit."""
        return self.recipient_kind == RecipientKind.COLLECTIVE


class EligibilityRuleQuerySet(models.QuerySet["EligibilityRule"]):
    """Which versions of a rule hold."""

    def in_force(self, *, on: dt.date) -> EligibilityRuleQuerySet:
        """Versions that hold on the local day ``on``."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=on), Q(valid_to__isnull=True) | Q(valid_to__gte=on)
        )


class EligibilityRule(models.Model):
    """One criterion as data: what it asks, with which parameters, of whom, on which days.

    A version that has been used is not edited: it ends, and a new version that names it takes its place.
    """

    category = models.ForeignKey(AwardCategory, models.PROTECT, related_name="rules", verbose_name=_("category"))
    kind = models.CharField(_("kind"), max_length=24, choices=RuleKind.choices)
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    for_ranked = models.BooleanField(_("for ranked units"), default=True)
    for_supporting = models.BooleanField(_("for supporting units"), default=False)
    for_individuals = models.BooleanField(_("for individuals and households"), default=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("last day"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        editable=False,
        verbose_name=_("replaces"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(auto_now_add=True, verbose_name=_("created at"))

    objects = EligibilityRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("eligibility rule")
        verbose_name_plural = _("eligibility rules")
        ordering = ["category", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(for_ranked=True) | Q(for_supporting=True) | Q(for_individuals=True),
                name="eligibility_rule_is_for_someone",
                violation_error_message=_("A rule is for somebody."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="eligibility_rule_dates_in_order",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def audience(self) -> frozenset[Audience]:
        """For whom the rule is."""
        held = {
            Audience.RANKED: self.for_ranked,
            Audience.SUPPORTING: self.for_supporting,
            Audience.INDIVIDUALS: self.for_individuals,
        }
        return frozenset(audience for audience, yes in held.items() if yes)

    def clean(self) -> None:
        try:
            self.params = checked_params(RuleKind(self.kind), self.params)
        except RuleError as error:
            raise ValidationError(_("The parameters do not fit this kind of rule.")) from error
        except ValueError:
            return  # the kind itself is wrong, and its own field says so


class EligibilityOutcomeQuerySet(models.QuerySet["EligibilityOutcome"]):
    """Which outcomes are the latest, and which a dossier may stand on."""

    def latest_day(self, *, campaign: Campaign) -> dt.date | None:
        """The last day on which the campaign's eligibility was found."""
        day: dt.date | None = self.filter(category__campaign=campaign).aggregate(day=models.Max("day"))["day"]
        return day

    def basis(self) -> EligibilityOutcomeQuerySet:
        """Outcomes a dossier may stand on."""
        return self.filter(is_basis=True)


class EligibilityOutcome(models.Model):
    """What the rules in force said of a unit for a category on a day, with every rule's line in words.

    ``run`` names the run that last changed the row; a rerun that finds the same writes nothing.
    """

    category = models.ForeignKey(AwardCategory, models.PROTECT, related_name="outcomes", verbose_name=_("category"))
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="eligibility", verbose_name=_("unit"))
    day = models.DateField(_("day"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    lines: models.JSONField[Any, Any] = models.JSONField(_("rules"), default=list)
    run = models.ForeignKey(ScoreRun, models.PROTECT, related_name="+", verbose_name=_("run"))
    is_basis = models.BooleanField(_("basis of dossiers"), default=False)

    objects = EligibilityOutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("eligibility")
        verbose_name_plural = _("eligibility")
        ordering = ["category", "participant", "-day"]
        indexes = [
            models.Index(fields=["category", "day", "outcome"], name="eligibility_list"),
            models.Index(fields=["participant", "-day"], name="eligibility_of_unit"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["category", "participant", "day"], name="eligibility_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.day:%d/%m/%Y}"
