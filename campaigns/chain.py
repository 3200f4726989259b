"""The arithmetic of the audit chain: canonical JSON, salted digests, entry hashes. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date | dt.datetime | dt.time) else str(value)


def canonical_json(data: Any) -> str:
    """Return JSON with sorted keys, no spaces and dates as ISO text: the same data, the same bytes."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)


def payload_digest(salt: str, content: str) -> str:
    """Return the digest that stands in the chain for a payload; the salt keeps short payloads from being guessed."""
    return hashlib.sha256(f"{salt}:{content}".encode()).hexdigest()


def entry_hash(
    *,
    previous: str,
    sequence: int,
    at: dt.datetime,
    actor: int | None,
    action: str,
    subject: str,
    campaign: int | None,
    participant: int | None,
    digest: str,
) -> str:
    """Return the hash of one entry over the hash before it and all its columns, each length-prefixed.

    ``at`` is hashed as UTC with microseconds, as both databases store it.
    """
    moment = at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    parts = (previous, sequence, moment, actor, action, subject, campaign, participant, digest)
    text = "".join(f"{len(str(part))}:{part};" for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()
