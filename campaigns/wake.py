"""The bell: tell a worker that there is work. The database is the queue; a lost bell loses nothing."""

from __future__ import annotations

import logging

from celery import current_app
from django.conf import settings

log = logging.getLogger(__name__)


def wake_worker(delay: int = 0) -> None:
    """Send the drain task; a broker that is away is logged and left to the sweeper."""
    if not settings.WAKE_WORKER:
        return
    try:
        current_app.send_task("campaigns.tasks.drain_outbox", countdown=delay or None, ignore_result=True, retry=False)
    except Exception:  # any broker fault: the sweeper does the work within half a minute
        log.warning("worker not woken; the sweeper will find the work", exc_info=True)
