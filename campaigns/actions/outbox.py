"""Put work into the outbox, in the transaction that makes it necessary."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from campaigns.enums import OutboxState
from campaigns.models import OutboxMessage
from campaigns.wake import wake_worker


def enqueue(*, topic: str, key: str, now: dt.datetime, payload: dict[str, Any] | None = None, delay: int = 0) -> None:
    """Ask for work of ``topic`` on ``key``, not before ``delay`` seconds from ``now``.

    A pending row with the same topic and key is the same work: nothing is added, so bursts coalesce.
    The worker is woken after commit; if the bell is lost the sweeper finds the row.
    """
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                topic=topic,
                key=key,
                payload=payload or {},
                state=OutboxState.PENDING,
                created_at=now,
                available_at=now + dt.timedelta(seconds=delay),
            )
        ],
        ignore_conflicts=True,
    )
    transaction.on_commit(lambda: wake_worker(delay), robust=True)
