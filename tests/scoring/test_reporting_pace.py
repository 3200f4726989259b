"""The pace beside the boxes of a report: by the run's own figures, for a unit's own targets and those it provides."""

import pytest
from django.urls import reverse

from campaigns.enums import IndicatorKind, ReportingMode
from scoring.enums import Pace
from scoring.reporting_pace import read_paces
from tests.factories import at, make_area, make_indicator, make_measurement, make_target

pytestmark = pytest.mark.django_db


@pytest.fixture
def area(campaign):
    return make_area(campaign, 1)


@pytest.fixture
def first(campaign):
    return campaign.periods.order_by("ends_on").first()


def marks(participant, moment=None):
    return {mark.target_id: mark for mark in read_paces(participant=participant, now=moment or at(45))}


def test_pace_against_the_days_gone(area, participant_a, first):
    ahead, behind, silent = (make_target(make_indicator(area, f"CT{n}"), participant_a) for n in range(3))
    make_measurement(ahead, first, value=80, sent_at=at(5), verdict="accepted")
    make_measurement(behind, first, value=10, sent_at=at(5), verdict="accepted")
    found = marks(participant_a)
    assert [found[target.pk].pace for target in (ahead, behind, silent)] == [
        Pace.ON_TRACK,
        Pace.BEHIND,
        Pace.NO_DATA,
    ]
    assert (found[ahead.pk].expected_bp, found[silent.pk].achievement_bp) == (5000, None)


def test_only_official_values_count(area, participant_a, first):
    target = make_target(make_indicator(area, "CT1"), participant_a)
    make_measurement(target, first, value=80, sent_at=at(5))
    assert marks(participant_a)[target.pk].pace == Pace.NO_DATA


def test_of_a_limit_no_share_is_expected(area, participant_a, first):
    kept = make_indicator(area, "CT1", kind=IndicatorKind.MAINTAIN, mode=ReportingMode.INCREMENT)
    target = make_target(kept, participant_a, goal=0)
    make_measurement(target, first, value=0, sent_at=at(5), verdict="accepted")
    mark = marks(participant_a)[target.pk]
    assert (mark.pace, mark.expected_bp) == (Pace.WITHIN_LIMIT, None)


def test_a_provider_sees_every_unit(area, participant_a, participant_b, provider_participant):
    provided = make_indicator(area, "CT1", provider=provider_participant)
    theirs = [make_target(provided, unit).pk for unit in (participant_a, participant_b)]
    own = make_target(make_indicator(area, "CT2"), provider_participant).pk
    assert set(marks(provider_participant)) == {*theirs, own}
    assert marks(participant_a) == {}


def test_nothing_before_the_first_day(area, participant_a):
    make_target(make_indicator(area, "CT1"), participant_a)
    assert marks(participant_a, at(0)) == {}


@pytest.mark.parametrize("count", [1, 30])
def test_queries_do_not_grow(area, participant_a, provider_participant, count, django_assert_num_queries):
    for number in range(count):
        make_target(make_indicator(area, f"CT{number}"), participant_a)
    participant_a.campaign  # noqa: B018  # loaded by every page
    with django_assert_num_queries(3):
        read_paces(participant=participant_a, now=at(45))


def test_each_mark_goes_beside_its_box(client, leader_a, leader_b, area, participant_a):
    target = make_target(make_indicator(area, "CT1"), participant_a)
    address = reverse("scoring:pace_fragment", args=[participant_a.pk])
    client.force_login(leader_a)
    assert f'id="o{target.pk}-pace" data-hx-swap-oob="true"' in client.get(address).content.decode()
    client.force_login(leader_b)
    assert client.get(address).status_code == 404
