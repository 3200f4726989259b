"""Who of a session's members keeps out of which vote: their own proposal, their own unit's, or declared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from awards.enums import Act
from awards.models import CouncilConflict, CouncilMember, CouncilSession, DossierItem, Proposal, ProposalEvent
from campaigns.models import RoleAssignment

#: Acts that make their doer one of the hands behind a proposal.
HANDS = (Act.DRAFT, Act.EDIT, Act.SUBMIT)


def hands_behind(proposals: Sequence[Proposal]) -> dict[int, frozenset[int]]:
    """Return who drafted, edited or submitted each proposal (proposal id → person ids), in one query."""
    found: dict[int, set[int]] = {p.pk: {p.drafted_by_id, p.submitted_by_id} - {None} for p in proposals}  # type: ignore[misc]  # None is taken out
    rows = ProposalEvent.objects.filter(proposal__in=list(found), act__in=HANDS, actor__isnull=False)
    for proposal_id, actor_id in rows.values_list("proposal_id", "actor_id"):
        found[proposal_id].add(actor_id)
    return {pk: frozenset(people) for pk, people in found.items()}


def preparers_of(proposal: Proposal, item: DossierItem) -> frozenset[int]:
    """Return who appraised the proposal, or prepared or presented its submission: they advise and do not decide."""
    hands = (proposal.appraised_by_id, item.dossier.prepared_by_id, item.dossier.presented_by_id)
    return frozenset(person for person in hands if person is not None)


def conflicts_of(
    *, session: CouncilSession, members: Sequence[CouncilMember], proposals: Sequence[Proposal]
) -> dict[int, dict[int, str]]:
    """Return who may not vote on each proposal (proposal id → member id → why), in three queries.

    Why: ``own_proposal``, ``own_unit``, or what was declared, as it was written.
    """
    units: dict[int, set[int]] = defaultdict(set)
    people = [member.person_id for member in members if member.person_id]
    roles = RoleAssignment.objects.in_force(on=session.held_on).filter(user__in=people, unit__isnull=False)
    for user_id, unit_id in roles.values_list("user_id", "unit_id"):
        units[user_id].add(unit_id)
    declared: dict[int, dict[int, str]] = defaultdict(dict)
    for row in CouncilConflict.objects.filter(member__in=[m.pk for m in members], proposal__in=proposals):
        declared[row.proposal_id][row.member_id] = row.reason
    hands = hands_behind(proposals)
    return {
        proposal.pk: _conflicts(proposal, members, units, hands[proposal.pk]) | declared[proposal.pk]
        for proposal in proposals
    }


def _conflicts(
    proposal: Proposal, members: Sequence[CouncilMember], units: Mapping[int, set[int]], hands: frozenset[int]
) -> dict[int, str]:
    found = {}
    for member in members:
        if member.person_id in hands:
            found[member.pk] = "own_proposal"
        elif proposal.participant.unit_id in units.get(member.person_id or 0, set()) | {member.unit_id}:
            found[member.pk] = "own_unit"
    return found


def conflict_words(why: str) -> str:
    """Return why a member keeps out, in the reader's language; what was declared reads as it was written."""
    if why == "own_proposal":
        return _("wrote or submitted the proposal")
    if why == "own_unit":
        return _("belongs to the proposing unit")
    return why
