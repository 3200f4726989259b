"""The registrations of a campaign's units, with what each still lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaigns.models import Campaign, Participant, Registration


@dataclass(frozen=True)
class RegistrationLine:
    """One unit with its registration."""

    participant: Participant
    registration: Registration | None
    missing: Sequence[str]  # in words; empty when it is complete

    @property
    def days_to_launch(self) -> int | None:
        """Days from the campaign's first day to the unit's own launch; a launch on the first day is 1."""
        row = self.registration
        if row is None or row.launched_on is None:
            return None
        return (row.launched_on - self.participant.campaign.starts_on).days + 1


def missing_of(row: Registration | None) -> list[str]:
    """Return what a registration lacks, in words."""
    wanted = (
        (_("own plan"), bool(row and row.plan_number and row.plan_date)),
        (_("file of the plan"), bool(row and row.plan_file_id)),
        (_("day of the launch"), bool(row and row.launched_on)),
        (_("head answerable"), bool(row and row.head_name)),
        (_("focal person"), bool(row and row.focal_name and row.focal_contact)),
        (_("deputy"), bool(row and row.deputy_name)),
    )
    return [word for word, there in wanted if not there]


def registration_lines(campaign: Campaign) -> list[RegistrationLine]:
    """Return every unit of the campaign with its registration, in one query and one for the rows."""
    rows = {
        row.participant_id: row
        for row in Registration.objects.filter(participant__campaign=campaign).select_related("plan_file")
    }
    units = campaign.participants.select_related("campaign", "bloc").order_by("bloc__code", "sort_key", "code")
    return [RegistrationLine(unit, rows.get(unit.pk), missing_of(rows.get(unit.pk))) for unit in units]
