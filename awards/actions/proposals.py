"""What a unit does with a proposal: draft, edit, evidence, submit, withdraw."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from awards.actions.eligibility import mark_proposals
from awards.enums import Act, Outcome, PaperKind, ProposalState, RecipientKind
from awards.models import AwardCategory, Proposal, ProposalEvent, ProposalEvidence
from awards.names import name_key
from awards.queries.achievements import figures_of
from awards.queries.basis import figures_day
from awards.workflow import Refusal
from campaigns.actions.audit import digest_of, record
from campaigns.actions.idempotency import once
from campaigns.calendar import local_day
from campaigns.enums import CampaignStatus
from campaigns.models import EvidenceFile, Participant, User
from campaigns.permissions import Permission, require
from campaigns.vietnamese import normalise

from .agenda import leave_agenda
from .transition import check_step, locked, one_transaction, policy_of, write_state


@dataclass(frozen=True)
class ProposalData:
    """What a unit writes of a recipient. No identity number, no bank data."""

    recipient_name: str
    position: str = ""
    is_leader: bool | None = None  # None for collectives and households
    gender: str = ""  # statistics only
    address: str = ""  # households only
    report: str = ""
    report_confirmed_by: str = ""
    request_number: str = ""
    request_date: dt.date | None = None
    minutes_number: str = ""
    minutes_date: dt.date | None = None
    justification: str = ""

    def columns(self, kind: str) -> dict[str, Any]:
        """Return the columns, normalised; what the recipient's kind has no place for is dropped."""
        columns = {
            name: normalise(value.replace("\r\n", "\n")) if isinstance(value, str) else value
            for name, value in asdict(self).items()
        }
        if kind != RecipientKind.HOUSEHOLD:
            columns["address"] = ""
        if kind != RecipientKind.INDIVIDUAL:
            columns |= {"is_leader": None, "gender": "", "position": ""}
        return {**columns, "recipient_key": name_key(columns["recipient_name"])}


@one_transaction
def draft(
    *, category_id: int, participant_id: int, data: ProposalData, by: User, now: dt.datetime, key: str = ""
) -> Proposal:
    """Draft a proposal of a unit and return it; ``key`` makes sending the form twice one act.

    In order: right, row, first entry of its log, the machine's mark, audit. Raises PermissionDenied,
    Refusal("campaign_not_running").
    """
    participant = Participant.objects.select_related("unit", "campaign").get(pk=participant_id)
    require(by, Permission.DRAFT_PROPOSAL, unit=participant.unit_id, on=local_day(now))
    request = {"act": "proposal.draft", "category": category_id, "participant": participant_id, **asdict(data)}
    with once(actor=by, key=key or digest_of([request, now]), request=request, now=now) as earlier:
        if earlier.result is not None:
            return Proposal.objects.get(pk=earlier.result["proposal"])
        proposal = _draft(category_id, participant, data, by=by, now=now)
        earlier.keep({"proposal": proposal.pk})
    return proposal


def _draft(category_id: int, participant: Participant, data: ProposalData, *, by: User, now: dt.datetime) -> Proposal:
    category = AwardCategory.objects.offered().get(pk=category_id, campaign=participant.campaign)
    if participant.campaign.status == CampaignStatus.PREPARATION:
        raise Refusal("campaign_not_running")
    proposal = Proposal.objects.create(
        campaign=participant.campaign,
        category=category,
        participant=participant,
        recipient_kind=category.recipient_kind,
        drafted_by=by,
        drafted_at=now,
        **data.columns(category.recipient_kind),
    )
    ProposalEvent.objects.create(
        proposal=proposal, act=Act.DRAFT, from_state="", to_state=ProposalState.DRAFT, actor=by, at=now
    )
    mark_proposals(campaign=participant.campaign, now=now, only=proposal.pk)
    record(action="proposal.draft", subject=proposal, by=by, now=now, participant=participant)
    proposal.refresh_from_db()
    return proposal


@one_transaction
def edit(*, proposal_id: int, version: int, data: ProposalData, by: User, now: dt.datetime) -> Proposal:
    """Change a draft, or a proposal returned to the unit; ``version`` is the one the person saw.

    Raises PermissionDenied, WrongState, Refusal("stale_version").
    """
    proposal = locked(proposal_id)
    step = check_step(proposal, Act.EDIT, by=by, now=now)
    if proposal.version != version:
        raise Refusal("stale_version")
    columns = data.columns(proposal.recipient_kind)
    changed = sorted(name for name, value in columns.items() if getattr(proposal, name) != value)
    if changed:
        write_state(proposal, step, by=by, now=now, changes=columns, detail={"changed": changed})
        mark_proposals(campaign=proposal.campaign, now=now, only=proposal.pk)
        proposal.refresh_from_db()
    return proposal


@one_transaction
def attach(
    *, proposal_id: int, file_id: int, by: User, now: dt.datetime, kind: PaperKind = PaperKind.EVIDENCE
) -> ProposalEvidence:
    """Attach a stored file of the same unit, as evidence or as one of its papers. Raises PermissionDenied, WrongState.

    One scan that holds several papers is attached once as each of them; the same again changes nothing.
    """
    proposal = locked(proposal_id)
    step = check_step(proposal, Act.EDIT, by=by, now=now)
    file = EvidenceFile.objects.get(pk=file_id, participant=proposal.participant)
    proof, made = ProposalEvidence.objects.get_or_create(
        proposal=proposal, file=file, kind=kind, defaults={"added_by": by, "added_at": now}
    )
    if made:
        detail = {"attached": file.name, "sha256": file.sha256, "kind": kind.value}
        write_state(proposal, step, by=by, now=now, detail=detail)
    return proof


@one_transaction
def detach(*, proposal_id: int, file_id: int, kind: PaperKind, by: User, now: dt.datetime) -> None:
    """Take a file, as what it was attached, off a proposal the unit still edits; the file itself is kept.

    Raises PermissionDenied, WrongState, ProposalEvidence.DoesNotExist.
    """
    proposal = locked(proposal_id)
    step = check_step(proposal, Act.EDIT, by=by, now=now)
    proof = ProposalEvidence.objects.select_related("file").get(proposal=proposal, file_id=file_id, kind=kind)
    detail = {"detached": proof.file.name, "sha256": proof.file.sha256, "kind": kind.value}
    proof.delete()
    write_state(proposal, step, by=by, now=now, detail=detail)


def missing_for_submission(proposal: Proposal) -> list[str]:
    """Return what keeps a proposal from being submitted, as codes in the order of the form."""
    checks = {
        "person_incomplete": proposal.recipient_kind == RecipientKind.INDIVIDUAL
        and (not proposal.position or proposal.is_leader is None),
        "address_missing": proposal.recipient_kind == RecipientKind.HOUSEHOLD and not proposal.address,
        "report_missing": not proposal.report,
        "confirmation_missing": not proposal.report_confirmed_by,
        "request_missing": not proposal.request_number or proposal.request_date is None,
        "minutes_missing": not proposal.minutes_number or proposal.minutes_date is None,
        "justification_missing": proposal.mark != Outcome.ELIGIBLE and not proposal.justification,
    }
    missing = [code for code, is_missing in checks.items() if is_missing]
    return [*missing, *_scans_missing(proposal)]


def _scans_missing(proposal: Proposal) -> list[str]:
    """Return which of the unit's papers are not attached, where the campaign's procedure asks for them."""
    if not policy_of(proposal.campaign_id).papers_as_files:
        return []
    kept = set(proposal.evidence.values_list("kind", flat=True))
    asked = (PaperKind.REQUEST, PaperKind.REPORT, PaperKind.MINUTES)
    return [f"{kind.value}_scan_missing" for kind in asked if kind not in kept]


@one_transaction
def submit(*, proposal_id: int, by: User, now: dt.datetime, version: int | None = None) -> Proposal:
    """Submit a proposal; its figures are frozen with their digest, and the appraisal's deadline starts.

    ``version`` is the one the person saw, where a page asks. A proposal submitted again after a return goes
    through all steps again. Raises PermissionDenied, WrongState, Refusal with the first thing missing.
    """
    proposal = locked(proposal_id)
    step = check_step(proposal, Act.SUBMIT, by=by, now=now)
    if version is not None and proposal.version != version:
        raise Refusal("stale_version")
    mark_proposals(campaign=proposal.campaign, now=now, only=proposal.pk)
    proposal.refresh_from_db(fields=["mark", "eligibility", "is_flagged"])
    missing = missing_for_submission(proposal)
    if missing:
        raise Refusal(missing[0], all=missing)
    day = figures_day(proposal.category, campaign=proposal.campaign, today=local_day(now))
    figures = figures_of(participant=proposal.participant, on=day)
    write_state(
        proposal,
        step,
        by=by,
        now=now,
        changes={
            "submitted_by": by,
            "submitted_at": now,
            "appraised_by": None,
            "appraised_at": None,
            "figures": figures,
            "figures_digest": digest_of(figures),
        },
        detail={"mark": proposal.mark, "figures": digest_of(figures)},
    )
    return proposal


@one_transaction
def withdraw(*, proposal_id: int, by: User, now: dt.datetime, reason: str = "") -> Proposal:
    """Withdraw a proposal before it lies before the chairman; it leaves the submission being prepared.

    Raises PermissionDenied, WrongState.
    """
    proposal = locked(proposal_id)
    step = check_step(proposal, Act.WITHDRAW, by=by, now=now)
    proposal.dossier_items.filter(released_at__isnull=True).update(released_at=now)
    leave_agenda(proposal)
    write_state(proposal, step, by=by, now=now, reason=reason)
    return proposal
