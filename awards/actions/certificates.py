"""Certificates of an issued decision: golden-book numbers, and one PDF made by the worker."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import override

from awards.documents.procedure import issued_awards
from awards.enums import DocumentKind, JobState
from awards.models import Award, AwardDecision, DocumentJob
from awards.permissions import may_write
from awards.workflow import Refusal
from campaigns.actions.audit import record
from campaigns.actions.outbox import enqueue
from campaigns.models import Campaign, User
from campaigns.outbox_registry import Clock

from .documents import Source, collect, keep
from .templates import template_in_use

TOPIC = "awards.certificates"
#: After how many pages the progress is written down.
STEP = 20


@transaction.atomic
def number_awards(*, issue_id: int, first: int, by: User, now: dt.datetime) -> int:
    """Give the awards of a decision that have none their golden-book numbers, in the list's order from ``first`` on.

    A number is given once and never changed. Returns how many were given. Raises PermissionDenied,
    Refusal("number_taken").
    """
    issue = AwardDecision.objects.get(pk=issue_id)
    may_write(by, DocumentKind.CERTIFICATE, issue, now=now)
    waiting = [award for award in issued_awards(issue) if not award.golden_book_number and award.revoked_on is None]
    numbers = [str(number) for number in range(first, first + len(waiting))]
    if Award.objects.filter(golden_book_number__in=numbers).exists():
        raise Refusal("number_taken")
    try:
        with transaction.atomic():
            for award, number in zip(waiting, numbers, strict=True):
                Award.objects.write_once(award.pk, empty="golden_book_number", golden_book_number=number)
    except IntegrityError as error:
        raise Refusal("number_taken") from error
    if waiting:
        record(
            action="award.numbered",
            subject=issue,
            by=by,
            now=now,
            campaign=issue.campaign,
            after={"from": numbers[0], "to": numbers[-1]},
        )
    return len(waiting)


@transaction.atomic
def request_certificates(*, issue_id: int, by: User, now: dt.datetime) -> DocumentJob:
    """Ask the worker for one PDF with every certificate of a decision; work under way is that work.

    Raises PermissionDenied, Refusal("nothing_to_write").
    """
    issue = AwardDecision.objects.select_related("campaign").get(pk=issue_id)
    may_write(by, DocumentKind.CERTIFICATE, issue, now=now)
    total = Award.objects.standing().filter(issue=issue).count()
    if not total:
        raise Refusal("nothing_to_write")
    # A decision that was issued is never written again, so nobody may lock its row: who asks locks the campaign's.
    Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=issue.campaign_id)
    waiting = DocumentJob.objects.filter(issue=issue, state__in=(JobState.QUEUED, JobState.WORKING)).first()
    if waiting is not None:
        return waiting
    job = DocumentJob.objects.create(
        kind=DocumentKind.CERTIFICATE, issue=issue, total=total, requested_by=by, requested_at=now
    )
    enqueue(topic=TOPIC, key=str(job.pk), now=now)
    record(
        action="document.certificates_asked",
        subject=job,
        by=by,
        now=now,
        campaign=issue.campaign,
        after={"number": issue.number, "pages": total},
    )
    return job


def make_certificates(*, job_id: int, clock: Clock, last_attempt: bool) -> str:
    """Make the certificates of a job; called again after a crash it ends with the same document.

    What goes wrong is written on the job at the last attempt, so that whoever asked sees it.
    """
    job = DocumentJob.objects.select_related("issue__campaign", "requested_by").get(pk=job_id)
    if job.state in (JobState.DONE, JobState.FAILED):
        return f"Job {job.pk} is over."
    try:
        return _make(job, clock)
    except Exception as error:
        if last_attempt:
            _write(job, state=JobState.FAILED, problem=f"{type(error).__name__}"[:300], finished_at=clock())
        raise


def _make(job: DocumentJob, clock: Clock) -> str:
    source = Source("issue", job.issue)
    template = template_in_use(DocumentKind.CERTIFICATE, now=clock())
    with override("vi"):
        data = collect(DocumentKind.CERTIFICATE, source, template, now=clock())
    total = len(data["danh_sach"])
    _write(job, state=JobState.WORKING, total=total, done=0)

    def told(done: int) -> None:
        if done % STEP == 0 or done == total:
            _write(job, done=done)

    document = keep(
        kind=DocumentKind.CERTIFICATE,
        source=source,
        template=template,
        data=data,
        by=job.requested_by,
        now=clock(),
        told=told,
    )
    _write(job, state=JobState.DONE, done=total, document=document, finished_at=clock())
    return f"{total} certificates of {job.issue.number} made."


def _write(job: DocumentJob, **columns: object) -> None:
    """The worker is the one writer of a job it holds."""
    DocumentJob.objects.filter(pk=job.pk).exclude(state__in=(JobState.DONE, JobState.FAILED)).update(**columns)
