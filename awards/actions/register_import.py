"""Bring an earlier register of awards in from a workbook: looked at first, all or nothing, duplicates left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from awards.enums import RecipientKind
from awards.models import Award, EarlierAward
from awards.names import name_key
from campaigns.actions.audit import record
from campaigns.calendar import local_day
from campaigns.models import Unit, User
from campaigns.permissions import Permission, require
from campaigns.vietnamese import fold
from campaigns.workbook.columns import Choice, Date, Text
from campaigns.workbook.number_columns import Whole
from campaigns.workbook.problems import Problems
from campaigns.workbook.reader import Row, read_book
from campaigns.workbook.sheets import Sheet

from .settings import set_register_keys

RECIPIENTS = {
    "tập thể": RecipientKind.COLLECTIVE,
    "cá nhân": RecipientKind.INDIVIDUAL,
    "hộ gia đình": RecipientKind.HOUSEHOLD,
}
REGISTER = Sheet(
    "Sổ khen thưởng",
    (
        Whole(
            header="Năm", key="year", required=True, lowest=Decimal(1945), highest=Decimal(2199), max_digits=4,
            example=2023,
        ),
        Choice(
            header="Đối tượng", key="recipient_kind", required=True, words=RECIPIENTS, example=RecipientKind.INDIVIDUAL
        ),
        Text(header="Họ tên hoặc tên tập thể", key="recipient_name", required=True, longest=200,
             example="Nguyễn Văn An"),
        Text(header="Đơn vị", key="unit_name", longest=200, example="Phường Hòa An"),
        Text(header="Hình thức khen thưởng", key="title", required=True, longest=300, example="Giấy khen"),
        Text(header="Thành tích", key="achievement", longest=500, example="Công tác cải cách hành chính"),
        Text(header="Số quyết định", key="decision_number", longest=80, example="184/QĐ-UBND"),
        Date(header="Ngày quyết định", key="decided_on", example=dt.date(2023, 12, 20)),
    ),
)  # fmt: skip
_Identity = tuple[int, str, str, str]


@dataclass
class RegisterImport:
    """What a workbook brings, or brought."""

    sha256: str
    new: list[EarlierAward] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)  # one line a row that is there already
    notices: list[str] = field(default_factory=list)  # what was odd and is no error


@transaction.atomic
def import_register(
    *, file: BinaryIO, file_name: str, by: User, now: dt.datetime, dry_run: bool = False
) -> RegisterImport:
    """Read a register; write its new rows unless ``dry_run``. A row that is there already is left out.

    In order: every cell read and checked; rows of the workbook, of the register and of this portal's own awards
    compared by year, folded name, award and decision; the new rows; one entry in the trail. Raises
    PermissionDenied, WorkbookRefused (nothing was written).
    """
    require(by, Permission.EDIT_AWARD_RULES, on=local_day(now))
    book = read_book(file, (REGISTER,))
    rows = book.rows.get(REGISTER.name, [])
    for row in rows:
        _check(row, today=local_day(now), problems=book.problems)
    if not rows and not book.problems.count:
        book.problems.add(_("The workbook holds no row."), sheet=REGISTER.name)
    book.problems.raise_if_any()
    # Of two officers who import at once the second waits here and then finds the first one's rows.
    list(EarlierAward.objects.select_for_update().order_by("pk").values_list("pk", flat=True)[:1])
    found = RegisterImport(book.sha256, notices=book.notices)
    _sort(rows, found, by=by)
    if dry_run:
        return found
    EarlierAward.objects.bulk_create(found.new, batch_size=500, ignore_conflicts=True)
    record(
        action="register.imported",
        subject=None,
        by=by,
        now=now,
        after={"file": file_name, "sha256": found.sha256, "new": len(found.new), "skipped": len(found.skipped)},
    )
    return found


def _check(row: Row, *, today: dt.date, problems: Problems) -> None:
    """Name what no single cell shows: a decision of another year, one of the future, a name that is none."""
    if row.broken:
        return
    decided = row.get("decided_on")
    if decided is not None and decided.year != row.values["year"]:
        mend = _("The decision's date lies in another year than the row's year.")
        problems.add(mend, sheet=REGISTER.name, row=row.number, column=REGISTER.header("decided_on"), value=decided)
    if row.values["year"] > today.year or (decided is not None and decided > today):
        mend = _("The register is of earlier awards: this lies in the future.")
        problems.add(mend, sheet=REGISTER.name, row=row.number, column=REGISTER.header("year"))
    if not name_key(row.values["recipient_name"]):
        mend = _("This is no name.")
        problems.add(mend, sheet=REGISTER.name, row=row.number, column=REGISTER.header("recipient_name"))


def _sort(rows: Sequence[Row], found: RegisterImport, *, by: User) -> None:
    """Put each row among the new or the skipped ones. Three queries for any number of rows."""
    units = _units()
    known = {
        _identity(year, key, title, number)
        for year, key, title, number in EarlierAward.objects.values_list(
            "year", "recipient_key", "title", "decision_number"
        )
    }
    own = {
        (key, fold(number), day.year)
        for key, number, day in Award.objects.values_list("recipient_key", "issue__number", "issue__signed_on")
    }
    for row in rows:
        award = _award(row, units, by=by)
        identity = _identity(award.year, award.recipient_key, award.title, award.decision_number)
        if (award.recipient_key, fold(award.decision_number), award.year) in own:
            found.skipped.append(_line(row, _("an award of this portal")))
        elif identity in known:
            found.skipped.append(_line(row, _("in the register already")))
        else:
            known.add(identity)
            found.new.append(award)


def _identity(year: int, key: str, title: str, number: str) -> _Identity:
    return year, key, fold(title), fold(number)


def _line(row: Row, why: str) -> str:
    return _("Row %(row)s, %(name)s: %(why)s.") % {
        "row": row.number,
        "name": row.values["recipient_name"],
        "why": why,
    }


def _units() -> dict[str, Unit]:
    """Units by folded code and folded name; a name that two units share names neither."""
    found: dict[str, Unit] = {}
    shared: set[str] = set()
    for unit in Unit.objects.order_by("pk"):
        for word in {fold(unit.code), fold(unit.name)}:
            if word in found and found[word].pk != unit.pk:
                shared.add(word)
            found[word] = unit
    return {word: unit for word, unit in found.items() if word not in shared}


def _award(row: Row, units: dict[str, Unit], *, by: User) -> EarlierAward:
    award = EarlierAward(entered_by=by, **{column.key: row.get(column.key) for column in REGISTER.columns})
    award.unit = units.get(fold(award.unit_name))
    set_register_keys(award)
    return award
