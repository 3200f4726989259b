"""The bell: tell a worker that there is work. The database is the queue; a lost bell loses nothing."""

from __future__ import annotations

import logging
import time

from celery import current_app
from django.conf import settings

log = logging.getLogger(__name__)

REST = 10  # seconds for which a broker that failed is left alone: only one request in them may have to wait for it
_silent_until = 0.0  # of this process


def wake_worker(delay: int = 0) -> None:
    """Send the drain task; a broker that is away is logged and left to the sweeper."""
    global _silent_until
    if not settings.WAKE_WORKER or time.monotonic() < _silent_until:
        return
    try:
        current_app.send_task("campaigns.tasks.drain_outbox", countdown=delay or None, ignore_result=True, retry=False)
    except Exception:  # any broker fault: the sweeper does the work within half a minute
        _silent_until = time.monotonic() + REST
        log.warning("worker not woken; the sweeper will find the work", exc_info=True)
