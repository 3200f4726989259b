"""Presentation tags and filters of every page: ``{% load portal %}``. Wording and markup only, no queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns import display, statuses
from campaigns.forms.idempotency import new_key, posted_key
from campaigns.time_words import as_of_words, deadline_words

register = template.Library()

for _filter in (
    display.points,
    display.signed_points,
    display.percent,
    display.vnd,
    display.input_number,
    display.local_date,
    display.local_time,
    display.local_datetime,
    display.file_size,
):
    register.filter(_filter.__name__, _filter)
register.filter("heat", display.heat_class)
register.filter("as_of_words", as_of_words)


@register.filter
def number(value: Any, places: int | None = None) -> str:
    """Return a value with Vietnamese separators; an optional argument fixes the decimals."""
    return display.number(value, places=places)


@register.simple_tag(takes_context=True)
def form_key(context: dict[str, Any]) -> SafeString:
    """Draw the hidden field that makes the form act once; a form that comes back keeps the key it was sent with."""
    request = context.get("request")
    key = (posted_key(request.POST) if request is not None else "") or new_key()
    return format_html('<input type="hidden" name="form_key" value="{}">', key)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw a sprite icon; decorative unless it has a label."""
    href = f"{static('vendor/bootstrap-icons-1.13.2/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>',
            label,
            href,
        )
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', href)


def _badge(shown: statuses.Status, label: str = "") -> SafeString:
    return format_html(
        '<span class="status status-{}">{}<span>{}</span></span>',
        shown.tone,
        icon(shown.icon),
        label or shown.label,
    )


@register.simple_tag
def status_badge(group: str, value: str, label: str = "") -> SafeString:
    """Show a state by the one vocabulary (campaigns/statuses.py); ``label`` replaces the word, not the look."""
    return _badge(statuses.status(group, value), label)


@register.simple_tag
def badge(label: str, tone: str = "muted", icon_name: str = "") -> SafeString:
    """Show a small label that is not a state, such as a count or a kind."""
    drawn = icon(icon_name) if icon_name else ""
    return format_html('<span class="status status-{}">{}<span>{}</span></span>', tone, drawn, label)


@register.simple_tag
def score(bp: int | None, provisional: bool = False, large: bool = False) -> SafeString:
    """Show a score in points with its unit, and "provisional" where it is: ``87,35 điểm``."""
    mark = status_badge("basis", "provisional") if provisional and bp is not None else ""
    unit = format_html(' <span class="score-unit">{}</span>', _("points")) if bp is not None else ""
    return format_html(
        '<span class="score{}"><span class="score-figure">{}</span>{}</span>{}',
        " score-large" if large else "",
        display.points(bp),
        unit,
        format_html(" {}", mark) if mark else "",
    )


@register.simple_tag
def rank_change(previous: int | None, current: int | None) -> SafeString:
    """Show how a rank moved since the earlier one; smaller numbers are better."""
    if previous is None or current is None or previous == current:
        return format_html(
            '<span class="rank-change rank-same"><span aria-hidden="true">=</span>'
            '<span class="visually-hidden">{}</span></span>',
            _("rank unchanged") if previous is not None and current is not None else _("no earlier rank"),
        )
    up, distance = current < previous, abs(current - previous)
    words = (
        ngettext("up %(count)d place", "up %(count)d places", distance)
        if up
        else ngettext("down %(count)d place", "down %(count)d places", distance)
    )
    return format_html(
        '<span class="rank-change rank-{}"><span aria-hidden="true">{}{}</span>'
        '<span class="visually-hidden">{}</span></span>',
        "up" if up else "down",
        "▲" if up else "▼",
        distance,
        words % {"count": distance},
    )


@register.simple_tag
def sparkline(
    values: Sequence[int | None], label: str, width: int = 96, height: int = 28, goal: int | None = None
) -> SafeString:
    """Draw a trend (whole numbers on any scale) as a line; ``label`` says in words what it shows.

    ``goal`` is a level on the same scale, drawn as a dashed line. The figures stand beside it.
    """
    path = display.sparkline_path(values, width=width, height=height, level=goal)
    if not path:
        return format_html('<span class="text-body-secondary">{}</span>', display.NOTHING)
    x, y = display.sparkline_end(values, width=width, height=height, level=goal) or ("0", "0")
    level = ""
    if goal is not None:
        at = display.sparkline_level(values, goal, height=height)
        level = format_html('<line class="goal" x1="0" y1="{}" x2="{}" y2="{}"/>', at, str(width), at)
    return format_html(
        '<svg class="sparkline" role="img" aria-label="{}" width="{}" height="{}" viewBox="0 0 {} {}">'
        '{}<path d="{}"/><circle cx="{}" cy="{}" r="2.5"/></svg>',
        label,
        str(width),
        str(height),
        str(width),
        str(height),
        level,
        path,
        x,
        y,
    )


@register.simple_tag
def heat_cell(bp: int | None, href: str = "", title: str = "", empty: str = "") -> SafeString:
    """Draw one ``<td>`` of a heat map: the number always stands in it; ``empty`` says why there is none."""
    figure = display.points(bp)
    inner = format_html('<a href="{}">{}</a>', href, figure) if href else figure
    if bp is None:
        why = empty or _("not applicable")
        inner = format_html('<span aria-hidden="true">–</span><span class="visually-hidden">{}</span>', why)
    return format_html(
        '<td class="heat {}"{}>{}</td>',
        display.heat_class(bp),
        format_html(' title="{}"', title) if title else "",
        inner,
    )


@register.simple_tag
def bar(bp: int | None, label: str, tone: str = "", maximum: int = 10000) -> SafeString:
    """Draw achievement as a bar with its number beside it; longer than the scale shows a full bar."""
    if bp is None:
        words = _("not reported yet")
        return format_html('<span class="bar bar-empty"><span class="bar-figure">{}</span></span>', words)
    return format_html(
        '<span class="bar{}"><progress max="{}" value="{}" aria-label="{}"></progress>'
        '<span class="bar-figure">{}</span></span>',
        f" bar-{tone}" if tone else "",
        str(maximum),
        str(max(0, min(bp, maximum))),
        label,
        display.percent(bp),
    )


@register.simple_tag(takes_context=True)
def deadline(context: template.Context, moment: datetime | None, done: bool = False) -> SafeString | str:
    """Show a deadline as date, time and what is left of it; ``done`` drops the urgency.

    The page's ``now`` is used where the view gives one; rendering is the view's own moment otherwise.
    """
    if moment is None:
        return display.NOTHING
    now = context.get("now") or timezone.now()
    level = "calm" if done else display.urgency(moment, now=now)
    words = "" if done else format_html(' <span class="deadline-words">({})</span>', deadline_words(moment, now=now))
    return format_html(
        '<span class="deadline deadline-{}">{}<time datetime="{}">{}</time>{}</span>',
        level,
        icon("exclamation-triangle") if level == "overdue" else icon("clock"),
        display.local(moment).isoformat(timespec="minutes"),
        display.local_datetime(moment),
        words,
    )


@register.simple_tag
def formula(expression: str, result_bp: int | None, note: str = "") -> SafeString:
    """Show how a figure came about: the formula with numbers put in, the result in points, and any clamp applied."""
    return format_html(
        '<span class="formula"><span class="formula-text">{}</span> <span aria-hidden="true">→</span> '
        "<strong>{}</strong>{}</span>",
        expression,
        display.points(result_bp),
        format_html(' <span class="formula-note">{}</span>', note) if note else "",
    )


@register.simple_tag(takes_context=True)
def sort_header(context: template.Context, field: str, label: str, css: str = "") -> SafeString:
    """Draw a ``<th>`` that sorts by a field through ``?sort=field`` / ``?sort=-field``."""
    query = context["request"].GET.copy()
    current = query.get("sort", "")
    query["sort"] = f"-{field}" if current == field else field
    query.pop("page", None)
    direction = {field: "ascending", f"-{field}": "descending"}.get(current)
    mark = {"ascending": "arrow-up", "descending": "arrow-down"}.get(direction or "", "chevron-expand")
    return format_html(
        '<th scope="col" class="sortable {}"{}><a href="?{}">{} {}</a></th>',
        css,
        format_html(' aria-sort="{}"', direction) if direction else "",
        query.urlencode(),
        label,
        icon(mark),
    )


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Show the pages of a list; every other query parameter is kept."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    return {
        "page": page,
        "numbers": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "ellipsis": page.paginator.ELLIPSIS,
        "query": f"{query.urlencode()}&" if query else "",
    }


@register.simple_block_tag
def card(content: str, title: str = "", icon_name: str = "", css: str = "", level: int = 2, id: str = "") -> SafeString:
    """Frame a part of a page: ``{% card title=… %}…{% endcard %}``; the title is a heading of the given level."""
    drawn = icon(icon_name) if icon_name else ""
    heading = format_html('<h{} class="card-heading">{}{}</h{}>', level, drawn, title, level) if title else ""
    return format_html(
        '<section class="card {}"{}><div class="card-body">{}{}</div></section>',
        css,
        format_html(' id="{}"', id) if id else "",
        heading,
        content,
    )


_ALERT_ICONS = {"ok": "check-circle", "warn": "exclamation-triangle", "bad": "x-circle", "hold": "pause-circle"}


@register.simple_block_tag
def alert(content: str, tone: str = "info", title: str = "", live: bool = False) -> SafeString:
    """Say something that matters: ``{% alert tone="warn" title=… %}…{% endalert %}``; ``live`` announces it."""
    return format_html(
        '<div class="notice notice-{}"{}>{}<div class="notice-body">{}{}</div></div>',
        tone,
        format_html(' role="{}"', "alert" if tone == "bad" else "status") if live else "",
        icon(_ALERT_ICONS.get(tone, "info-circle")),
        format_html('<p class="notice-title">{}</p>', title) if title else "",
        content,
    )


@register.simple_block_tag
def data_table(
    content: str, caption: str, css: str = "", sticky: bool = False, show_caption: bool = False
) -> SafeString:
    """Frame a table that may be wider than the screen; ``sticky`` keeps its head and first column in sight.

    The content is the ``<thead>`` and ``<tbody>``; the caption names the table and its scrolling frame.
    """
    return format_html(
        '<div class="table-frame{}" role="region" aria-label="{}" tabindex="0"><table class="table {}">'
        '<caption class="{}">{}</caption>{}</table></div>',
        " table-sticky" if sticky else "",
        caption,
        css,
        "" if show_caption else "visually-hidden",
        caption,
        content,
    )


@register.simple_block_tag
def page_header(content: str, title: str, lead: str = "", kicker: str = "") -> SafeString:
    """Open a page: its one ``<h1>``, a line below, and actions (the content) on the right."""
    return format_html(
        '<header class="page-header"><div>{}<h1>{}</h1>{}</div>{}</header>',
        format_html('<p class="kicker">{}</p>', kicker) if kicker else "",
        title,
        format_html('<p class="lead-line">{}</p>', lead) if lead else "",
        format_html('<div class="page-actions">{}</div>', content) if content.strip() else "",
    )


@register.simple_tag
def definition_list(*pairs: Any, css: str = "") -> SafeString:
    """Show terms and their values: ``{% definition_list term value term value %}``; an empty value is a dash."""
    rows = [
        (term, display.NOTHING if value in (None, "") else value)
        for term, value in zip(pairs[::2], pairs[1::2], strict=True)
    ]
    items = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", rows)
    return format_html('<dl class="facts {}">{}</dl>', css, items)
