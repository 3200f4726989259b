"""How much of each quota is used up, and how many of the individuals are leaders: live, for forms and lists."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from awards.enums import ProposalState, RecipientKind
from awards.models import FINAL_STATES, QUOTA_STATES, AwardCategory, AwardPolicy, Proposal
from campaigns.models import Campaign, Participant


@dataclass(frozen=True)
class Use:
    """One quota and what of it is used."""

    what: str  # total, bloc or unit
    which: str  # whose: the category's, the bloc's or the unit's name
    proposed: int  # proposed and not over, those already taken included; of the unit itself also its drafts
    taken: int  # before the chairman, approved or issued
    quota: int

    @property
    def left(self) -> int:
        return max(0, self.quota - self.proposed)

    @property
    def is_full(self) -> bool:
        return self.proposed >= self.quota

    @property
    def is_over(self) -> bool:
        return self.proposed > self.quota


def quota_uses(categories: Sequence[AwardCategory], *, participant: Participant | None = None) -> dict[int, list[Use]]:
    """Return the uses of each category's quotas (category id → uses), in one query.

    With ``participant`` its bloc's and its own; without, every bloc that proposed and the units at their quota.
    """
    counts: dict[int, list[tuple[str, str, int, str, int]]] = defaultdict(list)
    rows = (
        Proposal.objects.filter(category__in=categories)
        .exclude(state__in=FINAL_STATES)
        .order_by()
        .values_list("category", "participant__bloc__name", "participant__name", "participant", "state")
        .annotate(count=Count("pk"))
    )
    for category, bloc, unit, participant_id, state, count in rows:
        counts[category].append((bloc, unit, participant_id, state, count))
    return {category.pk: _uses(category, counts[category.pk], participant) for category in categories}


def _uses(
    category: AwardCategory, rows: Iterable[tuple[str, str, int, str, int]], participant: Participant | None
) -> list[Use]:
    proposed: dict[str, Counter[str]] = defaultdict(Counter)
    taken: dict[str, Counter[str]] = defaultdict(Counter)
    for bloc, unit, participant_id, state, count in rows:
        own = participant is not None and participant_id == participant.pk
        for what, which in (("total", category.name), ("bloc", bloc), ("unit", unit)):
            if state != ProposalState.DRAFT or (own and what == "unit"):
                proposed[what][which] += count
            if state in QUOTA_STATES:
                taken[what][which] += count
    quotas = {"total": category.quota_total, "bloc": category.quota_per_bloc, "unit": category.quota_per_unit}
    whose: dict[str, list[str]] = {"total": [category.name]}
    if participant is not None:
        whose |= {"bloc": [participant.bloc.name], "unit": [participant.name]}
    else:
        full = [unit for unit, count in proposed["unit"].items() if count >= (category.quota_per_unit or 0)]
        whose |= {"bloc": sorted(proposed["bloc"]), "unit": sorted(full)}
    return [
        Use(what, which, proposed[what][which], taken[what][which], quota)
        for what, quota in quotas.items()
        if quota is not None
        for which in whose[what]
    ]


@dataclass(frozen=True)
class LeaderShare:
    """How many of the individuals proposed are leaders, beside the soft limit."""

    leaders: int
    people: int
    limit_bp: int

    @property
    def share_bp(self) -> int:
        return round(10_000 * self.leaders / self.people) if self.people else 0

    @property
    def is_over(self) -> bool:
        """Whether it is more than the soft limit: said, never refused."""
        return self.leaders * 10_000 > self.limit_bp * self.people


def leader_share(*, campaign: Campaign, participant: Participant | None = None) -> LeaderShare | None:
    """Return the share among individuals proposed in a campaign, of one unit (its drafts too) where given."""
    rows = Proposal.objects.filter(campaign=campaign, recipient_kind=RecipientKind.INDIVIDUAL).exclude(
        state__in=FINAL_STATES
    )
    rows = rows.exclude(state=ProposalState.DRAFT) if participant is None else rows.filter(participant=participant)
    found = rows.order_by().aggregate(people=Count("pk"), leaders=Count("pk", filter=Q(is_leader=True)))
    if not found["people"]:
        return None
    policy = AwardPolicy.objects.filter(campaign=campaign).first() or AwardPolicy(campaign=campaign)
    return LeaderShare(found["leaders"], found["people"], policy.leader_share_bp)
