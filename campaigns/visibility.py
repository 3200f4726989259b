"""What exists for whom: the one home of the rows each person can see.

``visible_to(user, Model)`` returns them; a row outside does not exist for that person → 404. Who may do
something to a row that does exist is asked in ``permissions.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from .calendar import local_day
from .enums import CampaignStatus, Role
from .models import (
    Activity,
    Announcement,
    ApiToken,
    Appeal,
    Area,
    AuditEntry,
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
from .permissions import Access, Permission, Person, access_of

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
    """Return the rules by model: the administration and the tests ask which models have one."""
    return dict(_SCOPES)
