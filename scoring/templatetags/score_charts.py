"""Charts of scores across units, drawn as SVG by the server; the table with the same figures stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from campaigns import display

register = template.Library()

FULL_BP = 10000
WIDTH, ROW, NAMES, FIGURES = 720, 24, 210, 80
LONGEST_NAME = 28


@register.simple_tag
def goal_bars(rows: Sequence[dict[str, Any]], label: str, goal: str, mark: int | None = None) -> SafeString | str:
    """Draw one bar a unit (``name``, ``bp``, ``expected_bp``) against the line of the goal at 100 %.

    ``goal`` names the line, ``mark`` draws another one (bp) such as a median; a tick on a bar is what the days
    that passed ask for.
    """
    if not rows:
        return ""
    top, height = 20, 20 + ROW * len(rows) + 4
    scale = max(FULL_BP, *(row["bp"] or 0 for row in rows))
    lines = [("goal-line", _x(FULL_BP, scale))] + ([("middle-line", _x(mark, scale))] if mark is not None else [])
    return format_html(
        '<svg class="goal-bars" role="img" aria-label="{}" viewBox="0 0 {} {}" preserveAspectRatio="xMinYMin meet">'
        '{}{}<text class="goal-name" x="{}" y="13" text-anchor="end">{}</text></svg>',
        label,
        str(WIDTH),
        str(height),
        format_html_join("", "{}", ((_bar(row, index, top, scale),) for index, row in enumerate(rows))),
        format_html_join(
            "",
            '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>',
            ((css, x, x, str(top - 2), str(height)) for css, x in lines),
        ),
        _x(FULL_BP, scale),
        goal,
    )


def _x(bp: int, scale: int) -> str:
    return str(NAMES + bp * (WIDTH - NAMES - FIGURES) // scale)


def _bar(row: dict[str, Any], index: int, top: int, scale: int) -> SafeString:
    y, bp, expected = top + ROW * index, row["bp"], row.get("expected_bp")
    name = row["name"] if len(row["name"]) <= LONGEST_NAME else f"{row['name'][: LONGEST_NAME - 1]}…"
    length = int(_x(bp or 0, scale)) - NAMES
    tick = ""
    if expected is not None:
        x = _x(min(expected, scale), scale)
        tick = format_html('<line class="expected" x1="{}" x2="{}" y1="{}" y2="{}"/>', x, x, str(y + 2), str(y + 20))
    return format_html(
        '<text x="{}" y="{}" text-anchor="end">{}</text><rect class="{}" x="{}" y="{}" width="{}" height="14"/>'
        '{}<text class="figure" x="{}" y="{}">{}</text>',
        str(NAMES - 8),
        str(y + 15),
        name,
        display.heat_class(bp),
        str(NAMES),
        str(y + 4),
        str(length),
        tick,
        str(WIDTH - FIGURES + 10),
        str(y + 15),
        display.points(bp),
    )
