"""Exemplary collectives and people."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awards.enums import ExemplarState, RecipientKind
from campaigns.models import Campaign, EvidenceFile, Participant


class Exemplar(models.Model):
    """An exemplary collective or person (điển hình tiên tiến): told, reviewed by another, published."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="exemplars", verbose_name=_("campaign"))
    participant = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="exemplars", verbose_name=_("unit")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=RecipientKind.choices)
    name = models.CharField(_("name"), max_length=200)
    title = models.CharField(_("title"), max_length=200)
    story = models.TextField(_("story"))
    picture = models.ForeignKey(EvidenceFile, models.PROTECT, null=True, blank=True, related_name="+")
    picture_text = models.CharField(_("what the picture shows"), max_length=300, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ExemplarState.choices, default=ExemplarState.DRAFT, editable=False
    )
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    written_at = models.DateTimeField(editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("exemplar")
        verbose_name_plural = _("exemplars")
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ExemplarState.PUBLISHED) | Q(published_at__isnull=False, reviewed_by__isnull=False),
                name="exemplar_published_after_review",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("written_by")),
                name="exemplar_reviewed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(picture__isnull=True) | ~Q(picture_text=""), name="exemplar_picture_is_described"
            ),
        ]

    def __str__(self) -> str:
        return self.title
