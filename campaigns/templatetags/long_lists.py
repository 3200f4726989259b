"""What stands on a page hundreds of times, drawn in one step: ``{% load long_lists %}``. Wording and markup only."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.template.defaultfilters import truncatechars
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from campaigns.queries.audit_trail import Change

register = template.Library()


@register.simple_tag
def options(choices: Iterable[tuple[object, object]], chosen: object = None) -> SafeString:
    """Draw the options of a ``<select>``, value and words each; a page with hundreds of them draws no template."""
    found = ((value, " selected" if value == chosen else "", words) for value, words in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', found)


@register.filter
def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters; what is short enough as it is."""
    return text if len(text) <= most else truncatechars(text, most)


@register.simple_tag
def trail_changes(changes: Iterable[Change]) -> SafeString:
    """Draw what an act changed: field by field, what was there and what is there now."""
    return format_html_join("", '<div><span class="soft">{}:</span> {}{}</div>', (_change(one) for one in changes))


def _change(change: Change) -> tuple[str, str, str]:
    now = format_html("<strong>{}</strong>", shortened(change.after, 300)) if change.after else ""
    arrow = " → " if change.before and change.after else ""
    return change.name, shortened(change.before, 160) + arrow, now
