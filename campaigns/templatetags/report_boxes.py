"""The boxes of the reporting grid: ``{% load report_boxes %}{% report_box row … %}``. Markup only, no queries.

Sixty boxes of some eighty marks each are more than the template language draws in the time a page has
(docs/decisions/0015); the words are looked up once a language here, and every value is escaped by format_html.
"""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns import display
from campaigns.queries.report_box import Box
from campaigns.statuses import status
from campaigns.time_words import deadline_words

from .box_parts import ASKS_NOTE, NONE, entry, evidence, kind_words, words_of
from .portal import icon

register = template.Library()


@register.simple_tag(takes_context=True)
def report_box(context: template.Context, row: Any, by_unit: bool = False) -> SafeString:
    """Draw one box of the page's ``unit`` and ``period``: what is known of the figure, and where it is filled in."""
    w, box = words_of(get_language()), row.box
    unit, period = context["unit"].pk, (context.get("period") or context["grid"].period).pk
    if box.is_open and context["may_draft"]:
        filled = format_html(
            "{}{}", entry(row, box_state(context, row), unit, period, by_unit, w), evidence(row, unit, period, w)
        )
    elif box.has_entry:
        typed = format_html(": {}", box.entry.typed) if box.entry.typed else NONE
        filled = format_html(
            '<div class="box-entry"><p class="text-body-secondary mb-0">{}{}{}</p></div>', w.lock, w.draft_left, typed
        )
    else:
        filled = NONE
    indicator, name = box.target.indicator, box.target.participant.name
    return format_html(
        '<article class="box{}{}" id="{p}" aria-labelledby="{p}-name"{}><div class="box-about">'
        '<h3 id="{p}-name">{}</h3>{}<dl class="box-facts">{}<div id="{p}-pace" hidden><dt></dt><dd></dd></div></dl>'
        "{}</div>{}</article>",
        " box-returned" if box.is_returned else "",
        "" if box.is_open else " box-closed",
        format_html(' data-unit="{}"', name) if by_unit else NONE,
        name if by_unit else format_html('<span class="code">{}</span> {}', indicator.code, indicator.name),
        NONE if by_unit else format_html('<p class="box-kinds">{}</p>', _kinds(box, w)),
        _facts(box, w),
        _sent(box, context.get("now"), w) if box.sent else NONE,
        filled,
        p=conditional_escape(row.prefix),
    )


def _kinds(box: Box, w: SimpleNamespace) -> str:
    indicator = box.target.indicator
    parts = [kind_words(get_language(), indicator.kind, indicator.mode)]
    if not box.is_milestone:
        parts.append(indicator.unit_of_measure)
    parts += [w.evidence_required if indicator.evidence_required else "", "" if box.is_due else w.not_due]
    return " · ".join(filter(None, parts))


def _facts(box: Box, w: SimpleNamespace) -> SafeString:
    facts: list[tuple[str, str]] = []
    if box.is_milestone:
        facts.append((w.due_date, display.local_date(box.due_on)))
        facts.append((w.official, _done(box.last.value, box.last.completed_on, w) if box.last else display.NOTHING))
        return format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", facts)
    code = f" ({box.last_code})" if box.last_code else ""
    facts.append((w.goal, display.number(box.goal)))
    if box.baseline is not None:
        facts.append((w.baseline, display.number(box.baseline)))
    if box.is_increment:
        facts.append((w.so_far, display.number(box.official_sum)))
    facts.append(((w.last if box.is_increment else w.official) + code, display.number(box.last_value)))
    if box.gap is not None:
        is_limit = box.target.indicator.kind == "maintain"
        reached = w.kept if is_limit else w.reached
        facts.append((w.over if is_limit else w.missing, display.number(box.gap) if box.gap > 0 else reached))
    if box.due_on:
        facts.append((w.due_date, display.local_date(box.due_on)))
    if box.facts.ledger is not None:
        address = reverse("campaigns:ledger", args=[box.target.pk])
        facts.append((w.ledger, format_html('<a href="{}">{}</a>', address, display.number(box.facts.ledger))))
    return format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", facts)


def _done(value: Any, completed_on: Any, w: SimpleNamespace) -> str:
    return f"{w.done} {display.local_date(completed_on)}" if value else w.not_done


def _sent(box: Box, now: datetime | None, w: SimpleNamespace) -> SafeString:
    sent = box.sent
    assert sent is not None  # the caller looked
    shown = status("verdict", sent.verdict or "pending")
    if sent.nothing:
        value = w.nothing_sent
    elif box.is_milestone:
        value = _done(sent.value, sent.completed_on, w)
    else:
        value = display.number(sent.value)
    share = ""
    if sent.numerator is not None:
        share = f" ({display.number(sent.numerator)}/{display.number(sent.denominator)})"
    adjusted = NONE
    if sent.verdict == "adjusted":
        adjusted = format_html(" → <strong>{}</strong>", display.number(sent.verified_value))
    parts = [
        format_html(
            '<p class="box-sent"><span class="status status-{}">{}<span>{}</span></span> '
            "<span>{}: <strong>{}</strong>{}{} · {}</span></p>",
            shown.tone,
            getattr(w, f"icon_{shown.icon}", None) or icon(shown.icon),
            shown.label,
            w.sent,
            value,
            share,
            adjusted,
            display.local_datetime(sent.sent_at),
        )
    ]
    if sent.verdict_reason:
        by = format_html(' <small class="text-nowrap">({})</small>', sent.verdict_by) if sent.verdict_by else NONE
        parts.append(
            format_html(
                '<p class="reason">{}<span><span class="prose-lines">{}</span>{}</span></p>',
                w.quote,
                sent.verdict_reason,
                by,
            )
        )
    if box.reopened_until and now:
        until, left = display.local_datetime(box.reopened_until), deadline_words(box.reopened_until, now=now)
        parts.append(format_html('<p class="small mb-1">{} <strong>{}</strong> ({})</p>', w.again_until, until, left))
    if box.sent_files:
        links = [
            (reverse("campaigns:evidence_download", args=[file.pk]), w.paperclip, file.name) for file in box.sent_files
        ]
        items = format_html_join("", '<li><a href="{}">{}{}</a></li>', links)
        parts.append(format_html('<ul class="sent-files">{}</ul>', items))
    return format_html_join("", "{}", ((part,) for part in parts))


@register.simple_tag(takes_context=True)
def box_state(context: template.Context, row: Any) -> SafeString:
    """Draw how the saving of a box stands, what its checks found, and the other figure; an autosave answers with it."""
    w = words_of(get_language())
    own = row.stale and row.stale.current.updated_by_id == context["user"].pk
    return format_html(
        '<div class="box-state" id="{p}-state" aria-live="polite" data-result="{}"{}{}>'
        '<input type="hidden" name="{p}-version" value="{}"><span class="save-state" data-save-state data-state="{}">'
        "{}</span>{}</div>",
        row.state,
        ASKS_NOTE if row.box.needing_note else NONE,
        format_html(' data-own="{}"', _fingerprint(row.stale.current)) if own else NONE,
        str(row.version),
        row.state,
        getattr(w, row.state, NONE),
        _stale(context, row) if row.stale else _findings(row, w),
        p=conditional_escape(row.prefix),
    )


def _fingerprint(draft: Any) -> str:
    """What grid.js compares with what it sent itself."""
    return "|".join((draft.typed, draft.typed_numerator, draft.typed_denominator, draft.note))


def _stale(context: template.Context, row: Any) -> SafeString:
    period = context.get("period") or context["grid"].period
    given = {"row": row, "unit": context["unit"], "period": period}
    return render_to_string("campaigns/_box_stale.html", given)


def _findings(row: Any, w: SimpleNamespace) -> SafeString:
    box: Box = row.box
    if not (row.refused or box.findings or box.value is not None):
        return NONE
    finding = '<p class="finding finding-{}">{}<span>{}</span></p>'
    parts = [format_html(finding, "bad", w.bad, problem) for problem in row.problems]
    if row.choices:
        button = (
            '<button class="btn btn-sm btn-outline-secondary" type="submit" name="choose" value="{0}={1}" '
            'data-choose="{1}" data-for="{0}">{1}</button>'
        )
        buttons = format_html_join("", button, row.choices)
        parts.append(format_html('<p class="cluster choices"><span>{}</span>{}</p>', w.which, buttons))
    figure = '<p class="other-figure">{}</p>'
    if box.value is not None and box.value.numerator is not None:
        parts.append(format_html(figure, _("= %(value)s %%") % {"value": display.number(box.value.value)}))
    if box.other_figure is not None:
        words = (
            _("Total so far with this period: %(value)s") if box.is_increment else _("Change in this period: %(value)s")
        )
        parts.append(format_html(figure, words % {"value": display.number(box.other_figure)}))
    asks = "" if box.entry.note else f" {w.explain}"
    parts += [format_html(finding, "warn", w.warn, f"{question}{asks}") for question in row.questions]
    parts += [format_html(finding, "info", w.info, hint) for hint in row.hints]
    return format_html_join("", "{}", ((part,) for part in parts))
