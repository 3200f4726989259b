"""Parts of a box of the reporting grid for report_boxes.py: its words, and where it is filled in."""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaigns import display
from campaigns.enums import IndicatorKind, ReportingMode
from campaigns.queries.report_box import Box

from .portal import icon

# Constants of markup, safe without more ado.
NONE, CHECKED, OPEN = format_html("{}", ""), format_html(" {}", "checked"), format_html(" {}", "open")
KEEP_FILES, ASKS_NOTE = format_html(" {}", "data-keep-files"), format_html(" {}", "data-asks-note")


@lru_cache(maxsize=8)
def words_of(language: str | None) -> SimpleNamespace:
    """The fixed words and icons of a box in one language."""
    words = dict(
        not_due=_("not due in this period"),
        due_date=_("Due date"),
        official=_("Official"),
        done=_("done"),
        not_done=_("not done"),
        goal=_("Goal"),
        baseline=_("Baseline"),
        so_far=_("Official so far"),
        last=_("Last in a period"),
        over=_("Over the limit by"),
        missing=_("Still missing"),
        ledger=_("Incident ledger"),
        kept=pgettext("limit", "kept"),
        reached=pgettext("goal", "reached"),
        value=_("Value"),
        is_done=pgettext("milestone", "Done"),
        is_not_done=_("Not done yet"),
        completed=_("Completed on"),
        amount=_("Amount in this period"),
        total=_("Total so far"),
        nothing=_("Nothing to report"),
        nothing_sent=_("nothing to report"),
        unchanged=pgettext("keep", "Unchanged"),
        share=_("As numerator and denominator"),
        numerator=_("Numerator"),
        denominator=_("Denominator"),
        note=_("Note"),
        evidence=_("Evidence"),
        required=_("required"),
        evidence_required=_("evidence required"),
        draft_left=_("A draft was not sent before the lock"),
        sent=_("Sent"),
        again_until=_("May be sent again until"),
        saved=format_html('<span data-when="saved">{}{}</span>', icon("cloud-check"), pgettext("save", "Saved")),
        failed=format_html('<span data-when="failed">{}{}</span>', icon("cloud-slash"), pgettext("save", "Not saved")),
        which=_("Which one is meant?"),
        explain=_("Explain it in the note."),
        paperclip=icon("paperclip"),
        lock=icon("lock"),
        bad=icon("x-circle"),
        warn=icon("exclamation-triangle"),
        info=icon("info-circle"),
        quote=icon("chat-left-text"),
        **{f"icon_{name}": icon(name) for name in ("check-circle", "hourglass-split", "pencil", "arrow-return-left")},
    )
    # Marked as safe once: escaping each of them for each box costs a fifth of the page.
    return SimpleNamespace(**{name: conditional_escape(text) for name, text in words.items()})


@lru_cache(maxsize=64)
def kind_words(language: str | None, kind: str, mode: str) -> str:
    """Return what an indicator's figure is, in words: its kind, and for a number how it is reported."""
    words = str(IndicatorKind(kind).label)
    return words if kind == IndicatorKind.MILESTONE else f"{words} · {ReportingMode(mode).label}"


@lru_cache(maxsize=64)
def address_of(name: str, unit: int, period: int) -> tuple[str, str]:
    """The address of a box's page before and after its target."""
    before, _target, after = reverse(f"campaigns:{name}", args=[unit, period, 0]).rpartition("/0/")
    return f"{before}/", f"/{after}"


def entry(row: Any, state: SafeString, unit: int, period: int, by_unit: bool, w: SimpleNamespace) -> SafeString:
    """Return the part of a box that is filled in, with the state of its saving at the end."""
    box = row.box
    before, after = address_of("box", unit, period)
    whose = f"{box.target.indicator.code} {box.target.participant.name}" if by_unit else box.target.indicator.code
    return format_html(
        '<div class="box-entry" data-box data-hx-post="{}{}{}" data-hx-trigger="input delay:1000ms, change, box:save" '
        'data-hx-include="this" data-hx-params="{}" data-hx-target="#{}-state" data-hx-swap="outerHTML" '
        'data-hx-sync="this:queue last">'
        '{}<div class="box-tools">{}{}{}</div>{}</div>',
        before,
        box.target.pk,
        after,
        row.field_names,
        conditional_escape(row.prefix),
        _milestone(row, w) if box.is_milestone else _number(row, whose, w),
        _unchanged(box, whose, w) if box.may_stay else NONE,
        _share(row, w) if box.takes_share else NONE,
        _note(row, whose, w),
        state,
    )


def _number(row: Any, whose: str, w: SimpleNamespace) -> SafeString:
    measure = row.box.target.indicator.unit_of_measure
    return format_html(
        '<div class="number-field"><label for="{p}-typed">{}<span class="visually-hidden"> – {}</span></label>'
        '<span class="with-unit"><input class="form-control number" name="{p}-typed" id="{p}-typed" value="{}" '
        'maxlength="60" inputmode="decimal" autocomplete="off" aria-describedby="{p}-state">{}</span></div>'
        '<div class="form-check nothing"><input type="checkbox" class="form-check-input" name="{p}-nothing" '
        'id="{p}-nothing"{}> <label class="form-check-label" for="{p}-nothing">{}</label></div>',
        w.amount if row.box.is_increment else w.total,
        whose,
        row.typed,
        format_html('<span class="unit">{}</span>', measure) if measure else NONE,
        CHECKED if row.nothing else NONE,
        w.nothing,
        p=conditional_escape(row.prefix),
    )


def _milestone(row: Any, w: SimpleNamespace) -> SafeString:
    choices = format_html_join(
        "",
        '<div class="form-check form-check-inline"><input type="radio" class="form-check-input" name="{p}-typed" '
        'value="{}" id="{p}-{}" aria-describedby="{p}-state"{}> <label class="form-check-label" for="{p}-{}">{}</label>'
        "</div>".replace("{p}", row.prefix),
        [
            (value, name, CHECKED if row.typed == value else NONE, name, label)
            for value, name, label in (("1", "done", w.is_done), ("0", "undone", w.is_not_done))
        ],
    )
    return format_html(
        '<fieldset class="milestone"><legend class="visually-hidden">{}: {}</legend>{}<div class="date-field">'
        '<label for="{p}-completed">{}</label><input class="form-control" name="{p}-completed_on" id="{p}-completed" '
        'value="{}" inputmode="numeric" placeholder="dd/mm/yyyy" autocomplete="off"></div></fieldset>',
        row.box.target.indicator.code,
        w.value,
        choices,
        w.completed,
        row.completed_on,
        p=conditional_escape(row.prefix),
    )


def _unchanged(box: Box, whose: str, w: SimpleNamespace) -> SafeString:
    last = box.previous
    assert last is not None  # Box.may_stay
    return format_html(
        '<button class="btn btn-sm btn-link keep" type="submit" name="keep" value="{}" data-keep-value="{}"{}{}>{}{}'
        '<span class="visually-hidden"> – {}</span></button>',
        box.target.pk,
        display.input_number(last.value),
        format_html(' data-keep-date="{}"', display.local_date(last.completed_on)) if last.completed_on else NONE,
        KEEP_FILES if box.target.indicator.evidence_required else NONE,
        w.unchanged,
        "" if box.is_milestone else f" ({display.number(last.value)})",
        whose,
    )


def _share(row: Any, w: SimpleNamespace) -> SafeString:
    field = (
        '<div><label for="{p}-{n}">{}</label><input class="form-control number" name="{p}-{n}" id="{p}-{n}" value="{}" '
        'maxlength="60" inputmode="decimal" autocomplete="off" aria-describedby="{p}-state"></div>'
    )
    return format_html(
        '<details class="share"{}><summary>{}</summary><div class="share-fields">{}<span aria-hidden="true">/</span>{}'
        "</div></details>",
        OPEN if row.numerator or row.denominator else NONE,
        w.share,
        format_html(field, w.numerator, row.numerator, p=conditional_escape(row.prefix), n="numerator"),
        format_html(field, w.denominator, row.denominator, p=conditional_escape(row.prefix), n="denominator"),
    )


def _note(row: Any, whose: str, w: SimpleNamespace) -> SafeString:
    return format_html(
        '<details class="note"{}><summary>{}</summary><label class="visually-hidden" for="{p}-note">{} – {}</label>'
        '<textarea class="form-control" name="{p}-note" id="{p}-note" rows="2" maxlength="2000">\n{}</textarea>'
        "</details>",
        OPEN if row.note or row.box.needing_note else NONE,
        w.note,
        w.note,
        whose,
        row.note,
        p=conditional_escape(row.prefix),
    )


def evidence(row: Any, unit: int, period: int, w: SimpleNamespace) -> SafeString:
    """Return the way to a box's files."""
    before, after = address_of("evidence", unit, period)
    count = len(row.box.files)
    is_asked = row.box.target.indicator.evidence_required and not count
    return format_html(
        '<div class="box-evidence" id="{p}-evidence"><a class="evidence-link" href="{u}" data-hx-get="{u}" '
        'data-hx-target="#{p}-evidence" data-hx-swap="innerHTML">{}{} ({}){}</a></div>',
        w.paperclip,
        w.evidence,
        count,
        format_html(' <span class="required-mark">{}</span>', w.required) if is_asked else NONE,
        p=conditional_escape(row.prefix),
        u=f"{before}{row.box.target.pk}{after}",
    )
