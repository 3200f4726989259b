"""Names alike: the same person or unit in this campaign, in other units' drafts, in registers of earlier years."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from awards.enums import ProposalState
from awards.models import Award, DuplicateReview, EarlierAward, Proposal

#: A proposal that is over does not stand in another one's way.
_OVER = (ProposalState.WITHDRAWN, ProposalState.REFUSED, ProposalState.REJECTED, ProposalState.NOT_PASSED)


class Where(StrEnum):
    """Where a name alike was found."""

    SAME_CAMPAIGN = "same_campaign"  # proposed in this campaign, drafts of other units included
    AWARDED = "awarded"  # an award of this portal in another campaign
    REGISTER = "register"  # the register of earlier years


@dataclass(frozen=True)
class Match:
    """One name alike. A unit sees only that there is one; those in charge see what and whose."""

    where: Where
    name: str
    unit: str
    what: str  # category, or award and year
    proposal_id: int | None = None  # of the other proposal
    earlier_id: int | None = None  # of the register's row
    year: int | None = None
    finding: str = ""  # DuplicateFinding where somebody looked, "" = to be looked at
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody must still say what it is: proposals of one campaign; earlier awards only inform."""
        return self.where is Where.SAME_CAMPAIGN and not self.finding


def matches_of(proposals: Sequence[Proposal]) -> dict[int, list[Match]]:
    """Return the names alike of each proposal (proposal id → matches). Four queries for any number of them."""
    keys = {proposal.recipient_key for proposal in proposals}
    reviews = _reviews(proposals)
    others = list(
        Proposal.objects.filter(recipient_key__in=keys)
        .exclude(state__in=_OVER)
        .select_related("participant", "category")
        .order_by("pk")
    )
    awards = list(_awards(keys))
    earlier = list(EarlierAward.objects.filter(recipient_key__in=keys).select_related("unit").order_by("-year", "pk"))
    return {
        proposal.pk: [
            *_same_campaign(proposal, others, reviews),
            *_awarded(proposal, awards),
            *_register(proposal, earlier, reviews),
        ]
        for proposal in proposals
    }


def _awards(keys: Iterable[str]) -> Iterable[Award]:
    return (
        Award.objects.standing()
        .filter(recipient_key__in=keys)
        .select_related("category__campaign", "participant", "issue")
        .order_by("pk")
    )


def _reviews(proposals: Sequence[Proposal]) -> dict[tuple[int, str, int], tuple[str, str]]:
    found: dict[tuple[int, str, int], tuple[str, str]] = {}
    for review in DuplicateReview.objects.filter(proposal__in=[proposal.pk for proposal in proposals]):
        kind, other = ("p", review.other_id) if review.other_id else ("e", review.earlier_award_id)
        found[(review.proposal_id, kind, other or 0)] = (review.finding, review.reason)
    return found


def _same_campaign(
    proposal: Proposal, others: list[Proposal], reviews: dict[tuple[int, str, int], tuple[str, str]]
) -> Iterable[Match]:
    for other in others:
        if other.pk == proposal.pk or other.campaign_id != proposal.campaign_id:
            continue
        if other.recipient_key != proposal.recipient_key:
            continue
        finding, reason = reviews.get((proposal.pk, "p", other.pk), ("", ""))
        yield Match(
            Where.SAME_CAMPAIGN,
            other.recipient_name,
            other.participant.name,
            other.category.name,
            proposal_id=other.pk,
            finding=finding,
            reason=reason,
        )


def _awarded(proposal: Proposal, awards: list[Award]) -> Iterable[Match]:
    for award in awards:
        if award.recipient_key == proposal.recipient_key and award.category.campaign_id != proposal.campaign_id:
            yield Match(
                Where.AWARDED,
                award.recipient_name,
                award.participant.name,
                award.title,
                proposal_id=award.proposal_id,
                year=award.issue.signed_on.year,
            )


def _register(
    proposal: Proposal, earlier: list[EarlierAward], reviews: dict[tuple[int, str, int], tuple[str, str]]
) -> Iterable[Match]:
    for row in earlier:
        if row.recipient_key == proposal.recipient_key:
            finding, reason = reviews.get((proposal.pk, "e", row.pk), ("", ""))
            yield Match(
                Where.REGISTER,
                row.recipient_name,
                row.unit.name if row.unit else row.unit_name,
                row.title,
                earlier_id=row.pk,
                year=row.year,
                finding=finding,
                reason=reason,
            )
