"""People's accounts and the roles they hold, with dates. The administrator's acts; nobody gives themselves a role."""

from __future__ import annotations

import datetime as dt

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.calendar import local_day
from campaigns.enums import UNIT_ROLES, Role
from campaigns.models import RoleAssignment, Unit, User
from campaigns.permissions import Permission, require
from campaigns.vietnamese import fold, normalise, sort_key

from .audit import record
from .records import PlanRefused, first_message, lock_stored, require_shown, write

#: Roles whose work is done in the administration.
ADMIN_ROLES = frozenset({Role.INTERNAL_AFFAIRS, Role.AUDITOR})


@transaction.atomic
def save_person(*, person: User, seen: str = "", by: User, now: dt.datetime) -> User:
    """Save an account's data, its being active included; passwords and roles have acts of their own.

    Raises PermissionDenied, PlanRefused (one's own account switched off), StaleRecord, ValidationError.
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    stored = lock_stored(person)
    require_shown(stored, person, seen)
    if person.pk == by.pk and stored is not None:
        if not person.is_active:
            raise PlanRefused(_("You cannot switch off your own account."))
        if person.is_superuser != stored.is_superuser:
            raise PlanRefused(_("Somebody else must change this about you."))
    _name(person)
    person.is_staff = _enters_administration(person, now)
    return write(person, stored, action="person.edited" if stored else "person.created", by=by, now=now)


@transaction.atomic
def create_administrator(*, person: User, now: dt.datetime) -> User:
    """Save an administrator's account, with the password it carries, that somebody at the machine asked for.

    The portal itself answers for it in the trail: of the first account nobody could be asked. Raises ValidationError.
    """
    _name(person)
    person.is_staff = person.is_superuser = True
    return write(person, None, action="person.created", by=None, now=now)


def _name(person: User) -> None:
    """Put what a person is found and sorted by beside their name."""
    person.full_name = normalise(person.full_name)
    person.search_text = fold(f"{person.full_name} {person.username}")[:240]
    person.sort_key = sort_key(person.full_name)[:400]


def _enters_administration(person: User, now: dt.datetime) -> bool:
    if person.is_superuser:
        return True
    held = RoleAssignment.objects.filter(user_id=person.pk, role__in=ADMIN_ROLES).values_list("valid_to", flat=True)
    return any(last is None or last >= local_day(now) for last in held)


@transaction.atomic
def set_password(*, person_id: int, password: str, by: User, now: dt.datetime) -> User:
    """Give an account a new first password (validated by the caller's form); the trail says that it was set.

    Raises PermissionDenied, User.DoesNotExist.
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    person = User.objects.select_for_update(of=("self",)).get(pk=person_id)
    person.set_password(password)
    person.save(update_fields=["password"])
    record(action="person.password_set", subject=person, by=by, now=now)
    return person


@transaction.atomic
def reset_second_factor(*, person_id: int, reason: str, by: User, now: dt.datetime) -> User:
    """Take away a person's second factor (a lost phone) and end their sessions; they set up a new one next time.

    Not one's own: that takes the present factor. Raises PermissionDenied, PlanRefused, User.DoesNotExist.
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    if person_id == by.pk:
        raise PlanRefused(_("Somebody else must change this about you."))
    if not (reason := normalise(reason)):
        raise PlanRefused(_("Give a reason."))
    person = User.objects.select_for_update(of=("self",)).get(pk=person_id)
    count, _rows = Authenticator.objects.filter(user=person).delete()
    if not count:
        raise PlanRefused(_("The person has no second factor."))
    ended = end_sessions(person)
    record(
        action="person.second_factor_reset", subject=person, by=by, now=now, after={"sessions": ended}, reason=reason
    )
    return person


def end_sessions(person: User) -> int:
    """End every session of a person, wherever it is open; return how many there were."""
    rows = list(UserSession.objects.filter(user=person))
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


@transaction.atomic
def give_role(
    *,
    person_id: int,
    role: Role,
    unit_id: int | None = None,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    document_number: str = "",
    by: User,
    now: dt.datetime,
) -> RoleAssignment:
    """Give a person a role from a day on. Raises PermissionDenied, PlanRefused, User.DoesNotExist."""
    require(by, Permission.MANAGE_ACCOUNTS)
    if person_id == by.pk:
        raise PlanRefused(_("Nobody gives themselves a role."))
    person = User.objects.select_for_update(of=("self",)).get(pk=person_id)
    unit = Unit.objects.filter(pk=unit_id).first() if unit_id is not None else None
    if role in UNIT_ROLES and unit is None:
        raise PlanRefused(_("A leader's or reporter's role needs a unit."))
    same = RoleAssignment.objects.filter(user=person, role=role, unit=unit)
    if same.in_force(on=max(valid_from, local_day(now))).exists():
        raise PlanRefused(_("The person holds this role already."))
    row = RoleAssignment(
        user=person,
        role=role,
        unit=unit,
        valid_from=valid_from,
        valid_to=valid_to,
        document_number=normalise(document_number),
        granted_by=by,
    )
    try:
        row.full_clean(exclude=["granted_by"])
    except ValidationError as error:
        raise PlanRefused(first_message(error)) from error
    row.save()
    refresh_door(person, now)
    record(action="role.given", subject=person, by=by, now=now, after=_shown(row))
    return row


@transaction.atomic
def end_role(*, assignment_id: int, valid_to: dt.date, by: User, now: dt.datetime) -> RoleAssignment:
    """End a role; yesterday as its last day takes it away at once.

    Raises PermissionDenied, PlanRefused, RoleAssignment.DoesNotExist.
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    row = RoleAssignment.objects.select_for_update(of=("self",)).select_related("user", "unit").get(pk=assignment_id)
    today = local_day(now)
    if row.valid_to is not None and row.valid_to < today:
        raise PlanRefused(_("The role has ended already."))
    if valid_to < today - dt.timedelta(days=1):
        raise PlanRefused(_("A role is not ended in the past; what was done under it stays."))
    before = _shown(row)
    row.valid_to = max(valid_to, row.valid_from)
    row.save(update_fields=["valid_to"])
    refresh_door(row.user, now)
    record(action="role.ended", subject=row.user, by=by, now=now, before=before, after=_shown(row))
    return row


@transaction.atomic
def set_role_unit(*, assignment_id: int, unit_id: int, by: User, now: dt.datetime) -> RoleAssignment:
    """Say of which unit the holder of a role is a member, where none was said yet: what they may not check.

    Raises PermissionDenied, PlanRefused, RoleAssignment.DoesNotExist, Unit.DoesNotExist.
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    row = RoleAssignment.objects.select_for_update(of=("self",)).select_related("user").get(pk=assignment_id)
    if row.unit_id is not None:
        raise PlanRefused(_("The role names a unit already; end it and give another."))
    before = _shown(row)
    row.unit = Unit.objects.get(pk=unit_id)
    row.save(update_fields=["unit"])
    row.user.__dict__.pop("_access", None)
    record(action="role.unit_set", subject=row.user, by=by, now=now, before=before, after=_shown(row))
    return row


def refresh_door(person: User, now: dt.datetime) -> None:
    """Open or close the administration by the roles the person holds now."""
    person.__dict__.pop("_access", None)
    opens = _enters_administration(person, now)
    if person.is_staff != opens:
        person.is_staff = opens
        person.save(update_fields=["is_staff"])


def _shown(row: RoleAssignment) -> dict[str, str | None]:
    return {
        "role": row.role,
        "unit": row.unit.code if row.unit else None,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "document_number": row.document_number,
    }
