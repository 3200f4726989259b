"""Reminders: the ladder's rungs, what was sent to whom, each day's run, and the holidays that stay quiet."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.enums import ReminderAudience

from .campaign import Campaign, Participant, Period


class Holiday(models.Model):
    """A public holiday: it does not count as a working day and stays quiet of reminders."""

    day = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=160)

    class Meta:
        verbose_name = _("public holiday")
        verbose_name_plural = _("public holidays")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.name}"


class ReminderRule(models.Model):
    """One rung of the reminder ladder: so many days from the due day, to whom."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="reminder_rules", verbose_name=_("campaign"))
    days_from_due = models.SmallIntegerField(_("days from the due day"), help_text=_("−1 = the day before."))
    audience = models.CharField(_("to"), max_length=10, choices=ReminderAudience.choices)

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        ordering = ["campaign", "days_from_due"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "days_from_due", "audience"], name="reminder_rung_once")
        ]

    def __str__(self) -> str:
        return f"{self.days_from_due:+d} · {self.get_audience_display()}"


class Reminder(models.Model):
    """A reminder that was sent: to whom, about which unit and period, under which rung. Sent once."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reminders", verbose_name=_("person")
    )
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="reminders", verbose_name=_("unit"))
    period = models.ForeignKey(Period, models.PROTECT, related_name="reminders", verbose_name=_("period"))
    days_from_due = models.SmallIntegerField(_("days from the due day"), null=True, blank=True)
    day = models.DateField(_("day"))
    text = models.TextField(_("text"))
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("sent by")
    )
    sent_at = models.DateTimeField(_("sent at"))

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-sent_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "participant", "period", "days_from_due"],
                condition=Q(days_from_due__isnull=False),
                name="reminder_once_per_rung",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.day:%d/%m/%Y}"


class ReminderRun(models.Model):
    """One day's reminders: the row two runs of a day wait for, and what staff see of it."""

    day = models.DateField(_("day"), unique=True)
    ran_at = models.DateTimeField(_("last run at"))
    people = models.PositiveIntegerField(_("people reminded"), default=0)
    reminders = models.PositiveIntegerField(_("reminders"), default=0)

    class Meta:
        verbose_name = _("day of reminders")
        verbose_name_plural = _("days of reminders")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}"
