"""What one proposal's page shows, by who looks: a unit sees its own, those in charge all of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from awards.enums import Act, PaperKind, ProposalState
from awards.models import Award, CouncilTally, Decision, Proposal, ProposalEvent
from awards.queries.contents import gate_of
from awards.queries.duplicates import Match, matches_of
from awards.queries.facts import gates_now
from awards.wording import shown_lines
from campaigns.calendar import cut_off, local_day
from campaigns.models import User
from campaigns.permissions import Permission, can
from scoring.enums import Basis
from scoring.models import UnitScore

#: The way of a proposal as its page draws it.
WAY = (
    ProposalState.DRAFT,
    ProposalState.SUBMITTED,
    ProposalState.APPRAISED,
    ProposalState.COUNCIL,
    ProposalState.DOSSIER,
    ProposalState.APPROVED,
    ProposalState.ISSUED,
)
_TONES = {
    Act.REFUSE: ("x-circle", "bad"),
    Act.REJECT: ("x-circle", "bad"),
    Act.NOT_PASS: ("x-circle", "bad"),
    Act.REVOKE: ("slash-circle", "bad"),
    Act.SEND_BACK: ("arrow-return-left", "warn"),
    Act.RETURN: ("arrow-return-left", "warn"),
    Act.APPROVE: ("check-circle", "ok"),
    Act.PASS: ("people", "ok"),
    Act.ISSUE: ("award", "ok"),
    Act.SUBMIT: ("send", ""),
    Act.APPRAISE: ("clipboard-check", ""),
    Act.PRESENT: ("archive", ""),
    Act.FLAG: ("flag", "warn"),
}


@dataclass(frozen=True)
class ProposalPage:
    """Everything the page draws."""

    steps: list[dict[str, Any]]  # the way, for components/steps.html
    lines: list[dict[str, Any]]  # the rules in words
    score: UnitScore | None  # of the day it is marked by
    gate: str  # form of a gate in force now, "" = none; no grounds
    files: list[dict[str, Any]]  # for components/file_list.html
    trail: list[dict[str, Any]]  # for components/thread.html
    matches: list[Match]  # names alike, for those in charge only
    has_alike: bool  # what a unit is told of them
    tally: CouncilTally | None
    decision: Decision | None  # the one that stands
    award: Award | None
    due_at: dt.datetime | None  # end of the day on which the next step is due


def page_of(*, proposal: Proposal, user: User, now: dt.datetime) -> ProposalPage:
    """Return what the person is shown of a proposal they may see."""
    sees_all = can(user, Permission.VIEW_PROPOSALS)
    matches = matches_of([proposal])[proposal.pk]
    events = list(proposal.events.select_related("actor"))
    outcome = proposal.eligibility
    return ProposalPage(
        steps=_steps(proposal, events),
        lines=shown_lines(outcome.lines) if outcome else [],
        score=score_behind(proposal),
        gate=gate_of(proposal, gates_now(campaign=proposal.campaign, on=local_day(now))),
        files=_files(proposal),
        trail=[_entry(event) for event in events if event.act != Act.EDIT or sees_all or event.actor_id == user.pk],
        matches=matches if sees_all else [],
        has_alike=any(match.is_open for match in matches),
        tally=proposal.tallies.select_related("session").order_by("-recorded_at").first(),
        decision=proposal.decisions.filter(superseded_at__isnull=True).select_related("decided_by").first(),
        award=getattr(proposal, "award", None),
        due_at=last_minute(proposal.due_on) if proposal.due_on else None,
    )


def last_minute(day: dt.date) -> dt.datetime:
    """Return the last minute of a local day: how a deadline in days is counted down."""
    return cut_off(day) - dt.timedelta(minutes=1)


def score_behind(proposal: Proposal) -> UnitScore | None:
    """Return the unit's official score of the day on which the proposal's eligibility was found."""
    if proposal.eligibility is None:
        return None
    return UnitScore.objects.filter(
        participant=proposal.participant_id, day=proposal.eligibility.day, basis=Basis.OFFICIAL
    ).first()


def _files(proposal: Proposal) -> list[dict[str, Any]]:
    return [
        {
            "pk": proof.file_id,
            "kind": proof.kind,
            "name": proof.file.name
            if proof.kind == PaperKind.EVIDENCE
            else f"{proof.get_kind_display()}: {proof.file.name}",
            "url": reverse("awards:evidence", args=[proposal.pk, proof.file_id]),
            "size": proof.file.size,
            "moment": proof.added_at,
            "who": proof.added_by.full_name,
        }
        for proof in proposal.evidence.select_related("file", "added_by")
    ]


def _entry(event: ProposalEvent) -> dict[str, Any]:
    icon, tone = _TONES.get(Act(event.act), ("pencil", ""))
    return {
        "title": event.get_act_display(),
        "who": event.actor.full_name if event.actor else _("The portal"),
        "moment": event.at,
        "text": event.reason,
        "icon": icon,
        "tone": tone,
    }


def _steps(proposal: Proposal, events: list[ProposalEvent]) -> list[dict[str, Any]]:
    """Draw the way: what is done, where it is, and where it stopped."""
    states = [ProposalState(event.to_state) for event in events]
    stopped = proposal.state not in WAY
    current = proposal.state if not stopped else next((s for s in reversed(states) if s in WAY), ProposalState.DRAFT)
    place = WAY.index(ProposalState(current))
    steps = [
        {"label": state.label, "state": _mark(index, place, stopped=stopped), "note": ""}
        for index, state in enumerate(WAY)
    ]
    if stopped:
        here = {"label": proposal.get_state_display(), "state": "bad", "note": proposal.get_return_step_display()}
        return [*steps[: place + 1], here]
    return steps


def _mark(index: int, place: int, *, stopped: bool) -> str:
    """Return how one step of the way looks: done, current or still to come."""
    if index > place:
        return "todo"
    return "current" if index == place and not stopped and index < len(WAY) - 1 else "done"
