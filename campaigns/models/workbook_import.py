"""Workbooks that were written to the database."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkbookImport(models.Model):
    """One workbook that was written to the database: who, when, which bytes. Imported rows point here."""

    campaign = models.ForeignKey("Campaign", models.PROTECT, related_name="imports", verbose_name=_("campaign"))
    file_name = models.CharField(_("file name"), max_length=255)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("imported by")
    )
    imported_at = models.DateTimeField(_("imported at"))
    summary = models.JSONField(_("summary"), default=dict)

    class Meta:
        verbose_name = _("workbook import")
        verbose_name_plural = _("workbook imports")
        ordering = ["-imported_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name
