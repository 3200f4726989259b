"""Which rows of awards exist for whom (``campaigns/visibility.py`` asks these rules)."""

from __future__ import annotations

from django.db.models import Q

from awards.enums import DocumentKind, ExemplarState, ProposalState
from awards.models import (
    Award,
    AwardCategory,
    AwardDecision,
    CouncilSession,
    Decision,
    DocumentJob,
    DocumentTemplate,
    Dossier,
    EarlierAward,
    EligibilityOutcome,
    EligibilityRule,
    Exemplar,
    FundMovement,
    GeneratedDocument,
    Proposal,
    ProposalEvent,
    PublicPlan,
)
from awards.permissions import FOR_THE_UNIT, PUBLISHING
from campaigns.models import User
from campaigns.permissions import Access, Permission
from campaigns.visibility import launched, scope_for


def _own_or_all(access: Access, path: str) -> Q:
    if Permission.VIEW_PROPOSALS in access.permissions:
        return Q()
    return Q(**{f"{path}__in": access.unit_permissions.keys()})


@scope_for(AwardCategory, AwardDecision)
def _of_campaign(access: Access, user: User) -> Q:
    """What a launched campaign offers and what was issued in it is public among its participants."""
    return launched(access, "campaign__")


@scope_for(EligibilityRule, Award)
def _of_category(access: Access, user: User) -> Q:
    """The same holds for the rules of a category and for who was decided to get its award."""
    return launched(access, "category__campaign__")


@scope_for(EligibilityOutcome)
def _eligibility(access: Access, user: User) -> Q:
    if Permission.VIEW_ELIGIBILITY in access.permissions:
        return Q()
    return Q(participant__unit__in=access.unit_permissions.keys())


@scope_for(Proposal)
def _proposals(access: Access, user: User) -> Q:
    """A unit sees its own proposals only. A draft is the unit's: others see it once it is submitted."""
    own = Q(participant__unit__in=access.unit_permissions.keys())
    if Permission.VIEW_PROPOSALS in access.permissions:
        return own | ~Q(state=ProposalState.DRAFT)
    return own


@scope_for(ProposalEvent, Decision)
def _of_proposal(access: Access, user: User) -> Q:
    return _own_or_all(access, "proposal__participant__unit")


@scope_for(CouncilSession, Dossier, EarlierAward, FundMovement, DocumentTemplate, DocumentJob)
def _of_those_in_charge(access: Access, user: User) -> Q:
    return Q() if Permission.VIEW_PROPOSALS in access.permissions else Q(pk__in=())


@scope_for(GeneratedDocument)
def _documents(access: Access, user: User) -> Q:
    """Documents of the procedure are for those in charge of it, briefings for those who see every unit.

    A unit has its own achievement reports and the notices to it.
    """
    own = Q(kind__in=FOR_THE_UNIT, proposal__participant__unit__in=access.unit_permissions.keys())
    if Permission.VIEW_PROPOSALS not in access.permissions:
        return own
    drafts = Q(proposal__isnull=False, proposal__state=ProposalState.DRAFT)
    if Permission.VIEW_ALL_UNITS in access.permissions:
        return own | ~drafts
    return own | (~drafts & ~Q(kind__in=(DocumentKind.BRIEFING, DocumentKind.SUMMARY)))


@scope_for(Exemplar)
def _stories(access: Access, user: User) -> Q:
    """What is published is everybody's. A draft is its unit's and its writer's until it is sent for review."""
    own = Q(participant__unit__in=access.unit_permissions.keys()) | Q(written_by=user)
    if access.permissions & {*PUBLISHING, Permission.VIEW_AUDIT}:
        return own | ~Q(state=ExemplarState.DRAFT)
    return own | (Q(state=ExemplarState.PUBLISHED) & launched(access, "campaign__"))


@scope_for(PublicPlan)
def _public_plans(access: Access, user: User) -> Q:
    if access.permissions & {*PUBLISHING, Permission.VIEW_AUDIT}:
        return Q()
    return Q(is_published=True) & launched(access, "campaign__")
