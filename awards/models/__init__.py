"""Models of awards, one file a noun; QuerySets stand above their models."""

from .award import Award, AwardDecision, EarlierAward
from .category import AwardCategory, AwardPolicy, EligibilityOutcome, EligibilityRule
from .council import CouncilAgendaItem, CouncilConflict, CouncilMember, CouncilSession, CouncilTally, CouncilVote
from .decision import Decision, Dossier, DossierItem
from .document import DocumentJob, DocumentTemplate, GeneratedDocument
from .money import BaseSalary, Dated, FundMovement, LegalBasis, RewardCoefficient, RoundingRule
from .proposal import (
    FINAL_STATES,
    MARKED_STATES,
    QUOTA_STATES,
    DuplicateReview,
    Proposal,
    ProposalEvent,
    ProposalEvidence,
)
from .publication import Exemplar, PublicPlan

__all__ = [
    "FINAL_STATES",
    "MARKED_STATES",
    "QUOTA_STATES",
    "Award",
    "AwardCategory",
    "AwardDecision",
    "AwardPolicy",
    "BaseSalary",
    "CouncilAgendaItem",
    "CouncilConflict",
    "CouncilMember",
    "CouncilSession",
    "CouncilTally",
    "CouncilVote",
    "Dated",
    "Decision",
    "DocumentJob",
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
    "PublicPlan",
    "RewardCoefficient",
    "RoundingRule",
]
