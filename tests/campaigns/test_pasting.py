"""A pasted column: where each line goes, what is asked, what is left out."""

import pytest

from campaigns.pasting import MOST_LINES, Odd, Slot, lines_of, place

SLOTS = [Slot(11, ("CT1",)), Slot(12, ("CT2",)), Slot(13, ("P05", "Phường Hòa An")), Slot(14, ("P06", "Phường Hoa An"))]


def placed(text, **more):
    return [(line.slot, line.text, line.odd) for line in place(text, SLOTS, **more)]


def test_a_column_goes_down_the_page():
    assert placed("1,5\r\n20\r\n") == [(11, "1,5", None), (12, "20", None)]


def test_it_starts_at_the_box_it_is_pasted_into():
    assert placed("7\n8", start=12) == [(12, "7", None), (13, "8", None)]


def test_an_empty_line_leaves_its_box_as_it_is():
    assert placed("1\n\n3") == [(11, "1", None), (13, "3", None)]


def test_what_has_no_box_is_said():
    assert placed("1\n2\n3", start=13) == [(13, "1", None), (14, "2", None), (None, "3", Odd.NO_BOX_LEFT)]


def test_two_columns_go_by_code_and_tones_matter():
    text = "ct2\t20\nPhường Hoa An\t4\nPhường Hòa An\t3\nCT9\t1"
    assert placed(text) == [(12, "20", None), (14, "4", None), (13, "3", None), (None, "CT9 1", Odd.NO_SUCH_KEY)]


def test_a_code_named_twice_is_taken_once():
    assert placed("CT1\t1\nCT1\t2") == [(11, "1", None), (11, "2", Odd.TWICE)]


def test_several_columns_without_codes_are_not_guessed_at():
    assert placed("1\t2") == [(11, "1 2", Odd.SEVERAL_COLUMNS)]


def test_an_ambiguous_number_is_asked_about():
    (line,) = place("1.234", SLOTS)
    assert (line.options, line.is_taken) == (("1234", "1,234"), True)


@pytest.mark.parametrize("text", ["không phát sinh", "Không  phát sinh", "KHÔNG PHÁT SINH"])
def test_nothing_to_report_may_be_pasted(text):
    (line,) = place(text, SLOTS)
    assert (line.nothing, line.odd) == (True, None)


def test_text_is_no_number():
    assert placed("abc\n=1+1") == [(11, "abc", Odd.NOT_A_NUMBER), (12, "=1+1", Odd.NOT_A_NUMBER)]


def test_a_space_between_thousands_is_no_obstacle():
    assert placed("1 234,5\n1\u00a0000") == [(11, "1234,5", None), (12, "1000", None)]


def test_far_too_much_is_cut():
    assert len(lines_of("1\n" * 10_000)) == MOST_LINES
