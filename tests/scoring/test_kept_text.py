"""Statements kept as text: with a scope's own values they are the ones compiled for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from campaigns.calendar import cut_off
from scoring.enums import Basis
from scoring.live import _period_steps
from scoring.policy import Policy
from scoring.queries import Scope, target_figures
from scoring.queries.kept import Statement, stages_of
from scoring.queries.units import unit_steps
from scoring.queries.values import value_steps
from scoring.stages import with_stages
from tests.factories import at, day, make_area, make_indicator, make_measurement, make_participant, make_target

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 17)
SCOPES = [
    Scope((7,), DAY, cut_off(DAY)),
    Scope((7,), DAY, dt.datetime(2026, 3, 17, 9, 30, 15, 250_000, tzinfo=dt.UTC)),  # during the day
    Scope((7,), DAY, cut_off(DAY), (41,)),
    Scope((7,), DAY, cut_off(DAY), (41, 12), (3, 9, 5)),
    Scope((7, 2), DAY, cut_off(DAY), None, (7,)),  # a campaign and an indicator of one number
    Scope((7,), DAY, cut_off(DAY), (41,), policy=Policy(terms={"floor_bp": 4_000})),
]


@pytest.mark.parametrize("build", [value_steps, unit_steps, _period_steps], ids=lambda build: build.__name__)
@pytest.mark.parametrize("scope", SCOPES, ids=range(len(SCOPES)))
def test_the_kept_text_is_the_compiled_one(scope: Scope, build) -> None:
    compiled = plain(with_stages(build(scope), using=connection.alias))
    assert plain(stages_of(build, scope)) == compiled
    assert plain(stages_of(build, scope)) == compiled  # kept by now


def plain(statement: Statement) -> tuple[str, list[Any]]:
    """The statement with what psycopg wraps, which equals nothing, laid open."""
    return statement[0], [getattr(param, "adapted", param) for param in statement[1]]


def test_figures_follow_the_data_and_the_scope() -> None:
    one = make_participant()
    other = make_participant(one.campaign)
    indicator = make_indicator(make_area(one.campaign, 1), "CT1")
    targets = [make_target(indicator, unit) for unit in (one, other)]

    def values(*units: int, on: int = 30) -> list[int | None]:
        scope = Scope((one.campaign_id,), day(on), cut_off(day(on)), units)
        return [figure.value for figure in target_figures(scope, Basis.OFFICIAL)]

    assert values(one.pk) == [None]
    period = one.campaign.periods.order_by("ends_on")[0]
    for target, value in zip(targets, (40, 70), strict=True):
        make_measurement(
            target, period, sent_at=at(9), value=value, verdict="accepted", verified_value=value, verdict_at=at(10)
        )
    assert (values(one.pk), values(other.pk), values(other.pk, on=9)) == ([400_000], [700_000], [None])
    assert sorted(values(one.pk, other.pk)) == [400_000, 700_000]
