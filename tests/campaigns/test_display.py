"""How numbers, times and drawings read (campaigns/display.py)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import display

NBSP = "\u00a0"
NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # 12:00 in Vietnam


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (0, "0"),
        (7, "7"),
        (1234, "1.234"),
        (Decimal("1234.5000"), "1.234,5"),
        (Decimal("1236.83"), "1.236,83"),
        (Decimal("-0.5"), "−0,5"),
        (Decimal("-0.0000"), "0"),
        (Decimal("999999999.9999"), "999.999.999,9999"),
        (Decimal("1E+3"), "1.000"),
        (Decimal("0.0001"), "0,0001"),
    ],
)
def test_a_number_has_vietnamese_separators_and_no_needless_decimals(value, shown):
    assert display.number(value) == shown


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (Decimal("2.345"), 2, "2,35"),
        (Decimal("2.344"), 2, "2,34"),
        (Decimal("-2.345"), 2, "−2,35"),
        (Decimal("-0.001"), 2, "0,00"),
        (Decimal(3), 1, "3,0"),
        (Decimal("1999.5"), 0, "2.000"),
    ],
)
def test_fixed_decimals_round_half_up(value, places, shown):
    assert display.number(value, places=places) == shown


@pytest.mark.parametrize(("bp", "shown"), [(None, "–"), (0, "0,00"), (5, "0,05"), (8735, "87,35"), (10500, "105,00")])
def test_points(bp, shown):
    assert display.points(bp) == shown


@pytest.mark.parametrize(("bp", "shown"), [(None, "–"), (0, "0,00"), (120, "+1,20"), (-50, "−0,50")])
def test_signed_points(bp, shown):
    assert display.signed_points(bp) == shown


@pytest.mark.parametrize(
    ("bp", "shown"), [(None, "–"), (10000, "100"), (8735, "87,35"), (8730, "87,3"), (0, "0"), (11000, "110")]
)
def test_percent(bp, shown):
    assert display.percent(bp) == (shown if bp is None else f"{shown}{NBSP}%")


@pytest.mark.parametrize(("amount", "shown"), [(2_340_000, "2.340.000"), (Decimal("702000.00"), "702.000"), (0, "0")])
def test_money(amount, shown):
    assert display.vnd(amount) == f"{shown}{NBSP}đ"


@given(st.decimals(min_value=-999_999_999, max_value=999_999_999, places=4))
def test_what_a_box_shows_reads_back_as_the_same_number(value):
    assert Decimal(display.input_number(value).replace(",", ".")) == value


def test_an_empty_box_is_empty():
    assert display.input_number(None) == ""


def test_a_moment_is_shown_on_its_local_day():
    late_evening = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
    assert display.local_date(late_evening) == "24/11/2026"
    assert display.local_time(late_evening) == "00:30"
    assert display.local_datetime(late_evening) == "00:30 24/11/2026"


def test_a_day_is_shown_as_it_is():
    assert display.local_date(date(2026, 2, 1)) == "01/02/2026"


def test_a_missing_day_or_moment_is_a_dash():
    assert {display.local_date(None), display.local_time(None), display.local_datetime(None)} == {"–"}


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="aware"):
        display.local_datetime(datetime(2026, 11, 23, 17, 30))


@pytest.mark.parametrize(
    ("distance", "expected"),
    [
        (timedelta(days=2, hours=3, minutes=4, seconds=59), (False, 2, 3, 4)),
        (timedelta(), (False, 0, 0, 0)),
        (timedelta(seconds=-1), (True, 0, 0, 0)),
        (timedelta(days=-1, minutes=-5), (True, 1, 0, 5)),
    ],
)
def test_span_to_a_deadline(distance, expected):
    span = display.span(NOON + distance, now=NOON)
    assert (span.overdue, span.days, span.hours, span.minutes) == expected


@pytest.mark.parametrize(
    ("distance", "level"),
    [
        (timedelta(seconds=-1), "overdue"),
        (timedelta(), "soon"),
        (timedelta(hours=24), "soon"),
        (timedelta(hours=24, seconds=1), "near"),
        (timedelta(days=3), "near"),
        (timedelta(days=3, seconds=1), "calm"),
    ],
)
def test_urgency(distance, level):
    assert display.urgency(NOON + distance, now=NOON) == level


@pytest.mark.parametrize(
    ("bp", "css"),
    [(None, "na"), (0, "0"), (2999, "0"), (3000, "1"), (4999, "1"), (5000, "2"), (8999, "5"), (9000, "6"), (9999, "6"),
     (10000, "7"), (11000, "7")],
)  # fmt: skip
def test_heat_class(bp, css):
    assert display.heat_class(bp) == f"heat-{css}"


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "0 B"), (1023, "1.023 B"), (1536, "1,5 KB"), (5_242_880, "5 MB"), (1_936_402, "1,8 MB")]
)
def test_file_size(size, shown):
    assert display.file_size(size) == shown.replace(" ", NBSP).replace("1.023", "1023")


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ([], ""),
        ([None, None], ""),
        ([5000], "M3.0 14.0"),
        ([0, 10000], "M3.0 25.0L97.0 3.0"),
        ([0, None, 10000], "M3.0 25.0M97.0 3.0"),
        ([7000, 7000], "M3.0 14.0L97.0 14.0"),
    ],
)
def test_sparkline(values, path):
    assert display.sparkline_path(values, width=100, height=28) == path


@pytest.mark.parametrize(
    ("values", "end"), [([], None), ([0, 10000], ("97.0", "3.0")), ([0, 10000, None], ("50.0", "3.0"))]
)
def test_the_end_of_a_sparkline_is_the_last_known_value(values, end):
    assert display.sparkline_end(values, width=100, height=28) == end
