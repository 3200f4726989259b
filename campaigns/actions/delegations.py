"""Delegations (ủy quyền): a vice-chairman decides for the chairman between two days, by a numbered document."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from campaigns.calendar import local_day
from campaigns.enums import Role
from campaigns.models import RoleAssignment, User
from campaigns.permissions import Permission, require
from campaigns.vietnamese import normalise

from .audit import record
from .records import PlanRefused, first_message

#: Who cannot decide for the chairman: whoever prepares or records what is decided.
NEVER = (Role.INTERNAL_AFFAIRS, Role.CHAIRMAN, Role.COUNCIL_SECRETARY, Role.AUDITOR)


def delegations() -> QuerySet[RoleAssignment]:
    """Return all delegations, the latest first."""
    rows = RoleAssignment.objects.filter(role=Role.VICE_CHAIRMAN)
    return rows.select_related("user", "granted_by").order_by("-valid_from", "-pk")


def may_be_delegated(*, on: dt.date) -> QuerySet[User]:
    """Return who can be given a delegation: people with an account who neither prepare nor record decisions."""
    barred = RoleAssignment.objects.in_force(on=on).filter(role__in=NEVER)
    return User.objects.filter(is_active=True).exclude(pk__in=barred.values("user")).order_by("sort_key", "pk")


@transaction.atomic
def delegate(
    *, person_id: int, valid_from: dt.date, valid_to: dt.date, document_number: str, by: User, now: dt.datetime
) -> RoleAssignment:
    """Delegate the chairman's decisions to a person. Raises PermissionDenied, PlanRefused, User.DoesNotExist."""
    today = local_day(now)
    require(by, Permission.DELEGATE, on=today)
    if person_id == by.pk:
        raise PlanRefused(_("Nobody gives themselves a role."))
    person = User.objects.select_for_update(of=("self",)).get(pk=person_id)
    if not may_be_delegated(on=today).filter(pk=person.pk).exists():
        raise PlanRefused(_("This person prepares or records what is decided, and so decides nothing."))
    if valid_from < today:
        raise PlanRefused(_("A delegation does not begin in the past."))
    if delegations().filter(user=person, valid_from__lte=valid_to, valid_to__gte=valid_from).exists():
        raise PlanRefused(_("The person has a delegation in these days already."))
    row = RoleAssignment(
        user=person,
        role=Role.VICE_CHAIRMAN,
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
    person.__dict__.pop("_access", None)
    record(action="delegation.given", subject=person, by=by, now=now, after=_told(row))
    return row


@transaction.atomic
def end_delegation(*, delegation_id: int, reason: str, by: User, now: dt.datetime) -> RoleAssignment:
    """Take a delegation back: it ended yesterday; one that begins today or later keeps no day on which it held.

    What was decided under it stands. Raises PermissionDenied, PlanRefused, RoleAssignment.DoesNotExist.
    """
    today = local_day(now)
    require(by, Permission.DELEGATE, on=today)
    row = delegations().select_for_update(of=("self",)).get(pk=delegation_id)
    if not (reason := normalise(reason)):
        raise PlanRefused(_("Give a reason."))
    if row.valid_to is None or row.valid_to < today:
        raise PlanRefused(_("The delegation has ended already."))
    before, yesterday = _told(row), today - dt.timedelta(days=1)
    row.valid_to, row.valid_from = yesterday, min(row.valid_from, yesterday)
    row.save(update_fields=["valid_from", "valid_to"])
    row.user.__dict__.pop("_access", None)
    record(action="delegation.ended", subject=row.user, by=by, now=now, before=before, after=_told(row), reason=reason)
    return row


def _told(row: RoleAssignment) -> dict[str, str | None]:
    return {
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "document_number": row.document_number,
    }
