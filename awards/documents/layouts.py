"""What staff set for a document, from its template's stored layout; anything not set is the kind's own. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .fields import Kind
from .kinds import KINDS

BODY_SIZES = (13, 14)


@dataclass(frozen=True)
class Layout:
    """Symbol, signer and recipients of a document, and the size of its body."""

    symbol: str
    titles: tuple[str, ...]  # empty: found from who decides
    signer_name: str
    recipients: tuple[str, ...]
    body_size: int
    form_number: str


def layout_of(kind: str, stored: Mapping[str, Any], *, form_number: str = "") -> Layout:
    """Return the layout of a kind with what staff set for it."""
    own: Kind = KINDS[kind]
    return Layout(
        symbol=stored.get("symbol") or own.symbol,
        titles=tuple(stored.get("titles") or own.titles),
        signer_name=stored.get("signer_name", ""),
        recipients=tuple(stored.get("recipients") or own.recipients),
        body_size=stored.get("body_size") or 14,
        form_number=form_number,
    )
