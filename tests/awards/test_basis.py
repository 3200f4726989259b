"""On which day's figures an award is decided: an interim day, or the day on which the campaign is closed."""

import datetime as dt
from types import SimpleNamespace

import pytest

from awards.enums import Basis
from awards.queries.basis import basis_day_of, figures_day, stands_on_basis

INTERIM, CLOSING = dt.date(2026, 4, 10), dt.date(2026, 6, 15)
OF_INTERIM = SimpleNamespace(basis=Basis.INTERIM, basis_day=INTERIM)
FINAL = SimpleNamespace(basis=Basis.FINAL, basis_day=None)
OPEN, CLOSED = SimpleNamespace(closing_day=None), SimpleNamespace(closing_day=CLOSING)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("category", "campaign", "day"),
    [(OF_INTERIM, OPEN, INTERIM), (OF_INTERIM, CLOSED, INTERIM), (FINAL, OPEN, None), (FINAL, CLOSED, CLOSING)],
)
def test_a_dossier_stands_on_the_interim_day_or_the_closing_day(category, campaign, day):
    assert basis_day_of(category, campaign=campaign) == day
    for is_basis in (True, False):
        for found_on in (INTERIM, CLOSING):
            outcome = SimpleNamespace(is_basis=is_basis, day=found_on)
            stands = stands_on_basis(outcome, category=category, campaign=campaign)
            assert stands is (is_basis and found_on == day)


@pytest.mark.parametrize(
    ("category", "campaign", "today", "day"),
    [
        (OF_INTERIM, OPEN, INTERIM - DAY, INTERIM - DAY),
        (OF_INTERIM, OPEN, INTERIM + DAY, INTERIM),
        (FINAL, OPEN, CLOSING + DAY, CLOSING + DAY),
        (FINAL, CLOSED, CLOSING + DAY, CLOSING),
    ],
)
def test_figures_speak_up_to_the_basis_day_once_it_has_come(category, campaign, today, day):
    assert figures_day(category, campaign=campaign, today=today) == day
