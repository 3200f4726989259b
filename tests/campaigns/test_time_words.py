"""Deadlines in words (campaigns/time_words.py)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from campaigns.time_words import as_of_words, deadline_words

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(days=2, hours=3, minutes=40), "còn 2 ngày 3 giờ"),
        (timedelta(days=2, minutes=40), "còn 2 ngày"),
        (timedelta(hours=5, minutes=20), "còn 5 giờ 20 phút"),
        (timedelta(seconds=30), "còn 0 phút"),
        (timedelta(days=-1), "quá hạn 1 ngày"),
        (timedelta(hours=-3, minutes=-1), "quá hạn 3 giờ 1 phút"),
    ],
)
def test_a_deadline_in_vietnamese(distance, words):
    with translation.override("vi"):
        assert deadline_words(NOON + distance, now=NOON) == words


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(days=1), "1 day left"),
        (timedelta(days=2, hours=1), "2 days 1 hour left"),
        (timedelta(hours=-2), "2 hours overdue"),
    ],
)
def test_a_deadline_in_english(distance, words):
    with translation.override("en"):
        assert deadline_words(NOON + distance, now=NOON) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-25T14:05:00+07:00", "tính đến 14:05 25/11/2026"),
        ("2026-11-26T00:00:00+07:00", "tính đến hết ngày 25/11/2026"),
    ],
)
def test_until_when_figures_count_is_said_in_words(moment, words):
    with translation.override("vi"):
        assert as_of_words(datetime.fromisoformat(moment)) == words
