"""What waits for a person, by their roles: each source is one cheap query, counted once a page.

The menu shows the counts, the home page the lines with their due dates. Sources that have no entry in the menu are
asked for by the home page only.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from awards.enums import Attendance, ExemplarState, ProposalState, SessionState, VoteState
from awards.models import CouncilConflict, CouncilMember, CouncilVote, DossierItem, Exemplar, Proposal
from awards.permissions import may_publish
from campaigns.actions.confirmation import EntryKind
from campaigns.calendar import local_day
from campaigns.enums import Frequency, MailState, ThreadState, VerdictOutcome
from campaigns.models import Campaign, Mail, Measurement, Period, Reopening, Target, User
from campaigns.permissions import Permission, can, units_with, visible_to
from campaigns.queries.appeals import appeals_for, explanations_for, uncorrected
from campaigns.queries.verdict_cases import VerdictDesk
from campaigns.queries.verification_queue import scope_of_verifier
from campaigns.views.campaign_choice import campaign_choice
from campaigns.views.confirmation import waiting_entries


@dataclass(frozen=True, kw_only=True)
class Work:
    """One line of what waits for a person."""

    label: str
    count: int
    url: str
    icon: str
    due: dt.date | None = None  # the earliest of them
    overdue: bool = False
    nav: str = ""  # name of the menu's entry that shows the count; empty: the home page only


Source = Callable[[User, Campaign, dt.datetime], Iterator[Work]]


def my_work(request: HttpRequest) -> list[Work]:
    """Return what the menu counts for the person in the chosen campaign; read once a request."""
    found = request.__dict__.get("_my_work")
    if found is None:
        user, campaign = request.user, campaign_choice(request).current
        known = isinstance(user, User) and campaign is not None
        found = _read(_IN_MENU, cast(User, user), cast(Campaign, campaign), timezone.now()) if known else []
        request.__dict__["_my_work"] = found
    return cast("list[Work]", found)


def menu_counts(request: HttpRequest) -> Counter[str]:
    """Return how much waits behind each entry of the menu."""
    counts: Counter[str] = Counter()
    for line in my_work(request):
        counts[line.nav] += line.count
    return counts


def all_work(request: HttpRequest, *, user: User, campaign: Campaign, now: dt.datetime) -> list[Work]:
    """Return everything that waits for the person, what is due first coming first."""
    lines = [*my_work(request), *_read(_AT_HOME, user, campaign, now)]
    return sorted(lines, key=lambda line: (line.due is None, line.due or dt.date.max))


def _read(sources: tuple[Source, ...], user: User, campaign: Campaign, now: dt.datetime) -> list[Work]:
    return [line for source in sources for line in source(user, campaign, now) if line.count]


def _line(found: dict[str, Any], label: str, url: str, icon: str, *, nav: str = "", today: dt.date) -> Work:
    """A line of an aggregate with ``count`` and ``due`` (a day, or a moment)."""
    due = found["due"]
    due = local_day(due) if isinstance(due, dt.datetime) else due
    overdue = due is not None and due < today
    return Work(label=label, count=found["count"], url=url, icon=icon, due=due, overdue=overdue, nav=nav)


# --- the unit --------------------------------------------------------------------------------------------


def _reported_by(units: frozenset[int], path: str) -> Q:
    """Targets whose figures the units report: as data provider, else their own."""
    provided = Q(**{f"{path}indicator__provider__unit__in": units})
    own = Q(**{f"{path}indicator__provider__isnull": True, f"{path}participant__unit__in": units})
    return provided | own


def _reports(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Work]:
    """Periods that take values and lack some, and values that came back."""
    units = units_with(user, Permission.DRAFT_REPORT)
    if not units or not campaign.is_open:
        return
    today, nav = local_day(now), "campaigns:reporting"
    sent = Measurement.objects.filter(target=OuterRef("pk"), period=OuterRef(OuterRef("pk")))
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
    found = open_ones.aggregate(count=Count("pk"), due=Min("due_at"))
    yield _line(found, _("Reports to send"), reverse(nav), "pencil-square", nav=nav, today=today)
    later = Measurement.objects.filter(
        target=OuterRef("measurement__target"),
        period=OuterRef("measurement__period"),
        sent_at__gt=OuterRef("measurement__sent_at"),
    )
    returned = Reopening.objects.filter(
        _reported_by(units, "measurement__target__"),
        ~Exists(later),
        until__gt=now,
        measurement__verdict=VerdictOutcome.RETURNED,
        measurement__target__campaign=campaign,
    )
    found = returned.aggregate(count=Count("pk"), due=Min("until"))
    yield _line(found, _("Returned values to send again"), reverse(nav), "arrow-return-left", nav=nav, today=today)


def _verdicts_of_unit(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Work]:
    if not units_with(user, Permission.DRAFT_REPORT) or can(user, Permission.VERIFY):
        return
    rows = scope_of_verifier(VerdictDesk.of(user, now=now), campaign).filter(verdict="")
    count, nav = rows.count(), "campaigns:verify_queue"
    yield Work(label=_("Values to verify"), count=count, url=reverse(nav), icon="clipboard-check", nav=nav)


def _threads(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Work]:
    """Explanations to answer or to read, appeals to settle, corrections that upheld ones ask for."""
    today, nav = local_day(now), "campaigns:explanations"
    open_one, answered = Q(state=ThreadState.OPEN), Q(state=ThreadState.ANSWERED)
    if can(user, Permission.ANSWER_EXPLANATION) or can(user, Permission.ASK_EXPLANATION):
        found = explanations_for(user, campaign).aggregate(
            count=Count("pk", filter=open_one),
            due=Min("answer_by", filter=open_one),
            answered=Count("pk", filter=answered),
        )
        yield _line(found, _("Explanations to give"), reverse(nav), "chat-left-text", nav=nav, today=today)
        read = {"count": found["answered"], "due": None}
        yield _line(read, _("Answers to read"), reverse(nav), "chat-left-text", nav=nav, today=today)
    if can(user, Permission.SETTLE_APPEAL) or campaign.substitute_verifier_id in units_with(
        user, Permission.DRAFT_REPORT
    ):
        found = appeals_for(user, campaign, on=today).aggregate(count=Count("pk"), due=Min("answer_by"))
        url = reverse("campaigns:appeals")
        yield _line(found, _("Appeals to settle"), url, "clipboard-check", nav=nav, today=today)


# --- Internal Affairs ------------------------------------------------------------------------------------


def _verdicts_of_staff(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Work]:
    if not can(user, Permission.VERIFY):
        return
    count, nav = Measurement.objects.waiting().filter(target__campaign=campaign).count(), _QUEUE
    yield Work(label=_("Values to verify"), count=count, url=reverse(nav), icon="clipboard-check", nav=nav)
    upheld = uncorrected(campaign).count()
    url = f"{reverse('campaigns:appeals')}?muc=da-xong"
    label = _("Upheld appeals to correct")
    yield Work(label=label, count=upheld, url=url, icon="pencil-square", nav="campaigns:explanations")


def _confirmations(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Work]:
    if not can(user, Permission.CONFIRM):
        return
    count = 0
    for kind in EntryKind:
        path = "target__participant__campaign" if kind is EntryKind.MILESTONE_WAIVER else "participant__campaign"
        count += waiting_entries(kind).filter(**{path: campaign}).exclude(entered_by=user).count()
    url = reverse("admin:campaigns_pointentry_waiting")
    yield Work(label=_("Points, waivers and gates to confirm"), count=count, url=url, icon="shield-check")


def _mail(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Work]:
    if not can(user, Permission.FOLLOW_UP):
        return
    failed = Mail.objects.filter(state=MailState.FAILED).count()
    url = f"{reverse('admin:campaigns_mail_changelist')}?state__exact={MailState.FAILED.value}"
    yield Work(label=_("E-mails that did not arrive"), count=failed, url=url, icon="envelope")


# --- awards ----------------------------------------------------------------------------------------------


def _decisions(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Work]:
    if not can(user, Permission.DECIDE):
        return
    items = DossierItem.objects.filter(released_at__isnull=True, proposal__state=ProposalState.DOSSIER)
    found = items.aggregate(count=Count("proposal", distinct=True), due=Min("dossier__due_on"))
    nav = "awards:dashboard"
    yield _line(found, _("Proposals to decide"), reverse(nav), "patch-check", nav=nav, today=local_day(now))


def _proposals(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Work]:
    lines = (
        (Permission.APPRAISE, ProposalState.SUBMITTED, _("Proposals to appraise"), "file-earmark-check"),
        (Permission.RECORD_COUNCIL, ProposalState.COUNCIL, _("Proposals before the council"), "people"),
        (Permission.PREPARE_DOSSIER, ProposalState.APPROVED, _("Approved, to be issued"), "patch-check"),
    )
    mine = [line for line in lines if can(user, line[0])]
    own = units_with(user, Permission.DRAFT_PROPOSAL)
    if not mine and not own:
        return
    rows = visible_to(user, Proposal).filter(campaign=campaign)
    states = {f"n{index}": Count("pk", filter=Q(state=line[1])) for index, line in enumerate(mine)}
    back = Q(state=ProposalState.RETURNED, participant__unit__in=own)
    found = rows.order_by().aggregate(back=Count("pk", filter=back), **states)
    nav = "awards:proposals"
    for index, (_permission, state, label, icon) in enumerate(mine):
        url = f"{reverse(nav)}?trang-thai={state}"
        yield Work(label=label, count=found[f"n{index}"], url=url, icon=icon, nav=nav)
    url = f"{reverse(nav)}?trang-thai={ProposalState.RETURNED}"
    yield Work(label=_("Returned proposals"), count=found["back"], url=url, icon="arrow-return-left", nav=nav)


def _stories(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Work]:
    if not may_publish(user):
        return
    rows = Exemplar.objects.filter(campaign=campaign, state=ExemplarState.REVIEW).exclude(written_by=user)
    yield Work(label=_("Stories to review"), count=rows.count(), url=reverse("awards:stories"), icon="star")


def _sessions(user: User, campaign: Campaign, now: dt.datetime) -> Iterator[Work]:
    if not can(user, Permission.VOTE):
        return
    rows = CouncilMember.objects.filter(person=user, session__campaign=campaign, session__state=SessionState.PLANNED)
    found = rows.aggregate(count=Count("pk"), due=Min("session__held_on"))
    nav = "awards:sessions"
    yield _line(found, _("Council sessions to come"), reverse(nav), "people", nav=nav, today=local_day(now))
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
    waiting = list(seats.values_list("session", flat=True))
    url = reverse("awards:session", args=[waiting[0]]) if waiting else reverse(nav)
    yield Work(label=_("Votes to give"), count=len(waiting), url=url, icon="check-lg", nav=nav)


_QUEUE = "admin:campaigns_verification_queue"
_IN_MENU: tuple[Source, ...] = (
    _decisions,
    _reports,
    _verdicts_of_staff,
    _verdicts_of_unit,
    _threads,
    _proposals,
    _sessions,
)
_AT_HOME: tuple[Source, ...] = (_confirmations, _mail, _stories)
