"""Evidence on a drafted value: attached and taken off again until the value is sent."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns import evidence
from campaigns.calendar import local_day
from campaigns.files.checks import CONTENT_TYPES, MAX_FILES_PER_VALUE, UNIT_QUOTA_BYTES, CheckedFile, check_file
from campaigns.files.names import clean_name
from campaigns.files.refusals import FileRefused
from campaigns.models import DraftValue, EvidenceFile, Participant, Period, User
from campaigns.permissions import Permission, require
from campaigns.pictures import re_encode

from .audit import record
from .drafts import ReportingRefused, lock_report, open_box


class EvidenceRefused(ReportingRefused):
    """The file is not taken; nothing of it was stored."""


def attach_evidence(
    *, participant: Participant, period: Period, target: int, content: bytes, name: str, by: User, now: dt.datetime
) -> EvidenceFile:
    """Check a file, store it and attach it to the draft of one box; return its row.

    A picture is stored as re-encoded, without metadata; the digest of what was sent stays in the audit trail.
    The same file under the same name is the same row, and counts once against the unit's space. Raises
    PermissionDenied, EvidenceRefused (the trail says so too), ReportingRefused (the box is not open), StoreFull
    of campaigns.evidence, Target.DoesNotExist.
    """
    require(by, Permission.DRAFT_REPORT, unit=participant.unit_id, on=local_day(now))
    open_box(participant, period, target, now=now)
    try:
        checked = check_file(content, name=name)
        stored = re_encode(content, kind=checked.kind) if checked.is_picture else content
    except FileRefused as refused:
        _record_refusal(participant, content, name, refused, by=by, now=now)
        raise EvidenceRefused(refused.reason.label) from refused
    with transaction.atomic():
        return _attach(participant, period, target, checked, content, stored, by=by, now=now)


def _record_refusal(
    participant: Participant, content: bytes, name: str, refused: FileRefused, *, by: User, now: dt.datetime
) -> None:
    with transaction.atomic():
        record(
            action="evidence.refused",
            subject=None,
            by=by,
            now=now,
            participant=participant,
            after={"name": clean_name(name)[:200], "size": len(content), "sha256": _sha256(content)},
            reason=refused.reason.value,
        )


def _attach(
    participant: Participant,
    period: Period,
    target: int,
    checked: CheckedFile,
    original: bytes,
    stored: bytes,
    *,
    by: User,
    now: dt.datetime,
) -> EvidenceFile:
    # The unit's space is counted over all its reports, so the unit is what is locked.
    Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)
    report = lock_report(participant, period, by=by)
    box = open_box(participant, period, target, now=now)
    sha256 = _sha256(stored)
    file = EvidenceFile.objects.filter(participant=participant, sha256=sha256, name=checked.name).first()
    if file is not None and file in box.files:
        return file
    if len(box.files) >= MAX_FILES_PER_VALUE:
        raise EvidenceRefused(_("At most 10 files are taken for one value."))
    if file is None:
        _check_space(participant, sha256, len(stored))
        evidence.store(stored)
        file = EvidenceFile.objects.create(
            participant=participant,
            sha256=sha256,
            name=checked.name,
            content_type=CONTENT_TYPES[checked.kind],
            size=len(stored),
            uploaded_by=by,
            uploaded_at=now,
        )
    # Version 0, as if there were no draft yet: a file changes nothing that is typed.
    draft, _made = DraftValue.objects.get_or_create(
        report=report, target_id=target, defaults={"updated_by": by, "version": 0}
    )
    draft.files.add(file)
    record(
        action="evidence.attached",
        subject=file,
        by=by,
        now=now,
        participant=participant,
        after={
            "name": file.name,
            "sha256": sha256,
            "sha256_as_sent": _sha256(original),
            "indicator": box.target.indicator.code,
            "unit": box.target.participant.code,
            "period": period.code,
        },
    )
    return file


def used_space(participant: Participant) -> int:
    """Return the bytes a unit's evidence takes; the same content counts once."""
    return sum(dict(EvidenceFile.objects.filter(participant=participant).values_list("sha256", "size")).values())


def _check_space(participant: Participant, sha256: str, size: int) -> None:
    if EvidenceFile.objects.filter(participant=participant, sha256=sha256).exists():
        return
    if used_space(participant) + size > UNIT_QUOTA_BYTES:
        raise EvidenceRefused(_("The unit's 500 MB for evidence are used up. Ask Internal Affairs staff."))


@transaction.atomic
def detach_evidence(
    *, participant: Participant, period: Period, target: int, file: int, by: User, now: dt.datetime
) -> None:
    """Take a file off the draft of one box. The file itself is kept, as all evidence is.

    Raises PermissionDenied, ReportingRefused (the box is not open), Target.DoesNotExist and
    EvidenceFile.DoesNotExist for a file that is not attached there.
    """
    require(by, Permission.DRAFT_REPORT, unit=participant.unit_id, on=local_day(now))
    report = lock_report(participant, period, by=by)
    box = open_box(participant, period, target, now=now)
    attached = next((one for one in box.files if one.pk == file), None)
    if attached is None:
        raise EvidenceFile.DoesNotExist
    DraftValue.objects.get(report=report, target_id=target).files.remove(attached)
    record(
        action="evidence.detached",
        subject=attached,
        by=by,
        now=now,
        participant=participant,
        before={"indicator": box.target.indicator.code, "unit": box.target.participant.code, "period": period.code},
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
