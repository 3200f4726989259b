"""When is it possible: the life of a proposal as a table one can read aloud. Pure.

    draft → submitted → appraised → council → dossier → approved → issued

``refused`` at appraisal, ``not_passed`` by the council, ``rejected`` by the chairman, ``returned`` to the step the
return names, ``withdrawn`` by the unit before the dossier, ``revoked`` after issue.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from awards.enums import Act, ReturnStep
from awards.enums import ProposalState as S


class Who(StrEnum):
    """Who takes a step; permissions.py says which right that is."""

    UNIT = "unit"  # anyone who may draft for the unit
    LEADER = "leader"  # the unit's leader
    APPRAISER = "appraiser"  # Internal Affairs
    PREPARER = "preparer"  # Internal Affairs, for council and dossier
    SECRETARY = "secretary"  # the council's secretary
    CHAIRMAN = "chairman"  # the chairman, or a vice-chairman with a delegation in force
    ISSUER = "issuer"  # Internal Affairs, for the issued decision
    PORTAL = "portal"  # nobody: the portal itself


class Clock(StrEnum):
    """Which deadline starts with a step (working days of the campaign's procedure)."""

    APPRAISAL = "appraisal"
    COUNCIL = "council"
    DOSSIER = "dossier"
    DECISION = "decision"
    KEEP = "keep"  # the deadline stays as it was
    NONE = "none"  # nobody is waited for


@dataclass(frozen=True)
class Step:
    """One legal transition."""

    act: Act  # what is done
    sources: tuple[tuple[S, str], ...]  # from which states; a returned one with the step it was returned to
    target: S | None  # to which state; None = it stays where it is
    who: Who  # by whom
    clock: Clock  # which deadline starts
    needs_reason: bool = False  # a reason in writing
    by_another: bool = False  # by nobody who drafted, edited or submitted it
    tells_unit: bool = False  # the unit is told, with the reason
    conditions: tuple[str, ...] = ()  # what else must hold, checked by the act's own function


def _from(*states: S) -> tuple[tuple[S, str], ...]:
    return tuple((state, "") for state in states)


_RETURNED_TO_UNIT = ((S.RETURNED, ReturnStep.UNIT.value),)
_RETURNED_TO_STAFF = ((S.RETURNED, ReturnStep.STAFF.value),)
_BEFORE_DOSSIER = _from(S.DRAFT, S.SUBMITTED, S.APPRAISED, S.COUNCIL) + _RETURNED_TO_UNIT + _RETURNED_TO_STAFF
_ANYWHERE = tuple((state, "") for state in S if state != S.RETURNED) + _RETURNED_TO_UNIT + _RETURNED_TO_STAFF

STEPS: dict[Act, Step] = {
    step.act: step
    for step in (
        Step(Act.EDIT, _from(S.DRAFT) + _RETURNED_TO_UNIT, None, Who.UNIT, Clock.KEEP),
        Step(
            Act.SUBMIT,
            _from(S.DRAFT) + _RETURNED_TO_UNIT,
            S.SUBMITTED,
            Who.LEADER,
            Clock.APPRAISAL,
            conditions=("papers_attached", "report_written", "justified_when_not_eligible"),
        ),
        Step(Act.WITHDRAW, _BEFORE_DOSSIER, S.WITHDRAWN, Who.LEADER, Clock.NONE),
        Step(
            Act.APPRAISE,
            _from(S.SUBMITTED),
            S.APPRAISED,
            Who.APPRAISER,
            Clock.COUNCIL,
            by_another=True,
            conditions=("duplicates_looked_at",),
        ),
        Step(
            Act.REFUSE,
            _from(S.SUBMITTED),
            S.REFUSED,
            Who.APPRAISER,
            Clock.NONE,
            needs_reason=True,
            by_another=True,
            tells_unit=True,
        ),
        Step(
            Act.SEND_BACK,
            _from(S.SUBMITTED, S.APPRAISED, S.COUNCIL) + _RETURNED_TO_STAFF,
            S.RETURNED,
            Who.APPRAISER,
            Clock.NONE,
            needs_reason=True,
            by_another=True,
            tells_unit=True,
        ),
        Step(Act.CONVENE, _from(S.APPRAISED), S.COUNCIL, Who.PREPARER, Clock.KEEP, by_another=True),
        Step(
            Act.PASS,
            _from(S.COUNCIL),
            None,
            Who.SECRETARY,
            Clock.DOSSIER,
            by_another=True,
            conditions=("quorum_reached", "majority_for"),
        ),
        Step(
            Act.NOT_PASS,
            _from(S.COUNCIL),
            S.NOT_PASSED,
            Who.SECRETARY,
            Clock.NONE,
            by_another=True,
            tells_unit=True,
            conditions=("quorum_reached", "no_majority_for"),
        ),
        Step(
            Act.PRESENT,
            _from(S.COUNCIL) + _RETURNED_TO_STAFF,
            S.DOSSIER,
            Who.PREPARER,
            Clock.DECISION,
            conditions=("passed_by_the_council", "marked_on_the_basis_day", "not_on_hold", "within_quotas"),
        ),
        Step(
            Act.APPROVE,
            _from(S.DOSSIER),
            S.APPROVED,
            Who.CHAIRMAN,
            Clock.NONE,
            by_another=True,
            tells_unit=True,
            conditions=("what_was_shown_is_what_is_decided", "no_decision_stands"),
        ),
        Step(
            Act.REJECT,
            _from(S.DOSSIER),
            S.REJECTED,
            Who.CHAIRMAN,
            Clock.NONE,
            needs_reason=True,
            by_another=True,
            tells_unit=True,
            conditions=("what_was_shown_is_what_is_decided", "no_decision_stands"),
        ),
        Step(
            Act.RETURN,
            _from(S.DOSSIER),
            S.RETURNED,
            Who.CHAIRMAN,
            Clock.DOSSIER,
            needs_reason=True,
            by_another=True,
            tells_unit=True,
            conditions=("what_was_shown_is_what_is_decided", "no_decision_stands"),
        ),
        Step(Act.ISSUE, _from(S.APPROVED), S.ISSUED, Who.ISSUER, Clock.NONE, tells_unit=True),
        Step(
            Act.REVOKE,
            _from(S.ISSUED),
            S.REVOKED,
            Who.ISSUER,
            Clock.NONE,
            needs_reason=True,
            by_another=True,
            tells_unit=True,
        ),
        Step(Act.FLAG, _ANYWHERE, None, Who.PORTAL, Clock.KEEP),
    )
}


class Refusal(Exception):
    """An act that the rules refuse; ``code`` says which one, ``params`` what it is about."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code, self.params = code, params


class WrongState(Refusal):
    """The proposal is not where the act needs it: somebody was faster, or the step was skipped."""


class DossierChanged(Refusal):
    """What would be decided is not what was shown; ``params["changes"]`` names what differs."""


class AlreadyDecided(WrongState):
    """Somebody decided before; ``params`` say who, when and what."""


class SameHands(Refusal):
    """Who proposed may neither appraise nor decide."""


def step_for(act: Act, *, state: str, return_step: str = "") -> Step:
    """Return the transition for an act from where a proposal is. Raises WrongState where there is none."""
    step = STEPS[act]
    if (S(state), return_step) not in step.sources:
        raise WrongState("wrong_state", act=act.value, state=state, return_step=return_step)
    return step


def possible_acts(*, state: str, return_step: str = "") -> tuple[Act, ...]:
    """Return the acts that the table allows from a state, whoever asks."""
    return tuple(act for act, step in STEPS.items() if (S(state), return_step) in step.sources)


def share_reached(part: int, whole: int, *, numerator: int, denominator: int) -> bool:
    """Whether ``part`` of ``whole`` is at least the share numerator / denominator (the quorum)."""
    return part * denominator >= whole * numerator


def share_exceeded(part: int, whole: int, *, numerator: int, denominator: int) -> bool:
    """Whether ``part`` of ``whole`` is more than the share numerator / denominator (the majority; a tie is not)."""
    return part * denominator > whole * numerator
