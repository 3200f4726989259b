"""What awards does after a finished run, and with its outbox messages; registered by being read at start-up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from awards.actions import certificates, eligibility
from awards.actions.eligibility import evaluate_run
from campaigns.actions.outbox_work import MAX_ATTEMPTS
from campaigns.outbox_registry import Clock, Message, handles
from scoring.after_run import after_run
from scoring.enums import RunTrigger
from scoring.models import ScoreRun


@after_run
def evaluate(campaign_ids: Sequence[int], day: dt.date, trigger: RunTrigger, now: dt.datetime) -> str:
    """Find the eligibility of a day that was just scored. Called twice it writes nothing the second time."""
    latest: dict[int, ScoreRun] = {}
    runs = ScoreRun.objects.good().filter(campaign__in=campaign_ids, day=day, trigger=trigger)
    for run in runs.select_related("campaign").order_by("finished_at", "pk"):
        latest[run.campaign_id] = run
    figures = [evaluate_run(run=run, now=now) for run in latest.values()]
    return f"{sum(f.rows_written for f in figures)} outcomes written, {sum(f.proposals_marked for f in figures)} marks."


@handles(certificates.TOPIC)
def make(message: Message, clock: Clock) -> str:
    """Make the certificates of a job (key: its id)."""
    return certificates.make_certificates(
        job_id=int(message.key), clock=clock, last_attempt=message.attempt >= MAX_ATTEMPTS
    )


@handles(eligibility.TOPIC)
def evaluate_changed(message: Message, clock: Clock) -> str:
    """Judge a campaign's units anew after its awards or criteria changed (key: the campaign's id)."""
    return f"{eligibility.evaluate_again(campaign_id=int(message.key), now=clock())} outcomes written."
