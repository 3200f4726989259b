"""Choosing one of many: a plain list of few rows; of a city's hundreds a search box above the list of what it finds.

Everything is one form and one address: the button "Find" sends the form back with what was typed and the list narrowed,
with or without JavaScript; htmx presses it while somebody types. The search looks into the field's own rows, so it
finds nothing that could not be chosen anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.forms.models import ModelChoiceIterator
from django.forms.utils import ErrorDict

from campaigns.models import Participant, Target, Unit, User
from campaigns.vietnamese import fold

#: Rows that a plain list offers; of more, those that are found.
MOST = 60
LONGEST = 80
#: Name of the button that searches; its value is the field's.
FIND = "find"
#: The column of folded words of each noun.
PATHS: dict[type, str] = {
    Unit: "search_text",
    Participant: "unit__search_text",
    Target: "participant__unit__search_text",
    User: "search_text",
}


def found_by(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Return the rows that hold every word, diacritics aside; a target is found by its indicator's code too."""
    for word in fold(words[:LONGEST]).split():
        hit = Q(**{f"{PATHS[rows.model]}__contains": word})
        rows = rows.filter(hit | Q(indicator__code__icontains=word) if rows.model is Target else hit)
    return rows


class PickIterator(ModelChoiceIterator):
    """All rows of a short list; of a long one the chosen row and what the words find."""

    words = ""
    chosen: tuple[str, ...] = ()

    @cached_property
    def count(self) -> int:
        return int(self.queryset.order_by().count())

    @property
    def is_long(self) -> bool:
        return self.queryset.model in PATHS and self.count > MOST

    @cached_property
    def found(self) -> QuerySet[Any]:
        return found_by(self.queryset, self.words)

    def __iter__(self) -> Iterator[Any]:
        if not self.is_long:
            yield from super().__iter__()
            return
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        keys = [key for key in self.chosen if key.isascii() and key.isdecimal() and len(key) < 19]
        chosen = list(self.queryset.filter(pk__in=keys)) if keys else []
        for row in (*chosen, *self.found.exclude(pk__in=[one.pk for one in chosen])[:MOST]):
            yield self.choice(row)


class PickWidget(forms.Select):
    """The list, with its search box where it is long."""

    template_name = "forms/pick.html"
    words = ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        self.words = str(data.get(f"{name}-words") or "")[:LONGEST]
        return super().value_from_datadict(data, files, name)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        rows = self.choices
        if not isinstance(rows, PickIterator) or not rows.is_long:
            return super().get_context(name, value, attrs)
        rows.words, rows.chosen = self.words, tuple(self.format_value(value))
        context = super().get_context(name, value, attrs)
        found = rows.found.order_by().count() if self.words else rows.count
        context["pick"] = {
            "words": self.words,
            "find": FIND,
            "found": found,
            "shown": min(found, MOST),
            "count": rows.count,
            "longest": LONGEST,
        }
        return context


class PickField(forms.ModelChoiceField):
    """One row of many."""

    widget = PickWidget
    iterator = PickIterator


class PickingMixin:
    """A form with such fields: sent by "Find" it is shown again as it was typed, and nothing is judged or done."""

    data: Any
    _errors: Any
    cleaned_data: dict[str, Any]
    is_bound: bool

    @property
    def is_finding(self) -> bool:
        return self.is_bound and FIND in self.data

    def full_clean(self) -> None:
        if self.is_finding:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()  # type: ignore[misc]  # a form's

    def is_valid(self) -> bool:
        return not self.is_finding and super().is_valid()  # type: ignore[misc]  # a form's

    @property
    def picks(self) -> bool:
        """Whether a field has its search box, so that the page needs its script."""
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]  # a form's
        lists = (field.widget.choices for field in fields.values() if isinstance(field, PickField))
        return any(isinstance(rows, PickIterator) and rows.is_long for rows in lists)
