"""What is wrong with a workbook: where, which value, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

MOST = 1000  # problems that are listed; the rest is counted


@dataclass(frozen=True)
class CellProblem:
    """One finding: a place in the workbook, the value that stands there, and the mend."""

    sheet: str  # as the workbook names it; empty for the file itself
    row: int | None  # 1 = the header row
    column: str  # the header
    value: str  # as it stands in the cell
    mend: str  # what is wrong and what to do, in the user's language

    def __str__(self) -> str:
        place = [self.sheet] if self.sheet else []
        if self.row:
            place.append(_("row %(row)d") % {"row": self.row})
        if self.column:
            place.append(_("column “%(column)s”") % {"column": self.column})
        if self.value:
            place.append(_("value “%(value)s”") % {"value": _short(self.value)})
        return f"{', '.join(place)}: {self.mend}" if place else self.mend


def _short(value: str) -> str:
    shown = " ".join(value.split())
    return shown if len(shown) <= 80 else f"{shown[:79]}…"


class WorkbookRefused(Exception):
    """The workbook cannot be taken as it is; nothing was written."""

    def __init__(self, problems: Problems) -> None:
        super().__init__(f"{problems.count} problems")
        self.problems = problems


@dataclass
class Problems:
    """Collects findings; remembers the first ``MOST`` and counts the rest."""

    found: list[CellProblem] = field(default_factory=list)
    count: int = 0

    def add(self, mend: str, *, sheet: str = "", row: int | None = None, column: str = "", value: object = "") -> None:
        """Note one finding; ``mend`` is a translated sentence."""
        self.count += 1
        if len(self.found) < MOST:
            self.found.append(CellProblem(sheet, row, column, "" if value is None else str(value), str(mend)))

    def raise_if_any(self) -> None:
        """Raise WorkbookRefused when something was found."""
        if self.count:
            raise WorkbookRefused(self)

    def lines(self) -> list[str]:
        """Return one line a finding, ending with how many more there are."""
        rest = self.count - len(self.found)
        more = [_("… and %(count)d more errors.") % {"count": rest}] if rest > 0 else []
        return [*(str(problem) for problem in self.found), *more]


def refuse(mend: str, *, sheet: str = "", row: int | None = None, value: object = "") -> WorkbookRefused:
    """Return the exception for one finding that ends the reading at once."""
    problems = Problems()
    problems.add(mend, sheet=sheet, row=row, value=value)
    return WorkbookRefused(problems)
