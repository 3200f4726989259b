"""The register: this portal's awards and those of earlier registers in one list, found with and without diacritics."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, DateField, F, IntegerField, Max, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, ExtractYear, NullIf

from awards.models import Award, EarlierAward
from awards.names import name_key
from campaigns.models import User
from campaigns.vietnamese import fold
from campaigns.visibility import visible_to

#: Columns of the joined list, in order.
_COLUMNS = (
    "in_year", "day", "name", "kind", "place", "what", "number", "is_own", "row", "proposal_row", "is_revoked",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What is looked for in the register."""

    person: str = ""  # part of a recipient's name
    unit: str = ""  # part of a unit's name or code
    year: int | None = None
    kind: str = ""  # RecipientKind value


def register_of(*, user: User, asked: Asked) -> QuerySet[Any, dict[str, Any]]:
    """Return the awards the person may see as dictionaries, the latest first; one query a page.

    The earlier register is for those in charge: for others it holds nothing.
    """
    own = _own(visible_to(user, Award), asked)
    earlier = _earlier(visible_to(user, EarlierAward), asked)
    rows: QuerySet[Any, dict[str, Any]] = own.union(earlier, all=True).order_by("-in_year", "-day", "name", "row")
    return rows


def next_golden_number() -> int:
    """Return the golden-book number after the highest one given."""
    given = Award.objects.filter(golden_book_number__regex=r"^[0-9]{1,9}$")
    highest = given.aggregate(highest=Max(Cast("golden_book_number", IntegerField())))["highest"]
    return (highest or 0) + 1


def years_of(*, user: User) -> list[int]:
    """Return the years in which the person sees awards, the latest first."""
    own = visible_to(user, Award).order_by().values_list("issue__signed_on__year", flat=True).distinct()
    earlier = visible_to(user, EarlierAward).order_by().values_list("year", flat=True).distinct()
    return sorted({*own, *earlier}, reverse=True)


def _own(rows: QuerySet[Award], asked: Asked) -> QuerySet[Any, dict[str, Any]]:
    rows = _by_words(rows, asked, unit="participant__unit__search_text")
    if asked.year is not None:
        rows = rows.filter(issue__signed_on__year=asked.year)
    return (
        rows.order_by()
        .annotate(
            in_year=ExtractYear("issue__signed_on", output_field=IntegerField()),
            day=F("issue__signed_on"),
            name=F("recipient_name"),
            kind=F("recipient_kind"),
            place=F("participant__name"),
            what=F("title"),
            number=F("issue__number"),
            is_own=Value(True, BooleanField()),
            row=F("pk"),
            proposal_row=F("proposal_id"),
            is_revoked=Q(revoked_on__isnull=False),
        )
        .values(*_COLUMNS)
    )


def _earlier(rows: QuerySet[EarlierAward], asked: Asked) -> QuerySet[Any, dict[str, Any]]:
    rows = _by_words(rows, asked, unit="unit_key")
    if asked.year is not None:
        rows = rows.filter(year=asked.year)
    return (
        rows.order_by()
        .annotate(
            in_year=F("year"),
            day=Coalesce("decided_on", Value(dt.date.min, DateField()), output_field=DateField()),
            name=F("recipient_name"),
            kind=F("recipient_kind"),
            place=Coalesce(NullIf("unit_name", Value("")), "unit__name", Value("")),
            what=F("title"),
            number=F("decision_number"),
            is_own=Value(False, BooleanField()),
            row=F("pk"),
            proposal_row=Value(0, IntegerField()),
            is_revoked=Value(False, BooleanField()),
        )
        .values(*_COLUMNS)
    )


def _by_words(rows: Any, asked: Asked, *, unit: str) -> Any:
    """Keep what was asked for; a text of which nothing is left finds nothing."""
    if asked.kind:
        rows = rows.filter(recipient_kind=asked.kind)
    if asked.person:
        key = name_key(asked.person)
        rows = rows.filter(recipient_key__contains=key) if key else rows.none()
    for word in fold(asked.unit).split():
        rows = rows.filter(**{f"{unit}__contains": word})
    return rows
