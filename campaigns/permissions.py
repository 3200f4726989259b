"""Who may do it. The one home of roles → permissions, and of what each person can see.

Two questions are answered here and nowhere else:

* ``can(user, permission, unit=…)`` / ``require(…)``: may this person do this (to this unit)? Not allowed → 403.
* ``visible_to(user, Model)``: which rows exist for this person? A row outside it does not exist → 404.

A superuser looks after accounts and settings; the flag opens no score and no decision.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, cast

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from .calendar import local_day
from .enums import UNIT_ROLES, CampaignStatus, Role
from .models import (
    Activity,
    Announcement,
    ApiToken,
    Appeal,
    Area,
    AuditEntry,
    Authorisation,
    Campaign,
    EvidenceFile,
    Explanation,
    Gate,
    Incident,
    Indicator,
    LateException,
    Mail,
    Measurement,
    MeasurementEvidence,
    Notice,
    Participant,
    Period,
    PointEntry,
    Registration,
    Reminder,
    ReminderRule,
    ReminderRun,
    Report,
    ReportWaiver,
    RoleAssignment,
    SavedView,
    Submission,
    Target,
    ThreadMessage,
    Unit,
    User,
)


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


# --- what a person can see -------------------------------------------------------------------------------

M = TypeVar("M", bound=Model)
Scope = Callable[[Access, User], Q]
_SCOPES: dict[type[Model], Scope] = {}
_NOTHING = Q(pk__in=())


def scope_for(*models: type[Model]) -> Callable[[Scope], Scope]:
    """Register the rule that says which rows of these models a person can see. One rule a model."""

    def register(rule: Scope) -> Scope:
        for model in models:
            if model in _SCOPES:
                raise ValueError(f"{model.__name__} has a scope already")
            _SCOPES[model] = rule
        return rule

    return register


def visible_to(user: Person, model: type[M]) -> QuerySet[M]:
    """Return the rows of ``model`` that exist for this person. A model without a rule raises: closed by default."""
    rule = _SCOPES[model]
    rows = model._default_manager.all()
    access = access_of(user)
    if not isinstance(user, User) or not (access.roles or access.permissions):
        return rows.none()
    return rows.filter(rule(access, user))


def _sees_all(access: Access) -> bool:
    return Permission.VIEW_ALL_UNITS in access.permissions


def launched(access: Access, path: str) -> Q:
    """Plans in preparation are the staff's; a launched campaign is public among participants."""
    if Permission.VIEW_BOARD not in access.permissions:
        return _NOTHING
    if _sees_all(access):
        return Q()
    return ~Q(**{f"{path}status": CampaignStatus.PREPARATION})


def _of_units(access: Access, path: str) -> Q:
    return Q() if _sees_all(access) else Q(**{f"{path}__in": access.unit_permissions.keys()})


@scope_for(Campaign)
def _campaigns(access: Access, user: User) -> Q:
    return launched(access, "")


@scope_for(Area, Participant, Period, Indicator, Target, Announcement)
def _plan(access: Access, user: User) -> Q:
    return launched(access, "campaign__")


@scope_for(Unit)
def _units(access: Access, user: User) -> Q:
    return Q() if access.permissions & {Permission.VIEW_BOARD, Permission.MANAGE_ACCOUNTS} else _NOTHING


@scope_for(Measurement)
def _measurements(access: Access, user: User) -> Q:
    """Rows with their notes, evidence and history: the reporter's, the scored unit's, the verifier's, staff's."""
    if _sees_all(access):
        return Q()
    own = tuple(access.unit_permissions)
    return Q(target__participant__unit__in=own) | Q(target__indicator__provider__unit__in=own) | _verified_by(own, "")


def _verified_by(units: tuple[int, ...], path: str) -> Q:
    """Measurements whose verdict the units give: as verifying unit, or as the substitute for the staff's own unit."""
    of_staff = _staff_units()
    return Q(**{f"{path}target__indicator__verifier__unit__in": units}) | (
        Q(**{f"{path}target__campaign__substitute_verifier__in": units})
        & (
            Q(**{f"{path}target__participant__unit__in": of_staff})
            | Q(**{f"{path}target__indicator__provider__unit__in": of_staff})
        )
    )


def _staff_units() -> QuerySet[RoleAssignment, Any]:
    """Units that Internal Affairs staff belong to; the campaign's substitute unit acts where these are concerned."""
    staff = RoleAssignment.objects.in_force(on=local_day(timezone.now())).filter(role=Role.INTERNAL_AFFAIRS)
    return staff.filter(unit__isnull=False).values("unit_id")


def _settled_by(units: tuple[int, ...], path: str) -> Q:
    """Appeals that the units settle: those of the staff's own unit, as its substitute."""
    return Q(
        **{
            f"{path}participant__campaign__substitute_verifier__in": units,
            f"{path}participant__unit__in": _staff_units(),
        }
    )


@scope_for(EvidenceFile)
def _evidence(access: Access, user: User) -> Q:
    """The reporting unit's files; whoever verifies a value or settles an appeal sees what backs it."""
    if _sees_all(access):
        return Q()
    own = tuple(access.unit_permissions)
    backing = MeasurementEvidence.objects.filter(_verified_by(own, "measurement__"))
    argued = ThreadMessage.objects.filter(_settled_by(own, "appeal__"), files__isnull=False)
    return Q(participant__unit__in=own) | Q(pk__in=backing.values("file_id")) | Q(pk__in=argued.values("files"))


@scope_for(Report, Registration, Activity, PointEntry, ReportWaiver, LateException)
def _of_participant(access: Access, user: User) -> Q:
    return _of_units(access, "participant__unit")


@scope_for(Gate)
def _gates(access: Access, user: User) -> Q:
    return Q() if Permission.VIEW_GROUNDS in access.permissions else _NOTHING


@scope_for(Submission)
def _submissions(access: Access, user: User) -> Q:
    return _of_units(access, "report__participant__unit")


@scope_for(Explanation)
def _explanations(access: Access, user: User) -> Q:
    return _of_units(access, "target__participant__unit")


@scope_for(Appeal)
def _appeals(access: Access, user: User) -> Q:
    if _sees_all(access):
        return Q()  # "everything or …" would be "…": an empty Q adds nothing to an OR
    return _of_units(access, "participant__unit") | _settled_by(tuple(access.unit_permissions), "")


@scope_for(Incident)
def _incidents(access: Access, user: User) -> Q:
    """The ledger is seen by the unit it is about, by whoever reports or verifies the figure, and by those in charge."""
    if _sees_all(access):
        return Q()
    own = tuple(access.unit_permissions)
    return (
        Q(target__participant__unit__in=own)
        | Q(target__indicator__provider__unit__in=own)
        | Q(target__indicator__verifier__unit__in=own)
    )


@scope_for(AuditEntry)
def _audit(access: Access, user: User) -> Q:
    """Staff and auditors see the whole trail, a unit's leader the unit's own part."""
    if Permission.VIEW_AUDIT in access.permissions:
        return Q()
    led = [unit for unit, held in access.unit_permissions.items() if Permission.SUBMIT_PROPOSAL in held]
    # The grounds of gates are for those in charge, in the trail as elsewhere.
    return Q(participant__unit__in=led) & ~Q(action__startswith="gate.")


@scope_for(Reminder, ReminderRule, ReminderRun)
def _reminders(access: Access, user: User) -> Q:
    return Q() if _sees_all(access) else _NOTHING


@scope_for(Mail)
def _mails(access: Access, user: User) -> Q:
    """What became of letters: who follows up, who keeps accounts and settings, who audits."""
    keepers = {Permission.FOLLOW_UP, Permission.MANAGE_ACCOUNTS, Permission.VIEW_AUDIT}
    return Q() if access.permissions & keepers else _NOTHING


@scope_for(Notice, SavedView)
def _notices(access: Access, user: User) -> Q:
    return Q(person=user)


@scope_for(RoleAssignment, User)
def _people(access: Access, user: User) -> Q:
    return (
        Q()
        if access.permissions & {Permission.MANAGE_ACCOUNTS, Permission.EDIT_PLAN, Permission.VIEW_AUDIT}
        else _NOTHING
    )


@scope_for(ApiToken)
def _api_tokens(access: Access, user: User) -> Q:
    return Q() if access.permissions & {Permission.MANAGE_ACCOUNTS, Permission.VIEW_AUDIT} else _NOTHING


def scope_registry() -> dict[type[Model], Any]:
    """Return the registered rules, for the tests that prove each one closed."""
    return dict(_SCOPES)
