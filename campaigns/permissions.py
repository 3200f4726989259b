"""Who may do it: the one home of roles → permissions.

``can(user, permission, unit=…)`` and ``require(…)`` ask whether a person may do this (to this unit): not allowed → 403.
Which rows exist for a person at all is ``visibility.py``. A superuser looks after accounts and settings; the flag opens
no score and no decision.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from .calendar import local_day
from .enums import UNIT_ROLES, Role
from .models import Authorisation, Unit, User


class Permission(StrEnum):
    """Every act that is guarded."""

    VIEW_BOARD = "view_board"
    VIEW_ALL_UNITS = "view_all_units"  # notes, evidence, drafts, threads of every unit
    VIEW_UNIT = "view_unit"  # … of one unit
    VIEW_GROUNDS = "view_grounds"  # grounds of gates
    VIEW_AUDIT = "view_audit"
    EDIT_PLAN = "edit_plan"
    OPEN_CAMPAIGN = "open_campaign"
    DRAFT_REPORT = "draft_report"
    SUBMIT_REPORT = "submit_report"
    REGISTER_UNIT = "register_unit"
    VERIFY = "verify"
    CONFIRM = "confirm"  # points, waivers, gates
    FOLLOW_UP = "follow_up"
    ASK_EXPLANATION = "ask_explanation"
    ANSWER_EXPLANATION = "answer_explanation"
    LODGE_APPEAL = "lodge_appeal"
    SETTLE_APPEAL = "settle_appeal"  # never one's own unit's, never what one checked: thread_rules.py
    RECOMPUTE = "recompute"
    VIEW_ELIGIBILITY = "view_eligibility"
    EDIT_AWARD_RULES = "edit_award_rules"
    DRAFT_PROPOSAL = "draft_proposal"
    SUBMIT_PROPOSAL = "submit_proposal"
    VIEW_PROPOSALS = "view_proposals"  # of every unit
    APPRAISE = "appraise"
    RECORD_COUNCIL = "record_council"
    VOTE = "vote"
    PREPARE_DOSSIER = "prepare_dossier"
    DECIDE = "decide"
    DELEGATE = "delegate"  # the chairman's decisions, to a vice-chairman between two days
    ISSUE = "issue"
    PUBLISH = "publish"
    MANAGE_ACCOUNTS = "manage_accounts"


_ANY_ROLE = frozenset({Permission.VIEW_BOARD})
_REPORTER = _ANY_ROLE | {
    Permission.VIEW_UNIT,
    Permission.DRAFT_REPORT,
    Permission.REGISTER_UNIT,
    Permission.DRAFT_PROPOSAL,
}
_IN_CHARGE = _ANY_ROLE | {
    Permission.VIEW_ALL_UNITS,
    Permission.VIEW_GROUNDS,
    Permission.VIEW_ELIGIBILITY,
    Permission.VIEW_PROPOSALS,
}
_CHAIRMAN = _IN_CHARGE | {Permission.ASK_EXPLANATION, Permission.SETTLE_APPEAL, Permission.DECIDE}

PERMISSIONS_OF: dict[Role, frozenset[Permission]] = {
    Role.UNIT_REPORTER: _REPORTER,
    Role.UNIT_LEADER: _REPORTER
    | {
        Permission.SUBMIT_REPORT,
        Permission.SUBMIT_PROPOSAL,
        Permission.ANSWER_EXPLANATION,
        Permission.LODGE_APPEAL,
    },
    Role.INTERNAL_AFFAIRS: _IN_CHARGE
    | {
        Permission.EDIT_PLAN,
        Permission.OPEN_CAMPAIGN,
        Permission.VERIFY,
        Permission.CONFIRM,
        Permission.FOLLOW_UP,
        Permission.ASK_EXPLANATION,
        Permission.SETTLE_APPEAL,
        Permission.RECOMPUTE,
        Permission.EDIT_AWARD_RULES,
        Permission.APPRAISE,
        Permission.PREPARE_DOSSIER,
        Permission.ISSUE,
        Permission.DELEGATE,
        Permission.VIEW_AUDIT,
    },
    Role.COUNCIL: _ANY_ROLE | {Permission.VIEW_ELIGIBILITY, Permission.VIEW_PROPOSALS, Permission.VOTE},
    Role.COUNCIL_SECRETARY: _ANY_ROLE
    | {Permission.VIEW_ELIGIBILITY, Permission.VIEW_PROPOSALS, Permission.RECORD_COUNCIL},
    Role.CHAIRMAN: _CHAIRMAN | {Permission.DELEGATE},
    Role.VICE_CHAIRMAN: _CHAIRMAN,
    Role.PUBLISHER: _ANY_ROLE | {Permission.PUBLISH},
    Role.VIEWER: _ANY_ROLE,
    Role.AUDITOR: _IN_CHARGE | {Permission.VIEW_AUDIT},
}


@dataclass(frozen=True)
class Access:
    """What one person's roles amount to on one day."""

    permissions: frozenset[Permission]  # held for the organiser as a whole
    unit_permissions: dict[int, frozenset[Permission]]  # held for one unit (unit id → permissions)
    own_units: frozenset[int]  # units the person belongs to by any role; refused as checker of these
    roles: frozenset[Role]


Person = User | AnonymousUser
_NO_ACCESS = Access(frozenset(), {}, frozenset(), frozenset())


def access_of(user: Person, *, on: dt.date | None = None) -> Access:
    """Return the person's access on the local day ``on`` (today when none is given).

    Read once per loaded user, and users are loaded on every request: a role withdrawn bites on the next one.
    """
    if not isinstance(user, User) or not user.is_active:
        return _NO_ACCESS
    day = on or local_day(timezone.now())
    cached = cast("dict[dt.date, Access]", user.__dict__.setdefault("_access", {}))
    if day not in cached:
        cached[day] = _read_access(user, day)
    return cached[day]


def _read_access(user: User, day: dt.date) -> Access:
    overall: set[Permission] = {Permission.MANAGE_ACCOUNTS} if user.is_superuser else set()
    per_unit: dict[int, set[Permission]] = {}
    roles: set[Role] = set()
    own: set[int] = set()
    for row in user.roles.in_force(on=day):
        role = Role(row.role)
        roles.add(role)
        if row.unit_id is not None:
            own.add(row.unit_id)
        if row.unit_id is not None and role in UNIT_ROLES:
            per_unit.setdefault(row.unit_id, set()).update(PERMISSIONS_OF[role])
            overall.add(Permission.VIEW_BOARD)
        else:
            overall.update(PERMISSIONS_OF[role])
    if Role.UNIT_REPORTER in roles:
        for unit_id in Authorisation.objects.filter(
            reporter=user, valid_from__lte=day, valid_to__gte=day, unit_id__in=per_unit
        ).values_list("unit_id", flat=True):
            per_unit[unit_id].add(Permission.SUBMIT_REPORT)
    return Access(
        frozenset(overall), {unit: frozenset(held) for unit, held in per_unit.items()}, frozenset(own), frozenset(roles)
    )


def can(user: Person, permission: Permission, *, unit: Unit | int | None = None, on: dt.date | None = None) -> bool:
    """Return whether the person holds the permission: overall, or for ``unit`` where one is given.

    Without a unit, a permission held for any one unit counts (used to offer a menu entry, never to act).
    VIEW_UNIT is also held by those who may see all units.
    """
    access = access_of(user, on=on)
    if permission in access.permissions:
        return True
    if permission is Permission.VIEW_UNIT and Permission.VIEW_ALL_UNITS in access.permissions:
        return True
    if unit is None:
        return any(permission in held for held in access.unit_permissions.values())
    unit_id = unit if isinstance(unit, int) else unit.pk
    return permission in access.unit_permissions.get(unit_id, frozenset())


def require(user: Person, permission: Permission, *, unit: Unit | int | None = None, on: dt.date | None = None) -> None:
    """Raise PermissionDenied unless ``can(…)``. Actions call it first; views mirror it."""
    if not can(user, permission, unit=unit, on=on):
        raise PermissionDenied


#: Roles that touch only their own unit's rows, or only look at what everybody sees.
_ONE_FACTOR_ROLES = frozenset({*UNIT_ROLES, Role.VIEWER})


def needs_second_factor(user: User, *, on: dt.date | None = None) -> bool:
    """Whether the person must sign in with a second factor: whoever decides, checks, reads or publishes for all units.

    Staff, chairman and vice-chairmen, council, publishers, auditors, and those who manage accounts (safety.md §4).
    """
    return user.is_superuser or user.is_staff or bool(access_of(user, on=on).roles - _ONE_FACTOR_ROLES)


def units_with(user: Person, permission: Permission, *, on: dt.date | None = None) -> frozenset[int]:
    """Return the ids of the units for which the person holds the permission through a unit's role."""
    return frozenset(unit for unit, held in access_of(user, on=on).unit_permissions.items() if permission in held)


def is_own_unit(user: Person, unit: Unit | int) -> bool:
    """Whether the person belongs to the unit by any role, and so may not check what it reports."""
    return (unit if isinstance(unit, int) else unit.pk) in access_of(user).own_units
