"""A person's work passes to another, and a person leaves: one act each, everything that ends named in the trail."""

from __future__ import annotations

import datetime as dt

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.calendar import local_day
from campaigns.enums import UNIT_ROLES
from campaigns.models import ApiToken, Authorisation, RoleAssignment, User
from campaigns.permissions import Permission, require
from campaigns.queries.departures import authorisations_from, roles_from
from campaigns.vietnamese import normalise

from .audit import record
from .people import end_sessions, give_role, refresh_door
from .records import PlanRefused


@transaction.atomic
def hand_over(
    *, person_id: int, successor_id: int, first_day: dt.date, document_number: str, by: User, now: dt.datetime
) -> list[RoleAssignment]:
    """Pass a person's roles in units to another from a day on; return the successor's.

    The person's own authorisations of reporters end with their leadership: the new leader gives their own. Drafts,
    returned values and proposals are the unit's and stay. Raises PermissionDenied, PlanRefused, User.DoesNotExist.
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    today, last_day = local_day(now), first_day - dt.timedelta(days=1)
    if person_id == successor_id:
        raise PlanRefused(_("Choose somebody else as the successor."))
    if by.pk in (person_id, successor_id):
        raise PlanRefused(_("Nobody gives themselves a role."))
    if first_day < today:
        raise PlanRefused(_("A hand-over does not begin in the past."))
    people = User.objects.select_for_update(of=("self",)).order_by("pk").in_bulk([person_id, successor_id])
    person, successor = people[person_id], people[successor_id]
    if not successor.is_active:
        raise PlanRefused(_("The successor's account is switched off."))
    held = list(roles_from(person, first_day).filter(role__in=UNIT_ROLES).select_for_update(of=("self",)))
    if not held:
        raise PlanRefused(_("The person leads no unit and reports for none on that day."))
    received = []
    for row in held:
        ends = row.valid_to
        _end(row, last_day)
        has_it = RoleAssignment.objects.filter(user=successor, role=row.role, unit=row.unit).in_force(on=first_day)
        if not has_it.exists():
            received.append(
                give_role(
                    person_id=successor.pk,
                    role=row.role,  # type: ignore[arg-type]  # a column of Role's values
                    unit_id=row.unit_id,
                    valid_from=max(first_day, row.valid_from),
                    valid_to=ends,
                    document_number=document_number,
                    by=by,
                    now=now,
                )
            )
    ended = _end_authorisations(authorisations_from(person, first_day), last_day)
    refresh_door(person, now)
    record(
        action="person.handed_over",
        subject=person,
        by=by,
        now=now,
        after={
            "to": successor.full_name,
            "from": first_day.isoformat(),
            "roles": [f"{row.role} {row.unit.code if row.unit else ''}".strip() for row in held],
            "authorisations_ended": ended,
            "document_number": normalise(document_number),
        },
    )
    return received


@transaction.atomic
def leave(*, person_id: int, reason: str, by: User, now: dt.datetime) -> User:
    """End all a person may do here, at once: roles, authorisations, keys, second factor, sessions, the account.

    The name stays in every record of what they did. Raises PermissionDenied, PlanRefused, User.DoesNotExist.
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    if person_id == by.pk:
        raise PlanRefused(_("You cannot switch off your own account."))
    if not (reason := normalise(reason)):
        raise PlanRefused(_("Give a reason."))
    person = User.objects.select_for_update(of=("self",)).get(pk=person_id)
    if not person.is_active:
        raise PlanRefused(_("The account is switched off already."))
    today = local_day(now)
    yesterday = today - dt.timedelta(days=1)
    held = list(roles_from(person, today).select_for_update(of=("self",)))
    for row in held:
        _end(row, yesterday)
    ended = {
        "roles": [f"{row.role} {row.unit.code if row.unit else ''}".strip() for row in held],
        "authorisations": _end_authorisations(authorisations_from(person, today, of_reporter=True), yesterday),
        "keys": ApiToken.objects.filter(owner=person, revoked_at__isnull=True).update(revoked_by=by, revoked_at=now),
        "second_factors": Authenticator.objects.filter(user=person).delete()[0],
        "sessions": end_sessions(person),
    }
    person.is_active, person.is_superuser, person.invited_at = False, False, None
    person.set_unusable_password()
    person.save(update_fields=["is_active", "is_superuser", "invited_at", "password"])
    refresh_door(person, now)
    record(action="person.left", subject=person, by=by, now=now, after=ended, reason=reason)
    return person


def _end(row: RoleAssignment, last_day: dt.date) -> None:
    """End a role; one that would begin later keeps no day on which it holds."""
    row.valid_to, row.valid_from = last_day, min(row.valid_from, last_day)
    row.save(update_fields=["valid_from", "valid_to"])
    row.user.__dict__.pop("_access", None)


def _end_authorisations(rows: list[Authorisation], last_day: dt.date) -> int:
    for row in rows:
        row.valid_to, row.valid_from = last_day, min(row.valid_from, last_day)
        row.save(update_fields=["valid_from", "valid_to"])
    return len(rows)
