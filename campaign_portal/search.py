"""One box that finds units, indicators, people, proposals and documents, with and without diacritics.

Everything goes through ``visible_to``: what a person may not see is not found either.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from awards.models import AwardDecision, GeneratedDocument, Proposal
from awards.names import name_key
from campaigns.models import Campaign, Indicator, Participant, User
from campaigns.permissions import Permission, can
from campaigns.vietnamese import fold, normalise
from campaigns.visibility import visible_to

#: What a group shows; more is asked for with more letters.
MOST = 8
SHORTEST = 2
LONGEST = 100
#: Documents and indicators are compared in memory: their names are not stored folded. The latest so many.
_LOOKED_THROUGH = 2000


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    label: str
    note: str
    url: str


@dataclass(frozen=True)
class Group:
    """What was found of one noun."""

    title: str
    icon: str
    hits: list[Hit]
    has_more: bool


def search(*, user: User, campaign: Campaign | None, asked: str) -> list[Group]:
    """Return what the words are found in, by noun; nothing for fewer than two letters. A fixed number of queries."""
    words = fold(normalise(asked)[:LONGEST]).split()
    if campaign is None or len("".join(words)) < SHORTEST:
        return []
    found = (
        _group(_("Units"), "building", _units(user, campaign, words)),
        _group(_("Indicators"), "bullseye", _indicators(user, campaign, words)),
        _group(_("People"), "people", _people(user, words)),
        _group(_("Award proposals"), "award", _proposals(user, asked)),
        _group(_("Decisions"), "patch-check", _decisions(user, words)),
        _group(_("Documents"), "file-earmark-text", _documents(user, words)),
    )
    return [group for group in found if group.hits]


def _group(title: str, icon: str, hits: Iterable[Hit]) -> Group:
    found = list(hits)
    return Group(title, icon, found[:MOST], len(found) > MOST)


def _has_all(text: str, words: list[str]) -> bool:
    folded = fold(text)
    return all(word in folded for word in words)


def _folded(rows: QuerySet[Any], column: str, words: list[str]) -> QuerySet[Any]:
    for word in words:
        rows = rows.filter(**{f"{column}__contains": word})
    return rows


def _units(user: User, campaign: Campaign, words: list[str]) -> list[Hit]:
    rows = visible_to(user, Participant).filter(campaign=campaign).select_related("bloc").order_by("sort_key")
    return [
        Hit(row.name, f"{row.code} · {row.bloc.name}", reverse("scoring:unit", args=[row.code]))
        for row in _folded(rows, "unit__search_text", words)[: MOST + 1]
    ]


def _indicators(user: User, campaign: Campaign, words: list[str]) -> list[Hit]:
    rows = visible_to(user, Indicator).filter(campaign=campaign).select_related("area").order_by("code")
    return [
        Hit(f"{row.code} · {row.name}", row.area.name, reverse("scoring:indicator", args=[row.code]))
        for row in rows[:_LOOKED_THROUGH]
        if _has_all(f"{row.code} {row.name}", words)
    ]


def _people(user: User, words: list[str]) -> list[Hit]:
    """Accounts, for those whom the administration shows them."""
    if not user.is_staff:
        return []
    rows = _folded(visible_to(user, User).filter(is_active=True).order_by("sort_key"), "search_text", words)
    return [
        Hit(row.full_name, row.position, reverse("admin:campaigns_user_change", args=[row.pk]))
        for row in rows[: MOST + 1]
    ]


def _proposals(user: User, asked: str) -> list[Hit]:
    rows = visible_to(user, Proposal).filter(recipient_key__contains=name_key(asked)[:200])
    return [
        Hit(
            row.recipient_name,
            f"{row.category.name} · {row.get_state_display()}",
            reverse("awards:proposal", args=[row.pk]),
        )
        for row in rows.select_related("category").order_by("-pk")[: MOST + 1]
    ]


def _decisions(user: User, words: list[str]) -> list[Hit]:
    if not can(user, Permission.VIEW_PROPOSALS):
        return []
    rows = visible_to(user, AwardDecision).order_by("-signed_on", "-pk")[:_LOOKED_THROUGH]
    return [
        Hit(row.number, row.signer_name, reverse("awards:issued", args=[row.pk]))
        for row in rows
        if _has_all(row.number, words)
    ]


def _documents(user: User, words: list[str]) -> list[Hit]:
    rows = visible_to(user, GeneratedDocument).only("name", "kind").order_by("-generated_at", "-pk")
    return [
        Hit(row.name, row.get_kind_display(), reverse("awards:document", args=[row.pk]))
        for row in rows[:_LOOKED_THROUGH]
        if _has_all(f"{row.name} {row.get_kind_display()}", words)
    ]
