"""What hangs on a person: what passes to a successor, what ends when they leave, what waits in their units."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from campaigns.enums import UNIT_ROLES, CampaignStatus
from campaigns.models import Authorisation, DraftValue, RoleAssignment, Unit, User
from campaigns.models.people import RoleAssignmentQuerySet


@dataclass(frozen=True, kw_only=True)
class Attached:
    """A person's roles from a day on, and what their units have under way."""

    roles: list[RoleAssignment]
    authorisations: list[Authorisation]
    drafts: int  # values typed and not sent yet, of their units
    alone: list[Unit]  # units nobody else would lead

    @property
    def unit_roles(self) -> list[RoleAssignment]:
        """The roles a hand-over passes on."""
        return [row for row in self.roles if row.role in UNIT_ROLES]


def roles_from(person: User, day: dt.date) -> RoleAssignmentQuerySet:
    """Return the roles a person holds on a day or will hold after it."""
    rows = RoleAssignment.objects.filter(user=person).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
    return rows.select_related("unit", "user").order_by("role", "pk")


def authorisations_from(person: User, day: dt.date, *, of_reporter: bool = False) -> list[Authorisation]:
    """Return the authorisations a person has given (or, asked for, was given) that hold on a day or later."""
    whose = Q(leader=person) | Q(reporter=person) if of_reporter else Q(leader=person)
    return list(
        Authorisation.objects.filter(whose, valid_to__gte=day).select_related("unit", "reporter").order_by("pk")
    )


def attached_to(person: User, *, day: dt.date) -> Attached:
    """Return everything a hand-over or a departure touches, in a fixed number of queries."""
    roles = list(roles_from(person, day))
    units = {row.unit_id: row.unit for row in roles if row.unit is not None and row.role == "unit_leader"}
    leaders = RoleAssignment.objects.in_force(on=day).filter(unit__in=units, role="unit_leader", user__is_active=True)
    led_by_others = set(leaders.exclude(user=person).values_list("unit_id", flat=True))
    theirs = {row.unit_id for row in roles if row.role in UNIT_ROLES}
    drafts = DraftValue.objects.filter(
        target__participant__unit__in=theirs, target__campaign__status=CampaignStatus.OPEN
    )
    return Attached(
        roles=roles,
        authorisations=authorisations_from(person, day),
        drafts=drafts.count(),
        alone=[unit for pk, unit in units.items() if unit is not None and pk not in led_by_others],
    )
