"""What the rules of verdicts need to know about a person and a value."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from campaigns.calendar import local_day
from campaigns.enums import Role
from campaigns.models import Campaign, Holiday, Measurement, Participant, RoleAssignment, User
from campaigns.permissions import Permission, access_of, can, units_with
from campaigns.verdict_rules import Case, Officer, Standing, standing

#: What a measurement must have loaded for ``VerdictDesk.standing`` to ask nothing of the database.
CASE_RELATIONS = (
    "target__participant",
    "target__campaign",
    "target__indicator__provider",
    "target__indicator__verifier",
)


def staff_unit_ids(*, on: dt.date) -> QuerySet[RoleAssignment, int | None]:
    """Return the units that Internal Affairs staff belong to, to narrow a query by."""
    rows = RoleAssignment.objects.in_force(on=on).filter(role=Role.INTERNAL_AFFAIRS, unit__isnull=False)
    return rows.values_list("unit_id", flat=True)


def staff_units(*, on: dt.date) -> frozenset[int]:
    """Return the units that Internal Affairs staff belong to; the substitute unit checks what these report."""
    return frozenset(unit for unit in staff_unit_ids(on=on) if unit is not None)


def holidays() -> frozenset[dt.date]:
    """Return the public holidays, which are no working days."""
    return frozenset(Holiday.objects.values_list("day", flat=True))


def officer_of(user: User, *, on: dt.date) -> Officer:
    """Return the person as the rules of verdicts see them on a local day."""
    return Officer(
        user_id=user.pk,
        verifies=can(user, Permission.VERIFY, on=on),
        own_units=access_of(user, on=on).own_units,
        speaks_for=units_with(user, Permission.DRAFT_REPORT, on=on),
    )


@dataclass(frozen=True, kw_only=True)
class VerdictDesk:
    """One person at one moment, ready to be asked about any number of values with two queries in all."""

    officer: Officer
    now: dt.datetime

    @classmethod
    def of(cls, user: User, *, now: dt.datetime) -> VerdictDesk:
        """Read who the person is; the rest is read when a value is first asked about."""
        return cls(officer=officer_of(user, on=local_day(now)), now=now)

    @cached_property
    def staff_units(self) -> frozenset[int]:
        """The units of Internal Affairs staff today."""
        return staff_units(on=local_day(self.now))

    @cached_property
    def holidays(self) -> frozenset[dt.date]:
        """The public holidays."""
        return holidays()

    def standing(self, measurement: Measurement, *, campaign: Campaign | None = None) -> Standing:
        """Return whether the person may give this value's verdict now; ``campaign`` is a fresher row of it."""
        return standing(self.officer, self.case_of(measurement, campaign), now=self.now, holidays=self.holidays)

    def case_of(self, measurement: Measurement, campaign: Campaign | None = None) -> Case:
        """Return the value as the rules see it."""
        target = measurement.target
        indicator, campaign = target.indicator, campaign or target.campaign
        scored = target.participant.unit_id
        return Case(
            scored_unit=scored,
            reporting_unit=indicator.provider.unit_id if indicator.provider else scored,
            verifying_unit=indicator.verifier.unit_id if indicator.verifier else None,
            substitute_unit=campaign.substitute_verifier_id,
            staff_units=self.staff_units,
            sent_by=measurement.sent_by_id,
            sent_at=measurement.sent_at,
            campaign_open=campaign.is_open,
        )


def reporter_of(measurement: Measurement) -> Participant:
    """Return the participant that reports the value: the data provider where one is named."""
    target = measurement.target
    return target.indicator.provider or target.participant
