"""The night: score the day that ended, and any night missed before it, then what follows a run."""

from __future__ import annotations

from campaigns.actions.outbox_work import drain
from campaigns.outbox_registry import Clock

from .requests import queue_missing_nights
from .runs import AFTER, expire_leases, work_queue


def run_due_nights(*, clock: Clock, seconds: float = 200) -> str:
    """Queue and execute every night that is due for the campaigns not yet closed, oldest first. One sentence.

    Calling it twice, or from two workers at once, does each night once. What does not fit in ``seconds``
    stays queued for the sweep.
    """
    expire_leases(now=clock())
    queued = queue_missing_nights(now=clock())
    done = work_queue(clock=clock, seconds=seconds)
    drain(clock=clock, topics=[AFTER], seconds=60)
    return f"{queued} nights queued. {done}".strip()
