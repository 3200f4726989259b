"""Which of the planted words may reach whom: ``ZZA-…`` stands in unit A's rows, ``ZZB-…`` in unit B's."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

#: A unit's own people read these of their own.
OWN = {
    "NOTE", "EVIDENCE", "DRAFT-NOTE", "DRAFT-TEXT", "SENT", "EVIDENCE-BYTES", "NOMINEE", "PROPOSAL-DRAFT", "ACHIEVED",
    "RECEIPT", "QUESTION", "ANSWER", "APPEAL", "ARGUED", "PAPER", "INCIDENT", "ACTIVITY", "PICTURE",
    "STORY-TITLE", "STORY-TEXT",
}  # fmt: skip
#: Those in charge read these of both units.
IN_CHARGE = {
    "NOTE", "EVIDENCE", "GROUNDS", "TRAIL", "POINTS-REASON", "QUESTION", "ANSWER", "APPEAL", "ARGUED", "INCIDENT",
    "ACTIVITY",
}  # fmt: skip
_THREADS = {"QUESTION", "ANSWER", "APPEAL", "ARGUED", "PAPER", "INCIDENT", "ACTIVITY", "PICTURE"}
#: What never reaches a person who reads of both units.
NEVER = {
    "verifier": {"DRAFT-NOTE", "DRAFT-TEXT", "DRAFTFILE", "GROUNDS", "NOMINEE", "ACHIEVED", "CONTACT"} | _THREADS,
    "council": {"DRAFT-NOTE", "DRAFT-TEXT", "NOTE", "NOMINEE", "PROPOSAL-DRAFT", "GROUNDS", "TRAIL"} | _THREADS,
    # A draft proposal is its unit's alone until it is submitted.
    "staff": {"PROPOSAL-DRAFT"},
    "auditor": {"PROPOSAL-DRAFT"},
}
#: People who read none of the words.
OUTSIDERS = {"viewer", "publisher", "superuser", "deactivated", "anonymous"}
TRAIL_PAGES = {"/admin/campaigns/auditentry/", "/nhat-ky/", "/nhat-ky/xuat/"}

Words = Mapping[str, set[str]]  # word → addresses it stood at


def forbidden(role: str, words: Words) -> list[str]:
    """Return the words that this person must not have read."""
    if role in OUTSIDERS:
        return sorted(words)
    other = {"leader_a": "ZZB-", "reporter_a": "ZZB-", "leader_b": "ZZA-"}.get(role)
    if other:
        return sorted(word for word in words if word.startswith(other) or word.endswith("GROUNDS"))
    found = [word for word in words if word[4:] in NEVER.get(role, set())]
    if role in {"staff", "auditor"}:  # the trail alone names a draft's nominee
        found += [word for word, where in words.items() if word.endswith("NOMINEE") and _paths(where) - TRAIL_PAGES]
    return sorted(found)


def unread(role: str, words: Words) -> set[str]:
    """Return the words that this person should have read and did not."""
    if role in {"staff", "auditor"}:
        return {f"ZZ{unit}-{word}" for unit in "AB" for word in IN_CHARGE} - words.keys()
    if role in {"leader_a", "reporter_a", "leader_b"}:
        own = "ZZB-" if role == "leader_b" else "ZZA-"
        return {own + word for word in OWN} - words.keys()
    return {"verifier": {"WAITING", "EVIDENCE"}, "council": {"ACHIEVED"}}.get(role, set()) - {
        word[4:] for word in words
    }


def _paths(addresses: set[str]) -> set[str]:
    return {urlsplit(address).path for address in addresses}
