"""The cells of the targets' grid, drawn in one go: thousands of boxes, too many for a template's loop."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from campaigns.forms.target_grid import CellForm, TargetRowForm

register = template.Library()

_BOX = (
    '<td><input name="{0}-{1}" value="{2}" form="f{3}" aria-labelledby="i{3} i{3}{0} p{1}" autocomplete="off"'
    ' maxlength="60" {4}{5}>{6}</td>'
)
_KIND = {"d": format_html('placeholder="{}"', "dd/mm/yyyy")}
_DECIMAL = format_html('inputmode="{}"', "decimal")
_FIGURE = '<td class="number">{}{}</td>'


@register.simple_tag
def target_boxes(row: TargetRowForm, letter: str, cells: list[tuple[CellForm, str, str]]) -> SafeString:
    """Draw one line's boxes, each with its error below it."""
    indicator, kind = row.indicator.pk, _KIND.get(letter, _DECIMAL)
    drawn = (
        (letter, cell.key, text, indicator, kind, *_with_error(indicator, letter, cell, error))
        for cell, text, error in cells
    )
    return format_html_join("", _BOX, drawn)


def _with_error(indicator: int, letter: str, cell: CellForm, error: str) -> tuple[str, str]:
    if not error:
        return "", ""
    place = f"e{indicator}{letter}{cell.key}"
    return (
        format_html(' aria-invalid="true" aria-describedby="{}"', place),
        format_html('<p class="target-error" id="{}">{} {}</p>', place, error, cell.stored),
    )


@register.simple_tag
def target_figures(letter: str, cells: list[tuple[CellForm, str, str]]) -> SafeString:
    """Draw one line's figures to be read; goals and due dates lead to the target."""
    return format_html_join("", _FIGURE, (_figure(letter, cell, text) for cell, text, _error in cells))


def _figure(letter: str, cell: CellForm, text: str) -> tuple[str, str]:
    target = cell.cell.target
    if target is None or not text or letter == "b":
        return text, ""
    url = reverse("admin:campaigns_target_change", args=[target.pk])
    mark = format_html(' <abbr title="{}">*</abbr>', _("revised")) if cell.cell.revision else ""
    return format_html('<a href="{}">{}</a>', url, text), mark
