"""The council: its sessions with agenda and attendance; what is done with one nominee is in ``ballots.py``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from awards.actions import agenda, appraisal, council
from awards.actions.transition import policy_of
from awards.enums import Attendance, VoteChoice, VoteMode, VoteState
from awards.forms.council import SessionForm, TallyForm
from awards.models import CouncilSession
from awards.queries.council import AgendaRow, Bench, agenda_of, appraised, before_the_council, bench_of
from awards.refusal_wording import refusal_sentence
from awards.wording import ballot_sentence
from awards.workflow import Refusal
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.calendar import local_day
from campaigns.models import User
from campaigns.permissions import Permission, can
from campaigns.views.form_key import run_once
from campaigns.visibility import visible_to

from .access import attempt, chosen_campaign, in_charge, signed_in, status_of, trail


def session_or_404(request: HttpRequest, pk: int) -> CouncilSession:
    """Return a session that exists for the person."""
    user = in_charge(request, Permission.VIEW_PROPOSALS)
    return get_object_or_404(visible_to(user, CouncilSession).select_related("campaign"), pk=pk)


def _ids(request: HttpRequest, name: str) -> list[int]:
    return [int(pk) for pk in request.POST.getlist(name) if pk.isdecimal() and len(pk) < 19]


@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """The campaign's sessions; the secretary enters a new one."""
    user = in_charge(request, Permission.VIEW_PROPOSALS)
    campaign, now = chosen_campaign(request), timezone.now()
    policy = policy_of(campaign.pk)
    initial = {
        "held_on": local_day(now),
        "quorum": f"{policy.quorum_numerator}/{policy.quorum_denominator}",
        "majority": f"{policy.majority_numerator}/{policy.majority_denominator}",
    }
    form = SessionForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        in_charge(request, Permission.RECORD_COUNCIL)
        if form.is_valid():
            absent = _ids(request, "absent")
            attendance = {
                person.pk: Attendance.ABSENT if person.pk in absent else Attendance.PRESENT
                for person in council.council_members(on=form.cleaned_data["held_on"])
            }
            agenda = _ids(request, "agenda")

            def plan() -> dict[str, int]:
                return {
                    "session": council.plan_session(
                        campaign_id=campaign.pk,
                        data=form.typed(),
                        by=user,
                        now=now,
                        attendance=attendance,
                        agenda=agenda,
                    ).pk
                }

            try:
                session = run_once(request, plan, now=now)["session"]
            except IdempotencyMismatch as mismatch:
                form.add_error(None, mismatch)
            except Refusal as refusal:
                form.add_error(None, refusal_sentence(refusal))
            else:
                messages.success(request, _("The session has been recorded."))
                return redirect("awards:session", session)
        status = 422
    return _sessions_page(request, form, status=status)


@require_POST
def convene_chosen(request: HttpRequest) -> HttpResponse:
    """Internal Affairs puts the chosen appraised proposals before the council, all or none."""
    user, now = in_charge(request, Permission.PREPARE_DOSSIER), timezone.now()
    chosen = appraised(user=user, campaign=chosen_campaign(request)).filter(pk__in=_ids(request, "chosen"))
    ids = list(chosen.values_list("pk", flat=True))
    done = _("%(count)s proposals are before the council.") % {"count": len(ids)}
    status = attempt(request, lambda: appraisal.convene_chosen(proposal_ids=ids, by=user, now=now), done=done)
    return redirect("awards:sessions") if status == 200 else _sessions_page(request, SessionForm(), status=status)


def _sessions_page(request: HttpRequest, form: SessionForm, *, status: int) -> HttpResponse:
    user, campaign, now = signed_in(request), chosen_campaign(request), timezone.now()
    may_record = can(user, Permission.RECORD_COUNCIL)
    context = {
        "form": form,
        "appraised": appraised(user=user, campaign=campaign) if can(user, Permission.PREPARE_DOSSIER) else [],
        "sessions": visible_to(user, CouncilSession).filter(campaign=campaign),
        "members": council.council_members(on=local_day(now)),
        "waiting": before_the_council(session=None, campaign_id=campaign.pk) if may_record else [],
        "may_record": may_record,
        "breadcrumb": trail(here=_("Council")),
    }
    return render(request, "awards/sessions.html", context, status=status)


@require_GET
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """One session: who sits in it, its agenda with each nominee's vote, and what the person may do there."""
    return session_page(request, session_or_404(request, pk))


def session_page(
    request: HttpRequest, found: CouncilSession, *, status: int = 200, form: SessionForm | None = None,
    tally: tuple[int, TallyForm] | None = None,
) -> HttpResponse:  # fmt: skip
    """Return a session's page; a form that was refused stands on it as it was sent."""
    user = signed_in(request)
    bench = bench_of(session=found, user=user)
    may_record = can(user, Permission.RECORD_COUNCIL)
    rows = agenda_of(session=found, bench=bench)
    secret = found.mode == VoteMode.SECRET
    context = {
        "session": found,
        "bench": bench,
        "rows": [
            (row, result_words(row, bench), _tally_form(row, bench, tally) if secret and not row.is_closed else None)
            for row in rows
        ],
        "waiting": before_the_council(session=found, campaign_id=found.campaign_id) if may_record else [],
        "may_record": may_record,
        "is_member": bench.me is not None and can(user, Permission.VOTE),
        "is_secret": secret,
        "attendances": Attendance.choices,
        "choices": VoteChoice.choices,
        "form": (form or SessionForm(session=found)) if may_record else None,
        "form_open": form is not None,
        "breadcrumb": trail((_("Council"), reverse("awards:sessions")), here=str(found)),
    }
    return render(request, "awards/session.html", context, status=status)


def result_words(row: AgendaRow, bench: Bench) -> str:
    """Return why a closed vote came out as it did; nothing while it is not closed."""
    if row.tally is None or row.result is None:
        return ""
    members = row.tally.members
    needed = members * bench.majority.numerator // bench.majority.denominator + 1
    return ballot_sentence(row.result, votes_for=row.tally.votes_for, members=members, needed=needed)


def _tally_form(row: AgendaRow, bench: Bench, typed: tuple[int, TallyForm] | None) -> TallyForm:
    if typed is not None and typed[0] == row.proposal.pk:
        return typed[1]
    initial = {"members": len(bench.members), "present": bench.took_part, "votes_against": 0, "abstained": 0}
    return TallyForm(prefix=f"t{row.proposal.pk}", initial=initial)


@require_POST
def step(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """What the secretary does with a session: its text, its attendance, its agenda."""
    found = session_or_404(request, pk)
    if word not in ("sua", "diem-danh", "chuong-trinh"):
        raise Http404
    user, now = in_charge(request, Permission.RECORD_COUNCIL), timezone.now()
    if word == "sua":
        return _edit(request, found, user, now)
    if word == "diem-danh":
        seats = {name[2:]: value for name, value in request.POST.items() if name.startswith("m-")}
        known = {int(pk): Attendance(v) for pk, v in seats.items() if pk.isdecimal() and v in Attendance.values}
        act: Callable[[], Any] = lambda: council.set_attendance(  # noqa: E731  # one of two calls
            session_id=found.pk, attendance=known, by=user, now=now
        )
        done = _("The attendance has been recorded.")
    else:
        chosen = _ids(request, "agenda")
        act = lambda: agenda.add_to_agenda(session_id=found.pk, proposal_ids=chosen, by=user, now=now)  # noqa: E731  # one of two calls
        done = _("The agenda has been changed.")
    try:
        status = attempt(request, act, done=done)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    return redirect("awards:session", found.pk) if status == 200 else session_page(request, found, status=status)


def _edit(request: HttpRequest, found: CouncilSession, user: User, now: dt.datetime) -> HttpResponse:
    form = SessionForm(request.POST, session=found)
    status = 422
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            council.edit_session(session_id=found.pk, version=version, data=form.typed(), by=user, now=now)
        except Refusal as refusal:
            form.add_error(None, refusal_sentence(refusal))
            status = 409 if refusal.code == "stale_version" else status_of(refusal)
        else:
            messages.success(request, _("The session has been changed."))
            return redirect("awards:session", found.pk)
    return session_page(request, found, status=status, form=form)


def state_now(rows: list[AgendaRow]) -> int:
    """Return the place of the nominee a meeting is at: the one voted on, else the first still to come."""
    for state in (VoteState.OPEN, VoteState.WAITING):
        for index, row in enumerate(rows):
            if row.item.state == state:
                return index
    return 0
