"""What is known about stored evidence beside its rows: pictures of its pages, and damage found on disk."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.enums import FaultKind, PreviewState


class Preview(models.Model):
    """The pages of one stored content, drawn by the worker. Derived: it may be dropped and made anew."""

    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=PreviewState.choices)
    page_count = models.PositiveIntegerField(_("pages of the file"), default=0)
    small = models.CharField(max_length=64, blank=True)  # SHA-256 of the first page's small picture
    small_width = models.PositiveSmallIntegerField(default=0)
    small_height = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("preview")
        verbose_name_plural = _("previews")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=PreviewState.READY, page_count__gt=0) & ~Q(small="")
                | Q(state=PreviewState.FAILED, small=""),
                name="preview_ready_has_pages",
            )
        ]

    def __str__(self) -> str:
        return self.sha256


class PreviewPage(models.Model):
    """The picture of one page, stored under its own SHA-256."""

    preview = models.ForeignKey(Preview, models.CASCADE, related_name="pages")
    number = models.PositiveSmallIntegerField(_("page"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("page of a preview")
        verbose_name_plural = _("pages of previews")
        ordering = ["preview", "number"]
        constraints = [models.UniqueConstraint(fields=["preview", "number"], name="preview_page_once")]

    def __str__(self) -> str:
        return f"{self.preview} · {self.number}"


class EvidenceFault(models.Model):
    """Stored content that was found missing or changed, until a later look finds it whole again."""

    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    kind = models.CharField(_("fault"), max_length=10, choices=FaultKind.choices)
    found_at = models.DateTimeField(_("found at"))
    mended_at = models.DateTimeField(_("whole again at"), null=True, blank=True)

    class Meta:
        verbose_name = _("damaged evidence")
        verbose_name_plural = _("damaged evidence")
        ordering = ["-found_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"], condition=Q(mended_at__isnull=True), name="evidence_fault_once_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.sha256[:12]}"
