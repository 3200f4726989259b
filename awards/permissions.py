"""Who may do it, for awards: which right each step, document and story asks for.

Roles and rights are campaigns' (``campaigns/permissions.py``); this module only says what they mean here.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied

from awards.enums import Act, DocumentKind
from awards.models import Proposal
from awards.workflow import STEPS, Who, possible_acts
from campaigns.calendar import local_day
from campaigns.models import Participant, User
from campaigns.permissions import Permission, Person, can, require

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
