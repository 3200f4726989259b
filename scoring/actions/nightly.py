"""The night: score the day that ended, and any night missed before it, then what follows a run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import connection

from campaigns.actions.outbox_work import drain
from campaigns.outbox_registry import Clock
from campaigns.wake import wake_worker

from .requests import queue_missing_nights
from .runs import AFTER, expire_leases, work_queue

#: Other workers that are asked to help with a night of many campaigns; who is not there is not waited for.
HELPERS = 7


def run_due_nights(*, clock: Clock, seconds: float = 200) -> str:
    """Queue and execute every night that is due for the campaigns not yet closed, oldest first. One sentence.

    Calling it twice, or from two workers at once, does each night once. What does not fit in ``seconds``
    stays queued for the sweep.
    """
    expire_leases(now=clock())
    queued = queue_missing_nights(now=clock())
    for _bell in range(min(queued // settings.SCORE_CHUNK, HELPERS)):
        wake_worker()
    done = _work_side_by_side(clock, seconds)
    drain(clock=clock, topics=[AFTER], seconds=60)
    return f"{queued} nights queued. {done}".strip()


def _work_side_by_side(clock: Clock, seconds: float) -> str:
    """Work the queue in as many threads as are set: claims keep them apart, and the database does the work.

    SQLite has one writer, so there it is one thread: this one.
    """
    threads = settings.SCORE_THREADS if connection.vendor == "postgresql" else 1
    if threads == 1:
        return work_queue(clock=clock, seconds=seconds)

    def work(_number: int) -> str:
        try:
            return work_queue(clock=clock, seconds=seconds)
        finally:
            connection.close()  # the thread's own

    with ThreadPoolExecutor(threads) as pool:
        return " ".join(filter(None, pool.map(work, range(threads))))
