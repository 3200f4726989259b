"""A policy that is tried gives what a campaign with that policy would get, and writes nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.calendar import cut_off
from campaigns.models import Area, Bloc, Campaign, Indicator, Participant, User
from scoring.enums import Basis
from scoring.live import unit_figures
from scoring.models import UnitScore
from scoring.policy import Policy
from scoring.queries import Scope
from scoring.snapshots import Snapshot
from scoring.what_if import read_what_if
from tests.cast import client_of
from tests.factories import at, day, make_area, make_campaign, make_indicator, make_measurement, make_target

from .generation import SMALL, days_of_interest, random_campaign
from .loading import load
from .test_views import score_day

pytestmark = pytest.mark.django_db
OTHER = {
    "cap_bp": 10000,
    "floor_bp": 4000,
    "late_milestone_bp": 2000,
    "bonus_cap_bp": 100,
    "late_report_bp": 111,
    "missing_report_bp": 222,
    "reporting_penalty_cap_bp": 700,
}
BANDS = {"excellent_from_bp": 8000, "good_from_bp": 6000, "completed_from_bp": 3000}


@pytest.mark.parametrize("seed", range(6))
def test_what_is_tried_is_what_a_campaign_of_that_policy_gets(seed: int) -> None:
    source = random_campaign(seed, SMALL)
    bands = {"excellent_bp": 8000, "good_bp": 6000, "fair_bp": 3000}
    areas = tuple(replace(area, weight=Decimal(area.number)) for area in source.areas)
    indicators = tuple(replace(one, weight=Decimal(index + 1)) for index, one in enumerate(source.indicators))
    changed = replace(source, policy=replace(source.policy, **OTHER, **bands), areas=areas, indicators=indicators)
    policy = Policy(
        terms=OTHER | BANDS,
        area_weights={area.number: area.number * 100 for area in source.areas},
        indicator_weights={one.code: (index + 1) * 100 for index, one in enumerate(source.indicators)},
    )
    mine, theirs = load(source, code="A"), load(changed, code="B")
    codes = {row.pk: row.code for row in Participant.objects.all()}

    def figures(campaign: Campaign, on: Any, tried: Policy) -> dict[str, Any]:
        scope = Scope((campaign.pk,), on, cut_off(on), policy=tried)
        found = unit_figures(scope, Basis.OFFICIAL)
        return {codes[pk]: replace(row, participant_id=0) for pk, row in found.items()}

    for on in days_of_interest(source)[-2:]:
        assert figures(mine, on, policy) == figures(theirs, on, Policy())


@pytest.fixture
def scored(campaign: Campaign, bloc: Bloc, participant_a: Participant, participant_b: Participant) -> Campaign:
    """A leads by the first area, B by the second; both weigh the same."""
    for number, values in ((1, (90, 10)), (2, (30, 80))):
        indicator = make_indicator(make_area(campaign, number), f"CT{number}.1")
        for participant, value in zip((participant_a, participant_b), values, strict=True):
            target = make_target(indicator, participant, baseline=0, goal=100)
            make_measurement(target, value=value, sent_at=at(7), verdict="accepted", verdict_at=at(8))
    score_day(campaign, 10)
    return campaign


def test_ranks_stand_side_by_side(scored: Campaign) -> None:
    [bloc] = read_what_if(
        campaign=scored,
        snapshot=Snapshot(day(10), cut_off(day(10))),
        policy=Policy(area_weights={2: 10000}),
    )
    assert [(row.participant.code, row.stored.rank, row.tried.rank) for row in bloc.rows] == [
        ("P-B", 2, 1),
        ("P-A", 1, 2),
    ]
    assert bloc.moved == 2


def test_the_page_tries_and_writes_nothing(scored: Campaign, staff: User) -> None:
    client = client_of(staff)
    before = (
        list(UnitScore.objects.order_by("pk").values()),
        list(Area.objects.values()),
        list(Indicator.objects.values()),
        list(Campaign.objects.values()),
    )
    assert client.get("/thu-chinh-sach/").status_code == 200
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/thu-chinh-sach/", {"thu": "1", "w1": "1", "w2": "9,5", "cap_bp": "100"})
    assert response.status_code == 200
    rows = response.context["blocs"][0].rows
    assert [row.participant.code for row in rows] == ["P-B", "P-A"]
    assert [one["sql"] for one in queries if not one["sql"].lstrip(" (").startswith(("SELECT", "WITH"))] == []
    after = (
        list(UnitScore.objects.order_by("pk").values()),
        list(Area.objects.values()),
        list(Indicator.objects.values()),
        list(Campaign.objects.values()),
    )
    assert after == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"w1": "0"},
        {"w1": "x"},
        {"cap_bp": "0"},
        {"late_milestone_bp": "100"},
        {"good_from_bp": "40"},
        {"floor_bp": "-1"},
    ],
)
def test_what_could_be_no_policy_is_refused(scored: Campaign, staff: User, wrong: dict[str, str]) -> None:
    response = client_of(staff).get("/thu-chinh-sach/", {"thu": "1", **wrong})
    assert response.status_code == 422
    assert "blocs" not in response.context


def test_a_plan_in_preparation_is_tried_on_the_records_of_the_last_campaign(scored: Campaign, staff: User) -> None:
    planned = make_campaign(code="PT-MOI", status="preparation", opened_at=None)
    make_area(planned, 1, weight=1)
    make_area(planned, 2, weight=50)
    response = client_of(staff).get("/thu-chinh-sach/", {"dot": "PT-MOI", "thu": "1"})
    assert response.context["records"] == scored
    assert [row.participant.code for row in response.context["blocs"][0].rows] == ["P-B", "P-A"]


@pytest.mark.parametrize(
    ("name", "status"), [("staff", 200), ("chairman", 200), ("leader_a", 404), ("viewer", 404), ("auditor", 200)]
)
def test_trying_is_for_those_in_charge(scored: Campaign, cast: Any, name: str, status: int) -> None:
    assert client_of(cast[name]).get("/thu-chinh-sach/").status_code == status
