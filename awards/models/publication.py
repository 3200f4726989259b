"""What strangers read: exemplary collectives and people, and the plan as it is published."""

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
    picture_small = models.CharField(max_length=64, blank=True, editable=False)  # SHA-256 of the copy lists show
    picture_text = models.CharField(_("what the picture shows"), max_length=300, blank=True)
    has_consent = models.BooleanField(_("agrees to be published"), default=False)
    state = models.CharField(
        _("state"), max_length=10, choices=ExemplarState.choices, default=ExemplarState.DRAFT, editable=False
    )
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    written_at = models.DateTimeField(editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    note = models.TextField(_("why it was sent back or taken down"), blank=True, editable=False)
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


class PublicPlan(models.Model):
    """The plan as strangers may read it: its text and its file. What else they see of it is the campaign's own."""

    campaign = models.OneToOneField(Campaign, models.PROTECT, related_name="public_plan", verbose_name=_("campaign"))
    text = models.TextField(_("text of the plan"), blank=True)
    file_name = models.CharField(_("file"), max_length=200, blank=True, editable=False)
    file_type = models.CharField(max_length=100, blank=True, editable=False)
    file_size = models.PositiveIntegerField(default=0, editable=False)
    file_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    is_published = models.BooleanField(_("on the public page"), default=False)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    changed_at = models.DateTimeField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("published plan")
        verbose_name_plural = _("published plans")
        constraints = [
            models.CheckConstraint(
                condition=Q(file_sha256="", file_name="", file_size=0) | (~Q(file_sha256="") & Q(file_size__gt=0)),
                name="public_plan_file_is_whole",
            )
        ]

    def __str__(self) -> str:
        return str(self.campaign)
