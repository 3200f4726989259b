"""Beside the reports: incidents of the ledger, announcements to all units, activities of supporting bodies."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .campaign import Campaign, Participant
from .evidence import EvidenceFile
from .indicator import Target


class IncidentQuerySet(models.QuerySet["Incident"]):
    """Questions about the ledger."""

    def standing(self) -> IncidentQuerySet:
        """Keep what was not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Incident(models.Model):
    """An incident against a hold-at-zero target; the ledger that feeds its measurement. Withdrawn, never changed."""

    target = models.ForeignKey(Target, models.PROTECT, related_name="incidents", verbose_name=_("target"))
    happened_on = models.DateField(_("happened on"))
    count = models.PositiveIntegerField(_("count"), default=1)
    description = models.TextField(_("description"), blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawal_reason = models.TextField(_("reason of the withdrawal"), blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["happened_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(count__gt=0), name="incident_counts"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawal_reason="")),
                name="incident_withdrawn_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} · {self.happened_on:%d/%m/%Y}"


class Announcement(models.Model):
    """A message to all units of a campaign."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="announcements", verbose_name=_("campaign"))
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"))
    is_public = models.BooleanField(_("on the public page"), default=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-published_at"]

    def __str__(self) -> str:
        return self.title


class Activity(models.Model):
    """What a supporting body did: what, when, how many people, picture. No score."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="activities", verbose_name=_("unit"))
    title = models.CharField(_("what"), max_length=300)
    held_on = models.DateField(_("when"))
    people = models.PositiveIntegerField(_("people taking part"), default=0)
    text = models.TextField(_("text"), blank=True)
    files = models.ManyToManyField(EvidenceFile, blank=True, related_name="+")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawal_reason = models.TextField(_("reason of the withdrawal"), blank=True)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawal_reason="")),
                name="activity_withdrawn_with_reason",
            )
        ]

    def __str__(self) -> str:
        return self.title
