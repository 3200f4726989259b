"""When a value may be sent, at the moments where it changes."""

import datetime as dt

import pytest

from campaigns.calendar import local_moment
from campaigns.openness import Phase, is_reopened, phase_of, takes_values

DUE = local_moment(dt.date(2026, 3, 10), dt.time(17))
LOCK = DUE + dt.timedelta(days=2)
TICK = dt.timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "until", "expected"),
    [
        (local_moment(dt.date(2026, 3, 2)) - TICK, None, Phase.UPCOMING),
        (local_moment(dt.date(2026, 3, 2)), None, Phase.OPEN),
        (DUE - TICK, None, Phase.OPEN),
        (DUE, None, Phase.LATE),
        (LOCK - TICK, None, Phase.LATE),
        (LOCK, None, Phase.LOCKED),
        (LOCK, LOCK + TICK, Phase.EXCEPTION),
        (LOCK + TICK, LOCK + TICK, Phase.LOCKED),
    ],
)
def test_phases(now, until, expected):
    found = phase_of(starts_on=dt.date(2026, 3, 2), due_at=DUE, locks_at=LOCK, exception_until=until, now=now)
    assert found == expected


def test_a_period_without_a_lock_stays_open():
    far = DUE + dt.timedelta(days=400)
    found = phase_of(starts_on=dt.date(2026, 3, 2), due_at=DUE, locks_at=None, exception_until=None, now=far)
    assert found == Phase.LATE


def test_which_phases_take_values():
    assert {phase for phase in Phase if takes_values(phase)} == {Phase.OPEN, Phase.LATE, Phase.EXCEPTION}


@pytest.mark.parametrize(
    ("returned", "until", "expected"),
    [(True, DUE + TICK, True), (True, DUE, False), (True, None, False), (False, DUE + TICK, False)],
)
def test_reopening(returned, until, expected):
    assert is_reopened(latest_is_returned=returned, until=until, now=DUE) is expected
