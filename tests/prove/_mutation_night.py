"""The night against the plain reference, loaded once: what a mutant of a rule written as SQL must differ from.

``tests/scoring/test_pipeline.py`` asks the same, but loads every campaign anew, which takes a minute a mutant.
"""

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from campaigns.models import Campaign
from scoring.queries import run as night
from tests.scoring.generation import SMALL, days_of_interest, random_campaign
from tests.scoring.loading import exported, load, run
from tests.scoring.reference import compare, score

CAMPAIGNS = 40
DAYS = 2  # of each campaign
BASES = ("official", "provisional")


@dataclass(frozen=True)
class Case:
    """A day of a campaign with what the reference says of it."""

    campaign: Campaign
    day: dt.date
    moment: dt.datetime | None  # None: after the day, as a night does
    expected: dict[str, dict[str, Any]]  # by basis


def cases() -> list[Case]:
    """Load the campaigns and let the reference score them on some of the days around which something changes."""
    found = []
    for seed in range(CAMPAIGNS):
        source = random_campaign(seed, SMALL)
        campaign = load(source, code=f"{source.code}-{seed}")
        days = sorted(days_of_interest(source))
        for index, day in enumerate(random.Random(seed).sample(days, DAYS)):
            moment = dt.datetime.combine(day, dt.time(12)) if (seed + index) % 5 == 4 else None
            expected = {basis: score(source, day, basis, moment) for basis in BASES}
            found.append(Case(campaign, day, moment, expected))
    return found


def differs(found: list[Case]) -> bool:
    """Whether any figure of any case is another than the reference's."""
    night._remembering.cache_clear()
    night._scoring.cache_clear()
    for case in found:
        run(case.campaign, case.day, case.moment)
        for basis, expected in case.expected.items():
            actual = exported(case.campaign, case.day, basis, case.moment)
            if compare(expected | {"campaign": case.campaign.code}, actual):
                return True
    return False
