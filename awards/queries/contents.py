"""What a chairman is shown of a proposal, and so what is decided: one canonical content, one digest."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from awards.models import CouncilTally, DossierItem, Proposal, ProposalEvidence
from awards.queries.duplicates import Match, Where, matches_of
from awards.queries.facts import gates_now
from campaigns.chain import canonical_json
from scoring.enums import Basis
from scoring.models import UnitScore

Content = dict[str, Any]


def contents_of(
    proposals: Sequence[Proposal], *, on: dt.date, items: Mapping[int, DossierItem] | None = None
) -> dict[int, Content]:
    """Return what is shown of each proposal (proposal id → content). A fixed number of queries.

    ``on`` is the local day on which gates are looked at, ``items`` the submissions they lie in where these were read.
    Gender is for statistics only and is not part of it.
    """
    ids = [proposal.pk for proposal in proposals]
    scores = _scores(proposals)
    tallies = {
        tally.proposal_id: tally for tally in CouncilTally.objects.filter(proposal__in=ids).select_related("session")
    }
    evidence: dict[int, list[list[str]]] = {}
    for proof in ProposalEvidence.objects.filter(proposal__in=ids).select_related("file").order_by("pk"):
        evidence.setdefault(proof.proposal_id, []).append([proof.file.name, proof.file.sha256])
    if items is None:
        current = DossierItem.objects.filter(proposal__in=ids, released_at__isnull=True).select_related("dossier")
        items = {item.proposal_id: item for item in current}
    matches = matches_of(proposals)
    gates = {campaign: gates_now(campaign=campaign, on=on) for campaign in {p.campaign for p in proposals}}
    return {
        proposal.pk: {
            **_own(proposal),
            "figures": _figures(proposal, scores),
            "eligibility": _eligibility(proposal, gates[proposal.campaign]),
            "council": _council(tallies.get(proposal.pk)),
            "evidence": evidence.get(proposal.pk, []),
            "earlier": _earlier(matches[proposal.pk]),
            "duplicates": _alike(matches[proposal.pk]),
            "flag": proposal.is_flagged,
            "dossier": _dossier(items.get(proposal.pk)),
        }
        for proposal in proposals
    }


def digest(content: object) -> str:
    """Return the SHA-256 over the canonical JSON of what is shown."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the parts that differ, by name."""
    return [name for name in after if digest(before.get(name)) != digest(after[name])]


def _own(proposal: Proposal) -> Content:
    return {
        "recipient": {
            "category": proposal.category.name,
            "kind": proposal.recipient_kind,
            "name": proposal.recipient_name,
            "position": proposal.position,
            "is_leader": proposal.is_leader,
            "address": proposal.address,
            "unit": proposal.participant.name,
        },
        "papers": {
            "request": [proposal.request_number, proposal.request_date],
            "minutes": [proposal.minutes_number, proposal.minutes_date],
            "confirmed_by": proposal.report_confirmed_by,
        },
        "report": {"text": proposal.report, "justification": proposal.justification},
    }


def _scores(proposals: Sequence[Proposal]) -> dict[tuple[int, dt.date], UnitScore]:
    wanted = {(p.participant_id, p.eligibility.day) for p in proposals if p.eligibility is not None}
    rows = UnitScore.objects.filter(
        participant__in={participant for participant, _day in wanted},
        day__in={day for _participant, day in wanted},
        basis=Basis.OFFICIAL,
    )
    return {(row.participant_id, row.day): row for row in rows}


def _figures(proposal: Proposal, scores: Mapping[tuple[int, dt.date], UnitScore]) -> Content:
    outcome = proposal.eligibility
    score = scores.get((proposal.participant_id, outcome.day)) if outcome else None
    if outcome is None or score is None:
        return {"submitted": proposal.figures_digest}
    return {
        "day": outcome.day,
        "total_bp": score.total_bp,
        "base_bp": score.base_bp,
        "bonus_bp": score.bonus_bp,
        "penalty_bp": score.penalty_bp,
        "rank": score.rank,
        "ranked_units": score.bloc_size,
        "class": score.score_class,
        "fulfilled_bp": score.fulfilled_bp,
        "coverage_bp": score.coverage_bp,
        "late": score.late_reports,
        "missing": score.missing_reports,
        "areas": dict(score.areas),
        "submitted": proposal.figures_digest,
    }


def _eligibility(proposal: Proposal, gates: Mapping[tuple[int, str], str]) -> Content:
    outcome = proposal.eligibility
    return {
        "mark": proposal.mark,
        "day": outcome.day if outcome else None,
        "is_basis": outcome.is_basis if outcome else False,
        "lines": outcome.lines if outcome else [],
        "gate_now": gate_of(proposal, gates),
    }


def gate_of(proposal: Proposal, gates: Mapping[tuple[int, str], str]) -> str:
    """Return the form of a gate in force on the proposing unit or on the person, exclusion first; no grounds."""
    found = {gates.get((proposal.participant_id, "")), gates.get((proposal.participant_id, proposal.recipient_key))}
    return "exclusion" if "exclusion" in found else "hold" if "hold" in found else ""


def _council(tally: CouncilTally | None) -> Content:
    if tally is None:
        return {}
    return {
        "held_on": tally.session.held_on,
        "minutes": tally.session.minutes_number,
        "members": tally.members,
        "present": tally.present,
        "for": tally.votes_for,
        "against": tally.votes_against,
        "abstained": tally.abstained,
        "passed": tally.is_passed,
    }


def _earlier(matches: Sequence[Match]) -> list[list[Any]]:
    return [[match.what, match.year, match.unit] for match in matches if match.where is not Where.SAME_CAMPAIGN]


def _alike(matches: Sequence[Match]) -> list[list[Any]]:
    return [
        [match.name, match.unit, match.what, match.finding, match.reason]
        for match in matches
        if match.where is Where.SAME_CAMPAIGN
    ]


def _dossier(item: DossierItem | None) -> Content:
    return {"number": item.dossier.number, "dated": item.dossier.dated} if item else {}
