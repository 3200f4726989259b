"""Threads between a unit and those in charge: explanations asked for, appeals lodged, and their messages."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.enums import ThreadState

from .campaign import Participant
from .evidence import EvidenceFile
from .indicator import Target
from .report import Measurement

#: An explanation or appeal that is not settled yet.
RUNNING_STATES = (ThreadState.OPEN, ThreadState.ANSWERED)


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
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True) | ~Q(settled_by=F("lodged_by")),
                name="appeal_settled_by_another",
                violation_error_message=_("Who lodged an appeal does not settle it."),
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
