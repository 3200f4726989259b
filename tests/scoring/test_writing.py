"""What a run writes of a day: each campaign's rows by its own run, only those that differ, and a sum over them all."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import F

from campaigns.calendar import cut_off
from campaigns.models import Campaign
from scoring.enums import Basis
from scoring.models import ScoreRun, TargetScore, UnitScore
from scoring.queries import Scope, checksums, target_figures, target_scores, write_scores, write_target_scores

from .generation import SMALL, random_campaign
from .loading import load, run

pytestmark = pytest.mark.django_db
FIGURES = ("bonus_bp", "penalty_bp", "late_reports", "missing_reports", "targets_counted", "bloc_size")


@pytest.fixture
def campaign() -> Campaign:
    return load(random_campaign(101, SMALL))


def test_a_day_scored_again_writes_only_what_differs(campaign: Campaign) -> None:
    day, rows = campaign.ends_on, UnitScore.objects.filter(campaign=campaign)
    first, again = run(campaign, day), run(campaign, day)
    assert (first.rows_written, again.rows_written) == (rows.count(), 0)
    assert (first.checksum, set(rows.values_list("run", flat=True))) == (again.checksum, {first.pk})
    wrong: list[dict[str, Any]] = [{name: F(name) + 1} for name in FIGURES]
    wrong += [{"total_bp": 1}, {"base_bp": 1}, {"fulfilled_bp": 1}, {"coverage_bp": 1}]
    wrong += [{"areas": {"99": 1}}, {"score_class": ""}, {"rank": 99}]
    one = rows.filter(total_bp__gt=1, rank__isnull=False).order_by("pk")[0]
    before = rows.filter(pk=one.pk).values().get()
    for columns in wrong:
        rows.filter(pk=one.pk).update(**columns)
        assert checksums([campaign.pk], day)[campaign.pk] != first.checksum
        mended = run(campaign, day)
        assert (mended.rows_written, mended.checksum) == (1, first.checksum)
        assert rows.filter(pk=one.pk).values().get() == before | {"run_id": mended.pk}


def test_each_campaign_has_its_rows_from_its_own_run(campaign: Campaign) -> None:
    other = load(random_campaign(102, SMALL), code="PT-102")
    day = max(campaign.starts_on, other.starts_on)
    runs = {
        one.pk: ScoreRun.objects.create(campaign=one, day=day, trigger="manual", requested_at=cut_off(day)).pk
        for one in (other, campaign)
    }
    figures = write_scores(campaign_ids=list(runs), day=day, cut_off=cut_off(day), run_ids=runs)
    rows = UnitScore.objects.filter(campaign__in=runs, day=day)
    assert set(rows.values_list("campaign", "run").distinct()) == set(runs.items())
    assert figures.rows_written == rows.count() > 0
    assert figures.checksums == checksums(list(runs), day)
    assert len(set(figures.checksums.values())) == 2
    assert {len(one) for one in figures.checksums.values()} == {64}


def test_a_final_run_keeps_the_figures_of_every_target(campaign: Campaign) -> None:
    day = campaign.ends_on
    row = run(campaign, day)
    found = {basis: target_figures(Scope((campaign.pk,), day, cut_off(day)), basis) for basis in Basis}
    assert write_target_scores(run=row) == sum(len(figures) for figures in found.values()) > 0
    for basis, figures in found.items():
        stored = TargetScore.objects.filter(run=row, basis=basis).order_by("target").values_list(
            "target", "value_e4", "achievement_bp", "is_fulfilled", "is_counted", "weight_e2"
        )  # fmt: skip
        expected = sorted(
            (one.target_id, one.value, one.achievement_bp, one.is_fulfilled, one.is_counted, one.weight)
            for one in figures
        )
        assert list(stored) == expected
    row.cut_off = None
    with pytest.raises(ValueError, match="cut-off"):
        write_target_scores(run=row)


def test_targets_are_read_of_all_units_or_of_those_named(campaign: Campaign) -> None:
    day = campaign.ends_on
    asked: dict[str, Any] = {"campaign": campaign, "day": day, "basis": Basis.OFFICIAL, "cut_off": cut_off(day)}
    everything = target_scores(**asked)
    places = [(one.area_id, one.indicator_id, one.participant_id) for one in everything]
    assert len(set(places)) == len(places) > 1
    unit, indicator = everything[0].participant_id, everything[0].indicator_id
    assert target_scores(**asked, participants=[unit]) == [one for one in everything if one.participant_id == unit]
    of_indicator = [one for one in everything if one.indicator_id == indicator]
    assert target_scores(**asked, indicators=[indicator]) == of_indicator
    assert {type(one.is_fulfilled) for one in everything} == {bool}
    assert {type(one.by_another) for one in everything} == {bool}
    assert {(type(one.on_time), type(one.is_counted)) for one in everything} == {(bool, bool)}
