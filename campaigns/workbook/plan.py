"""What an import would do: rows compared with the database, nothing written yet."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from campaigns.calendar import local_day
from campaigns.display import input_number
from campaigns.enums import CampaignStatus
from campaigns.models import Campaign, TargetRevision, User, WorkbookImport
from campaigns.permissions import is_own_unit

from .columns import shown
from .problems import Problems
from .reader import Book, Row
from .sheets import Sheet


class Stage(StrEnum):
    """What an import may bring, by where the campaign stands."""

    SETUP = "setup"  # in preparation and never opened: the plan and its history
    PREPARATION = "preparation"  # set back after it was opened: the plan, no history
    OPEN = "open"  # what may still change
    CLOSED = "closed"  # nothing


def stage_of(campaign: Campaign) -> Stage:
    """Return the stage of a campaign."""
    if campaign.status == CampaignStatus.PREPARATION:
        return Stage.SETUP if campaign.opened_at is None else Stage.PREPARATION
    return Stage.OPEN if campaign.status == CampaignStatus.OPEN else Stage.CLOSED


@dataclass
class Tally:
    """How many of a sheet's rows are what."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Change:
    """A change of something that exists, for the preview and the audit trail."""

    sheet: str
    row: int
    what: str  # its code
    before: dict[str, str]  # by header
    after: dict[str, str]

    def __str__(self) -> str:
        fields = "; ".join(f"{header}: “{self.before[header]}” → “{text}”" for header, text in self.after.items())
        return f"{self.sheet} {self.row}, {self.what}: {fields}"


@dataclass
class ImportPlan:
    """The plan of one import. Handlers fill it; ``writing.write`` carries it out."""

    campaign: Campaign
    book: Book
    by: User | None
    now: dt.datetime
    imported: WorkbookImport
    is_new: bool
    stage: Stage
    opens: bool = False  # the import opens the campaign
    warnings: list[str] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    changes: list[Change] = field(default_factory=list)
    known: dict[str, dict[Any, Any]] = field(default_factory=lambda: defaultdict(dict))  # by sheet name, then code
    suspects: dict[str, set[Any]] = field(default_factory=lambda: defaultdict(set))  # codes of rows reported already
    unnamed: set[str] = field(default_factory=set)  # sheets with a row whose code could not be read
    created: dict[type[models.Model], list[Any]] = field(default_factory=lambda: defaultdict(list))
    changed: list[tuple[models.Model, set[str]]] = field(default_factory=list)
    later: list[tuple[models.Model, str, Any]] = field(default_factory=list)  # links set once both ends are saved
    superseded: list[tuple[TargetRevision, dt.date]] = field(default_factory=list)
    verdicts: list[tuple[int, dict[str, Any]]] = field(default_factory=list)  # measurement, verdict columns

    @property
    def problems(self) -> Problems:
        return self.book.problems

    @property
    def today(self) -> dt.date:
        return local_day(self.now)

    @property
    def brings_history(self) -> bool:
        """Whether past days, measurements and verdicts may come in."""
        return self.stage is Stage.SETUP

    @property
    def writes(self) -> bool:
        """Whether carrying it out would write anything."""
        return bool(self.is_new or self.opens or self.created or self.changed or self.superseded or self.verdicts)

    # --- findings ------------------------------------------------------------------------------------------

    def problem(self, row: Row, key: str, mend: str, *, value: Any = None) -> None:
        """Report a row's column; the value shown is the row's own unless one is given."""
        column = row.sheet.column(key) if key else None
        own = column.write(row.values[key]) if column is not None and key in row.values else None
        text = _display(own if value is None else value)
        self.problems.add(
            mend, sheet=row.sheet.name, row=row.number, column=column.header if column else "", value=text
        )

    def frozen(self, row: Row, key: str, current: Any) -> None:
        """Report a change of something frozen, with what stands in the portal."""
        column = row.sheet.column(key)
        self.problem(
            row,
            key,
            _("“%(header)s” is frozen and stays “%(current)s”; put that back.")
            % {"header": column.header, "current": _display(column.write(_plain(current)))},
        )

    # --- looking up ----------------------------------------------------------------------------------------

    def find(self, row: Row, key: str, sheet: Sheet) -> Any:
        """Return what the row's code names on another sheet or in the portal; None (reported) where there is none."""
        code = row.values.get(key)
        if code in (None, ""):
            return None
        found = self.known[sheet.name].get(code)
        if found is None and code not in self.suspects[sheet.name] and sheet.name not in self.unnamed:
            self.problem(row, key, _("There is no such code on the sheet “%(sheet)s”.") % {"sheet": sheet.name})
        return found

    # --- planning writes -----------------------------------------------------------------------------------

    def create(self, row: Row, instance: models.Model) -> None:
        """Plan a new record for a row."""
        self.created[type(instance)].append(instance)
        self.tallies[row.sheet.name].new += 1

    def settle(self, row: Row, instance: models.Model, wanted: dict[str, Any], *, still: Iterable[str] = ()) -> bool:
        """Plan the changes of an existing record; return whether anything changes.

        ``wanted`` holds values by column key (which is the field's name); ``still`` names the fields that may
        change while the campaign is open. A change of any other is a problem.
        """
        changes = {name: value for name, value in wanted.items() if not is_same(instance, name, value)}
        frozen = [name for name in changes if not self.may_change(name, still)]
        for name in frozen:
            self.frozen(row, name, getattr(instance, name))
        if frozen:
            return False
        if not changes:
            self.tallies[row.sheet.name].unchanged += 1
            return False
        self.note_change(row, instance, changes)
        return True

    def may_change(self, name: str, still: Iterable[str]) -> bool:
        """Whether a field of an existing record may change at this stage."""
        return self.stage in (Stage.SETUP, Stage.PREPARATION) or (self.stage is Stage.OPEN and name in still)

    def note_change(self, row: Row, instance: models.Model, changes: dict[str, Any]) -> None:
        """Set the new values and remember before and after."""
        headers = {column.key: column for column in row.sheet.columns}
        before = {name: getattr(instance, name) for name in changes}
        for name, value in changes.items():
            setattr(instance, name, value)
        self.changed.append((instance, set(changes)))
        self.tallies[row.sheet.name].changed += 1
        visible = [name for name in changes if name in headers]
        self.changes.append(
            Change(
                row.sheet.name,
                row.number,
                shown(row.values.get(row.sheet.columns[0].key)),
                {headers[name].header: _display(headers[name].write(_plain(before[name]))) for name in visible},
                {headers[name].header: _display(headers[name].write(_plain(changes[name]))) for name in visible},
            )
        )

    def may_enter(self, row: Row, key: str, day: dt.date | None) -> bool:
        """Whether something that holds from ``day`` may come in now; report it where not.

        Only the first set-up brings the past; afterwards nothing is dated before the day it is entered, and
        nothing at all enters a closed campaign.
        """
        if self.stage is Stage.SETUP:
            return True
        if self.stage is Stage.CLOSED:
            self.problem(row, key, _("The campaign is closed; nothing is added any more."))
            return False
        if day is not None and day < self.today:
            self.problem(
                row,
                key,
                _("The day lies before today; the past comes in only before the campaign is first opened."),
            )
            return False
        return True

    def may_enter_for(self, row: Row, participant: Any) -> bool:
        """Whether the importing person may enter points, waivers or gates of this unit; report it where not."""
        if self.by is None or self.stage is Stage.SETUP or not is_own_unit(self.by, participant.unit):
            return True
        self.problem(row, "participant", _("This is your own unit; the substitute unit enters this."))
        return False


def is_same(instance: models.Model, name: str, value: Any) -> bool:
    """Whether a field holds the value already; records are compared by identity, moments to the second."""
    if isinstance(value, models.Model):
        return value.pk is not None and getattr(instance, f"{name}_id") == value.pk
    current = getattr(instance, name)
    if isinstance(current, dt.datetime) and isinstance(value, dt.datetime):
        return current.replace(microsecond=0) == value
    return bool(current == value)


def _plain(value: Any) -> Any:
    """A record reads as its code (an area as its number)."""
    return getattr(value, "code", getattr(value, "number", value)) if isinstance(value, models.Model) else value


def _display(value: Any) -> str:
    """Return a written cell as an error line or a preview shows it."""
    if isinstance(value, dt.date):
        return value.strftime("%d/%m/%Y %H:%M:%S" if isinstance(value, dt.datetime) else "%d/%m/%Y")
    return input_number(value) if isinstance(value, Decimal) else shown(value)
