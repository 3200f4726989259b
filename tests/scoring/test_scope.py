"""What is read for some units or indicators is their part of what is read for all; a bloc has its ranked units."""

from __future__ import annotations

from collections import Counter

import pytest

from campaigns.calendar import cut_off
from campaigns.models import Campaign
from scoring.enums import Basis
from scoring.models import UnitScore
from scoring.queries import Scope, TargetFigure, target_figures

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


def test_a_blocs_size_is_the_number_of_its_ranked_units() -> None:
    campaign = load(random_campaign(101, MEDIUM))
    run(campaign, campaign.ends_on)
    rows = list(UnitScore.objects.filter(campaign=campaign).select_related("participant"))
    ranked = Counter((row.basis, row.participant.bloc_id) for row in rows if row.rank is not None)
    assert 0 < ranked.total() < len(rows)  # some are ranked, some are not
    assert {row.bloc_size == ranked[row.basis, row.participant.bloc_id] for row in rows} == {True}
