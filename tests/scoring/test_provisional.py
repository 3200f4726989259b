"""What the values sent so far make of a unit's score, beside what counts."""

from __future__ import annotations

import pytest

from campaigns.calendar import cut_off
from campaigns.enums import CampaignStatus
from campaigns.models import Campaign, Participant, Target
from scoring.provisional import Provisional, read_provisional
from tests.factories import (
    at,
    day,
    make_area,
    make_indicator,
    make_measurement,
    make_target,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def targets(campaign: Campaign, participant_a: Participant) -> list[Target]:
    """Two targets of one weight; 60 of the first is verified on day 8."""
    area = make_area(campaign, 1)
    found = [make_target(make_indicator(area, code), participant_a, baseline=0, goal=100) for code in ("CT1", "CT2")]
    make_measurement(found[0], value=60, sent_at=at(8), verdict="accepted", verdict_at=at(8, 12))
    return found


def read(participant: Participant, number: int = 10) -> Provisional:
    participant.refresh_from_db()
    return read_provisional(participant=participant, now=at(number))


def changes(found: Provisional) -> list[tuple[str, int | None, int]]:
    return [(one.line.target.indicator.code, one.before_bp, one.points_bp) for one in found.changes]


def test_a_value_that_waits_moves_its_target(participant_a: Participant, targets: list[Target]) -> None:
    """60 of 100 and nothing → 3000; with 50 of 100 waiting → 5500."""
    make_measurement(targets[1], value=50, sent_at=at(9))
    found = read(participant_a)
    assert found.official is not None
    assert found.now is not None
    assert (found.official.base_bp, found.now.base_bp, found.difference_bp) == (3000, 5500, 2500)
    assert changes(found) == [("CT2", 0, 2500)]
    assert found.as_of == at(10)


def test_what_was_sent_before_the_moment_counts_and_nothing_after(
    participant_a: Participant, targets: list[Target]
) -> None:
    make_measurement(targets[1], value=50, sent_at=at(10))
    found = read(participant_a)
    assert (found.difference_bp, changes(found)) == (0, [])


def test_the_largest_move_comes_first_whatever_its_sign(participant_a: Participant, targets: list[Target]) -> None:
    """60 → 20 is −2000 of the base, 0 → 10 is +500: 3000 → 1500."""
    make_measurement(targets[1], value=10, sent_at=at(9))
    make_measurement(targets[0], value=20, sent_at=at(9))
    found = read(participant_a)
    assert (found.difference_bp, changes(found)) == (-1500, [("CT1", 6000, -2000), ("CT2", 0, 500)])


@pytest.mark.parametrize(("value", "points"), [("60.01", 1), ("59.99", -1), ("60.02", 1), ("60.03", 2), ("59.97", -2)])
def test_half_a_point_is_rounded_away_from_nothing(
    participant_a: Participant, targets: list[Target], value: str, points: int
) -> None:
    """At half of the base 1 bp of achievement is worth 0,5."""
    make_measurement(targets[0], value=value, sent_at=at(9))
    assert changes(read(participant_a)) == [("CT1", 6000, points)]


def test_the_first_basis_point_of_a_target_that_reached_nothing(campaign: Campaign, participant_b: Participant) -> None:
    """0,01 of 100 is 1 bp, and of the only target all of it."""
    target = make_target(make_indicator(make_area(campaign, 1), "CT1"), participant_b, baseline=0, goal=100)
    make_measurement(target, value="0.01", sent_at=at(9))
    assert changes(read(participant_b)) == [("CT1", 0, 1)]


def test_a_target_left_out_for_want_of_anothers_report_begins_to_count(
    campaign: Campaign, participant_a: Participant, targets: list[Target], provider_participant: Participant
) -> None:
    """Counted, its 30 of 100 weighs a third of the base: 3333 · 0,3 = 1000."""
    indicator = make_indicator(campaign.areas.get(number=1), "CT3", provider=provider_participant)
    make_measurement(make_target(indicator, participant_a, baseline=0, goal=100), value=30, sent_at=at(9))
    found = read(participant_a)
    assert changes(found) == [("CT3", None, 1000)]
    assert (found.official and found.official.base_bp, found.now and found.now.base_bp) == (3000, 3000)


def test_there_is_nothing_before_the_first_day_or_the_opening(
    campaign: Campaign, participant_a: Participant, targets: list[Target]
) -> None:
    before = read(participant_a, 0)
    assert (before.now, before.official, before.changes, before.difference_bp) == (None, None, [], None)
    assert before.as_of == at(0)
    assert read(participant_a, 1).now is not None
    Campaign.objects.filter(pk=campaign.pk).update(status=CampaignStatus.PREPARATION, opened_at=None)
    assert read(participant_a).now is None


def test_of_a_closed_campaign_the_closing_day_stands(
    campaign: Campaign, participant_a: Participant, targets: list[Target]
) -> None:
    make_measurement(targets[1], value=50, sent_at=at(108))
    make_measurement(targets[1], value=70, sent_at=at(109))
    Campaign.objects.filter(pk=campaign.pk).update(
        status=CampaignStatus.CLOSED, closing_day=day(108), closed_at=at(109)
    )
    found = read(participant_a, 120)
    assert found.as_of == cut_off(day(108))
    assert changes(found) == [("CT2", 0, 2500)]


def test_a_unit_without_a_counted_target_has_no_difference(participant_b: Participant) -> None:
    found = read(participant_b)
    assert found.now is not None
    assert (found.now.total_bp, found.difference_bp, found.changes) == (None, None, [])
