"""What is read for some units or some indicators is exactly their part of what is read for all."""

from __future__ import annotations

import pytest

from campaigns.calendar import cut_off
from campaigns.models import Campaign
from scoring.enums import Basis
from scoring.queries import Scope, TargetFigure, target_figures

from .generation import MEDIUM, random_campaign
from .loading import load

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
