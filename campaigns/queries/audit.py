"""Check the audit trail: walk the chain from its first entry and name the first thing that is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Max, Subquery
from django.utils.translation import gettext as _

from campaigns.chain import entry_hash, payload_digest
from campaigns.models import AuditEntry, AuditHead, Campaign, Participant, User

GENESIS = "0" * 64
_BATCH = 2_000
_NUMBERS_TRIED = 100_000  # subject ids tried to name a changed one; a larger one is reported with the rest
_COLUMNS = (
    "pk",
    "sequence",
    "at",
    "actor_id",
    "action",
    "subject_type",
    "subject_id",
    "campaign_id",
    "participant_id",
    "payload_digest",
    "previous_hash",
    "hash",
    "payload__salt",
    "payload__content",
)
_UNNAMED = "at"  # no other single column explains the entry's hash


@dataclass(frozen=True)
class Fault:
    """The first thing that is wrong."""

    sequence: int  # number of the entry where the damage shows
    kind: str  # changed, missing, inserted, cut, rewritten, payload_changed, payload_missing
    column: str  # the changed column where it can be told, else empty
    sentence: str


@dataclass(frozen=True)
class Trail:
    """What a check found."""

    entries: int  # entries that were checked and are whole
    erased: int  # of these, entries whose payload was erased by law; the chain holds without it
    head: str  # SEQ:HASH of the last entry, to be exported and given to a later check
    fault: Fault | None


def verify(*, heads: Iterable[tuple[int, str]] = ()) -> Trail:
    """Walk the whole chain in batches and return what was found; stops at the first fault.

    ``heads`` are heads exported earlier, as (sequence, hash): each must still stand in the chain. They find what
    the chain itself cannot: a tail cut off together with the head row, and a chain rewritten as a whole.
    """
    head, last = _ends()
    exported = dict(heads)
    walk = _Walk(head, exported)
    for row in _rows(max(head[0], last)):
        fault = walk.step(row)
        if fault:
            return walk.result(fault)
    return walk.result(walk.ending())


def _ends() -> tuple[tuple[int, str], int]:
    """The head row and the highest number in the trail, as of one moment."""
    latest = Subquery(AuditEntry.objects.order_by("-sequence").values("sequence")[:1])
    found = AuditHead.objects.filter(pk=1).annotate(last=latest).values_list("sequence", "hash", "last").first()
    if found is None:
        return (0, ""), AuditEntry.objects.aggregate(last=Max("sequence"))["last"] or 0
    return (found[0], found[1]), found[2] or 0


def _rows(last: int) -> Iterator[dict[str, Any]]:
    after: int | None = None
    while True:
        rows = AuditEntry.objects.filter(sequence__lte=last).order_by("sequence")
        if after is not None:
            rows = rows.filter(sequence__gt=after)
        batch = list(rows.values(*_COLUMNS)[:_BATCH])
        if not batch:
            return
        yield from batch
        after = batch[-1]["sequence"]


class _Walk:
    """Where the check stands in the chain."""

    def __init__(self, head: tuple[int, str], exported: Mapping[int, str]) -> None:
        self.head, self.exported = head, exported
        self.sequence, self.hash, self.erased = 0, GENESIS, 0

    def result(self, fault: Fault | None) -> Trail:
        return Trail(self.sequence, self.erased, f"{self.sequence}:{self.hash}", fault)

    def step(self, row: dict[str, Any]) -> Fault | None:
        """Check one entry against the one before it."""
        fault = self._place(row) or self._chain(row) or self._payload(row) or self._exported(row)
        if fault is None:
            self.sequence, self.hash = row["sequence"], row["hash"]
            self.erased += row["payload__content"] == ""
        return fault

    def _place(self, row: dict[str, Any]) -> Fault | None:
        number, expected = row["sequence"], self.sequence + 1
        if expected > self.head[0] or number < expected:
            return _fault(number, "inserted", _("Entry %(number)s was inserted: the trail's head does not know it."))
        if number == expected:
            return None
        if _hash(row, previous=self.hash, sequence=expected) == row["hash"]:
            return _changed(expected, "sequence")
        return _fault(expected, "missing", _("Entry %(number)s is missing."))

    def _chain(self, row: dict[str, Any]) -> Fault | None:
        number = row["sequence"]
        computed = _hash(row)
        if computed == row["hash"] and row["previous_hash"] == self.hash:
            return None
        if computed == row["hash"]:
            return _fault(
                number, "inserted", _("Entry %(number)s does not follow the one before it: it or that one was put in.")
            )
        return _changed(number, _changed_column(row, self.hash, self._following_hash(number)))

    def _following_hash(self, number: int) -> str:
        """The hash that what follows remembers of entry ``number``."""
        if number == self.head[0]:
            return self.head[1]
        following = AuditEntry.objects.filter(sequence=number + 1).values_list("previous_hash", flat=True).first()
        return following or ""

    def _payload(self, row: dict[str, Any]) -> Fault | None:
        number, salt, content = row["sequence"], row["payload__salt"], row["payload__content"]
        if content is None:
            return _fault(number, "payload_missing", _("The content of entry %(number)s is missing."))
        if content == "" == salt or payload_digest(salt, content) == row["payload_digest"]:
            return None
        return _fault(number, "payload_changed", _("The content of entry %(number)s was changed."), "content")

    def _exported(self, row: dict[str, Any]) -> Fault | None:
        number = row["sequence"]
        if self.exported.get(number, row["hash"]) == row["hash"]:
            return None
        return _fault(
            number, "rewritten", _("Entry %(number)s is not the one exported earlier: the trail was rewritten.")
        )

    def ending(self) -> Fault | None:
        """Check that nothing is missing after the last entry."""
        expected = max([self.head[0], *self.exported])
        if expected > self.sequence:
            return _fault(
                self.sequence + 1, "cut", _("The trail ends before entry %(number)s: its later entries were cut off.")
            )
        if self.head != (self.sequence, self.hash):
            return _fault(self.sequence, "changed", _("The trail's head was changed or is missing."), "head")
        return None


def _fault(number: int, kind: str, sentence: str, column: str = "") -> Fault:
    return Fault(number, kind, column, sentence % {"number": number})


def _changed(number: int, column: str) -> Fault:
    if column == _UNNAMED:
        sentence = _("Entry %(number)s was changed: its time, an act that stands nowhere else, or several columns.") % {
            "number": number
        }
    else:
        sentence = _("Entry %(number)s was changed: %(column)s.") % {"number": number, "column": column}
    return Fault(number, "changed", column, sentence)


def _hash(row: dict[str, Any], **instead: Any) -> str:
    """The hash of an entry as its columns stand, some of them replaced."""
    values = {
        "previous": row["previous_hash"],
        "sequence": row["sequence"],
        "at": row["at"].astimezone(dt.UTC),
        "actor": row["actor_id"],
        "action": row["action"],
        "subject_type": row["subject_type"],
        "subject_id": row["subject_id"],
        "campaign": row["campaign_id"],
        "participant": row["participant_id"],
        "digest": row["payload_digest"],
        **instead,
    }
    values["subject"] = f"{values.pop('subject_type')}:{values.pop('subject_id')}"
    return entry_hash(**values)


def _changed_column(row: dict[str, Any], before: str, remembered: str) -> str:
    """Name the one column whose change explains an entry's hash, by putting candidates in its place."""
    if _hash(row) == remembered:
        return "hash"
    if _hash(row, previous=before) == row["hash"]:
        return "previous_hash"
    if row["payload__content"] and _digest_explains(row):
        return "payload_digest"
    for argument, column, candidates in _candidates(row):
        if any(_hash(row, **{argument: value}) == row["hash"] for value in candidates):
            return column
    return _UNNAMED


def _digest_explains(row: dict[str, Any]) -> bool:
    return _hash(row, digest=payload_digest(row["payload__salt"], row["payload__content"])) == row["hash"]


def _candidates(row: dict[str, Any]) -> Iterator[tuple[str, str, Iterable[Any]]]:
    """What else may have stood in each column that is not free: the values known to the database."""
    trail = AuditEntry.objects.order_by()
    yield "action", "action", trail.values_list("action", flat=True).distinct()
    yield "subject_type", "subject_type", ["", *(model._meta.label_lower for model in apps.get_models())]
    for argument, model in (("actor", User), ("campaign", Campaign), ("participant", Participant)):
        yield argument, f"{argument}_id", [None, *model._default_manager.values_list("pk", flat=True)]
    yield "subject_id", "subject_id", [None, *range(_NUMBERS_TRIED)]
