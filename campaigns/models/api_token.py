"""Keys by which another system reads the portal's figures."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.enums import ApiScope


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Which keys open the interface."""

    def in_force(self, *, now: dt.datetime) -> ApiTokenQuerySet:
        """Keys that open the interface now: not revoked, not expired, of an account that may sign in."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=now, owner__is_active=True)


class ApiToken(models.Model):
    """One key of the data interface. The key itself is shown once; kept is its SHA-256, which cannot be turned back.

    It reads what its owner may see and its scopes name, nothing more.
    """

    name = models.CharField(_("name of the system"), max_length=120)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="api_tokens", verbose_name=_("reads as")
    )
    digest = models.CharField(_("digest"), max_length=64, unique=True, editable=False)
    hint = models.CharField(_("begins with"), max_length=8, editable=False)
    scopes: models.JSONField[list[str], list[str]] = models.JSONField(_("may read"), default=list)
    expires_at = models.DateTimeField(_("expires at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"), editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("revoked by"),
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("key of the data interface")
        verbose_name_plural = _("keys of the data interface")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="api_token_expires_later"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="api_token_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    def may_read(self, scope: ApiScope) -> bool:
        """Whether the key names the scope."""
        return scope.value in self.scopes
