"""Is what is stored still what was sent? Every night for all of it, and at once where a download finds damage."""

from __future__ import annotations

import datetime as dt
import time

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns import evidence
from campaigns.calendar import local_day
from campaigns.enums import FaultKind, PreviewState
from campaigns.models import EvidenceFault, EvidenceFile, Preview
from campaigns.outbox_registry import Clock
from campaigns.queries import stored_contents

from .audit import record
from .notices import tell_keepers
from .outbox import enqueue
from .previews import ask_for_preview, drop_preview

SCAN, CHECK = "evidence.scan", "evidence.check"
#: Seconds of one stretch; a large store is scanned in several messages, each far shorter than a task may run.
STRETCH = 100.0


@transaction.atomic
def ask_for_scan(*, now: dt.datetime, after: str = "") -> None:
    """Ask the worker to look at all stored evidence (the part behind the hash ``after``)."""
    enqueue(topic=SCAN, key=local_day(now).isoformat(), now=now, payload={"after": after})


@transaction.atomic
def ask_for_check(*, sha256: str, now: dt.datetime) -> None:
    """Ask the worker to look at one content: a download could not hand it out."""
    enqueue(topic=CHECK, key=sha256, now=now)


def scan(*, after: str, clock: Clock, seconds: float = STRETCH) -> str:
    """Look at all that is stored in the order of its hashes; ask for the next stretch when time is up. One sentence.

    Evidence, papers, templates and the published plan alike (campaigns/queries/stored_contents.py). Evidence that
    lacks its preview is asked to be drawn.
    """
    until, looked, damaged, last = time.monotonic() + seconds, 0, 0, ""
    for sha256 in stored_contents.hashes(after=after):
        if last and time.monotonic() > until:
            ask_for_scan(now=clock(), after=last)
            return f"{looked} files looked at, {damaged} damaged; the rest follows."
        last, looked = sha256, looked + 1
        if check_stored(sha256=sha256, now=clock()):
            damaged += 1
        elif (file := EvidenceFile.objects.filter(sha256=sha256).first()) is not None:
            _look_at_preview(file, clock())
    return f"{looked} files looked at, {damaged} damaged."


def check_stored(*, sha256: str, now: dt.datetime) -> bool:
    """Return whether a stored content is damaged.

    In order: damage found for the first time gets its row, a notice to those who look after the portal, and an
    entry of the trail; damage that is mended closes its row, with an entry. Nothing else is written.
    """
    whole = evidence.is_whole(sha256)
    with transaction.atomic():
        fault = EvidenceFault.objects.select_for_update().filter(sha256=sha256, mended_at__isnull=True).first()
        if whole and fault is not None:
            fault.mended_at = now
            fault.save(update_fields=["mended_at"])
            record(action="evidence.mended", subject=fault, by=None, now=now, after={"sha256": sha256})
        elif not whole and fault is None:
            _report(sha256, FaultKind.MISSING if whole is None else FaultKind.CHANGED, now)
    return not whole


def _report(sha256: str, kind: FaultKind, now: dt.datetime) -> None:
    fault = EvidenceFault(sha256=sha256, kind=kind, found_at=now)
    try:
        with transaction.atomic():
            fault.save()
    except IntegrityError:
        return  # another look found it at the same moment
    files = list(EvidenceFile.objects.filter(sha256=sha256).select_related("participant__campaign"))
    units = ", ".join(sorted({file.participant.name for file in files}) + stored_contents.owners(sha256))

    def words() -> tuple[str, str]:
        return _("Stored evidence is damaged"), _(
            "%(fault)s: %(place)s. Belongs to: %(units)s. Restore it from backup."
        ) % {
            "fault": fault.get_kind_display(),
            "place": f"{sha256[:2]}/{sha256[2:4]}/{sha256}",
            "units": units,
        }

    url = reverse("admin:campaigns_evidencefault_changelist")
    tell_keepers(key=f"evidence:{fault.pk}", words=words, url=url, now=now)
    record(
        action="evidence.damaged",
        subject=fault,
        by=None,
        now=now,
        participant=files[0].participant if files else None,
        after={"sha256": sha256, "fault": kind.value, "units": units},
    )


def _look_at_preview(file: EvidenceFile, now: dt.datetime) -> None:
    """A preview that is damaged is dropped and, like one that is missing, drawn anew."""
    preview = Preview.objects.filter(sha256=file.sha256).prefetch_related("pages").first()
    if preview is not None and preview.state == PreviewState.READY:
        pictures = [preview.small, *(page.sha256 for page in preview.pages.all())]
        if not all(evidence.is_whole(one, shelf=evidence.PREVIEWS) for one in pictures):
            drop_preview(file.sha256)
    with transaction.atomic():
        ask_for_preview(file, now=now)
