"""The audit trail, idempotency keys and the outbox: what makes acts traceable and effects happen once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.enums import OutboxState

from .campaign import Campaign, Participant


class AuditHead(models.Model):
    """The single row that orders the chain: locked last in every transaction that writes an entry."""

    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        verbose_name = _("head of the audit trail")
        verbose_name_plural = _("head of the audit trail")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="audit_head_single_row")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash[:12]}"


class AuditEntry(models.Model):
    """One act. ``hash`` covers the previous hash, the columns here and the salted digest of the payload.

    Append-only. The payload lies beside it so that personal data can be erased by law without breaking
    the chain.
    """

    sequence = models.BigIntegerField(_("number"), unique=True)
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="audit_entries", verbose_name=_("who")
    )
    action = models.CharField(_("act"), max_length=60)
    subject_type = models.CharField(_("on"), max_length=60)
    subject_id = models.BigIntegerField(null=True, verbose_name=_("subject number"))
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+", verbose_name=_("campaign"))
    participant = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    payload_digest = models.CharField(max_length=64, verbose_name=_("digest of the content"))
    previous_hash = models.CharField(max_length=64, unique=True, verbose_name=_("previous hash"))
    hash = models.CharField(max_length=64, unique=True, verbose_name=_("hash"))

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        ordering = ["-sequence"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"]),
            models.Index(fields=["participant", "-sequence"]),
            models.Index(fields=["action", "-sequence"]),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"


class AuditPayload(models.Model):
    """What an act said: before, after, reason, from where. ``content`` is canonical JSON, hashed with ``salt``."""

    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="payload", primary_key=True)
    salt = models.CharField(max_length=32)
    content = models.TextField()

    class Meta:
        verbose_name = _("content of an audit entry")
        verbose_name_plural = _("contents of audit entries")

    def __str__(self) -> str:
        return str(self.entry_id)


class IdempotencyKey(models.Model):
    """The result of a submitted form, so that sending it twice acts once. Written with the effect."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    request_digest = models.CharField(max_length=64)
    result = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("form key")
        verbose_name_plural = _("form keys")
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key


class OutboxMessage(models.Model):
    """Work to be done after a transaction, written in it. The worker claims rows by conditional update.

    Two pending rows with the same topic and key are one piece of work, so bursts coalesce.
    """

    topic = models.CharField(_("topic"), max_length=60)
    key = models.CharField(_("key"), max_length=160)
    payload = models.JSONField(default=dict)
    state = models.CharField(
        _("state"), max_length=10, choices=OutboxState.choices, default=OutboxState.PENDING, db_index=True
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    available_at = models.DateTimeField(_("not before"))
    lease_owner = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("created at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("outbox message")
        verbose_name_plural = _("outbox messages")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["available_at"],
                condition=Q(state__in=[OutboxState.PENDING, OutboxState.CLAIMED]),
                name="outbox_waiting",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "key"], condition=Q(state=OutboxState.PENDING), name="outbox_pending_once"
            ),
            models.CheckConstraint(
                condition=~Q(state=OutboxState.CLAIMED) | (~Q(lease_owner="") & Q(lease_until__isnull=False)),
                name="outbox_claim_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"
