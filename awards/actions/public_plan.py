"""The plan on the public page: its text and its file, published and taken back by who publishes."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from awards.models import PublicPlan
from awards.permissions import may_publish
from awards.workflow import WrongState
from campaigns import evidence
from campaigns.actions.audit import record
from campaigns.actions.idempotency import once
from campaigns.actions.threads import SentFile
from campaigns.actions.uploads import EvidenceRefused
from campaigns.calendar import local_day
from campaigns.files.checks import CONTENT_TYPES, CheckedFile, check_file
from campaigns.files.refusals import FileRefused
from campaigns.files.refusals import Refusal as FileRefusal
from campaigns.models import Campaign, User
from campaigns.vietnamese import normalise


def save_public_plan(
    *,
    campaign_id: int,
    text: str,
    is_published: bool,
    file: SentFile | None = None,
    drops_file: bool = False,
    version: int = 0,
    key: str,
    by: User,
    now: dt.datetime,
) -> PublicPlan:
    """Write the plan's text and file, and say whether strangers read them; ``version`` 0 is a plan not written yet.

    Raises PermissionDenied, EvidenceRefused, EvidenceStoreFull, WrongState("stale_version"), IdempotencyMismatch.
    """
    if not may_publish(by, on=local_day(now)):
        raise PermissionDenied
    campaign = Campaign.objects.get(pk=campaign_id)
    checked = _checked(file) if file is not None else None
    sha256 = evidence.store(file.content) if file is not None else ""
    told = {"text": normalise(text), "is_published": is_published, "file": sha256, "drops": drops_file}
    request = {"act": "public_plan.save", "campaign": campaign_id, **told}
    with transaction.atomic(), once(actor=by, key=key, request=request, now=now) as earlier:
        if earlier.result is not None:
            return PublicPlan.objects.get(pk=earlier.result["plan"])
        stored = PublicPlan.objects.select_for_update(of=("self",)).filter(campaign=campaign).first()
        if (stored.version if stored else 0) != version:
            raise WrongState("stale_version")
        plan = stored or PublicPlan(campaign=campaign, version=0)
        before = _told(plan) if stored else {}
        plan.text, plan.is_published = normalise(text), is_published
        if checked is not None and file is not None:
            plan.file_name, plan.file_type = checked.name, CONTENT_TYPES[checked.kind]
            plan.file_sha256, plan.file_size = sha256, len(file.content)
        elif drops_file:
            plan.file_name = plan.file_type = plan.file_sha256 = ""
            plan.file_size = 0
        plan.changed_by, plan.changed_at = by, now
        plan.version += 1
        try:
            with transaction.atomic():
                plan.save()
        except IntegrityError as error:  # another began it at the same moment
            raise WrongState("stale_version") from error
        record(
            action="public_plan.saved", subject=plan, by=by, now=now, campaign=campaign,
            before=before, after=_told(plan),
        )  # fmt: skip
        earlier.keep({"plan": plan.pk})
    return plan


def _checked(file: SentFile) -> CheckedFile:
    """Judge the plan's file: a document, not a picture."""
    try:
        checked = check_file(file.content, name=file.name)
    except FileRefused as refused:
        raise EvidenceRefused(refused.reason.label) from refused
    if checked.is_picture:
        raise EvidenceRefused(FileRefusal.NOT_ALLOWED.label)
    return checked


def _told(plan: PublicPlan) -> dict[str, object]:
    return {
        "text": plan.text, "is_published": plan.is_published,
        "file": plan.file_name, "sha256": plan.file_sha256,
    }  # fmt: skip
