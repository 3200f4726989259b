"""The one writer of ``Proposal.state``, and what every step of a proposal has in common."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext_noop

from awards.enums import Act, ProposalState
from awards.models import (
    AwardPolicy,
    CouncilSession,
    Proposal,
    ProposalEvent,
)
from awards.permissions import require_act
from awards.queries.conflicts import hands_behind
from awards.workflow import AlreadyDecided, Clock, Refusal, SameHands, Step, WrongState, step_for
from campaigns.actions.audit import record
from campaigns.actions.notices import tell_units
from campaigns.actions.refusals import leave_trace
from campaigns.calendar import local_day, working_days_after
from campaigns.models import Holiday, User

P = ParamSpec("P")
R = TypeVar("R")

_TITLES = {
    Act.REFUSE: gettext_noop("Proposal refused: %(name)s"),
    Act.SEND_BACK: gettext_noop("Proposal returned: %(name)s"),
    Act.NOT_PASS: gettext_noop("Not passed by the council: %(name)s"),
    Act.APPROVE: gettext_noop("Proposal approved: %(name)s"),
    Act.REJECT: gettext_noop("Proposal not approved: %(name)s"),
    Act.RETURN: gettext_noop("Returned by the chairman: %(name)s"),
    Act.ISSUE: gettext_noop("Commendation decision issued: %(name)s"),
    Act.REVOKE: gettext_noop("Award revoked: %(name)s"),
}


def one_transaction(act: Callable[P, R]) -> Callable[P, R]:
    """Run an act in one transaction; what the person may not do leaves only an audit entry that it was refused."""

    @functools.wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic():
                return act(*args, **kwargs)
        except (WrongState, SameHands, PermissionDenied) as refusal:
            if not isinstance(refusal, AlreadyDecided):  # losing a race is nobody's fault
                _record_refusal(act.__name__, refusal, kwargs)
            raise

    return run


def _record_refusal(name: str, refusal: Exception, asked: dict[str, Any]) -> None:
    proposal_id = asked.get("proposal_id")
    proposal = Proposal.objects.select_related("participant").filter(pk=proposal_id).first() if proposal_id else None
    code = refusal.code if isinstance(refusal, Refusal) else "permission_denied"
    leave_trace(
        refusal,
        act=name,
        code=code,
        subject=proposal,
        by=asked["by"],
        now=asked["now"],
        participant=proposal.participant if proposal else None,
    )


def locked(proposal_id: int) -> Proposal:
    """Lock a proposal's row and read it as it is now. Raises Proposal.DoesNotExist."""
    return (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("participant__unit", "category", "campaign")
        .get(pk=proposal_id)
    )


def hands_of(proposal: Proposal) -> frozenset[int]:
    """Return the ids of everybody who drafted, edited or submitted the proposal."""
    return hands_behind([proposal])[proposal.pk]


def submitter_of(proposal: Proposal) -> int:
    """Return the id of who submitted a proposal that is past its submission."""
    assert proposal.submitted_by_id is not None
    return proposal.submitted_by_id


def check_step(proposal: Proposal, act: Act, *, by: User, now: dt.datetime, reason: str = "") -> Step:
    """Check role, separation of duties, state and reason, in this order; return the transition.

    Raises PermissionDenied, SameHands, WrongState or Refusal("reason_missing").
    """
    require_act(by, act, proposal=proposal, on=local_day(now))
    step = step_for(act, state=proposal.state, return_step=proposal.return_step)
    if step.by_another and by.pk in hands_of(proposal):
        raise SameHands("same_hands")
    if step.needs_reason and not reason.strip():
        raise Refusal("reason_missing")
    return step


def policy_of(campaign_id: int) -> AwardPolicy:
    """Return the campaign's procedure, the defaults where staff have set none."""
    return AwardPolicy.objects.filter(campaign_id=campaign_id).first() or AwardPolicy(campaign_id=campaign_id)


def deadline_for(clock: Clock, *, campaign_id: int, now: dt.datetime) -> dt.date | None:
    """Return the last day of the step that begins now, in working days; None where nobody is waited for."""
    if clock is Clock.NONE:
        return None
    days = getattr(policy_of(campaign_id), f"{clock.value}_days")
    day = local_day(now)
    ahead = Holiday.objects.filter(day__gte=day, day__lte=day + dt.timedelta(days=400))
    return working_days_after(day, days, set(ahead.values_list("day", flat=True)))


def write_state(
    proposal: Proposal,
    step: Step,
    *,
    by: User | None,
    now: dt.datetime,
    reason: str = "",
    return_step: str = "",
    changes: dict[str, Any] | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Move a locked proposal along ``step``. The one writer of its state; call it last in the act. In order:

    1. conditional UPDATE of state, return step, deadline, version and ``changes`` (WrongState if the row moved);
    2. one row in the proposal's log;
    3. where the step tells the unit, one notice to each of its leaders and reporters;
    4. one audit entry.
    """
    came_from, came_to = proposal.state, step.target or ProposalState(proposal.state)
    columns: dict[str, Any] = {"state": came_to, "version": F("version") + 1, **(changes or {})}
    columns["return_step"] = return_step if step.target else proposal.return_step
    if step.clock is not Clock.KEEP:
        columns["due_on"] = deadline_for(step.clock, campaign_id=proposal.campaign_id, now=now)
    moved = Proposal.objects.filter(
        pk=proposal.pk, state=came_from, return_step=proposal.return_step, version=proposal.version
    ).update(**columns)
    if moved != 1:
        raise WrongState("wrong_state", act=step.act.value, state=came_from)
    ProposalEvent.objects.create(
        proposal=proposal,
        act=step.act,
        from_state=came_from,
        to_state=came_to,
        actor=by,
        at=now,
        reason=reason,
        detail=detail or {},
    )
    if step.tells_unit:
        _tell_unit(proposal, step.act, now=now, reason=reason)
    record(
        action=f"proposal.{step.act.value}",
        subject=proposal,
        by=by,
        now=now,
        participant=proposal.participant,
        before={"state": came_from},
        after={"state": came_to, **({"return_step": return_step} if return_step else {}), **(detail or {})},
        reason=reason,
    )
    proposal.refresh_from_db()


def _tell_unit(proposal: Proposal, act: Act, *, now: dt.datetime, reason: str) -> None:
    """Tell the unit's people once of this step, each in their language."""
    tell_units(
        units=[proposal.participant.unit_id],
        key=f"proposal:{proposal.pk}:{proposal.version}:{act.value}",
        words=lambda: (translation.gettext(_TITLES[act]) % {"name": proposal.recipient_name}, reason),
        url=f"/khen-thuong/de-nghi/{proposal.pk}/",
        now=now,
    )


def locked_session(session_id: int) -> CouncilSession:
    """Lock a session's row and read it as it is now. Raises CouncilSession.DoesNotExist.

    Not against references: a vote being written must not wait for it (the agenda's row is what a closing locks).
    """
    rows = CouncilSession.objects.select_for_update(of=("self",), no_key=True).select_related("campaign")
    return rows.get(pk=session_id)
