"""Proposals, their evidence, their trail, and what people found on names that are alike."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awards.enums import Act, DuplicateFinding, Gender, Outcome, PaperKind, ProposalState, RecipientKind, ReturnStep
from campaigns.models import Campaign, EvidenceFile, Participant

from .base import AppendOnly
from .category import AwardCategory, EligibilityOutcome

#: States in which the machine's mark still follows the figures.
MARKED_STATES = (
    ProposalState.DRAFT,
    ProposalState.SUBMITTED,
    ProposalState.APPRAISED,
    ProposalState.COUNCIL,
    ProposalState.RETURNED,
)
#: States in which a proposal takes a place of its category's quota.
QUOTA_STATES = (ProposalState.DOSSIER, ProposalState.APPROVED, ProposalState.ISSUED)
#: States from which nothing more happens.
FINAL_STATES = (
    ProposalState.REJECTED,
    ProposalState.REFUSED,
    ProposalState.NOT_PASSED,
    ProposalState.WITHDRAWN,
    ProposalState.REVOKED,
)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Which proposals are on their way, and which are late."""

    def live(self) -> ProposalQuerySet:
        """Proposals that are not over."""
        return self.exclude(state__in=FINAL_STATES)

    def overdue(self, *, on: dt.date) -> ProposalQuerySet:
        """Proposals whose step should have been taken before the local day ``on``."""
        return self.live().filter(due_on__lt=on)

    def for_lists(self) -> ProposalQuerySet:
        """With what every list shows of a proposal."""
        return self.select_related("category", "participant", "participant__bloc")


class Proposal(models.Model):
    """A recipient proposed by a unit for a category. ``state`` has one writer: actions/transition.py.

    No identity number and no bank data; an address is kept for households only, gender for statistics only.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="proposals", verbose_name=_("campaign"))
    category = models.ForeignKey(AwardCategory, models.PROTECT, related_name="proposals", verbose_name=_("category"))
    participant = models.ForeignKey(
        Participant, models.PROTECT, related_name="proposals", verbose_name=_("proposing unit")
    )
    recipient_kind = models.CharField(_("recipient"), max_length=12, choices=RecipientKind.choices, editable=False)
    recipient_name = models.CharField(_("recipient's name"), max_length=200)
    recipient_key = models.CharField(max_length=240, editable=False, db_index=True, verbose_name=_("folded name"))
    position = models.CharField(_("position"), max_length=160, blank=True)
    is_leader = models.BooleanField(_("leader"), null=True, blank=True)
    gender = models.CharField(_("gender"), max_length=8, choices=Gender.choices, blank=True)
    address = models.CharField(_("address of the household"), max_length=300, blank=True)

    report = models.TextField(_("achievement report"), blank=True)
    report_confirmed_by = models.CharField(_("report confirmed by"), max_length=120, blank=True)
    request_number = models.CharField(_("number of the unit's request"), max_length=80, blank=True)
    request_date = models.DateField(_("date of the request"), null=True, blank=True)
    minutes_number = models.CharField(_("number of the unit's minutes"), max_length=80, blank=True)
    minutes_date = models.DateField(_("date of the minutes"), null=True, blank=True)
    justification = models.TextField(_("justification"), blank=True)
    figures: models.JSONField[Any, Any] = models.JSONField(_("figures when it was submitted"), default=dict)
    figures_digest = models.CharField(
        max_length=64, blank=True, editable=False, verbose_name=_("digest of the figures")
    )

    state = models.CharField(
        _("state"), max_length=12, choices=ProposalState.choices, default=ProposalState.DRAFT, editable=False
    )
    return_step = models.CharField(_("returned to"), max_length=8, choices=ReturnStep.choices, blank=True)
    due_on = models.DateField(_("next step due"), null=True, blank=True, editable=False)
    eligibility = models.ForeignKey(
        EligibilityOutcome,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        editable=False,
        verbose_name=_("eligibility"),
    )
    mark = models.CharField(_("eligibility"), max_length=12, choices=Outcome.choices, blank=True, editable=False)
    is_flagged = models.BooleanField(_("to be checked again"), default=False, editable=False)

    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("drafted by")
    )
    drafted_at = models.DateTimeField(_("drafted at"), editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("submitted by"),
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True, editable=False)
    appraised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("appraised by"),
    )
    appraised_at = models.DateTimeField(_("appraised at"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False, verbose_name=_("record version"))

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["category__position", "participant__sort_key", "recipient_name", "pk"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="proposal_waiting"),
            models.Index(fields=["category", "state"], name="proposal_of_category"),
            models.Index(fields=["participant", "state"], name="proposal_of_unit"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ProposalState.values), name="proposal_state_known"),
            models.CheckConstraint(condition=~Q(recipient_name=""), name="proposal_names_recipient"),
            models.CheckConstraint(
                condition=Q(submitted_by__isnull=True, submitted_at__isnull=True)
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="proposal_submitted_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(appraised_by__isnull=True, appraised_at__isnull=True)
                | Q(appraised_by__isnull=False, appraised_at__isnull=False),
                name="proposal_appraised_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(appraised_by__isnull=True)
                | (~Q(appraised_by=F("drafted_by")) & ~Q(appraised_by=F("submitted_by"))),
                name="proposal_appraised_by_another",
                violation_error_message=_("Who drafted a proposal does not appraise it."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ProposalState.DRAFT, ProposalState.WITHDRAWN]) | Q(submitted_at__isnull=False),
                name="proposal_submitted_before_further_steps",
            ),
            models.CheckConstraint(
                condition=~Q(
                    state__in=[
                        ProposalState.APPRAISED,
                        ProposalState.COUNCIL,
                        ProposalState.NOT_PASSED,
                        ProposalState.DOSSIER,
                        ProposalState.APPROVED,
                        ProposalState.REJECTED,
                        ProposalState.ISSUED,
                        ProposalState.REVOKED,
                    ]
                )
                | Q(appraised_at__isnull=False),
                name="proposal_appraised_before_further_steps",
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.RETURNED, return_step__in=ReturnStep.values)
                | (~Q(state=ProposalState.RETURNED) & Q(return_step="")),
                name="proposal_returned_to_a_step",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.DOSSIER) | (~Q(mark="") & Q(eligibility__isnull=False)),
                name="proposal_before_the_chairman_is_marked",
            ),
            models.CheckConstraint(
                condition=Q(recipient_kind=RecipientKind.HOUSEHOLD) | Q(address=""),
                name="proposal_address_of_households_only",
                violation_error_message=_("An address is kept for households only."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_name} · {self.participant}"

    @property
    def is_editable(self) -> bool:
        """Whether the unit may change it: a draft, or returned to the unit."""
        return self.state == ProposalState.DRAFT or (
            self.state == ProposalState.RETURNED and self.return_step == ReturnStep.UNIT
        )

    @property
    def needs_justification(self) -> bool:
        """Whether the recipient may be proposed only with a written justification."""
        return self.mark != Outcome.ELIGIBLE


class ProposalEvidence(models.Model):
    """A file that backs the achievement report, or one of the unit's papers; taken off only while the unit edits.

    One scan may hold several papers: it is attached once as each of them.
    """

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="evidence", verbose_name=_("proposal"))
    file = models.ForeignKey(EvidenceFile, models.PROTECT, related_name="proposals", verbose_name=_("file"))
    kind = models.CharField(_("what it is"), max_length=8, choices=PaperKind.choices, default=PaperKind.EVIDENCE)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("evidence of a proposal")
        verbose_name_plural = _("evidence of proposals")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["proposal", "file", "kind"], name="proposal_evidence_once")]

    def __str__(self) -> str:
        return self.file.name


class ProposalEvent(AppendOnly):
    """One act on a proposal: from which state to which, by whom, why. Append-only."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="events", verbose_name=_("proposal"))
    act = models.CharField(_("act"), max_length=12, choices=Act.choices)
    from_state = models.CharField(max_length=12, choices=ProposalState.choices, blank=True)
    to_state = models.CharField(max_length=12, choices=ProposalState.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    at = models.DateTimeField(_("at"))
    reason = models.TextField(_("reason"), blank=True)
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("step of a proposal")
        verbose_name_plural = _("steps of proposals")
        ordering = ["proposal", "pk"]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.act}"


class DuplicateReview(AppendOnly):
    """What a person found on a name alike: "not a duplicate because …", recorded once. Append-only."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="duplicate_reviews")
    other = models.ForeignKey(Proposal, models.PROTECT, null=True, blank=True, related_name="+")
    earlier_award = models.ForeignKey("awards.EarlierAward", models.PROTECT, null=True, blank=True, related_name="+")
    finding = models.CharField(_("finding"), max_length=10, choices=DuplicateFinding.choices)
    reason = models.TextField(_("reason"))
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(_("reviewed at"))

    class Meta:
        verbose_name = _("duplicate check")
        verbose_name_plural = _("duplicate checks")
        constraints = [
            models.CheckConstraint(
                condition=Q(other__isnull=False, earlier_award__isnull=True)
                | Q(other__isnull=True, earlier_award__isnull=False),
                name="duplicate_review_of_one_thing",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="duplicate_review_has_reason"),
            models.UniqueConstraint(fields=["proposal", "other"], name="duplicate_review_once_per_proposal"),
            models.UniqueConstraint(fields=["proposal", "earlier_award"], name="duplicate_review_once_per_award"),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.finding}"
