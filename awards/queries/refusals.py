"""What was not commended, with the reason each unit was told."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from awards.enums import Act, ProposalState
from awards.models import Proposal, ProposalEvent
from campaigns.models import Campaign, Notice, User
from campaigns.visibility import visible_to

REFUSED = (ProposalState.REFUSED, ProposalState.NOT_PASSED, ProposalState.REJECTED)
_ACTS = (Act.REFUSE, Act.NOT_PASS, Act.REJECT)


@dataclass(frozen=True)
class Refused:
    """One proposal that ended without an award."""

    proposal: Proposal
    reason: str
    at: dt.datetime | None
    told: int  # people of the unit who were sent the notice
    read: int  # of them, who opened it


def refused_proposals(*, user: User, campaign: Campaign) -> QuerySet[Proposal]:
    """Return the proposals the person may see that ended without an award."""
    rows = visible_to(user, Proposal).filter(campaign=campaign, state__in=REFUSED)
    return rows.select_related("participant", "category").order_by("participant__sort_key", "recipient_name", "pk")


def with_reasons(proposals: list[Proposal]) -> list[Refused]:
    """Return each with the reason of its last refusal and who was told. Two queries for any number of them."""
    events: dict[int, ProposalEvent] = {}
    for event in ProposalEvent.objects.filter(proposal__in=proposals, act__in=_ACTS).order_by("pk"):
        events[event.proposal_id] = event
    told = _told({f"/khen-thuong/de-nghi/{proposal.pk}/": proposal.pk for proposal in proposals})
    return [
        Refused(
            proposal,
            events[proposal.pk].reason if proposal.pk in events else "",
            events[proposal.pk].at if proposal.pk in events else None,
            *told.get(proposal.pk, (0, 0)),
        )
        for proposal in proposals
    ]


def _told(pages: dict[str, int]) -> dict[int, tuple[int, int]]:
    endings = tuple(f":{act.value}" for act in _ACTS)
    found: dict[int, tuple[int, int]] = {}
    for url, key, read_at in Notice.objects.filter(url__in=pages).values_list("url", "key", "read_at"):
        if key.endswith(endings):
            told, read = found.get(pages[url], (0, 0))
            found[pages[url]] = (told + 1, read + (read_at is not None))
    return found
