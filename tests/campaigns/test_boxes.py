"""What people type the Vietnamese way, as the boxes read it."""

import pytest
from django import forms

from campaigns.forms.boxes import WholeBox


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("760.000", 760_000),
        ("760 000", 760_000),
        ("760\u00a0000 đ", 760_000),
        ("1.520.000đ", 1_520_000),
        ("1520000", 1_520_000),
        (" 0 ", 0),
        ("-1.000", -1000),
        ("−5", -5),
        ("", None),
    ],
)
def test_whole_numbers_are_read_as_people_write_them(typed: str, read: int | None) -> None:
    assert WholeBox(required=False).clean(typed) == read


@pytest.mark.parametrize("typed", ["760,5", "760.5", "1.52", "1,000", "12.34.567", "1e3", "٣", "x", "9" * 19])
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        WholeBox().clean(typed)


def test_a_box_shows_its_number_grouped_and_reads_it_back() -> None:
    box = WholeBox(min_value=1, max_value=10**12)
    assert box.prepare_value(1_520_000) == "1.520.000"
    assert not box.has_changed(1_520_000, "1520000")
    assert box.has_changed(1_520_000, "1.530.000")
    with pytest.raises(forms.ValidationError):
        box.clean("0")
