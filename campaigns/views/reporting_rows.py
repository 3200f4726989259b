"""What the grid's templates show of a box: its text fields as typed, and what to say about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from campaigns.actions.drafts import DraftEntry, StaleDraft
from campaigns.display import input_number, local_date
from campaigns.enums import EntryKind
from campaigns.forms.reporting import BoxForm, prefix_of
from campaigns.numbers import NumberCode, NumberProblem
from campaigns.queries.report_box import Box, Grid, Group
from campaigns.report_wording import finding_words

FIELDS = ("typed", "numerator", "denominator", "nothing", "completed_on", "note", "version")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One box on the page. Its fields are plain text here: sixty forms would cost more than the page."""

    box: Box
    prefix: str  # of its fields and of its anchor
    version: int  # what saving it must name
    typed: str = ""
    numerator: str = ""
    denominator: str = ""
    nothing: bool = False
    completed_on: str = ""
    note: str = ""
    refused: list[str] = field(default_factory=list)  # why it could not be saved at all
    stale: StaleDraft | None = None  # somebody else saved it first

    @property
    def field_names(self) -> str:
        """The names an autosave of this box sends, for htmx."""
        return ",".join([*(f"{self.prefix}-{name}" for name in FIELDS), "choose"])

    @property
    def problems(self) -> list[str]:
        """What must be mended: the box could not be saved, or holds what cannot be sent."""
        return self.refused or self._words("blocking")

    @property
    def questions(self) -> list[str]:
        """What needs a note."""
        return self._words("needing_note")

    @property
    def hints(self) -> list[str]:
        return self._words("information")

    def _words(self, kind: str) -> list[str]:
        return [finding_words(finding) for finding in getattr(self.box, kind)]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The two readings of an ambiguous number, each with the field it belongs to."""
        return [
            (f"{self.prefix}-{finding.box}", option)
            for finding in self.box.blocking
            if isinstance(finding.cause, NumberProblem) and finding.cause.code == NumberCode.AMBIGUOUS
            for option in finding.cause.options
        ]

    @property
    def state(self) -> str:
        """How the saving stands, for the save-state component."""
        if self.stale or self.refused:
            return "failed"
        return "saved" if self.box.draft else "idle"


@dataclass(frozen=True)
class RowGroup:
    """A group of the grid with the rows of its boxes."""

    group: Group
    asked: list[Row]
    optional: list[Row]


def stored_row(box: Box, *, refused: list[str] | None = None) -> Row:
    """Return a box as it is stored."""
    entry = box.entry
    return Row(
        box=box,
        prefix=prefix_of(box.target.pk),
        version=box.draft_version,
        typed=entry.typed or input_number(box.proposed),
        numerator=entry.numerator,
        denominator=entry.denominator,
        nothing=entry.kind == EntryKind.NOTHING,
        completed_on=local_date(entry.completed_on) if entry.completed_on else "",
        note=entry.note,
        refused=refused or [],
    )


def broken_row(box: Box, form: BoxForm) -> Row:
    """Return a box that could not be saved: what was typed, and the version it must name next time."""
    typed = {name: form.data.get(f"{form.prefix}-{name}", "") for name in FIELDS[:6]}
    nothing = bool(typed.pop("nothing"))
    return Row(
        box=box,
        prefix=prefix_of(box.target.pk),
        version=box.draft_version,
        nothing=nothing,
        refused=form.problems,
        **typed,
    )


def stale_row(box: Box, conflict: StaleDraft) -> Row:
    """Return a box somebody else saved first: the typist's own text stays in it, the other one stands beside it."""
    typed: DraftEntry = conflict.typed
    return Row(
        box=box,
        prefix=prefix_of(box.target.pk),
        version=conflict.current.version,
        typed=typed.typed,
        numerator=typed.numerator,
        denominator=typed.denominator,
        nothing=typed.kind == EntryKind.NOTHING,
        completed_on=local_date(typed.completed_on) if typed.completed_on else "",
        note=typed.note,
        stale=conflict,
    )


def rows_of(
    found: Grid, broken: Mapping[int, BoxForm] | None = None, stale: Mapping[int, StaleDraft] | None = None
) -> list[RowGroup]:
    """Return the page's rows: as stored, but for those that could not be saved and those somebody else saved first."""
    broken, stale = broken or {}, stale or {}

    def row(box: Box) -> Row:
        key = box.target.pk
        if key in stale:
            return stale_row(box, stale[key])
        return broken_row(box, broken[key]) if key in broken else stored_row(box)

    return [
        RowGroup(group, [row(box) for box in group.asked], [row(box) for box in group.optional])
        for group in found.groups
    ]
