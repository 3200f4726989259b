"""Which documents a page offers of a row, and which were written of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from awards.enums import DocumentKind as K
from awards.models import FINAL_STATES, GeneratedDocument
from awards.permissions import can_write
from campaigns.models import User
from campaigns.visibility import visible_to

#: What a page of a row offers, in the order of the procedure.
OFFERED: dict[str, tuple[K, ...]] = {
    "dossier": (K.SUBMISSION, K.DECISION),
    "session": (K.MINUTES,),
    "proposal": (K.ACHIEVEMENT, K.REFUSAL),
    "issue": (K.DECISION, K.LIST),
    "campaign": (K.SUMMARY,),
    "period": (K.BRIEFING,),
}
_REFUSED = ("refused", "not_passed", "rejected")


@dataclass(frozen=True)
class Offer:
    """A kind of document the person may have written of a row."""

    kind: str
    label: str


def offers(*, user: User, word: str, row: Any) -> list[Offer]:
    """Return what the person may have written of a row."""
    found = []
    for kind in OFFERED[word]:
        if kind == K.REFUSAL and row.state not in _REFUSED:
            continue
        if kind == K.ACHIEVEMENT and row.state in FINAL_STATES:
            continue
        if can_write(user, kind, row):
            found.append(Offer(kind.value, str(kind.label)))
    return found


def written_of(*, user: User, word: str, rows: Sequence[Any]) -> list[GeneratedDocument]:
    """Return the documents of these rows that exist for the person, the latest first. One query."""
    keys = [f"{word}:{row.pk}" for row in rows]
    return list(visible_to(user, GeneratedDocument).filter(source__in=keys).select_related("generated_by", "template"))
