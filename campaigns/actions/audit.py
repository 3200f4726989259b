"""Write the audit trail: one entry an act, in the act's own transaction."""

from __future__ import annotations

import contextvars
import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction

from campaigns.chain import canonical_json, entry_hash, payload_digest
from campaigns.models import AuditEntry, AuditHead, AuditPayload, Campaign, Participant, User

_origin: contextvars.ContextVar[dict[str, str] | None] = contextvars.ContextVar("audit_origin", default=None)


@contextmanager
def origin(**where: str) -> Iterator[None]:
    """Say from where the acts inside come (address, request id, command); kept in each entry's payload."""
    token = _origin.set(where)
    try:
        yield
    finally:
        _origin.reset(token)


def record(
    *,
    action: str,
    subject: models.Model | None,
    by: User | None,
    now: dt.datetime,
    campaign: Campaign | None = None,
    participant: Participant | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Append one entry to the chain and return it. ``by=None`` is the portal itself.

    Call it last in the act's transaction: it locks the chain's head row, and everything written after it
    would hold that lock. Raises RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit entry is written in the transaction of its act.")
    content = canonical_json(
        {
            "who": by.full_name if by else "",
            "subject": str(subject) if subject is not None else "",
            "before": before or {},
            "after": after or {},
            "reason": reason,
            "origin": _origin.get() or {},
        }
    )
    salt = secrets.token_hex(16)
    digest = payload_digest(salt, content)
    if participant is not None and campaign is None:
        campaign = participant.campaign
    head = AuditHead.objects.select_for_update().get(pk=1)
    head.sequence += 1
    entry = AuditEntry(
        sequence=head.sequence,
        at=now,
        actor=by,
        action=action,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        campaign=campaign,
        participant=participant,
        payload_digest=digest,
        previous_hash=head.hash,
    )
    entry.hash = head.hash = entry_hash(
        previous=entry.previous_hash,
        sequence=entry.sequence,
        at=entry.at,
        actor=entry.actor_id,
        action=entry.action,
        subject=f"{entry.subject_type}:{entry.subject_id}",
        campaign=entry.campaign_id,
        participant=entry.participant_id,
        digest=digest,
    )
    entry.save(force_insert=True)
    AuditPayload.objects.create(entry=entry, salt=salt, content=content)
    head.save(update_fields=["sequence", "hash"])
    return entry


def digest_of(data: Any) -> str:
    """Return the SHA-256 of canonical JSON: what a person was shown, what a dossier holds."""
    return hashlib.sha256(canonical_json(data).encode()).hexdigest()


def stored(content: str) -> dict[str, Any]:
    """Return an entry's payload as a dictionary."""
    loaded: dict[str, Any] = json.loads(content)
    return loaded
