"""What stands behind a target's move is called by the act: a verdict, a correction, a revision, a waiver."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaigns.models import Participant
from scoring.changes.reasons import Records, dated_cause, read_records, recorded_cause
from scoring.changes.steps import Moved
from scoring.enums import Basis, Cause
from tests.factories import at, day, make_area, make_indicator, make_measurement, make_milestone_waiver, make_target

from .test_change_steps import figure

NOTHING = Records(waived=(), acts={})
WAS = figure(1, 4000)


@pytest.mark.parametrize(
    ("before", "after", "waived", "cause"),
    [
        (None, WAS, (), Cause.ADDED),
        (WAS, None, (), Cause.ENDED),
        (WAS, replace(WAS, goal=2_000_000), (1,), Cause.REVISED),
        (WAS, replace(WAS, baseline=-1), (1,), Cause.REVISED),
        (WAS, replace(WAS, value=1, baseline=-1), (), Cause.REVISED),
        (WAS, replace(WAS, on_time=True), (1,), Cause.WAIVER),
        (WAS, replace(WAS, on_time=True), (2,), Cause.REVISED),  # its due date
        (WAS, replace(WAS, value=1), (1,), Cause.PERIOD),
    ],
)
def test_what_the_day_alone_moves(before, after, waived, cause) -> None:
    assert dated_cause(Moved(1, 0, before, after), Records(waived, {})) is cause


def test_what_was_recorded_is_the_act_else_what_the_basis_waits_for() -> None:
    moved = Moved(1, 0, WAS, WAS)
    assert recorded_cause(moved, NOTHING, Basis.OFFICIAL) is Cause.VERDICT
    assert recorded_cause(moved, NOTHING, Basis.PROVISIONAL) is Cause.REPORT
    assert recorded_cause(moved, Records((), {1: Cause.CORRECTION}), Basis.OFFICIAL) is Cause.CORRECTION
    assert recorded_cause(moved, Records((), {2: Cause.CORRECTION}), Basis.OFFICIAL) is Cause.VERDICT


@pytest.fixture
def area(campaign):
    return make_area(campaign, 1)


def acts(*targets, basis: Basis = Basis.OFFICIAL) -> list[Cause | None]:
    """The acts between 10:00 on days 10 and 20."""
    ids = [target.pk for target in targets]
    found = read_records([*ids, *ids], days=(day(10), day(20)), cut_offs=(at(10), at(20)), basis=basis).acts
    return [found.get(pk) for pk in ids]


@pytest.mark.django_db
def test_acts_between_the_two_moments(area, participant_a: Participant) -> None:
    """From the earlier moment on and strictly before the later one, sent or judged."""
    rows = [
        (at(5), at(10)),  # judged at the earlier moment itself
        (at(5), at(9)),
        (at(5), at(20)),
        (at(10), at(30)),
        (at(20), at(21)),
    ]
    targets = []
    for number, (sent_at, verdict_at) in enumerate(rows):
        target = make_target(make_indicator(area, f"CT{number}"), participant_a)
        make_measurement(target, sent_at=sent_at, verdict="accepted", verdict_at=verdict_at)
        targets.append(target)
    assert acts(*targets) == [Cause.VERDICT, None, None, Cause.VERDICT, None]
    assert acts(*targets, basis=Basis.PROVISIONAL) == [Cause.VERDICT, None, None, Cause.REPORT, None]
    assert acts(targets[3]) == [Cause.VERDICT]  # others are not read


@pytest.mark.django_db
def test_what_moves_nothing_on_a_basis_is_no_act(area, participant_a: Participant) -> None:
    waiting, returned, adjusted = (make_target(make_indicator(area, f"CT{n}"), participant_a) for n in range(3))
    make_measurement(waiting, sent_at=at(12))
    make_measurement(returned, sent_at=at(5), verdict="returned", verdict_at=at(12))
    make_measurement(adjusted, sent_at=at(5), verdict="adjusted", verified_value=7, verdict_at=at(12))
    assert acts(waiting, returned, adjusted) == [None, None, Cause.VERDICT]
    provisional = acts(waiting, returned, adjusted, basis=Basis.PROVISIONAL)
    assert provisional == [Cause.REPORT, Cause.VERDICT, Cause.VERDICT]


@pytest.mark.django_db
def test_a_correction_is_one_on_both_bases_and_the_last_act_names_the_move(area, participant_a: Participant) -> None:
    target = make_target(make_indicator(area, "CT1"), participant_a)
    first = make_measurement(target, sent_at=at(5), verdict="accepted", verdict_at=at(12))
    assert acts(target) == [Cause.VERDICT]
    make_measurement(
        target, value=3, sent_at=at(13), verdict="accepted", verdict_at=at(14), corrects=first, correction_reason="x"
    )
    assert acts(target) == [Cause.CORRECTION]
    assert acts(target, basis=Basis.PROVISIONAL) == [Cause.CORRECTION]


@pytest.mark.django_db
def test_waivers_that_began_between_the_days(area, participant_a: Participant) -> None:
    found = {}
    for number in (10, 11, 20, 21):
        indicator = make_indicator(area, f"CT{number}", kind="milestone")
        target = make_target(indicator, participant_a, goal=1, due_on=day(8))
        make_milestone_waiver(target, holds_from=day(number))
        found[number] = target.pk
    records = read_records(found.values(), days=(day(10), day(20)), cut_offs=(at(10), at(20)), basis=Basis.OFFICIAL)
    assert records.waived == {found[11], found[20]}
