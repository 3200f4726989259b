"""What waits for a person, by their roles: each source yields the rows that a line counts. ``work`` counts them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Expression, Min, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _

from awards.enums import Attendance, ExemplarState, ProposalState, SessionState, VoteState
from awards.models import CouncilConflict, CouncilMember, CouncilVote, DossierItem, Exemplar, Proposal
from awards.permissions import may_publish
from campaigns.actions.confirmation import MODELS, EntryKind
from campaigns.calendar import LOCAL, local_day
from campaigns.enums import Frequency, MailState, ThreadState, VerdictOutcome
from campaigns.models import Campaign, Mail, Measurement, Notice, Period, Reopening, Target, User
from campaigns.permissions import Permission, can, units_with
from campaigns.queries.appeals import appeals_for, explanations_for, uncorrected
from campaigns.queries.verdict_cases import VerdictDesk
from campaigns.queries.verification_queue import scope_of_verifier
from campaigns.visibility import visible_to


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line that is still to be counted."""

    rows: QuerySet[Any]
    label: str
    url: str  # of the page that lists them
    icon: str
    nav: str = ""  # as in Work
    count: Expression | None = None  # each row by itself, where none is given
    due: Expression | None = None  # the earliest local day, where there is one
    key: Expression | None = None  # of a row, which ``opens`` shows; where there is one, it is the line's address
    opens: str = ""  # name of the view
    also: Sequence[QuerySet[Any]] = ()  # rows of other tables that count too


Source = Callable[[User, Campaign, dt.datetime], Iterator[Line]]
#: The bell, which is no entry of the menu and no line of the home page.
BELL = "campaigns:notices"


def _earliest_day(moment: str) -> Expression:
    """The local day of the earliest moment."""
    return TruncDate(Min(moment), tzinfo=LOCAL)


def unread(user: User) -> Line:
    """Notices behind the bell."""
    rows = Notice.objects.filter(person=user, read_at__isnull=True)
    return Line(rows=rows, label="", url="", icon="", nav=BELL)


# --- the unit --------------------------------------------------------------------------------------------


def _reported_by(units: frozenset[int], path: str) -> Q:
    """Targets whose figures the units report: as data provider, else their own."""
    provided = Q(**{f"{path}indicator__provider__unit__in": units})
    own = Q(**{f"{path}indicator__provider__isnull": True, f"{path}participant__unit__in": units})
    return provided | own


def _reports(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Line]:
    """Periods that take values and lack some, and values that came back."""
    units = units_with(user, Permission.DRAFT_REPORT)
    if not units or not campaign.is_open:
        return
    today, url, nav = local_day(now), reverse("campaigns:reporting"), "campaigns:reporting"
    # The period's end beside its key: the index of a target's values is by it.
    sent = Measurement.objects.filter(
        target=OuterRef("pk"), period=OuterRef(OuterRef("pk")), period_end=OuterRef(OuterRef("ends_on"))
    )
    lacking = Target.objects.filter(
        _reported_by(units, ""),
        ~Exists(sent),
        Q(starts_on__isnull=True) | Q(starts_on__lte=OuterRef("ends_on")),
        Q(ends_from__isnull=True) | Q(ends_from__gt=OuterRef("ends_on")),
        campaign=campaign,
        indicator__frequency=Frequency.EVERY_PERIOD,
        indicator__is_active=True,
        indicator__area__is_active=True,
    )
    open_ones = Period.objects.filter(Exists(lacking), campaign=campaign, starts_on__lte=today).filter(
        Q(locks_at__isnull=True) | Q(locks_at__gt=now)
    )
    due = _earliest_day("due_at")
    yield Line(rows=open_ones, label=_("Reports to send"), url=url, icon="pencil-square", due=due, nav=nav)
    later = Measurement.objects.filter(
        target=OuterRef("measurement__target"),
        period=OuterRef("measurement__period"),
        period_end=OuterRef("measurement__period_end"),
        sent_at__gt=OuterRef("measurement__sent_at"),
    )
    returned = Reopening.objects.filter(
        _reported_by(units, "measurement__target__"),
        ~Exists(later),
        until__gt=now,
        measurement__verdict=VerdictOutcome.RETURNED,
        measurement__target__campaign=campaign,
    )
    label, due = _("Returned values to send again"), _earliest_day("until")
    yield Line(rows=returned, label=label, url=url, icon="arrow-return-left", due=due, nav=nav)


def _verdicts_of_unit(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Line]:
    if not units_with(user, Permission.DRAFT_REPORT) or can(user, Permission.VERIFY):
        return
    rows = scope_of_verifier(VerdictDesk.of(user, now=now), campaign).filter(verdict="")
    nav = "campaigns:verify_queue"
    yield Line(rows=rows, label=_("Values to verify"), url=reverse(nav), icon="clipboard-check", nav=nav)


def _threads(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Line]:
    """Explanations to answer or to read, appeals to settle, corrections that upheld ones ask for."""
    nav = "campaigns:explanations"
    if can(user, Permission.ANSWER_EXPLANATION) or can(user, Permission.ASK_EXPLANATION):
        rows, url, icon = explanations_for(user, campaign), reverse(nav), "chat-left-text"
        asked, answered = rows.filter(state=ThreadState.OPEN), rows.filter(state=ThreadState.ANSWERED)
        label = _("Explanations to give")
        yield Line(rows=asked, label=label, url=url, icon=icon, due=Min("answer_by"), nav=nav)
        yield Line(rows=answered, label=_("Answers to read"), url=url, icon=icon, nav=nav)
    if can(user, Permission.SETTLE_APPEAL) or campaign.substitute_verifier_id in units_with(
        user, Permission.DRAFT_REPORT
    ):
        appeals = appeals_for(user, campaign, on=local_day(now))
        label, url = _("Appeals to settle"), reverse("campaigns:appeals")
        yield Line(rows=appeals, label=label, url=url, icon="clipboard-check", due=Min("answer_by"), nav=nav)


# --- Internal Affairs ------------------------------------------------------------------------------------


def _verdicts_of_staff(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Line]:
    if not can(user, Permission.VERIFY):
        return
    waiting = Measurement.objects.waiting().filter(target__campaign=campaign)
    yield Line(rows=waiting, label=_("Values to verify"), url=reverse(_QUEUE), icon="clipboard-check", nav=_QUEUE)
    label, url = _("Upheld appeals to correct"), f"{reverse('campaigns:appeals')}?muc=da-xong"
    yield Line(rows=uncorrected(campaign), label=label, url=url, icon="pencil-square", nav="campaigns:explanations")


def _confirmations(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Line]:
    if not can(user, Permission.CONFIRM):
        return
    first, *others = (_waiting_entries(kind, campaign).exclude(entered_by=user) for kind in EntryKind)
    label, url = _("Points, waivers and gates to confirm"), reverse("admin:campaigns_pointentry_waiting")
    yield Line(rows=first, also=others, label=label, url=url, icon="shield-check")


def _waiting_entries(kind: EntryKind, campaign: Campaign) -> QuerySet[Any]:
    path = "target__participant__campaign" if kind is EntryKind.MILESTONE_WAIVER else "participant__campaign"
    rows: QuerySet[Any] = MODELS[kind].objects.waiting()
    return rows.filter(**{path: campaign})


def _mail(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Line]:
    if not can(user, Permission.FOLLOW_UP):
        return
    failed = Mail.objects.filter(state=MailState.FAILED)
    url = f"{reverse('admin:campaigns_mail_changelist')}?state__exact={MailState.FAILED.value}"
    yield Line(rows=failed, label=_("E-mails that did not arrive"), url=url, icon="envelope")


# --- awards ----------------------------------------------------------------------------------------------


def _decisions(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Line]:
    if not can(user, Permission.DECIDE):
        return
    items = DossierItem.objects.filter(released_at__isnull=True, proposal__state=ProposalState.DOSSIER)
    nav, count, due = "awards:dashboard", Count("proposal", distinct=True), Min("dossier__due_on")
    label, url = _("Proposals to decide"), reverse(nav)
    yield Line(rows=items, label=label, url=url, icon="patch-check", count=count, due=due, nav=nav)


def _proposals(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Line]:
    lines = (
        (Permission.APPRAISE, ProposalState.SUBMITTED, _("Proposals to appraise"), "file-earmark-check"),
        (Permission.RECORD_COUNCIL, ProposalState.COUNCIL, _("Proposals before the council"), "people"),
        (Permission.PREPARE_DOSSIER, ProposalState.APPROVED, _("Approved, to be issued"), "patch-check"),
    )
    mine = [line for line in lines if can(user, line[0])]
    own = units_with(user, Permission.DRAFT_PROPOSAL)
    if not mine and not own:
        return
    rows, nav = visible_to(user, Proposal).filter(campaign=campaign), "awards:proposals"
    for _permission, state, label, icon in mine:
        url = f"{reverse(nav)}?trang-thai={state}"
        yield Line(rows=rows.filter(state=state), label=label, url=url, icon=icon, nav=nav)
    if own:
        back = rows.filter(state=ProposalState.RETURNED, participant__unit__in=own)
        url = f"{reverse(nav)}?trang-thai={ProposalState.RETURNED}"
        yield Line(rows=back, label=_("Returned proposals"), url=url, icon="arrow-return-left", nav=nav)


def _stories(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Line]:
    if not may_publish(user):
        return
    rows = Exemplar.objects.filter(campaign=campaign, state=ExemplarState.REVIEW).exclude(written_by=user)
    yield Line(rows=rows, label=_("Stories to review"), url=reverse("awards:stories"), icon="star")


def _sessions(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Line]:
    if not can(user, Permission.VOTE):
        return
    rows = CouncilMember.objects.filter(person=user, session__campaign=campaign, session__state=SessionState.PLANNED)
    nav, label, due = "awards:sessions", _("Council sessions to come"), Min("session__held_on")
    yield Line(rows=rows, label=label, url=reverse(nav), icon="people", due=due, nav=nav)
    given = CouncilVote.objects.filter(member=OuterRef("pk"), proposal=OuterRef("session__agenda__proposal"))
    kept_out = CouncilConflict.objects.filter(member=OuterRef("pk"), proposal=OuterRef("session__agenda__proposal"))
    seats = CouncilMember.objects.filter(
        ~Exists(given),
        ~Exists(kept_out),
        person=user,
        attendance=Attendance.PRESENT,
        session__campaign=campaign,
        session__agenda__state=VoteState.OPEN,
    )
    label, key = _("Votes to give"), Min("session")
    yield Line(rows=seats, label=label, url=reverse(nav), icon="check-lg", key=key, opens="awards:session", nav=nav)


_QUEUE = "admin:campaigns_verification_queue"
IN_MENU: tuple[Source, ...] = (
    _decisions,
    _reports,
    _verdicts_of_staff,
    _verdicts_of_unit,
    _threads,
    _proposals,
    _sessions,
)
AT_HOME: tuple[Source, ...] = (_confirmations, _mail, _stories)
