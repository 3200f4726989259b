"""The submission to the chairman, and the one decision on each proposal."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awards.enums import DossierState, ReturnStep, Verdict
from campaigns.enums import Role
from campaigns.models import Campaign
from scoring.models import ScoreRun

from .base import AppendOnly
from .proposal import Proposal


class Dossier(models.Model):
    """A Tờ trình: proposals put before the chairman under a number, all on one run's figures.

    What was submitted is frozen in ``content`` (canonical JSON) with its SHA-256.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="dossiers", verbose_name=_("campaign"))
    title = models.CharField(_("title"), max_length=300)
    number = models.CharField(_("number"), max_length=80, blank=True)
    dated = models.DateField(_("date"), null=True, blank=True)
    note = models.TextField(_("note to the chairman"), blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=DossierState.choices, default=DossierState.PREPARING, editable=False
    )
    run = models.ForeignKey(
        ScoreRun, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name=_("score run")
    )
    day = models.DateField(_("figures of"), null=True, blank=True, editable=False)
    content = models.TextField(blank=True, editable=False, verbose_name=_("frozen content"))
    digest = models.CharField(max_length=64, blank=True, editable=False, verbose_name=_("digest"))
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("prepared by")
    )
    prepared_at = models.DateTimeField(_("prepared at"), editable=False)
    presented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("presented by"),
    )
    presented_at = models.DateTimeField(_("submitted at"), null=True, blank=True, editable=False)
    due_on = models.DateField(_("to be decided by"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False, verbose_name=_("record version"))

    class Meta:
        verbose_name = _("submission to the chairman")
        verbose_name_plural = _("submissions to the chairman")
        ordering = ["-prepared_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=DossierState.PREPARING, presented_at__isnull=True, digest="")
                | (
                    Q(state=DossierState.PRESENTED, presented_at__isnull=False, presented_by__isnull=False)
                    & Q(dated__isnull=False, run__isnull=False, day__isnull=False)
                    & ~Q(number="")
                    & ~Q(digest="")
                ),
                name="dossier_presented_whole",
            ),
            models.UniqueConstraint(fields=["campaign", "number"], condition=~Q(number=""), name="dossier_number_once"),
        ]

    def __str__(self) -> str:
        return self.number or self.title


class DossierItem(models.Model):
    """A proposal's place in a submission, frozen as the chairman gets it; released when pulled or returned."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="items", verbose_name=_("submission"))
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="dossier_items", verbose_name=_("proposal"))
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    content: models.JSONField[Any, Any] = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("proposal of a submission")
        verbose_name_plural = _("proposals of submissions")
        ordering = ["dossier", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"], condition=Q(released_at__isnull=True), name="proposal_in_one_dossier"
            ),
        ]

    def __str__(self) -> str:
        return str(self.proposal)


class Decision(AppendOnly):
    """A decision on a proposal as it was shown. At most one of a proposal stands.

    Append-only but for ``superseded_at``, written once: when the proposal is presented again after a return,
    or when a later decision revokes this one. ``drafted_by`` and ``submitted_by`` are copied here so that
    the database itself refuses a decision by who proposed.
    """

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="decisions", verbose_name=_("proposal"))
    item = models.ForeignKey(
        DossierItem, models.PROTECT, related_name="decisions", verbose_name=_("place in the submission")
    )
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    reason = models.TextField(_("reason"), blank=True)
    return_step = models.CharField(_("returned to"), max_length=8, choices=ReturnStep.choices, blank=True)
    seen_digest = models.CharField(max_length=64, verbose_name=_("digest of what was seen"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_as = models.CharField(max_length=20, choices=Role.choices, verbose_name=_("decided as"))
    delegation_number = models.CharField(_("delegation"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("decided at"))
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("drafted by")
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("submitted by")
    )
    revokes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="revoked_by", verbose_name=_("revokes")
    )
    document_number = models.CharField(_("document number"), max_length=80, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True, verbose_name=_("superseded at"))

    class Meta:
        verbose_name = _("decision on a proposal")
        verbose_name_plural = _("decisions on proposals")
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"], condition=Q(superseded_at__isnull=True), name="decision_one_stands"
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("drafted_by")) & ~Q(decided_by=F("submitted_by")),
                name="decision_by_another",
                violation_error_message=_("Who proposed does not decide."),
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.APPROVE) | ~Q(reason=""),
                name="decision_has_reason",
                violation_error_message=_("A reason is needed."),
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.RETURN, return_step__in=ReturnStep.values)
                | (~Q(verdict=Verdict.RETURN) & Q(return_step="")),
                name="decision_return_names_step",
            ),
            models.CheckConstraint(
                condition=(Q(verdict=Verdict.REVOKE, revokes__isnull=False) & ~Q(document_number=""))
                | (~Q(verdict=Verdict.REVOKE) & Q(revokes__isnull=True)),
                name="decision_revocation_names_what",
            ),
            models.CheckConstraint(
                condition=~Q(decided_as=Role.VICE_CHAIRMAN) | ~Q(delegation_number=""),
                name="decision_by_delegation_is_numbered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.verdict}"
