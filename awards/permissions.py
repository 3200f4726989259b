"""Who may do it, for awards: which right each step asks for, and which rows exist for a person.

Roles and rights are campaigns' (``campaigns/permissions.py``); this module only says what they mean here.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from awards.enums import Act, DocumentKind, ExemplarState, ProposalState
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
from awards.workflow import STEPS, Who, possible_acts
from campaigns.calendar import local_day
from campaigns.models import Participant, User
from campaigns.permissions import Access, Permission, Person, can, launched, require, scope_for

#: Which right a step asks for; a unit's right is asked of the proposing unit.
PERMISSION_OF: dict[Who, Permission] = {
    Who.UNIT: Permission.DRAFT_PROPOSAL,
    Who.LEADER: Permission.SUBMIT_PROPOSAL,
    Who.APPRAISER: Permission.APPRAISE,
    Who.PREPARER: Permission.PREPARE_DOSSIER,
    Who.SECRETARY: Permission.RECORD_COUNCIL,
    Who.CHAIRMAN: Permission.DECIDE,
    Who.ISSUER: Permission.ISSUE,
}


def require_act(user: User, act: Act, *, proposal: Proposal, on: dt.date | None = None) -> None:
    """Raise PermissionDenied unless the person's roles allow the act on this proposal."""
    require(user, PERMISSION_OF[STEPS[act].who], unit=proposal.participant.unit_id, on=on)


def may_act(user: Person, act: Act, *, proposal: Proposal) -> bool:
    """Whether the act may be offered: the table allows it, the roles do, and the hands are other ones.

    Mirrors what the actions enforce, for drafter and submitter; the action also looks at who edited.
    """
    step = STEPS[act]
    if step.who is Who.PORTAL or act not in possible_acts(state=proposal.state, return_step=proposal.return_step):
        return False
    if step.by_another and user.pk in (proposal.drafted_by_id, proposal.submitted_by_id):
        return False
    return can(user, PERMISSION_OF[step.who], unit=proposal.participant.unit_id)


#: Which right writing a document asks for; any one of them will do. A unit's right is asked of its unit.
WRITING: dict[str, tuple[Permission, ...]] = {
    DocumentKind.SUBMISSION: (Permission.PREPARE_DOSSIER,),
    DocumentKind.MINUTES: (Permission.RECORD_COUNCIL, Permission.PREPARE_DOSSIER),
    DocumentKind.DECISION: (Permission.PREPARE_DOSSIER,),
    DocumentKind.REFUSAL: (Permission.APPRAISE,),
    DocumentKind.SUMMARY: (Permission.PREPARE_DOSSIER,),
    DocumentKind.ACHIEVEMENT: (Permission.DRAFT_PROPOSAL, Permission.PREPARE_DOSSIER),
    DocumentKind.CERTIFICATE: (Permission.ISSUE,),
    DocumentKind.LIST: (Permission.ISSUE,),
    DocumentKind.BRIEFING: (Permission.ASK_EXPLANATION,),
}
#: Documents of a proposal that its unit has too; the others are for those in charge of the procedure.
FOR_THE_UNIT = (DocumentKind.ACHIEVEMENT, DocumentKind.REFUSAL)


def can_write(user: Person, kind: str, row: Any, *, on: dt.date | None = None) -> bool:
    """Whether the person may have a document of this kind written of a row."""
    unit = row.participant.unit_id if hasattr(row, "participant") else None
    return any(can(user, permission, unit=unit, on=on) for permission in WRITING[kind])


def may_write(user: User, kind: str, row: Any, *, now: dt.datetime) -> None:
    """Raise PermissionDenied unless ``can_write``."""
    if not can_write(user, kind, row, on=local_day(now)):
        raise PermissionDenied


#: Who puts stories and the plan before strangers: the Culture and Information division, and Internal Affairs.
PUBLISHING = (Permission.PUBLISH, Permission.FOLLOW_UP)


def may_publish(user: Person, *, on: dt.date | None = None) -> bool:
    """Whether the person publishes stories and the plan."""
    return any(can(user, permission, on=on) for permission in PUBLISHING)


def may_write_story(user: Person, unit: Participant | None, *, on: dt.date | None = None) -> bool:
    """Whether the person writes stories about the unit: its own people, and whoever publishes."""
    own = unit is not None and can(user, Permission.DRAFT_PROPOSAL, unit=unit.unit_id, on=on)
    return own or may_publish(user, on=on)


def _own_or_all(access: Access, path: str) -> Q:
    if Permission.VIEW_PROPOSALS in access.permissions:
        return Q()
    return Q(**{f"{path}__in": access.unit_permissions.keys()})


@scope_for(AwardCategory)
def _categories(access: Access, user: User) -> Q:
    """What a launched campaign offers is public among its participants."""
    return launched(access, "campaign__")


@scope_for(EligibilityRule)
def _rules(access: Access, user: User) -> Q:
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


@scope_for(CouncilSession, Dossier, EarlierAward, FundMovement)
def _of_those_in_charge(access: Access, user: User) -> Q:
    return Q() if Permission.VIEW_PROPOSALS in access.permissions else Q(pk__in=())


@scope_for(Award)
def _awards(access: Access, user: User) -> Q:
    """Decided awards are public among the participants of a launched campaign."""
    return launched(access, "category__campaign__")


@scope_for(AwardDecision)
def _issues(access: Access, user: User) -> Q:
    return launched(access, "campaign__")


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


@scope_for(DocumentTemplate, DocumentJob)
def _of_documents(access: Access, user: User) -> Q:
    return Q() if Permission.VIEW_PROPOSALS in access.permissions else Q(pk__in=())


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
