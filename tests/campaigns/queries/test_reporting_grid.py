"""The grid of a unit and its page at a glance: what stands beside each box, in a fixed number of queries."""

import datetime as dt
from decimal import Decimal

import pytest

from campaigns.actions.drafts import DraftEntry, save_draft
from campaigns.enums import EntryKind, Frequency, IndicatorKind, ReportingMode
from campaigns.models import Reopening
from campaigns.openness import Phase
from campaigns.queries.reporting_grid import read_grid
from campaigns.queries.unit_home import NOT_OWED, read_home
from tests.factories import (
    at,
    attach,
    make_area,
    make_file,
    make_indicator,
    make_measurement,
    make_revision,
    make_submission,
    make_target,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def periods(campaign):
    return list(campaign.periods.order_by("ends_on"))


@pytest.fixture
def area(campaign):
    return make_area(campaign, 1)


def only_box(participant, period, now):
    (box,) = read_grid(participant=participant, period=period, now=now).boxes
    return box


def test_cumulative_box(area, participant_a, periods):
    target = make_target(make_indicator(area, "CT1"), participant_a, baseline=20, goal=100)
    make_revision(target, effective_from=at(10).date(), baseline=20, goal=110)
    make_measurement(target, periods[0], value=40, verdict="adjusted", verified_value=38)
    make_measurement(target, periods[1], value=50)
    make_measurement(target, periods[1], value=99, sent_at=at(14, 11), verdict="returned")
    box = only_box(participant_a, periods[2], at(16))
    assert (box.baseline, box.goal, box.is_due, box.is_open) == (20, 110, True, True)
    assert (box.last_value, box.last_code, box.gap) == (38, "K01", 72)
    assert box.facts.previous == 50  # sent and not returned
    assert (box.sent, box.has_entry, box.draft_version) == (None, False, 0)


def test_increment_box(area, participant_a, periods):
    target = make_target(make_indicator(area, "CT1", mode=ReportingMode.INCREMENT), participant_a, goal=100)
    make_measurement(target, periods[0], value=40, verdict="accepted")
    make_measurement(target, periods[1], nothing=True, verdict="accepted")
    make_measurement(target, periods[2], value=7)
    box = only_box(participant_a, periods[2], at(17))
    assert (box.official_sum, box.sum_before, box.last_value, box.gap) == (40, 40, 40, 60)
    assert box.sent.value == 7
    assert box.facts.already_sent is True


def test_draft_shows_the_other_figure(area, participant_a, periods, leader_a):
    cumulative = make_target(make_indicator(area, "CT1"), participant_a)
    increment = make_target(make_indicator(area, "CT2", mode=ReportingMode.INCREMENT), participant_a)
    for target in (cumulative, increment):
        make_measurement(target, periods[0], value=40, verdict="accepted")
        save_draft(
            participant=participant_a,
            period=periods[1],
            target=target.pk,
            entry=DraftEntry(EntryKind.NUMBER, "45"),
            version=0,
            by=leader_a,
            now=at(10),
        )
    boxes = read_grid(participant=participant_a, period=periods[1], now=at(10)).boxes
    assert [box.other_figure for box in boxes] == [5, 85]


def test_returned_box(area, participant_a, periods, staff):
    target = make_target(make_indicator(area, "CT1"), participant_a)
    returned = make_measurement(
        target, periods[0], value=40, verdict="returned", verdict_by=staff, verdict_reason="Thiếu hồ sơ"
    )
    attach(returned, make_file(participant_a))
    Reopening.objects.create(measurement=returned, until=at(20))
    box = only_box(participant_a, periods[0], at(19))
    assert (box.is_returned, box.is_open, box.reopened_until) == (True, True, at(20))
    assert (box.sent.verdict_reason, len(box.sent_files)) == ("Thiếu hồ sơ", 1)
    assert only_box(participant_a, periods[0], at(20)).is_open is False


def test_groups_and_what_is_not_due(area, campaign, participant_a, participant_b, provider_participant, periods):
    second = make_area(campaign, 2)
    make_target(make_indicator(area, "CT1"), participant_a)
    make_target(make_indicator(second, "CT2", frequency=Frequency.AT_END), participant_a)
    provided = make_indicator(area, "CT3", provider=provider_participant)
    for participant in (participant_b, participant_a):
        make_target(provided, participant)
    make_target(make_indicator(make_area(campaign, 8, is_active=False), "CT8"), participant_a)
    own = read_grid(participant=participant_a, period=periods[0], now=at(3))
    assert [(g.number, g.by_unit, len(g.asked), len(g.optional)) for g in own.groups] == [
        (1, False, 1, 0),
        (2, False, 0, 1),
    ]
    assert [box.target.indicator.code for box in own.owed] == ["CT1"]
    theirs = read_grid(participant=provider_participant, period=periods[0], now=at(3))
    (group,) = theirs.groups
    assert group.by_unit is True
    assert [box.target.participant for box in group.boxes] == [participant_a, participant_b]
    assert own.is_last_period is False
    assert read_grid(participant=participant_a, period=periods[-1], now=at(89)).is_last_period is True


def test_milestone_and_share_inputs(area, participant_a, periods):
    make_target(make_indicator(area, "CT1", kind=IndicatorKind.MILESTONE), participant_a, goal=1, due_on=at(30).date())
    make_target(make_indicator(area, "CT2", unit_of_measure="% dự toán"), participant_a)
    make_target(make_indicator(area, "CT3", unit_of_measure="tỷ đồng"), participant_a)
    boxes = read_grid(participant=participant_a, period=periods[0], now=at(3)).boxes
    assert [box.is_milestone for box in boxes] == [True, False, False]
    assert [box.takes_share for box in boxes] == [False, True, False]


def _fill(area, participant, periods, leader, count):
    for number in range(count):
        target = make_target(make_indicator(area, f"CT{number:02d}"), participant)
        for period in periods[:3]:
            attach(make_measurement(target, period, value=number + 1), make_file(participant, content=b"%d" % number))
        returned = make_measurement(target, periods[3], value=5, verdict="returned")
        attach(returned, make_file(participant))
        Reopening.objects.create(measurement=returned, until=at(40))
        make_revision(target)
        save_draft(
            participant=participant,
            period=periods[3],
            target=target.pk,
            entry=DraftEntry(EntryKind.NUMBER, "12"),
            version=0,
            by=leader,
            now=at(23),
        )


@pytest.mark.parametrize("count", [1, 30])
def test_queries_do_not_grow_with_the_targets(area, participant_a, periods, leader_a, count, django_assert_num_queries):
    _fill(area, participant_a, periods, leader_a, count)
    with django_assert_num_queries(11):
        grid = read_grid(participant=participant_a, period=periods[3], now=at(23))
    assert len(grid.to_send) == count
    make_submission(grid.report)
    with django_assert_num_queries(7):
        home = read_home(participant=participant_a, now=at(23))
    assert (len(home.returned), len(home.receipts)) == (count, 1)


def test_home_tells_where_each_period_stands(area, participant_a, periods, staff):
    target = make_target(make_indicator(area, "CT1"), participant_a)
    monthly = make_target(make_indicator(area, "CT2", frequency=Frequency.MONTHLY), participant_a)
    make_measurement(target, periods[0], value=40, verdict="accepted")
    make_measurement(target, periods[1], value=41, sent_at=periods[1].due_at + dt.timedelta(minutes=1))
    make_measurement(target, periods[3], value=43)
    home = read_home(participant=participant_a, now=at(30))
    states = [(line.owed, line.reported, line.state, line.is_late, line.is_missing) for line in home.lines[:6]]
    assert states == [
        (1, 1, "verified", False, False),
        (1, 1, "submitted", True, False),
        (1, 0, "not_started", False, True),
        (2, 1, "draft", False, False),  # the last period ending in March asks for the monthly one too
        (1, 0, "not_started", False, False),
        (1, 0, "not_started", False, False),
    ]
    assert home.current.period == periods[4]
    assert [line.period for line in home.previous_open] == [periods[3]]
    assert home.lines[5].phase == Phase.UPCOMING
    assert monthly.measurements.count() == 0


def test_unit_without_targets_owes_nothing(participant_a, periods):
    home = read_home(participant=participant_a, now=at(3))
    assert {line.state for line in home.lines} == {NOT_OWED}
    assert home.current.period == periods[0]


def test_values_are_exact(area, participant_a, periods):
    target = make_target(make_indicator(area, "CT1"), participant_a, goal="100.0001")
    make_measurement(target, periods[0], value="0.1", verdict="accepted")
    assert only_box(participant_a, periods[1], at(9)).gap == Decimal("99.9001")
