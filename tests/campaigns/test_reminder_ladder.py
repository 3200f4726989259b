"""The ladder's days: counted from the due day, silent on quiet days, moved to the next working day."""

import datetime as dt

import pytest

from campaigns.enums import ReminderAudience
from campaigns.reminder_ladder import DEFAULT_LADDER, DIGEST_AT, is_quiet, rungs_of, speaking_day

#: 30 April and 1 May 2026 are a Thursday and a Friday.
HOLIDAYS = {dt.date(2026, 4, 30), dt.date(2026, 5, 1)}


def day(text):
    return dt.datetime.strptime(text, "%d/%m/%Y").date()


@pytest.mark.parametrize(
    ("asked", "speaks"),
    [
        ("29/04/2026", "29/04/2026"),
        ("30/04/2026", "04/05/2026"),
        ("01/05/2026", "04/05/2026"),
        ("02/05/2026", "04/05/2026"),
        ("07/03/2026", "09/03/2026"),
    ],
)
def test_a_quiet_day_speaks_on_the_next_working_day(asked, speaks):
    assert speaking_day(day(asked), HOLIDAYS) == day(speaks)
    assert is_quiet(day(asked), HOLIDAYS) == (asked != speaks)


@pytest.mark.parametrize(
    ("due", "on", "rungs"),
    [
        ("11/03/2026", "09/03/2026", []),
        ("11/03/2026", "10/03/2026", [-1]),
        ("11/03/2026", "11/03/2026", [-1, 0]),  # −1 is there to be caught up; what was sent is left out elsewhere
        ("11/03/2026", "12/03/2026", [-1, 0, 1]),
        ("09/03/2026", "08/03/2026", []),  # a Sunday
        ("09/03/2026", "09/03/2026", [-1, 0]),  # the Sunday's reminder comes with the Monday's
        ("04/05/2026", "04/05/2026", [-1, 0]),
        ("30/04/2026", "04/05/2026", [0, 1]),  # both moved over the holidays, together
    ],
)
def test_which_rungs_speak(due, on, rungs):
    assert rungs_of(day(due), [1, 0, -1], on=day(on), holidays=HOLIDAYS) == rungs


def test_a_rung_nobody_sent_is_caught_up_for_some_days_only():
    due = day("09/03/2026")  # Monday
    spoken = [n for n in range(1, 8) if rungs_of(due, [0], on=due + dt.timedelta(days=n), holidays=set())]
    assert spoken == [1, 2, 3]


def test_a_unit_is_reminded_around_its_due_day_and_staff_after_three_days():
    unit, staff = ReminderAudience.UNIT, ReminderAudience.STAFF
    assert list(DEFAULT_LADDER) == [(-1, unit), (0, unit), (1, unit), (3, staff)]
    assert DIGEST_AT.isoformat() == "07:30:00"
