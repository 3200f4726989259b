"""The council: sessions, who sat in them, votes and tallies."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awards.enums import Attendance, SessionState, VoteChoice, VoteMode, VoteState
from campaigns.models import Campaign, EvidenceFile, Unit

from .base import AppendOnly
from .proposal import Proposal


class CouncilSession(models.Model):
    """One meeting. Quorum and majority are copied from the procedure when it is planned, and stay."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="council_sessions", verbose_name=_("campaign"))
    held_on = models.DateField(_("day"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    chair_name = models.CharField(_("in the chair"), max_length=120, blank=True)
    secretary_name = models.CharField(_("secretary"), max_length=120, blank=True)
    minutes_number = models.CharField(_("number of the minutes"), max_length=80, blank=True)
    minutes_text = models.TextField(_("opinions and conclusions"), blank=True)
    minutes_file = models.ForeignKey(
        EvidenceFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file of the minutes")
    )
    mode = models.CharField(_("vote"), max_length=8, choices=VoteMode.choices, default=VoteMode.OPEN)
    state = models.CharField(
        _("state"), max_length=8, choices=SessionState.choices, default=SessionState.PLANNED, editable=False
    )
    quorum_numerator = models.PositiveSmallIntegerField(default=2, editable=False, verbose_name=_("quorum, numerator"))
    quorum_denominator = models.PositiveSmallIntegerField(
        default=3, editable=False, verbose_name=_("quorum, denominator")
    )
    majority_numerator = models.PositiveSmallIntegerField(
        default=1, editable=False, verbose_name=_("majority, numerator")
    )
    majority_denominator = models.PositiveSmallIntegerField(
        default=2, editable=False, verbose_name=_("majority, denominator")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("created by")
    )
    created_at = models.DateTimeField(editable=False, verbose_name=_("created at"))
    version = models.PositiveIntegerField(default=1, editable=False, verbose_name=_("record version"))

    class Meta:
        verbose_name = _("council session")
        verbose_name_plural = _("council sessions")
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.held_on:%d/%m/%Y}"


class CouncilMember(models.Model):
    """A member of a session: present, absent, or absent with a written opinion."""

    session = models.ForeignKey(CouncilSession, models.PROTECT, related_name="members", verbose_name=_("session"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=120)
    title = models.CharField(_("title"), max_length=160, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit"))
    attendance = models.CharField(_("attendance"), max_length=8, choices=Attendance.choices, default=Attendance.PRESENT)

    class Meta:
        verbose_name = _("member of a session")
        verbose_name_plural = _("members of sessions")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="council_member_once")]

    def __str__(self) -> str:
        return self.name


class CouncilAgendaItem(models.Model):
    """One nominee on a session's agenda, and whether the vote on it is open; actions/ballots.py writes ``state``."""

    session = models.ForeignKey(CouncilSession, models.PROTECT, related_name="agenda", verbose_name=_("session"))
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="agenda_items", verbose_name=_("proposal"))
    position = models.PositiveSmallIntegerField(_("order"))
    state = models.CharField(
        _("state"), max_length=8, choices=VoteState.choices, default=VoteState.WAITING, editable=False
    )
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("item of the agenda")
        verbose_name_plural = _("items of the agenda")
        ordering = ["session", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "proposal"], name="council_agenda_once"),
            models.UniqueConstraint(
                fields=["proposal"], condition=~Q(state=VoteState.CLOSED), name="council_agenda_of_one_session"
            ),
            models.CheckConstraint(
                condition=Q(state=VoteState.WAITING, opened_at__isnull=True, closed_at__isnull=True)
                | Q(state=VoteState.OPEN, opened_at__isnull=False, closed_at__isnull=True)
                | Q(state=VoteState.CLOSED, closed_at__isnull=False),
                name="council_agenda_state_and_moments",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.proposal_id}"


class CouncilConflict(AppendOnly):
    """A member does not vote on a proposal: their own unit's, their own, or declared. Append-only."""

    member = models.ForeignKey(CouncilMember, models.PROTECT, related_name="conflicts")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="council_conflicts")
    reason = models.CharField(_("reason"), max_length=300)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        constraints = [models.UniqueConstraint(fields=["member", "proposal"], name="council_conflict_once")]

    def __str__(self) -> str:
        return f"{self.member} · {self.proposal_id}"


class CouncilVote(AppendOnly):
    """One member's open vote on one proposal, given once. Append-only.

    Who stands behind the proposal is copied beside the vote, so that the database itself refuses a member's vote on
    their own proposal or their own unit's.
    """

    session = models.ForeignKey(CouncilSession, models.PROTECT, related_name="votes")
    member = models.ForeignKey(CouncilMember, models.PROTECT, related_name="votes")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="votes")
    choice = models.CharField(_("vote"), max_length=8, choices=VoteChoice.choices)
    is_written = models.BooleanField(_("in writing"), default=False)
    opinion = models.TextField(_("opinion"), blank=True)
    cast_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    cast_at = models.DateTimeField(_("cast at"))
    voter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    voter_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    proposing_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ["cast_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["member", "proposal"], name="council_vote_once"),
            models.CheckConstraint(
                condition=Q(voter__isnull=True) | (~Q(voter=F("drafted_by")) & ~Q(voter=F("submitted_by"))),
                name="council_vote_not_on_own_proposal",
                violation_error_message=_("A member does not vote on their own proposal."),
            ),
            models.CheckConstraint(
                condition=Q(voter_unit__isnull=True) | ~Q(voter_unit=F("proposing_unit")),
                name="council_vote_not_on_own_unit",
                violation_error_message=_("A member does not vote on their own unit's proposal."),
            ),
            models.CheckConstraint(
                condition=Q(is_written=False) | ~Q(opinion=""), name="council_vote_in_writing_has_its_opinion"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.choice}"


class CouncilTally(AppendOnly):
    """The count on one proposal in one session, of open votes or of a paper ballot. Append-only."""

    session = models.ForeignKey(CouncilSession, models.PROTECT, related_name="tallies", verbose_name=_("session"))
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="tallies", verbose_name=_("proposal"))
    members = models.PositiveSmallIntegerField(_("members"))
    present = models.PositiveSmallIntegerField(_("present"))
    votes_for = models.PositiveSmallIntegerField(_("for"))
    votes_against = models.PositiveSmallIntegerField(_("against"))
    abstained = models.PositiveSmallIntegerField(_("abstained"), default=0)
    is_passed = models.BooleanField(_("passed"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "proposal"], name="council_tally_once"),
            models.CheckConstraint(
                condition=Q(members__gt=0, present__lte=F("members"))
                & Q(present__gte=F("votes_for") + F("votes_against") + F("abstained")),
                name="council_tally_adds_up",
                violation_error_message=_("More votes than members present, or more present than members."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.votes_for}/{self.members}"
