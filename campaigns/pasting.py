"""A column copied in Excel and pasted into the grid: which line goes into which box. Pure; nothing is saved here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .numbers import NumberCode, NumberProblem, read_number
from .vietnamese import normalise

MOST_LINES = 500
LONGEST_TEXT = 100_000  # characters of a paste
_LONGEST_NUMBER = 60
_NOTHING = "không phát sinh"


class Odd(StrEnum):
    """Why a line is not taken."""

    NOT_A_NUMBER = "not_a_number"
    NO_SUCH_KEY = "no_such_key"  # the first column names nothing on the page
    TWICE = "twice"  # an earlier line went into the same box
    NO_BOX_LEFT = "no_box_left"
    SEVERAL_COLUMNS = "several_columns"


@dataclass(frozen=True)
class Slot:
    """A box a line may go into."""

    key: int  # the target
    names: tuple[str, ...]  # what the first of two columns may call it: codes, the unit's name


@dataclass(frozen=True)
class Pasted:
    """One line that holds something, and where it goes."""

    number: int  # of the line, from 1
    text: str  # its value as pasted
    slot: int | None  # the target; None where it goes nowhere
    nothing: bool = False  # "không phát sinh"
    options: tuple[str, ...] = ()  # the two readings of an ambiguous number
    odd: Odd | None = None

    @property
    def is_taken(self) -> bool:
        return self.slot is not None and self.odd is None


def _plain(text: str) -> str:
    """A name as it is compared: tones matter, "Hòa" and "Hoa" are two wards."""
    return " ".join(normalise(text).casefold().split())


def lines_of(text: str) -> list[list[str]]:
    """Return the pasted cells, line by line; empty lines at the end go."""
    lines = [
        [cell.strip().strip('"').strip() for cell in line.split("\t")]
        for line in re.split(r"\r\n|\r|\n", text[:LONGEST_TEXT])
    ]
    while lines and not any(lines[-1]):
        lines.pop()
    return lines[:MOST_LINES]


def place(text: str, slots: Sequence[Slot], *, start: int | None = None) -> list[Pasted]:
    """Return each line with the box it goes into.

    Two columns whose first one names boxes go by these names; one column goes down the page from the box
    ``start`` (from the first where it is None), an empty line leaving its box as it is.
    """
    lines = lines_of(text)
    keys = {_plain(name): slot.key for slot in slots for name in slot.names}
    if any(len(line) > 1 and _plain(line[0]) in keys for line in lines):
        return _by_name(lines, keys)
    order = [slot.key for slot in slots]
    first = order.index(start) if start in order else 0
    return _downwards(lines, order[first:])


def _by_name(lines: list[list[str]], keys: dict[str, int]) -> list[Pasted]:
    found: list[Pasted] = []
    used: set[int] = set()
    for number, cells in enumerate(lines, start=1):
        value = next((cell for cell in reversed(cells[1:]) if cell), "")
        if not value:
            continue
        slot = keys.get(_plain(cells[0]))
        if slot is None:
            found.append(Pasted(number, f"{cells[0]} {value}".strip(), None, odd=Odd.NO_SUCH_KEY))
        elif slot in used:
            found.append(Pasted(number, value, slot, odd=Odd.TWICE))
        else:
            used.add(slot)
            found.append(_read(number, value, slot))
    return found


def _downwards(lines: list[list[str]], order: Sequence[int]) -> list[Pasted]:
    found = []
    for index, cells in enumerate(lines):
        values = [cell for cell in cells if cell]
        if not values:
            continue
        slot = order[index] if index < len(order) else None
        if len(values) > 1:
            found.append(Pasted(index + 1, " ".join(values), slot, odd=Odd.SEVERAL_COLUMNS))
        elif slot is None:
            found.append(Pasted(index + 1, values[0], None, odd=Odd.NO_BOX_LEFT))
        else:
            found.append(_read(index + 1, values[0], slot))
    return found


def _read(number: int, value: str, slot: int) -> Pasted:
    if _plain(value) == _NOTHING:
        return Pasted(number, value, slot, nothing=True)
    value = value.replace("\u00a0", "").replace(" ", "")
    try:
        read_number(value)
    except NumberProblem as problem:
        if problem.code == NumberCode.AMBIGUOUS:
            return Pasted(number, value, slot, options=problem.options)
        return Pasted(number, value[:_LONGEST_NUMBER], slot, odd=Odd.NOT_A_NUMBER)
    return Pasted(number, value, slot)
