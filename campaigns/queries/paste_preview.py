"""A pasted column beside the boxes it would go into: what stands there now, what would, what must be asked."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.pasting import Pasted, Slot, place

from .report_box import Box, Grid


@dataclass(frozen=True, kw_only=True)
class PasteRow:
    """One pasted line and its box."""

    line: Pasted
    box: Box | None

    @property
    def is_taken(self) -> bool:
        return self.line.is_taken and self.box is not None

    @property
    def replaces(self) -> bool:
        """The box holds something else already."""
        return self.box is not None and self.box.has_entry and self.box.entry.typed != self.line.text


def preview(grid: Grid, text: str, *, start: int | None) -> list[PasteRow]:
    """Return the pasted lines with their boxes, in the order in which the page shows the boxes that are open."""
    shown = [box for group in grid.groups for box in (*group.asked, *group.optional) if box.is_open]
    boxes = {box.target.pk: box for box in shown}
    by_unit = {box.target.pk for group in grid.groups if group.by_unit for box in group.boxes}
    at = boxes.get(start) if start is not None else None
    if at is not None and start in by_unit:
        # Pasted into one indicator's list of units: its lines stay there.
        shown = [box for box in shown if box.target.indicator_id == at.target.indicator_id and box.target.pk in by_unit]
    slots = [Slot(box.target.pk, _names(box, by_unit=box.target.pk in by_unit)) for box in shown]
    return [
        PasteRow(line=line, box=boxes.get(line.slot) if line.slot is not None else None)
        for line in place(text, slots, start=start)
    ]


def _names(box: Box, *, by_unit: bool) -> tuple[str, ...]:
    unit = box.target.participant
    return (unit.code, unit.name) if by_unit else (box.target.indicator.code,)
