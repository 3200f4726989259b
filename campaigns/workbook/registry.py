"""The sheets a workbook may hold: the campaign's own and those of the apps above."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from .sheets import Sheet

if TYPE_CHECKING:
    from campaigns.models import Campaign

    from .plan import ImportPlan
    from .reader import Row


class SheetHandler(Protocol):
    """What one sheet does in an import and in an export."""

    sheet: Sheet

    def compare(self, rows: list[Row], plan: ImportPlan) -> None:
        """Compare the rows with the database and put what is new or changed into the plan; write nothing."""

    def export(self, campaign: Campaign) -> Iterator[dict[str, Any]]:
        """Yield the sheet's rows, values by column key, in an order that an import keeps."""


_EXTENSIONS: list[SheetHandler] = []


def register(handler: SheetHandler) -> None:
    """Add a sheet of an app above (from its AppConfig.ready); handled after the campaign's own, in this order.

    Raises ValueError for a second sheet of the same name.
    """
    if any(known.sheet.name == handler.sheet.name for known in _EXTENSIONS):
        raise ValueError(f"{handler.sheet.name} is registered already")
    _EXTENSIONS.append(handler)


def extensions() -> tuple[SheetHandler, ...]:
    """Return the sheets of the apps above."""
    return tuple(_EXTENSIONS)
