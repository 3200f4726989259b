"""Submissions: what may go into one, and the share of leaders among its people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q

from awards.enums import ProposalState, ReturnStep, Verdict
from awards.models import AwardPolicy, CouncilTally, Decision, Dossier, DossierItem, Proposal
from campaigns.models import Campaign


def ready_for_dossier(*, campaign: Campaign) -> list[Proposal]:
    """Return the proposals the council passed, or the chairman returned to Internal Affairs, in no submission yet."""
    passed = CouncilTally.objects.filter(
        proposal=OuterRef("pk"), is_passed=True, recorded_at__gte=OuterRef("submitted_at")
    )
    placed = DossierItem.objects.filter(proposal=OuterRef("pk"), released_at__isnull=True)
    return list(
        Proposal.objects.filter(campaign=campaign)
        .filter(Q(state=ProposalState.COUNCIL) | Q(state=ProposalState.RETURNED, return_step=ReturnStep.STAFF))
        .filter(Exists(passed), ~Exists(placed))
        .select_related("category", "participant__bloc", "eligibility")
        .order_by("category__position", F("due_on").asc(nulls_last=True), "participant__sort_key", "pk")
    )


@dataclass(frozen=True)
class LeaderShare:
    """How many of the proposed people are leaders, against the soft limit."""

    leaders: int
    people: int
    share_bp: int
    limit_bp: int

    @property
    def is_above(self) -> bool:
        return self.share_bp > self.limit_bp


def leader_share(*, campaign: Campaign, people: Sequence[Proposal]) -> LeaderShare | None:
    """Return the share of leaders among individuals; None where none is proposed. It warns, it never forbids."""
    if not people:
        return None
    policy = AwardPolicy.objects.filter(campaign=campaign).first() or AwardPolicy(campaign=campaign)
    leaders = sum(bool(person.is_leader) for person in people)
    share = (2 * leaders * 10_000 + len(people)) // (2 * len(people))
    return LeaderShare(leaders, len(people), share, policy.leader_share_bp)


def items_of(dossier: Dossier) -> list[DossierItem]:
    """Return what lies in a submission: award by award, in the order staff gave, else by unit."""
    rows = DossierItem.objects.filter(dossier=dossier, released_at__isnull=True).select_related(
        "proposal__category", "proposal__participant__bloc", "proposal__eligibility"
    )
    return list(
        rows.order_by("proposal__category__position", "position", "proposal__participant__sort_key", "proposal")
    )


def returned_from(dossier: Dossier) -> list[Decision]:
    """Return the decisions by which the chairman returned proposals of a submission, the latest first."""
    rows = Decision.objects.filter(item__dossier=dossier, verdict=Verdict.RETURN)
    return list(rows.select_related("proposal__participant", "decided_by").order_by("-decided_at", "-pk"))
