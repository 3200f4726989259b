"""Dates and numbers are read and written the Vietnamese way."""

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils import formats, translation


@pytest.mark.parametrize("typed", ["05/11/2026", "5-11-2026", "05.11.2026", "2026-11-05"])
def test_the_day_comes_before_the_month(typed):
    with translation.override("vi"):
        assert forms.DateField(localize=True).clean(typed) == dt.date(2026, 11, 5)


def test_a_decimal_has_a_comma_and_thousands_a_dot():
    # With grouping off (years!) this field takes "1.234" for 1,234: typed amounts are read by campaigns.numbers.
    with translation.override("vi"):
        assert forms.DecimalField(localize=True).clean("1234,5") == Decimal("1234.5")
        assert formats.number_format(Decimal("1234567.50"), 2, force_grouping=True) == "1.234.567,50"


def test_years_and_keys_stay_ungrouped_and_times_are_local():
    moment = dt.datetime(2026, 11, 4, 18, 5, tzinfo=dt.UTC)
    template = Template("{{ year }} {{ pk }} {{ moment|date:'SHORT_DATE_FORMAT' }} {{ moment|date:'DATETIME_FORMAT' }}")
    with translation.override("vi"):
        text = template.render(Context({"year": 2026, "pk": 123456, "moment": moment}))
    assert text == "2026 123456 05/11/2026 01:05 05/11/2026"
