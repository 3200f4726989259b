"""The council: its sessions, and the tally the secretary records for each nominee."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from awards.actions.council import conflicted_members, council_members, plan_session, record_tally
from awards.enums import Attendance, ProposalState
from awards.forms.steps import SessionForm, TallyForm
from awards.models import CouncilSession, Proposal
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.calendar import local_day
from campaigns.permissions import Permission, can, visible_to
from campaigns.views.form_key import run_once

from .access import attempt, chosen_campaign, in_charge, signed_in, trail


@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """The campaign's sessions; the secretary enters a new one."""
    user = in_charge(request, Permission.VIEW_PROPOSALS)
    campaign, now = chosen_campaign(request), timezone.now()
    form = SessionForm(request.POST or None, initial={"held_on": local_day(now)})
    status = 200
    if request.method == "POST":
        in_charge(request, Permission.RECORD_COUNCIL)
        if form.is_valid():
            absent = {int(pk) for pk in request.POST.getlist("absent") if pk.isdecimal() and len(pk) < 19}
            attendance = {
                person.pk: Attendance.ABSENT if person.pk in absent else Attendance.PRESENT
                for person in council_members(on=form.cleaned_data["held_on"])
            }

            def plan() -> dict[str, int]:
                data = form.typed()
                return {
                    "session": plan_session(
                        campaign_id=campaign.pk, data=data, by=user, now=now, attendance=attendance
                    ).pk
                }

            try:
                session = run_once(request, plan, now=now)["session"]
            except IdempotencyMismatch as mismatch:
                form.add_error(None, mismatch)
            else:
                messages.success(request, _("The session has been recorded."))
                return redirect("awards:session", session)
        status = 422
    context = {
        "form": form,
        "sessions": visible_to(user, CouncilSession).filter(campaign=campaign),
        "members": council_members(on=local_day(now)),
        "may_record": can(user, Permission.RECORD_COUNCIL),
        "breadcrumb": trail(here=_("Council")),
    }
    return render(request, "awards/sessions.html", context, status=status)


@require_http_methods(["GET", "POST"])
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """One session: who sat in it, and each nominee with the tally or the boxes for it."""
    user = in_charge(request, Permission.VIEW_PROPOSALS)
    found = get_object_or_404(visible_to(user, CouncilSession).select_related("campaign"), pk=pk)
    members = list(found.members.all())
    status, typed = 200, None
    if request.method == "POST":
        in_charge(request, Permission.RECORD_COUNCIL)
        chosen = get_object_or_404(
            visible_to(user, Proposal).filter(campaign=found.campaign), pk=request.POST.get("proposal", "0")[:18] or 0
        )
        form = TallyForm(request.POST, prefix=f"t{chosen.pk}")
        status = 422
        if form.is_valid():
            status = attempt(
                request,
                lambda: record_tally(
                    session_id=found.pk,
                    proposal_id=chosen.pk,
                    by=signed_in(request),
                    now=timezone.now(),
                    **form.cleaned_data,
                ),
                done=_("The tally of %(name)s has been recorded.") % {"name": chosen.recipient_name},
            )
        if status == 200:
            return redirect("awards:session", found.pk)
        typed = (chosen.pk, form)
    present = sum(member.attendance != Attendance.ABSENT for member in members)
    waiting = (
        visible_to(user, Proposal)
        .filter(campaign=found.campaign, state=ProposalState.COUNCIL)
        .exclude(tallies__session=found)
        .select_related("category", "participant", "eligibility")
    )
    names = {member.pk: member.name for member in members}
    rows = []
    for proposal in waiting:
        conflicted = [names[pk] for pk in conflicted_members(session=found, proposal=proposal)]
        initial = {"members": len(members), "present": present, "votes_for": "", "votes_against": 0, "abstained": 0}
        form = TallyForm(prefix=f"t{proposal.pk}", initial=initial)
        rows.append((proposal, typed[1] if typed and typed[0] == proposal.pk else form, conflicted))
    context = {
        "session": found,
        "members": members,
        "rows": rows,
        "tallies": found.tallies.select_related("proposal__category", "proposal__participant"),
        "may_record": can(user, Permission.RECORD_COUNCIL),
        "breadcrumb": trail((_("Council"), reverse("awards:sessions")), here=str(found)),
    }
    return render(request, "awards/session.html", context, status=status)
