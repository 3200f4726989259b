"""Uploading evidence of a proposal: checked and stored as all evidence is, then attached."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from awards.enums import PaperKind
from awards.models import Proposal, ProposalEvidence
from campaigns.actions.uploads import EvidenceRefused, check_upload, keep_file
from campaigns.calendar import local_day
from campaigns.models import User
from campaigns.permissions import Permission, require

from .proposals import attach

#: Files of one proposal.
MAX_FILES = 10


def attach_upload(
    *,
    proposal_id: int,
    content: bytes,
    name: str,
    by: User,
    now: dt.datetime,
    kind: PaperKind = PaperKind.EVIDENCE,
) -> ProposalEvidence:
    """Check a file, store it and attach it to a proposal the unit still edits.

    The same file under the same name is the same row. Raises PermissionDenied, EvidenceRefused (the trail says so
    too), WrongState, EvidenceStoreFull of campaigns.evidence.
    """
    proposal = Proposal.objects.select_related("participant__unit").get(pk=proposal_id)
    participant = proposal.participant
    require(by, Permission.DRAFT_PROPOSAL, unit=participant.unit_id, on=local_day(now))
    upload = check_upload(participant=participant, content=content, name=name, by=by, now=now, subject=proposal)
    with transaction.atomic():
        file = keep_file(participant=participant, upload=upload, by=by, now=now)
        proof: ProposalEvidence = attach(proposal_id=proposal.pk, file_id=file.pk, by=by, now=now, kind=kind)
        if proposal.evidence.count() > MAX_FILES:
            raise EvidenceRefused(_("At most 10 files are taken for one proposal."))
    return proof
