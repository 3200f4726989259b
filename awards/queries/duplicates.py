"""Names alike: the same person or unit in this campaign, in other units' drafts, in registers of earlier years."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

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
    overlaps: bool = False  # an award for a time that this campaign's runs into: perhaps for the same achievement
    is_draft: bool = False  # another unit's draft: those in charge know of it, and read it once it is submitted

    @property
    def asks(self) -> bool:
        """Whether somebody must say what it is; other earlier awards only inform."""
        return self.where is Where.SAME_CAMPAIGN or self.overlaps

    @property
    def is_open(self) -> bool:
        """Whether somebody must still say what it is."""
        return self.asks and not self.finding


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
            *_awarded(proposal, awards, reviews),
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
    """Return what was found, by pair: said of one proposal it holds for the other too."""
    found: dict[tuple[int, str, int], tuple[str, str]] = {}
    ids = [proposal.pk for proposal in proposals]
    for review in DuplicateReview.objects.filter(Q(proposal__in=ids) | Q(other__in=ids)).order_by("pk"):
        what = (review.finding, review.reason)
        if review.other_id:
            found.setdefault((review.proposal_id, "p", review.other_id), what)
            found.setdefault((review.other_id, "p", review.proposal_id), what)
        else:
            found.setdefault((review.proposal_id, "e", review.earlier_award_id or 0), what)
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
            is_draft=other.state == ProposalState.DRAFT,
        )


def _awarded(
    proposal: Proposal, awards: list[Award], reviews: dict[tuple[int, str, int], tuple[str, str]]
) -> Iterable[Match]:
    for award in awards:
        earlier = award.category.campaign
        if award.recipient_key == proposal.recipient_key and earlier.pk != proposal.campaign_id:
            finding, reason = reviews.get((proposal.pk, "p", award.proposal_id), ("", ""))
            yield Match(
                Where.AWARDED,
                award.recipient_name,
                award.participant.name,
                award.title,
                proposal_id=award.proposal_id,
                year=award.issue.signed_on.year,
                finding=finding,
                reason=reason,
                overlaps=earlier.ends_on >= proposal.campaign.starts_on
                and earlier.starts_on <= proposal.campaign.ends_on,
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
                overlaps=_falls_into(row, proposal),
            )


def _falls_into(row: EarlierAward, proposal: Proposal) -> bool:
    """Whether an award of the register was decided since the campaign began; without its date, in that year."""
    begins = proposal.campaign.starts_on
    return row.decided_on >= begins if row.decided_on else row.year >= begins.year
