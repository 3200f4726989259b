"""What changed between two days: the causes are the whole difference, and each is called what it is."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest
from django.db.models import Q
from pytest_django import DjangoAssertNumQueries

from campaigns.calendar import cut_off
from campaigns.models import Bloc, Campaign, Participant
from scoring.changes import UnitChange, by_bloc, read_changes
from scoring.enums import Basis, Cause
from scoring.models import UnitScore
from scoring.snapshots import Snapshot
from tests.factories import (
    at,
    day,
    make_area,
    make_gate,
    make_indicator,
    make_measurement,
    make_participant,
    make_points,
    make_report_waiver,
    make_revision,
    make_target,
)

from .generation import MEDIUM, SMALL, days_of_interest, random_campaign
from .loading import load, run

pytestmark = pytest.mark.django_db


def snapshot(on: Any) -> Snapshot:
    return Snapshot(on, cut_off(on))


def changes(campaign: Campaign, first: Any, last: Any, basis: Basis = Basis.OFFICIAL) -> list[UnitChange]:
    rows = list(Participant.objects.filter(campaign=campaign).select_related("bloc").order_by("pk"))
    return read_changes(
        campaign=campaign, earlier=snapshot(first), later=snapshot(last), basis=basis, participants=rows
    )


def total(participant: Participant, on: Any, basis: Basis) -> int:
    row = UnitScore.objects.filter(Q(participant=participant, day=on, basis=basis)).first()
    return (row.total_bp or 0) if row else 0


@pytest.mark.parametrize(("seed", "size"), [*((seed, SMALL) for seed in range(6)), (201, MEDIUM)])
def test_the_causes_of_random_days_are_the_whole_difference_of_the_stored_totals(seed: int, size: Any) -> None:
    source = random_campaign(seed, size)
    campaign = load(source)
    days = [one for one in days_of_interest(source) if one >= source.start]
    picked = sorted(random.Random(seed).sample(days, min(4, len(days))))
    for one in picked:
        run(campaign, one)
    for first, last in [*pairwise(picked), (picked[0], picked[-1])]:
        if first == last:
            continue
        for basis in Basis:
            for unit in changes(campaign, first, last, basis):
                moved = total(unit.participant, last, basis) - total(unit.participant, first, basis)
                assert unit.difference_bp == moved
                assert sum(line.points_bp for line in unit.lines) == moved
                assert sum(one.points_bp for one in unit.causes) == moved
                rounding = [abs(line.points_bp) for line in unit.lines if line.cause == Cause.ROUNDING]
                assert sum(rounding) <= 2 * unit.participant.targets.count()  # what is named rounding is no more


@pytest.fixture
def scored(campaign: Campaign, bloc: Bloc, participant_a: Participant, participant_b: Participant) -> Campaign:
    """Two units with two targets, one value each verified on day 8."""
    area = make_area(campaign, 1)
    for code in ("CT1.1", "CT1.2"):
        indicator = make_indicator(area, code)
        for participant in (participant_a, participant_b):
            make_target(indicator, participant, baseline=0, goal=100)
    for participant in (participant_a, participant_b):
        first = participant.targets.get(indicator__code="CT1.1")
        make_measurement(first, value=60, sent_at=at(8), verdict="accepted", verdict_at=at(8, 12))
    return campaign


def of(campaign: Campaign, participant: Participant, first: int, last: int, basis: Basis = Basis.OFFICIAL) -> Any:
    for number in (first, last):
        run(campaign, day(number))
    found = {one.participant.pk: one for one in changes(campaign, day(first), day(last), basis)}[participant.pk]
    assert sum(line.points_bp for line in found.lines) == found.difference_bp
    return {(line.cause, line.target.indicator.code if line.target else ""): line for line in found.lines}


def second(participant: Participant) -> Any:
    return participant.targets.get(indicator__code="CT1.2")


def test_a_verdict_and_a_report_move_their_target(scored: Campaign, participant_a: Participant) -> None:
    make_measurement(second(participant_a), value=50, sent_at=at(10), verdict="accepted", verdict_at=at(11))
    official = of(scored, participant_a, 9, 11)
    assert official[Cause.VERDICT, "CT1.2"].points_bp == 2500
    assert (official[Cause.VERDICT, "CT1.2"].value_before, official[Cause.VERDICT, "CT1.2"].value_after) == (None, 50)
    provisional = of(scored, participant_a, 9, 10, Basis.PROVISIONAL)
    assert provisional[Cause.REPORT, "CT1.2"].points_bp == 2500


def test_a_correction_is_called_one(scored: Campaign, participant_a: Participant) -> None:
    target = participant_a.targets.get(indicator__code="CT1.1")
    wrong = target.measurements.get()
    make_measurement(
        target, value=40, sent_at=at(10), verdict="accepted", verdict_at=at(11), corrects=wrong, correction_reason="x"
    )
    assert of(scored, participant_a, 9, 11)[Cause.CORRECTION, "CT1.1"].points_bp == -1000


def test_a_revision_and_points_count_from_their_day(scored: Campaign, participant_a: Participant) -> None:
    make_revision(participant_a.targets.get(indicator__code="CT1.1"), effective_from=day(11), goal=120)
    make_points(participant_a, 200, holds_from=day(11))
    found = of(scored, participant_a, 10, 11)
    assert found[Cause.REVISED, "CT1.1"].points_bp == -500
    assert (found[Cause.REVISED, "CT1.1"].goal_before, found[Cause.REVISED, "CT1.1"].goal_after) == (100, 120)
    assert found[Cause.POINTS, ""].points_bp == 200


def test_added_and_ended_targets_name_what_the_others_gain(scored: Campaign, participant_a: Participant) -> None:
    indicator = make_indicator(scored.areas.get(number=1), "CT1.3")
    make_target(indicator, participant_a, baseline=0, goal=100, starts_on=day(11))
    target = second(participant_a)
    target.ends_from, target.end_reason = day(13), "x"
    target.save()
    added = of(scored, participant_a, 10, 11)
    assert added[Cause.WEIGHTS, ""].points_bp == -1000  # 60 of two targets, now of three
    ended = of(scored, participant_a, 12, 13)
    assert ended[Cause.WEIGHTS, ""].points_bp == 1000
    assert (Cause.ROUNDING, "") not in added


def test_a_missed_deadline_a_late_report_and_a_waiver(scored: Campaign, participant_a: Participant) -> None:
    period = scored.periods.order_by("ends_on")[0]
    due = (period.due_at.date() - day(1)).days + 1
    passed = of(scored, participant_a, due - 2, due + 2)
    assert passed[Cause.DEADLINE, ""].period == period
    assert passed[Cause.DEADLINE, ""].points_bp == -scored.missing_report_bp
    make_report_waiver(participant_a, period, holds_from=day(due + 3))
    assert of(scored, participant_a, due + 2, due + 3)[Cause.WAIVER, ""].points_bp == scored.missing_report_bp


def test_an_exclusion_moves_no_points(scored: Campaign, participant_a: Participant) -> None:
    make_gate(participant_a, form="exclusion", holds_from=day(11))
    found = of(scored, participant_a, 10, 11)
    assert [(key, line.points_bp) for key, line in found.items()] == [((Cause.GATE, ""), 0)]


def test_blocs_and_queries(scored: Campaign, bloc: Bloc, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    indicator = scored.indicators.first()
    for _ in range(8):
        make_measurement(
            make_target(indicator, make_participant(scored, bloc=bloc)),
            sent_at=at(10),
            verdict="accepted",
            verdict_at=at(11),
        )
    run(scored, day(9))
    run(scored, day(11))
    rows = list(Participant.objects.filter(campaign=scored).select_related("bloc"))
    with django_assert_max_num_queries(18):
        found = read_changes(
            campaign=scored, earlier=snapshot(day(9)), later=snapshot(day(11)), basis=Basis.OFFICIAL, participants=rows
        )
    [one] = by_bloc(found)
    assert (one.bloc, len(one.units), one.risen) == (bloc, 10, 8)
    assert sum(cause.points_bp for cause in one.causes) == one.difference_bp
