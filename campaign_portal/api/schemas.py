"""What the data interface sends. Points as text with two decimals and as whole basis points (100 = 1 point)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext_noop
from ninja import Field, Schema

from campaigns.models import Area
from scoring.models import UnitScore


class AreaOut(Schema):
    """A content area of the plan."""

    number: int = Field(description=gettext_noop("Number printed in the plan"))
    name: str
    weight: str = Field(description=gettext_noop("Weight among the areas, two decimals"))
    is_active: bool

    @staticmethod
    def resolve_weight(row: Area) -> str:
        return f"{row.weight:.2f}"


class CampaignOut(Schema):
    """A launched campaign."""

    code: str
    name: str
    organiser: str
    status: str = Field(description=gettext_noop("open, closed"))
    starts_on: dt.date
    ends_on: dt.date
    plan_number: str
    plan_date: dt.date | None
    areas: list[AreaOut]


class UnitOut(Schema):
    """A unit that takes part."""

    code: str
    name: str
    kind: str
    bloc: str = Field(alias="bloc.code", description=gettext_noop("Code of the bloc the unit is ranked in"))
    is_ranked: bool = Field(alias="competes")
    valid_from: dt.date | None
    valid_to: dt.date | None


class ScoreOut(Schema):
    """A unit's official figures of one day."""

    day: dt.date
    unit: str = Field(alias="participant.code", description=gettext_noop("The unit's code"))
    bloc: str = Field(alias="participant.bloc.code")
    total: str | None = Field(description=gettext_noop("Points with two decimals; null: not scored"))
    total_bp: int | None
    rank: int | None
    ranked_units: int = Field(alias="bloc_size", description=gettext_noop("Ranked units of the bloc"))
    score_class: str = Field(description=gettext_noop("excellent, good, completed, not_completed; empty: not ranked"))
    coverage_bp: int | None
    areas: dict[str, int | None] = Field(description=gettext_noop("Area number → basis points; null: does not apply"))
    run: int = Field(alias="run_id", description=gettext_noop("Number of the run that wrote the row"))

    @staticmethod
    def resolve_total(row: UnitScore) -> str | None:
        return None if row.total_bp is None else str(Decimal(row.total_bp).scaleb(-2))


class AwardOut(Schema):
    """A decided award. Money, papers and figures of the dossier stay inside."""

    decision_number: str = Field(alias="issue.number")
    decided_on: dt.date = Field(alias="issue.signed_on", description=gettext_noop("The decision's date"))
    award: str = Field(alias="title")
    recipient: str = Field(alias="recipient_name")
    recipient_kind: str = Field(description=gettext_noop("collective, individual, household"))
    recipient_title: str = Field(alias="recipient_position")
    unit: str = Field(alias="participant.code", description=gettext_noop("The proposing unit's code"))
    revoked_on: dt.date | None
    revocation_number: str


class Problem(Schema):
    """A refusal by RFC 9457 (application/problem+json)."""

    type: str
    title: str
    status: int
    detail: str
