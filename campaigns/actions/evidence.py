"""Evidence on a drafted value: attached and taken off again until the value is sent."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.calendar import local_day
from campaigns.files.checks import MAX_FILES_PER_VALUE
from campaigns.models import DraftValue, EvidenceFile, Participant, Period, User
from campaigns.permissions import Permission, require

from .audit import record
from .drafts import lock_report, open_box
from .uploads import EvidenceRefused, Upload, check_upload, keep_file, kept_file, lock_space


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
    upload = check_upload(participant=participant, content=content, name=name, by=by, now=now)
    with transaction.atomic():
        return _attach(participant, period, target, upload, by=by, now=now)


def _attach(
    participant: Participant, period: Period, target: int, upload: Upload, *, by: User, now: dt.datetime
) -> EvidenceFile:
    lock_space(participant)
    report = lock_report(participant, period, by=by)
    box = open_box(participant, period, target, now=now)
    file = kept_file(participant, upload)
    if file is not None and file in box.files:
        return file
    if len(box.files) >= MAX_FILES_PER_VALUE:
        raise EvidenceRefused(_("At most 10 files are taken for one value."))
    file = keep_file(participant=participant, upload=upload, by=by, now=now)
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
            "sha256": file.sha256,
            "sha256_as_sent": upload.sha256_as_sent,
            "indicator": box.target.indicator.code,
            "unit": box.target.participant.code,
            "period": period.code,
        },
    )
    return file


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
