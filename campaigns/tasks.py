"""What the worker is woken for. Thin: the work, and what makes it safe to repeat, is in ``actions.outbox_work``."""

from celery import shared_task
from django.utils import timezone

from campaigns.actions import evidence_scan, outbox_work, reminders


@shared_task(name="campaigns.tasks.drain_outbox")
def drain_outbox() -> str:
    """Do the work that is due: a message has just been written."""
    return outbox_work.work(clock=timezone.now)


@shared_task(name="campaigns.tasks.sweep_outbox")
def sweep_outbox() -> str:
    """Finish what a lost message or a killed worker left undone (every 30 seconds)."""
    return outbox_work.sweep(clock=timezone.now)


@shared_task(name="campaigns.tasks.scan_evidence")
def scan_evidence() -> str:
    """Have all stored evidence hashed again (every night); the outbox carries the work."""
    evidence_scan.ask_for_scan(now=timezone.now())
    return "The scan of the stored evidence has been asked for."


@shared_task(name="campaigns.tasks.send_reminders")
def send_reminders() -> str:
    """Ask for the day's reminders (every morning; quiet days say nothing)."""
    return reminders.ask_for_reminders(now=timezone.now())
