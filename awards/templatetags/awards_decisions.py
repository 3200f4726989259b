"""What a chairman looks at rather than reads: a unit's areas as bars with the bloc's median on each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from awards.queries.dashboard import AreaRow
from awards.quick_reasons import QuickReason
from awards.quick_reasons import quick_reasons as reasons_of
from campaigns.display import points

register = template.Library()

#: The drawing's units: the browser scales it to the width there is.
_LEFT, _WIDTH, _ROW = 26, 250, 20


@register.simple_tag
def area_bars(rows: Sequence[AreaRow], label: str) -> SafeString:
    """Draw the areas against the bloc's median; ``label`` says what it shows. The table stands beside it."""
    largest = max([10_000, *(row.own_bp or 0 for row in rows), *(row.median_bp or 0 for row in rows)])

    def x(bp: int) -> str:
        return f"{_LEFT + bp * _WIDTH / largest:.1f}"

    lines = format_html_join("", "{}", ((_bar(row, place, x),) for place, row in enumerate(rows)))
    return format_html(
        '<svg class="area-bars" role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>',
        label,
        str(_LEFT + _WIDTH + 50),
        str(_ROW * len(rows) + 4),
        lines,
    )


def _bar(row: AreaRow, place: int, x: Callable[[int], str]) -> SafeString:
    top = place * _ROW + 4
    number = format_html('<text x="0" y="{}">{}</text>', str(top + 11), str(row.area.number))
    own, median = row.own_bp, row.median_bp
    bar: SafeString | str = ""
    if own is not None:
        end = x(own)
        bar = format_html(
            '<path class="{}" d="M{} {}H{}v13H{}z"/><text x="{}" y="{}">{}</text>',
            "area-below" if row.is_below else "area-own",
            str(_LEFT), str(top), end, str(_LEFT), f"{float(end) + 5:.1f}", str(top + 11), points(own),
        )  # fmt: skip
    tick: SafeString | str = ""
    if median is not None:
        tick = format_html('<path class="area-median" d="M{} {}v17"/>', x(median), str(top - 2))
    return format_html("{}{}{}", number, bar, tick)


@register.simple_tag
def quick_reasons(verdict: str) -> list[QuickReason]:
    """Return the one-tap reasons of a verdict: ``{% quick_reasons "reject" as choices %}``."""
    return reasons_of(verdict)
