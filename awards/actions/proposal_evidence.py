"""Uploading evidence of a proposal: checked and stored as all evidence is, then attached."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from awards.models import Proposal, ProposalEvidence
from campaigns import evidence
from campaigns.actions.audit import record
from campaigns.actions.evidence import EvidenceRefused, used_space
from campaigns.calendar import local_day
from campaigns.files.checks import CONTENT_TYPES, UNIT_QUOTA_BYTES, CheckedFile, check_file
from campaigns.files.names import clean_name
from campaigns.files.refusals import FileRefused
from campaigns.models import EvidenceFile, Participant, User
from campaigns.permissions import Permission, require
from campaigns.pictures import re_encode

from .proposals import attach

#: Files of one proposal.
MAX_FILES = 10


def attach_upload(*, proposal_id: int, content: bytes, name: str, by: User, now: dt.datetime) -> ProposalEvidence:
    """Check a file, store it and attach it to a proposal the unit still edits.

    The same file under the same name is the same row. Raises PermissionDenied, EvidenceRefused (the trail says so
    too), WrongState, EvidenceStoreFull of campaigns.evidence.
    """
    proposal = Proposal.objects.select_related("participant__unit").get(pk=proposal_id)
    require(by, Permission.DRAFT_PROPOSAL, unit=proposal.participant.unit_id, on=local_day(now))
    try:
        checked = check_file(content, name=name)
        stored = re_encode(content, kind=checked.kind) if checked.is_picture else content
    except FileRefused as refused:
        _record_refusal(proposal, content, name, refused, by=by, now=now)
        raise EvidenceRefused(refused.reason.label) from refused
    with transaction.atomic():
        file = _row(proposal.participant, checked, stored, by=by, now=now)
        proof: ProposalEvidence = attach(proposal_id=proposal.pk, file_id=file.pk, by=by, now=now)
        if proposal.evidence.count() > MAX_FILES:
            raise EvidenceRefused(_("At most 10 files are taken for one proposal."))
    return proof


def _row(participant: Participant, checked: CheckedFile, stored: bytes, *, by: User, now: dt.datetime) -> EvidenceFile:
    # The unit's space is counted over all its evidence, so the unit is what is locked.
    Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)
    sha256 = hashlib.sha256(stored).hexdigest()
    files = EvidenceFile.objects.filter(participant=participant, sha256=sha256)
    same = files.filter(name=checked.name).first()
    if same is not None:
        return same
    if not files.exists() and used_space(participant) + len(stored) > UNIT_QUOTA_BYTES:
        raise EvidenceRefused(_("The unit's 500 MB for evidence are used up. Ask Internal Affairs staff."))
    evidence.store(stored)
    return EvidenceFile.objects.create(
        participant=participant,
        sha256=sha256,
        name=checked.name,
        content_type=CONTENT_TYPES[checked.kind],
        size=len(stored),
        uploaded_by=by,
        uploaded_at=now,
    )


def _record_refusal(
    proposal: Proposal, content: bytes, name: str, refused: FileRefused, *, by: User, now: dt.datetime
) -> None:
    with transaction.atomic():
        record(
            action="evidence.refused",
            subject=proposal,
            by=by,
            now=now,
            participant=proposal.participant,
            after={"name": clean_name(name)[:200], "size": len(content)},
            reason=refused.reason.value,
        )
