"""The units' own plans in the running campaign (rule ``own_plan_by``), from ``registrations.tsv``."""

from __future__ import annotations

from dataclasses import dataclass

from campaign_portal.sample.calendar import REFERENCE_DAY
from campaign_portal.sample.tables import table


@dataclass(frozen=True)
class Registration:
    """One unit's own plan; days are relative to the reference date (negative: before)."""

    unit: str
    plan_number: str
    issued_days: int  # the plan's date
    launched_days: int  # the day on which the unit launched it; later than the rule's day for some
    focal_person: str  # full name: the unit's reporter
    deputy: str  # full name: the unit's head stands in


def registrations() -> list[Registration]:
    """Return the registrations; a few units (P10, TTGDNN, some mass organisations) have none."""
    units = {row["Mã đơn vị"]: row for row in table("units")}
    return [
        Registration(
            unit=row["Mã đơn vị"],
            plan_number=row["Số kế hoạch"],
            issued_days=int(row["Ngày ban hành (ngày thứ)"]) - REFERENCE_DAY,
            launched_days=int(row["Ngày phát động (ngày thứ)"]) - REFERENCE_DAY,
            focal_person=units[row["Mã đơn vị"]]["Người báo cáo"],
            deputy=units[row["Mã đơn vị"]]["Người đứng đầu"],
        )
        for row in table("registrations")
    ]
