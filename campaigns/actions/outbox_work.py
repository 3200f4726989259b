"""Do the outbox's work: claim by conditional update with a lease, run the handler, finish, retry or give up.

The database is the queue of record. A worker that dies leaves a lease that runs out; the sweep gives the
message back. Attempts are counted when a message is claimed, so one that takes its process down is given up too.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Collection

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet

from campaigns.enums import OutboxState
from campaigns.models import Heartbeat, OutboxMessage
from campaigns.outbox_registry import Clock, Message, NotYet, handler_of, registered_sweeps
from campaigns.worker_identity import new_owner, outlived

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3  # of work that fails or takes its process down
MAX_LOSSES = 10  # of work whose whole worker was killed or restarted under it
FIRST_PAUSE = dt.timedelta(seconds=30)  # before the second attempt; four times as long before the third
SKIPPED = "The pending message of the same topic and key does this work."
LOST = "The worker was lost."
NOTHING = "No work was due."


def lease() -> dt.timedelta:
    """Return for how long a claim holds: longer than a task may run, so a live worker never loses it."""
    return dt.timedelta(seconds=settings.WORK_LEASE_SECONDS)


def drain(*, clock: Clock, topics: Collection[str] | None = None, seconds: float = 120) -> str:
    """Do all work that is due (of ``topics`` only, where given); begin nothing after ``seconds``. One sentence."""
    until, outcomes = time.monotonic() + seconds, Counter[str]()
    while time.monotonic() < until:
        message = claim(now=clock(), topics=topics)
        if message is None:
            break
        outcomes[_work(message, clock)] += 1
    if not outcomes:
        return NOTHING
    return "; ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())) + "."


def claim(*, now: dt.datetime, topics: Collection[str] | None = None) -> OutboxMessage | None:
    """Take the oldest due message for this worker, or None. Two workers never get the same one."""
    due = OutboxMessage.objects.filter(state=OutboxState.PENDING, available_at__lte=now)
    if topics is not None:
        due = due.filter(topic__in=topics)
    with transaction.atomic():
        waiting = due.order_by("available_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            # A message held by an act that has not committed yet (see ``enqueue``) is left until it has.
            waiting = waiting.select_for_update(skip_locked=True)
        found = waiting.values_list("pk", flat=True).first()
        if found is None:
            return None
        taken = due.filter(pk=found).update(
            state=OutboxState.CLAIMED,
            lease_owner=new_owner(),
            lease_until=now + lease(),
            attempts=F("attempts") + 1,
        )
    return OutboxMessage.objects.get(pk=found) if taken else None


def _work(row: OutboxMessage, clock: Clock) -> str:
    """Run the handler of a claimed message and settle it; return how it ended."""
    handler = handler_of(row.topic)
    if handler is None:
        return _give_up(row, clock(), f"Nobody handles the topic {row.topic}.")
    try:
        handler(Message(row.topic, row.key, row.payload, row.attempts), clock)
    except NotYet as wait:
        return _put_back(row, clock(), dt.timedelta(seconds=wait.seconds), str(wait), counted=False)
    except Exception as error:  # one message's fault must not stop the others
        log.exception("outbox message %s failed: %s %s", row.pk, row.topic, row.key)
        return _failed(row, clock(), f"{type(error).__name__}: {error}")
    return _settle(row, OutboxState.DONE, clock(), "")


def _failed(row: OutboxMessage, now: dt.datetime, error: str) -> str:
    if row.attempts >= MAX_ATTEMPTS:
        return _give_up(row, now, error)
    return _put_back(row, now, FIRST_PAUSE * 4 ** (row.attempts - 1), error)


def _give_up(row: OutboxMessage, now: dt.datetime, error: str) -> str:
    log.error("outbox message %s given up: %s %s: %s", row.pk, row.topic, row.key, error)
    return _settle(row, OutboxState.DEAD, now, error)


def _settle(row: OutboxMessage, state: OutboxState, now: dt.datetime, error: str) -> str:
    """End a message, unless its lease was lost meanwhile: then whoever has it now ends it."""
    ended = _mine(row).update(state=state, finished_at=now, last_error=error[:2000], lease_owner="", lease_until=None)
    return str(state.value) if ended else "lost"


def _put_back(row: OutboxMessage, now: dt.datetime, pause: dt.timedelta, error: str, *, counted: bool = True) -> str:
    """Make a message pending again. Where the same work is pending already, that message does it."""
    try:
        with transaction.atomic():
            returned = _mine(row).update(
                state=OutboxState.PENDING,
                available_at=now + pause,
                attempts=row.attempts if counted else row.attempts - 1,
                last_error=error[:2000],
                lease_owner="",
                lease_until=None,
            )
    except IntegrityError:
        _settle(row, OutboxState.DONE, now, SKIPPED)
        return "coalesced"
    return ("retried" if counted else "waiting") if returned else "lost"


def _mine(row: OutboxMessage) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(pk=row.pk, state=OutboxState.CLAIMED, lease_owner=row.lease_owner)


def allowed_losses(owner: str) -> int:
    """Return after how many attempts lost work is given up: sooner where its worker outlived it."""
    return MAX_ATTEMPTS if outlived(owner) else MAX_LOSSES


def expire_leases(*, now: dt.datetime) -> int:
    """Give back (or give up, when it was lost too often) what lost workers had claimed; return how many."""
    expired = 0
    for row in OutboxMessage.objects.filter(state=OutboxState.CLAIMED, lease_until__lt=now).order_by("pk"):
        if row.attempts >= allowed_losses(row.lease_owner):
            outcome = _give_up(row, now, LOST)
        else:
            outcome = _put_back(row, now, dt.timedelta(), LOST)
        expired += outcome != "lost"
    return expired


def work(*, clock: Clock) -> str:
    """Do what is due: messages, what other apps registered, and the messages that led to. One sentence."""
    done = [drain(clock=clock)]
    for name, look_after in registered_sweeps().items():
        try:
            done.append(look_after(clock))
        except Exception:  # one app's fault must not stop the others; it is tried again at the next sweep
            log.exception("sweep of %s failed", name)
            done.append(f"The sweep of {name} failed.")
    if any(done[1:]):
        done.append(drain(clock=clock).replace(NOTHING, ""))
    return " ".join(filter(None, done))


def sweep(*, clock: Clock) -> str:
    """Say that the worker lives, finish what was interrupted, then ``work``. One sentence."""
    Heartbeat.objects.update_or_create(pk=1, defaults={"at": clock()})
    expired = expire_leases(now=clock())
    returned = f"{expired} lost claims returned. " if expired else ""
    return returned + work(clock=clock)
