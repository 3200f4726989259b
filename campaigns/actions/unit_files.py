"""A file a unit hands in that backs no value: checked and stored as all evidence is."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns import evidence
from campaigns.files.checks import CONTENT_TYPES, UNIT_QUOTA_BYTES, CheckedFile, check_file
from campaigns.files.names import clean_name
from campaigns.files.refusals import FileRefused
from campaigns.models import EvidenceFile, Participant, User
from campaigns.pictures import re_encode

from .audit import record
from .evidence import EvidenceRefused, used_space


@dataclass(frozen=True)
class Upload:
    """A file as it was sent."""

    content: bytes
    name: str


@dataclass(frozen=True)
class CheckedUpload:
    """A file that may be kept, with the bytes that are kept of it (a picture is written anew)."""

    checked: CheckedFile
    stored: bytes


def check_upload(*, participant: Participant, upload: Upload, by: User, now: dt.datetime) -> CheckedUpload:
    """Return what may be kept of a file. Raises EvidenceRefused; the trail says so too, in its own transaction."""
    try:
        checked = check_file(upload.content, name=upload.name)
        stored = re_encode(upload.content, kind=checked.kind) if checked.is_picture else upload.content
    except FileRefused as refused:
        with transaction.atomic():
            after = {"name": clean_name(upload.name)[:200], "size": len(upload.content), "sha256": _sha(upload.content)}
            record(
                action="evidence.refused",
                subject=None,
                by=by,
                now=now,
                participant=participant,
                after=after,
                reason=refused.reason.value,
            )
        raise EvidenceRefused(refused.reason.label) from refused
    return CheckedUpload(checked, stored)


def keep_file(*, participant: Participant, upload: CheckedUpload, by: User, now: dt.datetime) -> EvidenceFile:
    """Store a checked file for the unit and return its row; the same file under the same name is the same row.

    Runs in the caller's transaction and locks the unit, whose space is counted. Raises EvidenceRefused (the unit's
    space is used up), EvidenceStoreFull of campaigns.evidence.
    """
    Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)
    sha256 = _sha(upload.stored)
    files = EvidenceFile.objects.filter(participant=participant, sha256=sha256)
    same = files.filter(name=upload.checked.name).first()
    if same is not None:
        return same
    if not files.exists() and used_space(participant) + len(upload.stored) > UNIT_QUOTA_BYTES:
        raise EvidenceRefused(_("The unit's 500 MB for evidence are used up. Ask Internal Affairs staff."))
    evidence.store(upload.stored)
    return EvidenceFile.objects.create(
        participant=participant,
        sha256=sha256,
        name=upload.checked.name,
        content_type=CONTENT_TYPES[upload.checked.kind],
        size=len(upload.stored),
        uploaded_by=by,
        uploaded_at=now,
    )


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
