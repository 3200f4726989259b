"""Put work into the outbox, in the transaction that makes it necessary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from campaigns.enums import OutboxState
from campaigns.models import OutboxMessage
from campaigns.wake import wake_worker

from .locks import hold


def enqueue(*, topic: str, key: str, now: dt.datetime, payload: dict[str, Any] | None = None, delay: int = 0) -> None:
    """Ask for work of ``topic`` on ``key``, not before ``delay`` seconds from ``now``.

    A pending row with the same topic and key is the same work: nothing is added, so bursts coalesce. That row
    is then held until this transaction ends, or a worker could do the work before the act is visible to it.
    The worker is woken after commit; if the bell is lost the sweeper finds the row. Call it before the act is
    audited, whose lock is always taken last.
    """
    message = {"topic": topic, "key": key, "state": OutboxState.PENDING}
    while not hold(OutboxMessage.objects.filter(**message).order_by()):
        OutboxMessage.objects.bulk_create(
            [
                OutboxMessage(
                    **message, payload=payload or {}, created_at=now, available_at=now + dt.timedelta(seconds=delay)
                )
            ],
            ignore_conflicts=True,
        )
    transaction.on_commit(lambda: wake_worker(delay), robust=True)


def enqueue_each(*, topic: str, keys: Iterable[str], now: dt.datetime) -> None:
    """Ask for one piece of work for each key: as ``enqueue``, for keys nobody else has asked for yet."""
    rows = [
        OutboxMessage(topic=topic, key=key, state=OutboxState.PENDING, created_at=now, available_at=now) for key in keys
    ]
    OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        transaction.on_commit(wake_worker, robust=True)
