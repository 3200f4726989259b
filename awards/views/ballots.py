"""Acts on one nominee of a session: open, vote, record what was written or counted on paper, keep out, close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from awards.actions import agenda, ballots, tallies
from awards.enums import VoteChoice
from awards.forms.council import CloseForm, ConflictForm, TallyForm, VoteForm, WrittenForm
from awards.models import CouncilSession, Proposal
from awards.views.council import session_or_404, session_page
from campaigns.permissions import Permission
from campaigns.visibility import visible_to

from .access import attempt, in_charge, signed_in

Call = Callable[[dict[str, Any], dict[str, Any]], object]


#: What is done with one nominee of a session, by the word in the address: right, form, action, what is said after it.
_ACTS: dict[str, tuple[Permission, type[forms.Form], Call, Callable[[], str]]] = {
    "mo": (
        Permission.RECORD_COUNCIL,
        forms.Form,
        lambda ask, typed: ballots.open_vote(**ask),
        lambda: _("The vote is open."),
    ),
    "phieu": (
        Permission.VOTE,
        VoteForm,
        lambda ask, typed: ballots.vote(**ask, choice=VoteChoice(typed["choice"]), opinion=typed["opinion"]),
        lambda: _("Your vote has been recorded."),
    ),
    "y-kien": (
        Permission.RECORD_COUNCIL,
        WrittenForm,
        lambda ask, typed: ballots.record_written(
            **ask, member_id=typed["member"], choice=VoteChoice(typed["choice"]), opinion=typed["opinion"]
        ),
        lambda: _("The written opinion has been recorded."),
    ),
    "dong": (
        Permission.RECORD_COUNCIL,
        CloseForm,
        lambda ask, typed: ballots.close_vote(**ask, despite_missing=typed["despite_missing"]),
        lambda: _("The vote is closed."),
    ),
    "bo": (
        Permission.RECORD_COUNCIL,
        forms.Form,
        lambda ask, typed: agenda.take_off_agenda(**ask),
        lambda: _("The agenda has been changed."),
    ),
}


@require_POST
def act_on(request: HttpRequest, pk: int, proposal: int, word: str) -> HttpResponse:
    """What is done with one nominee: open, vote, record a written opinion, keep out, close, enter a paper tally."""
    found = session_or_404(request, pk)
    nominee = get_object_or_404(visible_to(signed_in(request), Proposal).filter(campaign=found.campaign), pk=proposal)
    if word == "kiem-phieu":
        return _record_tally(request, found, nominee)
    if word == "xung-dot":
        return _keep_out(request, found, nominee)
    if word not in _ACTS:
        raise Http404
    permission, form_class, call, said = _ACTS[word]
    user, now = in_charge(request, permission), timezone.now()
    form = form_class(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return session_page(request, found, status=422)
    ask = {"session_id": found.pk, "proposal_id": nominee.pk, "by": user, "now": now}
    return _done(request, found, nominee, lambda: call(ask, form.cleaned_data), said=said())


def _done(
    request: HttpRequest, found: CouncilSession, nominee: Proposal, act: Callable[[], Any], *, said: str
) -> HttpResponse:
    try:
        status = attempt(request, act, done=f"{nominee.recipient_name}: {said}")
    except ObjectDoesNotExist as error:
        raise Http404 from error
    if status != 200:
        return session_page(request, found, status=status)
    back = reverse("awards:session", args=[found.pk])
    if request.POST.get("ve") == "man-hinh":
        return redirect(f"{reverse('awards:meeting', args=[found.pk])}?ho-so={nominee.pk}")
    return redirect(f"{back}#n{nominee.pk}")


def _keep_out(request: HttpRequest, found: CouncilSession, nominee: Proposal) -> HttpResponse:
    form = ConflictForm(request.POST)
    if not form.is_valid():
        raise Http404
    member = form.cleaned_data["member"]
    user = in_charge(request, Permission.VOTE if member is None else Permission.RECORD_COUNCIL)
    return _done(
        request,
        found,
        nominee,
        lambda: ballots.declare_conflict(
            session_id=found.pk,
            proposal_id=nominee.pk,
            reason=form.cleaned_data["reason"],
            member_id=member,
            by=user,
            now=timezone.now(),
        ),
        said=_("Keeps out of the vote."),
    )


def _record_tally(request: HttpRequest, found: CouncilSession, nominee: Proposal) -> HttpResponse:
    user = in_charge(request, Permission.RECORD_COUNCIL)
    form = TallyForm(request.POST, prefix=f"t{nominee.pk}")
    status = 422
    if form.is_valid():
        status = attempt(
            request,
            lambda: tallies.record_tally(
                session_id=found.pk, proposal_id=nominee.pk, by=user, now=timezone.now(), **form.cleaned_data
            ),
            done=_("The tally of %(name)s has been recorded.") % {"name": nominee.recipient_name},
        )
    if status == 200:
        return redirect(f"{reverse('awards:session', args=[found.pk])}#n{nominee.pk}")
    return session_page(request, found, status=status, tally=(nominee.pk, form))
