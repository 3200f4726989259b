"""Presentation tags: what people read, and that nothing people typed becomes markup."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _vietnamese():
    with translation.override("vi"):
        yield


def render(source: str, **context: object) -> str:
    return Template("{% load portal %}" + source).render(Context(context))


def test_a_deadline_uses_the_pages_own_moment():
    html = render("{% deadline moment %}", moment=NOON + timedelta(days=2), now=NOON)
    assert "12:00 26/11/2026" in html
    assert "(còn 2 ngày)" in html
    assert 'datetime="2026-11-26T12:00+07:00"' in html
    assert "deadline-near" in html


def test_a_deadline_that_is_met_does_not_press():
    html = render("{% deadline moment done=True %}", moment=NOON - timedelta(days=2), now=NOON)
    assert "deadline-calm" in html
    assert "quá hạn" not in html


def test_a_score_reads_with_its_unit_and_its_mark():
    assert "tạm tính" not in render("{% score 8735 %}").lower()
    html = render("{% score 8735 True %}")
    assert '<span class="score-figure">87,35</span>' in html
    assert "điểm" in html
    assert "Tạm tính" in html
    assert "–" in render("{% score None True %}")


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [(5, 2, "tăng 3 bậc"), (2, 3, "giảm 1 bậc"), (4, 4, "giữ nguyên thứ hạng"), (None, 4, "chưa có thứ hạng trước đó")],
)
def test_a_rank_change_is_said_in_words_too(before, now, words):
    assert words in render("{% rank_change before now %}", before=before, now=now)


def test_a_heat_cell_always_holds_its_number_or_says_why_not():
    assert render("{% heat_cell 8735 %}") == '<td class="heat heat-5">87,35</td>'
    assert "không áp dụng" in render("{% heat_cell None %}")
    assert '<a href="/don-vi/1/">' in render("{% heat_cell 8735 '/don-vi/1/' %}")


def test_a_bar_longer_than_its_scale_is_full_and_says_the_true_figure():
    html = render("{% bar 11000 'Mức đạt' %}")
    assert 'max="10000" value="10000"' in html
    assert "110\u00a0%" in html


@pytest.mark.parametrize(
    "source",
    [
        "{% card title=evil %}{{ evil }}{% endcard %}",
        "{% alert title=evil %}{{ evil }}{% endalert %}",
        "{% page_header title=evil lead=evil kicker=evil %}{{ evil }}{% endpage_header %}",
        "{% data_table evil show_caption=True %}{{ evil }}{% enddata_table %}",
        "{% definition_list evil evil %}",
        "{% badge evil evil %}",
        "{% status_badge 'report' 'draft' evil %}",
        "{% heat_cell 100 evil evil evil %}",
        "{% heat_cell None '' evil evil %}",
        "{% sparkline trend evil %}",
        "{% bar 100 evil evil %}",
        "{% formula evil 100 evil %}",
        "{% icon 'house' evil %}",
    ],
)
def test_what_people_typed_never_becomes_markup(source):
    evil = '"><img src=x onerror=alert(1)>'
    html = render(source, evil=evil, trend=[1, 2])
    assert "&lt;img" in html
    assert "<img" not in html


def test_sorting_keeps_the_other_filters_and_turns_round():
    request = RequestFactory().get("/", {"q": "an", "sort": "total", "page": "3"})
    html = render("{% sort_header 'total' 'Tổng' %}{% sort_header 'name' 'Tên' %}", request=request)
    assert 'aria-sort="ascending"' in html
    assert 'href="?q=an&amp;sort=-total"' in html
    assert 'href="?q=an&amp;sort=name"' in html


def test_pages_keep_the_other_filters():
    request = RequestFactory().get("/", {"q": "an", "page": "2"})
    html = render("{% pagination page %}", request=request, page=Paginator(range(90), 10).page(2))
    assert 'href="?q=an&amp;page=3"' in html
    assert 'aria-current="page"' in html
    assert render("{% pagination page %}", request=request, page=Paginator(range(3), 10).page(1)).strip() == ""
