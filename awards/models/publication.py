"""Exemplary collectives and people, and the documents the portal writes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awards.enums import DocumentKind, ExemplarState, RecipientKind
from campaigns.models import Campaign, EvidenceFile, Participant

from .award import AwardDecision
from .base import AppendOnly
from .council import CouncilSession
from .decision import Dossier
from .proposal import Proposal


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


class DocumentTemplate(models.Model):
    """One version of a document's template; an uploaded file is checked before it may be used."""

    kind = models.CharField(_("document"), max_length=12, choices=DocumentKind.choices)
    version_number = models.PositiveSmallIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=200)
    form_number = models.CharField(_("form number"), max_length=40, blank=True)
    file = models.FileField(_("file"), upload_to="templates/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    layout: models.JSONField[Any, Any] = models.JSONField(_("layout"), default=dict, blank=True)
    is_active = models.BooleanField(_("in use"), default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("document template")
        verbose_name_plural = _("document templates")
        ordering = ["kind", "-version_number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "version_number"], name="document_template_version_once"),
            models.UniqueConstraint(fields=["kind"], condition=Q(is_active=True), name="document_template_one_in_use"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} v{self.version_number}"


class GeneratedDocument(AppendOnly):
    """A document as it was made: its data, its template's version, its bytes' hash. Append-only."""

    kind = models.CharField(_("document"), max_length=12, choices=DocumentKind.choices)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="documents", verbose_name=_("campaign"))
    dossier = models.ForeignKey(Dossier, models.PROTECT, null=True, blank=True, related_name="documents")
    session = models.ForeignKey(CouncilSession, models.PROTECT, null=True, blank=True, related_name="documents")
    issue = models.ForeignKey(AwardDecision, models.PROTECT, null=True, blank=True, related_name="documents")
    proposal = models.ForeignKey(Proposal, models.PROTECT, null=True, blank=True, related_name="documents")
    template = models.ForeignKey(DocumentTemplate, models.PROTECT, related_name="documents")
    data = models.TextField(help_text=_("Canonical JSON: the same data and template give the same content."))
    data_digest = models.CharField(max_length=64)
    file_sha256 = models.CharField(max_length=64)
    generated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    generated_at = models.DateTimeField(_("generated at"))

    class Meta:
        verbose_name = _("generated document")
        verbose_name_plural = _("generated documents")
        ordering = ["-generated_at", "-pk"]

    def __str__(self) -> str:
        return self.get_kind_display()
