"""Proposals: the list, the page with its trail, and every step taken on it by a button."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from awards.actions import appraisal, proposals
from awards.actions.transition import policy_of
from awards.enums import Act, DuplicateFinding, PaperKind, ProposalState
from awards.forms.steps import AlikeForm, ReasonForm
from awards.models import AwardCategory, Proposal
from awards.permissions import may_act, require_act
from awards.queries.figures import figures_since
from awards.queries.proposal_list import holidays_around, rows_of, time_left
from awards.queries.proposal_page import ProposalPage, page_of
from awards.queries.quotas import leader_share, quota_uses
from awards.queries.readiness import Check, checklist
from campaigns.calendar import local_day
from campaigns.models import Campaign, Participant, User
from campaigns.permissions import Permission, can, units_with
from campaigns.visibility import visible_to

from .access import attempt, campaigns_of, chosen_campaign, proposal_or_404, signed_in, trail

PER_PAGE = 50


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The proposals a person sees: their unit's own, or every unit's for those in charge."""
    user, campaign = signed_in(request), chosen_campaign(request)
    state = request.GET.get("trang-thai", "")
    rows = visible_to(user, Proposal).filter(campaign=campaign).for_lists()  # type: ignore[attr-defined]  # its queryset
    if state in ProposalState.values:
        rows = rows.filter(state=state)
    page = Paginator(rows.select_related("campaign"), PER_PAGE).get_page(request.GET.get("page"))
    sees_all = can(user, Permission.VIEW_PROPOSALS)
    own = None if sees_all else _own_participant(user, campaign)
    categories = list(AwardCategory.objects.filter(campaign=campaign).offered())
    uses = quota_uses(categories, participant=own) if sees_all or own else {}
    context = {
        "campaign_chosen": campaign,
        "campaigns": campaigns_of(request),
        "page": page,
        "rows": rows_of(list(page.object_list), today=local_day(timezone.now())),
        "quotas": [(category, uses[category.pk]) for category in categories if uses.get(category.pk)],
        "leaders": leader_share(campaign=campaign, participant=own) if sees_all or own else None,
        "states": ProposalState.choices,
        "state": state,
        "may_draft": bool(units_with(user, Permission.DRAFT_PROPOSAL)),
        "sees_all": sees_all,
    }
    return render(request, "awards/proposals.html", context)


def _own_participant(user: User, campaign: Campaign) -> Participant | None:
    """Return the unit in whose name the person proposes, where it is one."""
    rows = Participant.objects.filter(campaign=campaign, unit__in=units_with(user, Permission.DRAFT_PROPOSAL))
    found = list(rows.select_related("bloc")[:2])
    return found[0] if len(found) == 1 else None


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal: its recipient, report, papers, evidence, eligibility, and every step so far."""
    return _page(request, proposal_or_404(request, pk))


def _page(request: HttpRequest, proposal: Proposal, *, status: int = 200) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    page = page_of(proposal=proposal, user=user, now=now)
    missing = proposals.missing_for_submission(proposal) if proposal.is_editable else []
    today = local_day(now)
    words, is_late = time_left(
        due_on=proposal.due_on, today=today, holidays=holidays_around([proposal.due_on], today=today)
    )
    context = {
        "proposal": proposal,
        "page": page,
        "time_left": words,
        "is_late": is_late,
        "figures": figures_since([proposal]).get(proposal.pk),
        "checks": _checks(proposal, missing, page) if proposal.is_editable else [],
        "paper_kinds": PaperKind.choices,
        "acts": [act.value for act in Act if act is not Act.DRAFT and may_act(user, act, proposal=proposal)],
        "missing": missing,
        "sees_all": can(user, Permission.VIEW_PROPOSALS),
        "breadcrumb": trail(here=proposal.recipient_name),
    }
    return render(request, "awards/proposal.html", context, status=status)


@require_POST
def alike(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of one name alike whether it is a duplicate, and why; once for the pair."""
    proposal = proposal_or_404(request, pk)
    require_act(signed_in(request), Act.APPRAISE, proposal=proposal)
    form = AlikeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say whether it is a duplicate, and why."))
        return _page(request, proposal, status=422)
    typed = form.cleaned_data
    try:
        status = attempt(
            request,
            lambda: appraisal.review_duplicate(
                proposal_id=proposal.pk,
                finding=DuplicateFinding(typed["finding"]),
                reason=typed["reason"],
                other_id=typed["other"],
                earlier_id=typed["earlier"],
                by=signed_in(request),
                now=timezone.now(),
            ),
            done=_("What was found has been recorded."),
        )
    except Proposal.DoesNotExist as error:
        raise Http404 from error
    if status == 200:
        return redirect(f"{reverse('awards:proposal', args=[proposal.pk])}#trung-ten")
    return _page(request, proposal, status=status)


def _checks(proposal: Proposal, missing: list[str], page: ProposalPage) -> list[Check]:
    return checklist(
        proposal,
        missing=missing,
        has_evidence=any(file["kind"] == PaperKind.EVIDENCE for file in page.files),
        with_scans=policy_of(proposal.campaign_id).papers_as_files,
    )


Call = Callable[[int, User, dt.datetime, dict[str, Any]], object]

#: Steps taken by one button on the proposal's page, by the word in their address.
_STEPS: dict[str, tuple[Act, Call]] = {
    "gui": (Act.SUBMIT, lambda pk, by, now, typed: proposals.submit(proposal_id=pk, by=by, now=now)),
    "rut": (
        Act.WITHDRAW,
        lambda pk, by, now, typed: proposals.withdraw(proposal_id=pk, by=by, now=now, reason=typed["reason"]),
    ),
    "tham-dinh": (Act.APPRAISE, lambda pk, by, now, typed: appraisal.appraise(proposal_id=pk, by=by, now=now, **typed)),
    "tu-choi": (
        Act.REFUSE,
        lambda pk, by, now, typed: appraisal.refuse(proposal_id=pk, by=by, now=now, reason=typed["reason"]),
    ),
    "tra-lai": (
        Act.SEND_BACK,
        lambda pk, by, now, typed: appraisal.send_back(proposal_id=pk, by=by, now=now, reason=typed["reason"]),
    ),
    "hoi-dong": (Act.CONVENE, lambda pk, by, now, typed: appraisal.convene(proposal_id=pk, by=by, now=now)),
}


@require_POST
def step(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """Take one step on a proposal; refused, its page comes back with the reason."""
    proposal = proposal_or_404(request, pk)
    if word not in _STEPS:
        raise Http404
    act, call = _STEPS[word]
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, proposal, status=422)
    by, now = signed_in(request), timezone.now()
    done = _("Done: %(act)s.") % {"act": act.label}
    status = attempt(request, lambda: call(proposal.pk, by, now, form.cleaned_data), done=done)
    if status == 200:
        return redirect("awards:proposal", proposal.pk)
    return _page(request, proposal_or_404(request, pk), status=status)
