"""What is typed into one row of the targets' grid: boxes read the Vietnamese way, errors beside their box."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaigns.actions.records import PlanRefused, StaleRecord
from campaigns.actions.target_row import TargetEntry
from campaigns.display import input_number, local_date, number
from campaigns.plan_rules import kind_problem
from campaigns.queries.target_grid import Cell, GridRow
from campaigns.wording import plan_problem

from .boxes import DayBox, NumberBox

#: The boxes of a cell: a letter in the names of the fields, the column of the target.
BOXES = {"b": "baseline", "g": "goal", "d": "due_on"}
_NUMBER = NumberBox(required=False, max_length=60)
_DAY = DayBox(required=False)


def cell_texts(cell: Cell) -> dict[str, str]:
    """Return what a cell's boxes hold when nothing was typed."""
    terms = cell.terms
    if terms is None:
        return dict.fromkeys(BOXES, "")
    return {
        "b": input_number(terms.baseline),
        "g": input_number(terms.goal),
        "d": local_date(terms.due_on) if terms.due_on else "",
    }


@dataclass
class CellForm:
    """One cell on the page: what its boxes show, and what is wrong with them."""

    cell: Cell
    texts: dict[str, str]  # by letter, as typed or as stored
    errors: dict[str, str] = field(default_factory=dict)  # by letter
    stored: str = ""  # what somebody else stored meanwhile, in words

    @property
    def key(self) -> int:
        return self.cell.participant.pk


class TargetRowForm:
    """One indicator's boxes. Bound, it knows which cells were typed into, and refuses what cannot be a target."""

    def __init__(self, row: GridRow, data: Mapping[str, Any] | None = None) -> None:
        self.row = row
        self.indicator = row.indicator
        self.letters = ("d",) if row.is_milestone else ("b", "g", "d")
        seen = _seen(data) if data is not None else {}
        self.entries: dict[int, TargetEntry] = {}
        self.cells = [self._cell(cell, data, seen.get(str(cell.participant.pk))) for cell in row.cells]

    # --- for the page ------------------------------------------------------------------------

    @property
    def seen(self) -> str:
        """What the page was filled with: each unit's version and texts, so that untouched boxes change nothing."""
        shown = {str(cell.key): [cell.cell.version, *cell_texts(cell.cell).values()] for cell in self.cells}
        return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))

    @property
    def lines(self) -> list[tuple[str, str, list[tuple[CellForm, str, str]]]]:
        """The lines of the row: letter, heading, and each unit's cell with its text and error."""
        heads = {"b": _("Baseline"), "g": _("Goal"), "d": pgettext("target", "Due")}
        letters = [letter for letter in self.letters if letter != "d" or self.row.has_due_dates]
        return [
            (letter, heads[letter], [(cell, cell.texts[letter], cell.errors.get(letter, "")) for cell in self.cells])
            for letter in letters
        ]

    @property
    def has_errors(self) -> bool:
        return any(cell.errors for cell in self.cells)

    @property
    def is_stale(self) -> bool:
        return any(cell.stored for cell in self.cells)

    @property
    def problems(self) -> list[str]:
        """Every error with its unit, for the line below the indicator."""
        return [
            f"{cell.cell.participant.name}: {error}{f' {cell.stored}' if cell.stored else ''}"
            for cell in self.cells
            for error in cell.errors.values()
        ]

    # --- what was typed ----------------------------------------------------------------------

    def _cell(self, cell: Cell, data: Mapping[str, Any] | None, seen: list[Any] | None) -> CellForm:
        stored = cell_texts(cell)
        if data is None or seen is None:
            return CellForm(cell, stored)
        was = dict(zip(BOXES, map(str, seen[1:]), strict=True))
        typed = {letter: str(data.get(f"{letter}-{cell.participant.pk}", was[letter])).strip() for letter in BOXES}
        if typed == was:
            return CellForm(cell, stored)
        form = CellForm(cell, typed)
        entry = self._entry(form, version=seen[0])
        if not form.errors and entry is not None:
            self.entries[form.key] = entry
        return form

    def _entry(self, form: CellForm, *, version: int) -> TargetEntry | None:
        values: dict[str, Any] = {}
        for letter, column in BOXES.items():
            try:
                values[column] = (_DAY if letter == "d" else _NUMBER).clean(form.texts[letter])
            except forms.ValidationError as error:
                form.errors[letter] = error.messages[0]
        if form.errors:
            return None
        if self.row.is_milestone:
            values["baseline"], values["goal"] = None, Decimal(1) if values["due_on"] else None
        if values["goal"] is not None:
            problem = kind_problem(self.indicator.kind, values["baseline"], values["goal"], values["due_on"])
            if problem is not None:
                letter = next(letter for letter, column in BOXES.items() if column == problem.field)
                form.errors[letter if letter in self.letters else self.letters[0]] = plan_problem(problem)
        elif values["baseline"] is not None or values["due_on"] is not None:
            form.errors["g"] = _("The goal is missing; empty the other boxes as well to take the target back.")
        return TargetEntry(**values, version=version)

    def refuse(self, refused: Mapping[int, PlanRefused]) -> None:
        """Put the action's refusals beside the boxes; what was typed stays."""
        for cell in self.cells:
            refusal = refused.get(cell.key)
            if refusal is None:
                continue
            cell.errors[self.letters[-1] if self.row.is_milestone else "g"] = str(refusal.message)
            if isinstance(refusal, StaleRecord):
                cell.stored = _stored_words(cell.cell)

    def keep(self, others: TargetRowForm) -> TargetRowForm:
        """Take over from a bound form the cells that were not saved; the rest shows what is stored."""
        unsaved = {cell.key: cell for cell in others.cells if cell.errors}
        for cell in self.cells:
            if cell.key in unsaved:
                old = unsaved[cell.key]
                cell.texts, cell.errors = old.texts, old.errors
                cell.stored = _stored_words(cell.cell) if old.stored else ""
        return self


def _stored_words(cell: Cell) -> str:
    terms = cell.terms
    if terms is None:
        return _("Stored now: not given.")
    return _("Stored now: baseline %(baseline)s, goal %(goal)s, due %(due)s.") % {
        "baseline": number(terms.baseline),
        "goal": number(terms.goal),
        "due": local_date(terms.due_on),
    }


def _seen(data: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return what the page was filled with. Raises ValueError for what our page never sends."""
    try:
        found = json.loads(str(data.get("seen", "")))
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError("seen") from error
    if not isinstance(found, dict):
        raise ValueError("seen")
    for row in found.values():
        if not (isinstance(row, list) and len(row) == 1 + len(BOXES) and type(row[0]) is int):
            raise ValueError("seen")
        if not (0 <= row[0] < 2**31 and all(isinstance(text, str) for text in row[1:])):
            raise ValueError("seen")
    return found
