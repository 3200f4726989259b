"""The nightly run against the plain-Python reference, figure by figure, on the database of the test run."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings

from scoring.models import UnitScore
from tests.database import as_owner

from .campaign import Campaign
from .generation import MEDIUM, SMALL, days_of_interest, random_campaign
from .loading import exported, load, run
from .reference import compare, score
from .strategies import campaigns_and_days

pytestmark = pytest.mark.django_db
BASES = ("official", "provisional")


def differences(source: Campaign, days: list[dt.date]) -> list[str]:
    campaign = load(source)
    found: list[str] = []
    for day in days:
        run(campaign, day)
        for basis in BASES:
            found += [
                f"{day} {basis}: {line}" for line in compare(score(source, day, basis), exported(campaign, day, basis))
            ]
    return found


@pytest.mark.parametrize("seed", range(25))
def test_every_figure_of_a_random_campaign_is_the_references(seed: int) -> None:
    source = random_campaign(seed, SMALL)
    assert differences(source, days_of_interest(source)) == []


@pytest.mark.parametrize("seed", [101, 102])
def test_every_figure_of_a_larger_campaign_is_the_references(seed: int) -> None:
    source = random_campaign(seed, MEDIUM)
    assert differences(source, days_of_interest(source)[::3]) == []


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(campaigns_and_days())
def test_no_campaign_is_found_whose_figures_differ(drawn: tuple[Campaign, dt.date]) -> None:
    source, day = drawn
    from django.db import transaction

    with transaction.atomic():
        assert differences(source, [day]) == []
        transaction.set_rollback(True)


def test_figures_of_the_running_day_stop_at_the_moment_of_computing() -> None:
    source = random_campaign(7, SMALL)
    campaign = load(source)
    day = source.periods[1].end
    moment = dt.datetime.combine(day, dt.time(14, 5))
    run(campaign, day, moment)
    for basis in BASES:
        assert compare(score(source, day, basis, moment), exported(campaign, day, basis, moment)) == []


def test_a_second_run_of_the_day_writes_nothing_and_has_the_same_checksum() -> None:
    source = random_campaign(3, SMALL)
    campaign = load(source)
    first, second = run(campaign, source.end), run(campaign, source.end)
    assert first.rows_written == 2 * len(source.units)
    assert second.rows_written == 0
    assert second.checksum == first.checksum


def test_past_days_come_out_the_same_when_later_nights_were_run_before() -> None:
    """What the run remembers of completed reports must not change an earlier day."""
    source = random_campaign(11, SMALL)
    campaign = load(source)
    days = days_of_interest(source)
    run(campaign, days[-1])
    with as_owner():
        UnitScore.objects.all().delete()
    for day in days:
        run(campaign, day)
        for basis in BASES:
            assert compare(score(source, day, basis), exported(campaign, day, basis)) == []
