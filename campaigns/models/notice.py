"""Notices to people: shown in the portal, sent by e-mail, and what each person wants in which way."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.enums import MailState, NoticeChannel, NoticeKind


class Mail(models.Model):
    """One e-mail to one person: written with its text, sent by the worker under the same Message-ID however often."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="mails", verbose_name=_("recipient")
    )
    address = models.EmailField(_("address"))
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    message_id = models.CharField(max_length=200, unique=True, verbose_name=_("message id"))
    state = models.CharField(_("state"), max_length=10, choices=MailState.choices, default=MailState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "-created_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=MailState.SENT, sent_at__isnull=False)
                | (~Q(state=MailState.SENT) & Q(sent_at__isnull=True)),
                name="mail_sent_has_time",
            )
        ]

    def __str__(self) -> str:
        return self.address


class NoticePreference(models.Model):
    """How one person wants to be told of one kind of notice; without a row the kind's default holds."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(_("kind"), max_length=20, choices=NoticeKind.choices)
    channel = models.CharField(_("how"), max_length=10, choices=NoticeChannel.choices)

    class Meta:
        verbose_name = _("notice preference")
        verbose_name_plural = _("notice preferences")
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="notice_preference_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_channel_display()}"


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
