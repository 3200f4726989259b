"""What is read for some units or indicators is their part of what is read for all; a bloc has its ranked units."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from campaigns.calendar import cut_off
from campaigns.models import Campaign
from scoring.enums import Basis
from scoring.live import unit_reports
from scoring.models import UnitScore
from scoring.queries import Scope, TargetFigure, target_figures
from tests.factories import make_area, make_indicator, make_participant, make_target

from .generation import MEDIUM, random_campaign
from .loading import load, run

pytestmark = pytest.mark.django_db


def figures(campaign: Campaign, **part: tuple[int, ...]) -> list[TargetFigure]:
    scope = Scope((campaign.pk,), campaign.ends_on, cut_off(campaign.ends_on), **part)
    return sorted(target_figures(scope, Basis.PROVISIONAL), key=lambda figure: figure.target_id)


def test_a_part_is_read_as_it_stands_in_the_whole() -> None:
    campaign = load(random_campaign(101, MEDIUM))
    everything = figures(campaign)
    unit = everything[0].participant_id
    indicators = {figure.indicator_id for figure in everything}
    some = tuple(sorted(indicators)[: len(indicators) // 2])
    of_unit = [figure for figure in everything if figure.participant_id == unit]
    of_some = [figure for figure in everything if figure.indicator_id in some]
    assert 0 < len(of_unit) < len(everything)
    assert 0 < len(of_some) < len(everything)
    assert figures(campaign, participant_ids=(unit,)) == of_unit
    assert figures(campaign, indicator_ids=some) == of_some


def test_the_reports_of_one_unit_are_its_part_of_all() -> None:
    campaign = load(random_campaign(101, MEDIUM))
    run(campaign, campaign.ends_on)
    scope = Scope((campaign.pk,), campaign.ends_on, cut_off(campaign.ends_on))
    everything = unit_reports(scope)
    assert {report.reported_at is None for report in everything} == {True, False}
    for unit in campaign.participants.values_list("pk", flat=True):
        own = [report for report in everything if report.participant_id == unit]
        assert len(own) < len(everything)
        assert unit_reports(replace(scope, participant_ids=(unit,))) == own


def test_a_unit_without_a_target_counts_none() -> None:
    indicator = make_indicator(make_area(number=1))
    units = [make_participant(indicator.campaign) for _ in range(2)]
    make_target(indicator, units[0])
    run(indicator.campaign, indicator.campaign.starts_on)
    rows = UnitScore.objects.filter(participant__in=units).order_by("participant", "basis")
    assert list(rows.values_list("targets_counted", flat=True)) == [1, 1, 0, 0]


def test_a_blocs_size_is_the_number_of_its_ranked_units() -> None:
    campaign = load(random_campaign(101, MEDIUM))
    run(campaign, campaign.ends_on)
    rows = list(UnitScore.objects.filter(campaign=campaign).select_related("participant"))
    ranked = Counter((row.basis, row.participant.bloc_id) for row in rows if row.rank is not None)
    assert 0 < ranked.total() < len(rows)  # some are ranked, some are not
    assert {row.bloc_size == ranked[row.basis, row.participant.bloc_id] for row in rows} == {True}
