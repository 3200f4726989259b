"""Hypothesis strategies over the campaigns of ``generation.py``."""

from datetime import date

from hypothesis import strategies as st

from tests.scoring.campaign import Campaign
from tests.scoring.generation import SMALL, Choices, Size, days_of_interest, make_campaign


@st.composite
def campaigns(draw: st.DrawFn, size: Size = SMALL) -> Campaign:
    """Valid campaigns; shrinking leads towards one unit, one target, plain values."""
    return make_campaign(Choices(lambda low, high: draw(st.integers(low, high))), size)


@st.composite
def campaigns_and_days(draw: st.DrawFn, size: Size = SMALL) -> tuple[Campaign, date]:
    """A valid campaign and a day on which or beside which something changes in it."""
    campaign = draw(campaigns(size))
    return campaign, draw(st.sampled_from(days_of_interest(campaign)))
