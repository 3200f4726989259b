"""Models of awards, one file a noun; QuerySets stand above their models."""

from .award import Award, AwardDecision, EarlierAward
from .category import AwardCategory, AwardPolicy, EligibilityOutcome, EligibilityRule
from .council import CouncilConflict, CouncilMember, CouncilSession, CouncilTally, CouncilVote
from .decision import Decision, Dossier, DossierItem
from .money import BaseSalary, FundMovement, LegalBasis, RewardCoefficient, RoundingRule
from .proposal import (
    FINAL_STATES,
    MARKED_STATES,
    QUOTA_STATES,
    DuplicateReview,
    Proposal,
    ProposalEvent,
    ProposalEvidence,
)
from .publication import DocumentTemplate, Exemplar, GeneratedDocument

__all__ = [
    "FINAL_STATES",
    "MARKED_STATES",
    "QUOTA_STATES",
    "Award",
    "AwardCategory",
    "AwardDecision",
    "AwardPolicy",
    "BaseSalary",
    "CouncilConflict",
    "CouncilMember",
    "CouncilSession",
    "CouncilTally",
    "CouncilVote",
    "Decision",
    "DocumentTemplate",
    "Dossier",
    "DossierItem",
    "DuplicateReview",
    "EarlierAward",
    "EligibilityOutcome",
    "EligibilityRule",
    "Exemplar",
    "FundMovement",
    "GeneratedDocument",
    "LegalBasis",
    "Proposal",
    "ProposalEvent",
    "ProposalEvidence",
    "RewardCoefficient",
    "RoundingRule",
]
