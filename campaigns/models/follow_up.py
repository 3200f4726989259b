"""Following up: reminders, explanations, appeals, incidents, announcements, activities, notices."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.enums import NoticeKind, ReminderAudience, ThreadState

from .campaign import Campaign, Participant, Period
from .indicator import Target
from .mail import Mail
from .report import EvidenceFile, Measurement

#: An explanation or appeal that is not settled yet.
RUNNING_STATES = (ThreadState.OPEN, ThreadState.ANSWERED)


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


T = TypeVar("T", bound=models.Model)


class ThreadQuerySet(models.QuerySet[T]):
    """Questions about explanations and appeals: both run until they are settled."""

    def running(self) -> ThreadQuerySet[T]:
        """Keep those that are not settled yet."""
        return self.filter(state__in=RUNNING_STATES)

    def unanswered(self) -> ThreadQuerySet[T]:
        """Keep those whose clock runs."""
        return self.filter(state=ThreadState.OPEN)

    def overdue(self, *, on: dt.date) -> ThreadQuerySet[T]:
        """Keep those whose clock has run out before the local day ``on``."""
        return self.unanswered().filter(answer_by__lt=on)


class Explanation(models.Model):
    """An explanation (giải trình) of a target, asked of a unit by a date. One at a time runs on a target."""

    target = models.ForeignKey(Target, models.PROTECT, related_name="explanations", verbose_name=_("target"))
    question = models.TextField(_("question"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    answer_by = models.DateField(_("answer by"))
    state = models.CharField(_("state"), max_length=10, choices=ThreadState.choices, default=ThreadState.OPEN)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("explanation")
        verbose_name_plural = _("explanations")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["target"], condition=Q(state__in=RUNNING_STATES), name="explanation_runs_once_per_target"
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True, closed_at__isnull=True)
                | Q(closed_by__isnull=False, closed_at__isnull=False),
                name="explanation_closed_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return str(self.target)

    def is_overdue(self, *, on: dt.date) -> bool:
        """Whether the answer is owed and the day has passed."""
        return self.state == ThreadState.OPEN and self.answer_by < on


class Appeal(models.Model):
    """An appeal (kiến nghị) of a unit on a verified value or on its score of a day."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="appeals", verbose_name=_("unit"))
    measurement = models.ForeignKey(Measurement, models.PROTECT, null=True, blank=True, related_name="appeals")
    score_day = models.DateField(_("score of the day"), null=True, blank=True)
    grounds = models.TextField(_("grounds"))
    lodged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    lodged_at = models.DateTimeField(_("lodged at"))
    answer_by = models.DateField(_("to be settled by"))
    state = models.CharField(_("state"), max_length=10, choices=ThreadState.choices, default=ThreadState.OPEN)
    outcome = models.TextField(_("outcome"), blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-lodged_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["measurement"], condition=Q(state=ThreadState.OPEN), name="appeal_runs_once_per_value"
            ),
            models.UniqueConstraint(
                fields=["participant", "score_day"],
                condition=Q(state=ThreadState.OPEN, measurement__isnull=True),
                name="appeal_runs_once_per_score",
            ),
            models.CheckConstraint(
                condition=Q(measurement__isnull=False) | Q(score_day__isnull=False), name="appeal_names_its_object"
            ),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True, settled_at__isnull=True)
                | (Q(settled_by__isnull=False, settled_at__isnull=False) & ~Q(outcome="")),
                name="appeal_settled_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return str(self.measurement) if self.measurement_id else str(self.participant)

    def is_overdue(self, *, on: dt.date) -> bool:
        """Whether it waits for its outcome and the day has passed."""
        return self.state == ThreadState.OPEN and self.answer_by < on


class ThreadMessage(models.Model):
    """One message of an explanation's or appeal's thread. Append-only."""

    explanation = models.ForeignKey(Explanation, models.PROTECT, null=True, blank=True, related_name="messages")
    appeal = models.ForeignKey(Appeal, models.PROTECT, null=True, blank=True, related_name="messages")
    text = models.TextField(_("text"))
    files = models.ManyToManyField(EvidenceFile, blank=True, related_name="+")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(explanation__isnull=False, appeal__isnull=True)
                | Q(explanation__isnull=True, appeal__isnull=False),
                name="message_of_one_thread",
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


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


class Notice(models.Model):
    """An in-app notice to one person. ``key`` makes an event tell each person once."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=20, choices=NoticeKind.choices, default=NoticeKind.OTHER)
    key = models.CharField(max_length=160)
    title = models.CharField(_("title"), max_length=300)
    text = models.TextField(_("text"), blank=True)
    url = models.CharField(max_length=300, blank=True)
    by_mail = models.BooleanField(_("by e-mail"), default=False)
    mail = models.ForeignKey(Mail, models.SET_NULL, null=True, blank=True, related_name="notices")
    created_at = models.DateTimeField(_("created at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["person", "-created_at"]),
            models.Index(fields=["person"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["created_at"], condition=Q(by_mail=True, mail__isnull=True), name="notice_to_mail"),
        ]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="notice_once")]

    def __str__(self) -> str:
        return self.title
