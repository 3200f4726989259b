"""Issued decisions, awards with their frozen bonus, and the register of earlier years."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awards.enums import RecipientKind, RoundingMode
from campaigns.models import Campaign, Participant, Unit
from campaigns.models.fields import ScaledDecimalField

from .base import AppendOnly, AppendOnlyQuerySet
from .category import AwardCategory
from .decision import Decision
from .proposal import Proposal


class AwardDecision(AppendOnly):
    """The signed decision (Quyết định) as the document-management system has it. Append-only."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="award_decisions", verbose_name=_("campaign"))
    number = models.CharField(_("number"), max_length=80)
    signed_on = models.DateField(_("date"))
    signer_name = models.CharField(_("signer"), max_length=120)
    signer_title = models.CharField(_("signer's title"), max_length=160)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("issued by")
    )
    issued_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("commendation decision")
        verbose_name_plural = _("commendation decisions")
        ordering = ["-signed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["number", "signed_on"], name="award_decision_number_once"),
            models.CheckConstraint(condition=~Q(number="") & ~Q(signer_name=""), name="award_decision_is_whole"),
        ]

    def __str__(self) -> str:
        return self.number


class AwardQuerySet(AppendOnlyQuerySet):
    """Which awards still stand."""

    def standing(self) -> AwardQuerySet:
        """Awards that were not revoked."""
        return self.filter(revoked_on__isnull=True)


class Award(AppendOnly):
    """An award given: to whom, with how much money and how that was computed. Append-only.

    The golden-book number and the revocation are written once.
    """

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="award", verbose_name=_("proposal"))
    category = models.ForeignKey(AwardCategory, models.PROTECT, related_name="awards", verbose_name=_("category"))
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="awards", verbose_name=_("unit"))
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="awards", verbose_name=_("decision"))
    issue = models.ForeignKey(AwardDecision, models.PROTECT, related_name="awards", verbose_name=_("decision"))
    recipient_kind = models.CharField(_("recipient"), max_length=12, choices=RecipientKind.choices)
    recipient_name = models.CharField(_("recipient's name"), max_length=200)
    recipient_key = models.CharField(max_length=240, db_index=True, verbose_name=_("folded name"))
    recipient_position = models.CharField(_("position"), max_length=160, blank=True)
    title = models.CharField(_("award"), max_length=200)
    bonus = models.PositiveBigIntegerField(_("bonus (đ)"))
    base_salary = models.PositiveIntegerField(_("base salary (đ)"))
    coefficient = ScaledDecimalField(_("coefficient"), places=2, max_digits=5)
    rounding_mode = models.CharField(_("rounding"), max_length=8, choices=RoundingMode.choices)
    rounding_step = models.PositiveIntegerField(_("rounded to (đ)"))
    golden_book_number = models.CharField(_("golden-book number"), max_length=40, null=True, blank=True, unique=True)
    revoked_on = models.DateField(_("revoked on"), null=True, blank=True)
    revocation_number = models.CharField(_("number of the revocation"), max_length=80, blank=True)
    revocation_reason = models.TextField(_("reason of the revocation"), blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("revoked by")
    )

    objects = AwardQuerySet.as_manager()  # type: ignore[misc]  # narrower than the base's

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = ["-issue__signed_on", "category__position", "participant__sort_key", "recipient_name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_on__isnull=True, revoked_by__isnull=True, revocation_number="")
                | (
                    Q(revoked_on__isnull=False, revoked_by__isnull=False)
                    & ~Q(revocation_number="")
                    & ~Q(revocation_reason="")
                ),
                name="award_revocation_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_name} · {self.title}"


class EarlierAward(models.Model):
    """An award of an earlier year or from elsewhere, as its register has it; importable, compared by folded name."""

    year = models.PositiveSmallIntegerField(_("year"))
    recipient_kind = models.CharField(_("recipient"), max_length=12, choices=RecipientKind.choices)
    recipient_name = models.CharField(_("recipient's name"), max_length=200)
    recipient_key = models.CharField(max_length=240, editable=False, db_index=True, verbose_name=_("folded name"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit"))
    unit_name = models.CharField(_("unit as registered"), max_length=200, blank=True)
    unit_key = models.CharField(
        max_length=420, blank=True, editable=False, verbose_name=_("folded unit name")
    )  # folded names, for the search
    title = models.CharField(_("award"), max_length=300)
    achievement = models.CharField(_("for which achievement"), max_length=500, blank=True)
    decision_number = models.CharField(_("decision number"), max_length=80, blank=True)
    decided_on = models.DateField(_("decision date"), null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("entered by"),
    )
    entered_at = models.DateTimeField(auto_now_add=True, verbose_name=_("entered at"))

    class Meta:
        verbose_name = _("earlier award")
        verbose_name_plural = _("register of earlier awards")
        ordering = ["-year", "recipient_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "recipient_key", "title", "decision_number"], name="earlier_award_once"
            ),
            models.CheckConstraint(condition=Q(year__gte=1945, year__lte=2200), name="earlier_award_year_in_range"),
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True) | Q(decided_on__year=F("year")), name="earlier_award_year_of_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_name} · {self.title} ({self.year})"
