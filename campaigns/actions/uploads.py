"""The one way in for files that people send: judged by content, pictures written anew, kept once, counted per unit."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from campaigns import evidence
from campaigns.files.checks import CONTENT_TYPES, UNIT_QUOTA_BYTES, CheckedFile, check_file
from campaigns.files.names import clean_name
from campaigns.files.refusals import FileRefused
from campaigns.models import EvidenceFile, Participant, User
from campaigns.pictures import re_encode

from .audit import record
from .drafts import ReportingRefused
from .previews import ask_for_preview


class EvidenceRefused(ReportingRefused):
    """The file is not taken; nothing of it was stored."""


@dataclass(frozen=True)
class Upload:
    """A file that passed every check, ready to be kept."""

    checked: CheckedFile
    content: bytes  # as it is stored: a picture without its metadata
    sha256_as_sent: str


def check_upload(
    *,
    participant: Participant,
    content: bytes,
    name: str,
    by: User,
    now: dt.datetime,
    subject: models.Model | None = None,
) -> Upload:
    """Judge a sent file; call it outside the act's transaction, so that a refusal stays in the trail.

    Raises EvidenceRefused with the reason; ``subject`` is what the file was meant for.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        checked = check_file(content, name=name)
        stored = re_encode(content, kind=checked.kind) if checked.is_picture else content
    except FileRefused as refused:
        with transaction.atomic():
            record(
                action="evidence.refused",
                subject=subject,
                by=by,
                now=now,
                participant=participant,
                after={"name": clean_name(name)[:200], "size": len(content), "sha256": sha256},
                reason=refused.reason.value,
            )
        raise EvidenceRefused(refused.reason.label) from refused
    return Upload(checked, stored, sha256)


def lock_space(participant: Participant) -> None:
    """Hold the unit's space: it is counted over all its files, so the unit is what is locked."""
    Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)


def kept_file(participant: Participant, upload: Upload) -> EvidenceFile | None:
    """Return the row of the same content under the same name, where the unit has one."""
    sha256 = hashlib.sha256(upload.content).hexdigest()
    return EvidenceFile.objects.filter(participant=participant, sha256=sha256, name=upload.checked.name).first()


def keep_file(*, participant: Participant, upload: Upload, by: User, now: dt.datetime) -> EvidenceFile:
    """Store a checked file and return its row; the same file under the same name is the same row.

    Inside the act's transaction, before its entry of the trail. Raises EvidenceRefused where the unit's space is
    used up, EvidenceStoreFull of campaigns.evidence.
    """
    lock_space(participant)
    if file := kept_file(participant, upload):
        return file
    sha256 = hashlib.sha256(upload.content).hexdigest()
    _check_space(participant, sha256, len(upload.content))
    evidence.store(upload.content)
    file = EvidenceFile.objects.create(
        participant=participant,
        sha256=sha256,
        name=upload.checked.name,
        content_type=CONTENT_TYPES[upload.checked.kind],
        size=len(upload.content),
        uploaded_by=by,
        uploaded_at=now,
    )
    ask_for_preview(file, now=now)
    return file


def used_space(participant: Participant) -> int:
    """Return the bytes a unit's evidence takes; the same content counts once."""
    return sum(dict(EvidenceFile.objects.filter(participant=participant).values_list("sha256", "size")).values())


def _check_space(participant: Participant, sha256: str, size: int) -> None:
    if EvidenceFile.objects.filter(participant=participant, sha256=sha256).exists():
        return
    if used_space(participant) + size > UNIT_QUOTA_BYTES:
        raise EvidenceRefused(_("The unit's 500 MB for evidence are used up. Ask Internal Affairs staff."))
