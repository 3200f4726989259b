"""Explanations of generated campaigns: every sum is what the run stored, down to the rows; and it says so if not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.calendar import cut_off
from campaigns.models import Campaign
from scoring.enums import Basis
from scoring.explain import Explanation, explain
from scoring.models import UnitScore
from tests.scoring.generation import MEDIUM, SMALL, days_of_interest, random_campaign
from tests.scoring.loading import load, run

pytestmark = pytest.mark.django_db


def explained(campaign: Campaign, day: dt.date, basis: Basis) -> list[Explanation]:
    rows = UnitScore.objects.filter(campaign=campaign, day=day, basis=basis).select_related("participant__campaign")
    return [explain(participant=row.participant, score=row, day=day, cut_off=cut_off(day), basis=basis) for row in rows]


def told(found: Explanation) -> list[str]:
    return [f"{found.participant.code} {one.what}: {one.found} / {one.stored}" for one in found.differences]


@pytest.mark.parametrize(("seed", "size"), [*((seed, SMALL) for seed in range(300, 316)), (320, MEDIUM)])
def test_the_rows_of_every_explanation_add_up_to_the_stored_score(seed: int, size: Any) -> None:
    source = random_campaign(seed, size)
    campaign = load(source)
    days = [day for day in days_of_interest(source) if source.start <= day <= source.end]
    for day in {days[0], days[len(days) // 2], days[-1]}:
        run(campaign, day)
        for basis in Basis:
            for found in explained(campaign, day, basis):
                score = found.score
                assert told(found) == []
                assert sum(area.contribution_bp for area in found.areas) == (score.base_bp or 0)
                for area in found.areas:
                    assert area.score_bp == score.areas[str(area.area.number)]
                    assert sum(line.contribution_bp for line in area.lines) == area.contribution_bp
                if score.base_bp is not None:
                    assert sum(area.potential_bp for area in found.areas) == 10000
                    assert found.lost_bp == 10000 - score.base_bp
                    total = score.base_bp + score.bonus_bp - found.penalty_sum_bp - found.reporting_penalty_bp
                    assert score.total_bp == max(0, total)


def test_a_record_changed_after_the_run_is_said() -> None:
    source = random_campaign(330, SMALL)
    campaign = load(source)
    run(campaign, source.end)
    before = explained(campaign, source.end, Basis.OFFICIAL)[0]
    assert told(before) == []
    UnitScore.objects.filter(pk=before.score.pk).update(penalty_bp=before.score.penalty_bp + 7)
    after = explained(campaign, source.end, Basis.OFFICIAL)[0]
    assert len(after.differences) == 1


def test_what_would_gain_most_is_worth_points_and_is_ordered() -> None:
    seen = 0
    for seed in range(340, 346):
        source = random_campaign(seed, SMALL)
        campaign = load(source, code=f"G{seed}")
        day = source.periods[len(source.periods) // 2].end
        run(campaign, day)
        for found in explained(campaign, day, Basis.OFFICIAL):
            gains = [gain.points_bp for gain in found.gains]
            seen += len(gains)
            assert gains == sorted(gains, reverse=True)
            assert len(gains) <= 3
            assert all(gain > 0 for gain in gains)
            assert not any(gain.line.figure.is_fulfilled for gain in found.gains)
    assert seen


def test_an_explanation_costs_the_same_whatever_is_reported() -> None:
    costs = set()
    for seed, size in ((350, SMALL), (351, MEDIUM)):
        source = random_campaign(seed, size)
        campaign = load(source, code=f"Q{seed}")
        run(campaign, source.end)
        row = (
            UnitScore.objects.filter(campaign=campaign, basis=Basis.OFFICIAL)
            .select_related("participant__campaign")
            .order_by("pk")[0]
        )
        with CaptureQueriesContext(connection) as queries:
            explain(
                participant=row.participant,
                score=row,
                day=source.end,
                cut_off=cut_off(source.end),
                basis=Basis.OFFICIAL,
            )
        costs.add(len(queries))
    assert len(costs) == 1
