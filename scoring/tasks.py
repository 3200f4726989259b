"""What the worker does at night. Thin: the queue and what makes a repetition harmless are in ``actions``."""

from celery import shared_task
from django.utils import timezone

from scoring.actions.nightly import run_due_nights


@shared_task(name="scoring.tasks.nightly")
def nightly() -> str:
    """Score the local day that ended for every campaign not yet closed (00:15), and nights missed before."""
    return run_due_nights(clock=timezone.now)
