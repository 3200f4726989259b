"""Execute queued runs: claimed by conditional update with a lease, one a campaign at a time, all or nothing.

The scores and the end of the run are one transaction: a worker killed anywhere leaves the previous snapshot
whole and a lease that runs out, and the sweep computes the day again.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Sequence

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from campaigns.actions import audit
from campaigns.actions.locks import hold
from campaigns.actions.outbox import enqueue
from campaigns.actions.outbox_work import LOST, MAX_ATTEMPTS, allowed_losses, lease
from campaigns.calendar import cut_off
from campaigns.models import Campaign, Target
from campaigns.outbox_registry import Clock
from campaigns.worker_identity import new_owner
from scoring import queries
from scoring.after_run import hooks
from scoring.enums import RunStatus, RunTrigger
from scoring.models import ScoreRun, UnitScore

from .requests import refusal

log = logging.getLogger(__name__)

AFTER = "score.after"


def work_queue(*, clock: Clock, campaign_ids: Sequence[int] | None = None, seconds: float = 240) -> str:
    """Execute what waits in the queue, nights of each campaign in order; begin nothing after ``seconds``. One sentence.

    A run that fails here waits for the next call, and after the third failure stays failed.
    """
    until, done, set_aside = time.monotonic() + seconds, 0, set[int]()
    while time.monotonic() < until:
        batch = _next_batch(set_aside, campaign_ids)
        if not batch:
            break
        finished = execute(run_ids=batch, clock=clock)
        done += len(finished)
        set_aside.update(set(batch) - set(finished))
    if not done and not set_aside:
        return ""
    return f"{done} runs done, {len(set_aside)} not." if set_aside else f"{done} runs done."


def wait_for(*, run: ScoreRun, clock: Clock, seconds: float = 60) -> ScoreRun:
    """Execute the campaign's queue until ``run`` is over, waiting while another worker is at it; return the run."""
    until = time.monotonic() + seconds
    while run.status in (RunStatus.QUEUED, RunStatus.RUNNING):
        work_queue(clock=clock, campaign_ids=[run.campaign_id])
        run.refresh_from_db()
        failed_once = run.status == RunStatus.QUEUED and run.error
        if failed_once or time.monotonic() >= until:
            break
        if run.status in (RunStatus.QUEUED, RunStatus.RUNNING):
            time.sleep(0.2)
            expire_leases(now=clock())
    return run


def claimable() -> QuerySet[ScoreRun]:
    """Queued runs whose campaign is free; a night (and the final run) only when no earlier night waits."""
    same = ScoreRun.objects.filter(campaign=OuterRef("campaign"))
    earlier_night = same.filter(
        trigger=RunTrigger.NIGHTLY, status__in=(RunStatus.QUEUED, RunStatus.RUNNING), day__lt=OuterRef("day")
    )
    in_order = (RunTrigger.NIGHTLY, RunTrigger.FINAL)
    return ScoreRun.objects.filter(status=RunStatus.QUEUED).exclude(
        Exists(same.filter(status=RunStatus.RUNNING)) | (Q(trigger__in=in_order) & Exists(earlier_night))
    )


def _next_batch(set_aside: set[int], campaign_ids: Sequence[int] | None) -> list[int]:
    """Ids of runs to execute together: one request, or the same night of as many campaigns as go in a chunk.

    What somebody waits for goes before a long catch-up of nights, and what never failed before what did: that
    is computed alone, so that one campaign's fault or a lost worker counts against no other campaign.
    """
    waiting = claimable().exclude(pk__in=set_aside)
    if campaign_ids is not None:
        waiting = waiting.filter(campaign__in=campaign_ids)
    asked_first = Case(When(trigger=RunTrigger.NIGHTLY, then=Value(1)), default=Value(0), output_field=IntegerField())
    first = waiting.order_by(asked_first, "attempts", "day", "pk").first()
    if first is None:
        return []
    if first.trigger != RunTrigger.NIGHTLY or first.attempts:
        return [first.pk]
    night = waiting.filter(trigger=RunTrigger.NIGHTLY, day=first.day, attempts=0).order_by("campaign")
    return list(night.values_list("pk", flat=True)[: settings.SCORE_CHUNK])


def claim(*, run_ids: Sequence[int], owner: str, now: dt.datetime) -> list[int]:
    """Take queued runs for ``owner``; return those that were still free.

    The condition and the unique constraint decide, not what was read before: two workers never get one run,
    and no campaign has two at work.
    """
    try:
        with transaction.atomic():
            return _take(run_ids, owner, now)
    except IntegrityError:  # a campaign of the chunk got another run at work meanwhile: take the others singly
        if len(run_ids) == 1:
            return []
        return [run for one in run_ids for run in claim(run_ids=[one], owner=owner, now=now)]


def _take(run_ids: Sequence[int], owner: str, now: dt.datetime) -> list[int]:
    mine = ScoreRun.objects.filter(pk__in=run_ids)
    if connection.features.has_select_for_update_skip_locked:
        free = claimable().filter(pk__in=run_ids).select_for_update(of=("self",), skip_locked=True).order_by("pk")
        mine = ScoreRun.objects.filter(pk__in=list(free.values_list("pk", flat=True)))
    mine.filter(pk__in=claimable().values("pk"), status=RunStatus.QUEUED).update(
        status=RunStatus.RUNNING,
        lease_owner=owner,
        lease_until=now + lease(),
        started_at=now,
        finished_at=None,
        attempts=F("attempts") + 1,
        error="",
    )
    return list(_held(owner).filter(pk__in=run_ids).order_by("campaign").values_list("pk", flat=True))


def _held(owner: str) -> QuerySet[ScoreRun]:
    return ScoreRun.objects.filter(lease_owner=owner, status=RunStatus.RUNNING)


def execute(*, run_ids: Sequence[int], clock: Clock) -> list[int]:
    """Claim the runs (all of one day and trigger), compute them in one transaction; return the ids that are done.

    Where one campaign makes the chunk fail, the others are computed singly.
    """
    owner = new_owner()
    claimed = claim(run_ids=run_ids, owner=owner, now=clock())
    if not claimed:
        return []
    try:
        return _compute(claimed, owner, clock)
    except Exception as error:  # whatever it is, the run row must say so and the queue must go on
        log.exception("runs %s failed", claimed)
        if len(claimed) > 1:
            return [run for one in claimed for run in _compute_singly(one, owner, clock)]
        _fail(claimed[0], owner, clock(), error)
        return []


def _compute_singly(run_id: int, owner: str, clock: Clock) -> list[int]:
    try:
        return _compute([run_id], owner, clock)
    except Exception as error:  # as above
        log.exception("run %s failed", run_id)
        _fail(run_id, owner, clock(), error)
        return []


def _compute(run_ids: Sequence[int], owner: str, clock: Clock) -> list[int]:
    """Write the scores of claimed runs and end the runs, in one transaction that no other run can enter."""
    with transaction.atomic():
        _be_patient()
        held = _held(owner).filter(pk__in=run_ids)
        # Campaigns first, as everybody who changes one does (reports hold them too and do not wait for a run);
        # then the runs, so that no sweep takes them away.
        ours = Campaign.objects.filter(pk__in=list(held.values_list("campaign", flat=True))).order_by("pk")
        hold(ours)
        campaigns = {campaign.pk: campaign for campaign in ours}
        runs = list(held.select_for_update(of=("self",)).order_by("campaign"))
        now = clock()
        runs = [run for run in runs if not _refused(run, campaigns[run.campaign_id], now)]
        if runs:
            _write(runs, now)
    return [run.pk for run in runs]


def _refused(run: ScoreRun, campaign: Campaign, now: dt.datetime) -> bool:
    """End a run the campaign does not allow any more (it was closed, reopened or taken back meanwhile)."""
    reason = refusal(campaign=campaign, day=run.day, trigger=run.trigger, now=now)
    if reason:
        _end(run, RunStatus.FAILED, now, error=reason)
    return bool(reason)


def _write(runs: Sequence[ScoreRun], now: dt.datetime) -> None:
    day, trigger = runs[0].day, RunTrigger(runs[0].trigger)
    # The running day counts to the moment of computing; any other day, and a final run, to the end of its day.
    moment = cut_off(day) if trigger == RunTrigger.FINAL else min(cut_off(day), now)
    campaign_ids = [run.campaign_id for run in runs]
    figures = queries.write_scores(
        campaign_ids=campaign_ids, day=day, cut_off=moment, run_ids={run.campaign_id: run.pk for run in runs}
    )
    read, written = _rows_read(campaign_ids, day), _rows_written(runs)
    for run in runs:
        run.cut_off = moment
        run.rows_read, run.rows_written = read.get(run.campaign_id, 0), written.get(run.pk, 0)
        run.checksum = figures.checksums[run.campaign_id]
        if trigger == RunTrigger.FINAL:
            run.rows_written += queries.write_target_scores(run=run)
        _end(run, RunStatus.DONE, now)
    if trigger != RunTrigger.EVENT and hooks():
        enqueue(topic=AFTER, key=f"{day}:{runs[0].pk}", payload={"run_ids": [run.pk for run in runs]}, now=now)
    if trigger == RunTrigger.FINAL:
        audit.record(
            action="scoring.final_run",
            subject=runs[0],
            by=None,
            now=now,
            campaign=runs[0].campaign,
            after={"day": day, "checksum": runs[0].checksum},
        )


def _rows_read(campaign_ids: Sequence[int], day: dt.date) -> dict[int, int]:
    """Targets in force on the day, by campaign."""
    rows = Target.objects.filter(queries.in_force(day), campaign_id__in=campaign_ids).order_by()
    return dict(rows.values_list("campaign").annotate(Count("pk")))


def _rows_written(runs: Sequence[ScoreRun]) -> dict[int, int]:
    """Unit rows that each run inserted or changed: a rerun that finds the same figures leaves its number nowhere."""
    rows = UnitScore.objects.filter(campaign__in=[run.campaign_id for run in runs], day=runs[0].day, run__in=runs)
    return dict(rows.values_list("run").annotate(Count("pk")))


def _end(run: ScoreRun, status: RunStatus, now: dt.datetime, *, error: str = "") -> None:
    run.status, run.finished_at, run.error = status, now, error[:2000]
    run.lease_owner, run.lease_until = "", None
    run.save()


def _fail(run_id: int, owner: str, now: dt.datetime, error: Exception | str) -> None:
    """Give a run that failed back to the queue, or leave it failed after the last attempt."""
    text = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    for run in _held(owner).filter(pk=run_id):
        if run.attempts >= MAX_ATTEMPTS:
            _end(run, RunStatus.FAILED, now, error=text)
        else:
            _end(run, RunStatus.QUEUED, now, error=text)


def expire_leases(*, now: dt.datetime) -> int:
    """Give back the runs of lost workers (or leave them failed, when they were lost too often); return how many."""
    with transaction.atomic():
        lost = ScoreRun.objects.filter(status=RunStatus.RUNNING, lease_until__lt=now).order_by("pk")
        if connection.features.has_select_for_update_skip_locked:
            lost = lost.select_for_update(of=("self",), skip_locked=True)  # a locked row has a living worker
        runs = list(lost)
        for run in runs:
            given_up = run.attempts >= allowed_losses(run.lease_owner)
            _end(run, RunStatus.FAILED if given_up else RunStatus.QUEUED, now, error=LOST)
    return len(runs)


def resume(*, clock: Clock) -> str:
    """Finish interrupted runs and execute what is queued. One sentence, empty where nothing was to do."""
    expired = expire_leases(now=clock())
    done = work_queue(clock=clock)
    return " ".join(filter(None, [f"{expired} interrupted runs taken up." if expired else "", done]))


def _be_patient() -> None:
    """Let this transaction's statements run as long as a task may, and wait longer for a lock than a request would."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {int(settings.SCORING_STATEMENT_TIMEOUT_MS)}")
            cursor.execute("SET LOCAL lock_timeout = 30000")
