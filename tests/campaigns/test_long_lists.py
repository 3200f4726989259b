"""Options, shortened texts and changes of the trail: drawn in Python, with the markup of a template."""

from __future__ import annotations

import pytest
from django.template.defaultfilters import truncatechars
from django.utils import translation

from campaigns.forms.audit import action_choices
from campaigns.queries.audit_trail import Change
from campaigns.templatetags.long_lists import options, shortened, trail_changes
from campaigns.views.audit import subject_choices


def test_options_are_escaped_and_the_chosen_one_is_selected() -> None:
    drawn = options([("", "Tất cả"), (7, '"A" <b> & C'), (8, "D")], 7)
    assert drawn == (
        '<option value="">Tất cả</option>'
        '<option value="7" selected>&quot;A&quot; &lt;b&gt; &amp; C</option>'
        '<option value="8">D</option>'
    )


@pytest.mark.parametrize("length", [0, 11, 12, 13, 40])
def test_a_shortened_text_is_the_truncated_one(length: int) -> None:
    text = "Phường Hoà An đã nộp báo cáo đúng hạn trong tuần"[:length]
    assert shortened(text, 12) == truncatechars(text, 12)


@pytest.mark.parametrize(
    ("before", "after", "drawn"),
    [
        ("40", "41", "40 → <strong>41</strong>"),
        ("", "41", "<strong>41</strong>"),
        ("40", "", "40"),
        ("<i>", "", "&lt;i&gt;"),
    ],
)
def test_a_change_shows_what_was_and_what_is(before: str, after: str, drawn: str) -> None:
    shown = trail_changes([Change(name="số liệu", before=before, after=after)])
    assert shown == f'<div><span class="soft">số liệu:</span> {drawn}</div>'


def test_the_vocabulary_is_in_the_reader_s_language() -> None:
    assert dict(action_choices("vi"))["report.submitted"] == "Gửi báo cáo"
    assert dict(action_choices("en"))["report.submitted"] == "Report sent"
    with translation.override("en"):
        english = dict(subject_choices())["campaigns.unit"]
    with translation.override("vi"):
        assert dict(subject_choices())["campaigns.unit"] != english == "Unit"
