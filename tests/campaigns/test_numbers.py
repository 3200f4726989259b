"""Reading numbers the way they are written here, and never guessing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import display
from campaigns.display import input_number
from campaigns.numbers import NumberCode, NumberProblem, check_number, read_number, share_value
from campaigns.wording import number_problem


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234.567,5", "1234567.5"),
        ("1234567,5", "1234567.5"),
        ("1236.83", "1236.83"),
        ("1236,83", "1236.83"),
        ("1,234", "1.234"),
        ("1.234,0", "1234"),
        ("12.345.678", "12345678"),
        ("0.5", "0.5"),
        (",5", "0.5"),
        (".5", "0.5"),
        ("1.2345", "1.2345"),
        ("-12,5", "-12.5"),
        ("−12,5", "-12.5"),
        ("–12,5", "-12.5"),
        ("+3", "3"),
        ("-0", "0"),
        ("0,00000", "0"),
        ("1,50000", "1.5"),
        ("007", "7"),
        ("\u00a05\u00a0", "5"),
        ("999999999,9999", "999999999.9999"),
        ("-999.999.999,9999", "-999999999.9999"),
    ],
)
def test_reads(text, number):
    assert str(read_number(text)) == number


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-", "abc", "1 234", "1\u00a0234", "1,2,3", "1.23.4", "1234.567.890", "1,234.5", "5,", "5.", "--5",
        "1e3", "１２", "٣", "nan", "inf", "12%", "1.234.56", "0x10", "1_000", "9" * 61,
    ],
)  # fmt: skip
def test_refuses_what_is_no_number(text):
    with pytest.raises(NumberProblem) as refused:
        read_number(text)
    assert refused.value.code is NumberCode.NOT_A_NUMBER


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("1.234", ("1234", "1,234")),
        ("-1.234", ("-1234", "-1,234")),
        ("0.500", ("0500", "0,500")),
        ("12345.678", ("12345678", "12345,678")),
    ],
)
def test_asks_about_what_can_be_read_two_ways(text, options):
    with pytest.raises(NumberProblem) as refused:
        read_number(text)
    assert (refused.value.code, refused.value.options) == (NumberCode.AMBIGUOUS, options)


@pytest.mark.parametrize(
    ("text", "places", "max_digits", "code"),
    [
        ("1,23456", 4, 13, NumberCode.TOO_MANY_DECIMALS),
        ("1,005", 2, 6, NumberCode.TOO_MANY_DECIMALS),
        ("1,5", 0, 9, NumberCode.TOO_MANY_DECIMALS),
        ("1000000000", 4, 13, NumberCode.TOO_LARGE),
        ("10000", 2, 6, NumberCode.TOO_LARGE),
    ],
)
def test_keeps_the_limits(text, places, max_digits, code):
    with pytest.raises(NumberProblem) as refused:
        read_number(text, places=places, max_digits=max_digits)
    assert refused.value.code is code


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1.234", "“1.234” có thể hiểu hai cách: hãy ghi 1234 hoặc 1,234."),
        ("1,23456", "Chỉ được ghi tối đa 4 chữ số thập phân."),
        ("1000000000", "Số quá lớn: hãy dùng đơn vị lớn hơn như triệu hoặc tỷ đồng."),
        ("abc", "Đây không phải là số. Hãy ghi như 1236,83 hoặc 1.236,83."),
    ],
)
def test_says_the_mend(text, sentence):
    with pytest.raises(NumberProblem) as refused:
        read_number(text)
    assert number_problem(refused.value) == sentence


NUMBERS = st.integers(-(10**13) + 1, 10**13 - 1).map(lambda scaled: Decimal(scaled).scaleb(-4))


@given(NUMBERS)
def test_reads_back_what_boxes_and_groups_show(number):
    assert read_number(input_number(number)) == number
    shown = display.number(number)
    if shown.count(".") != 1 or "," in shown:
        assert read_number(shown) == number


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        number = read_number(text)
    except NumberProblem:
        return
    assert abs(number) < 10**9
    assert number == number.quantize(Decimal("0.0001"))


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_any_decimal_is_kept_or_refused(number):
    try:
        kept = check_number(number)
    except NumberProblem:
        return
    assert kept == number
    assert not str(kept).upper().count("E")


@pytest.mark.parametrize(
    ("numerator", "denominator", "value"),
    [
        ("1", "3", "33.3333"),
        ("2", "3", "66.6667"),
        ("-1", "3", "-33.3333"),
        ("1", "160000", "0.0006"),
        ("1", "800000", "0.0001"),
        ("1", "2000000", "0.0001"),
        ("-1", "2000000", "0"),
        ("19", "20", "95"),
        ("0.0001", "0.0003", "33.3333"),
    ],
)
def test_a_share_rounds_half_up(numerator, denominator, value):
    assert share_value(Decimal(numerator), Decimal(denominator)) == Decimal(value)


def test_a_share_beyond_the_range_is_refused():
    with pytest.raises(NumberProblem) as refused:
        share_value(Decimal(999999999), Decimal("0.0001"))
    assert refused.value.code is NumberCode.TOO_LARGE
    with pytest.raises(ValueError):
        share_value(Decimal(1), Decimal(0))
