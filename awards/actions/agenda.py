"""The agenda of a council's session: whom it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Max

from awards.enums import ProposalState, VoteState
from awards.models import (
    CouncilAgendaItem,
    CouncilSession,
    CouncilTally,
    CouncilVote,
    Proposal,
)
from awards.workflow import Refusal
from campaigns.actions.audit import record
from campaigns.calendar import local_day
from campaigns.models import User
from campaigns.permissions import Permission, require

from .transition import locked_session, one_transaction


@one_transaction
def add_to_agenda(*, session_id: int, proposal_ids: Sequence[int], by: User, now: dt.datetime) -> int:
    """Put proposals that lie before the council on a session's agenda; return how many were put.

    Raises PermissionDenied, Refusal("not_before_council", "on_another_agenda").
    """
    require(by, Permission.RECORD_COUNCIL, on=local_day(now))
    return put_on(locked_session(session_id), proposal_ids, by=by, now=now)


def put_on(session: CouncilSession, proposal_ids: Sequence[int], *, by: User, now: dt.datetime) -> int:
    """Put proposals at the end of a session's agenda, all or none; return how many. Raises Refusal."""
    found = {row.pk: row for row in Proposal.objects.filter(pk__in=proposal_ids, campaign=session.campaign)}
    last = session.agenda.aggregate(last=Max("position"))["last"] or 0
    here = set(session.agenda.values_list("proposal_id", flat=True))
    voted = set(CouncilVote.objects.filter(session=session).values_list("proposal_id", flat=True))
    voted |= set(CouncilTally.objects.filter(session=session).values_list("proposal_id", flat=True))
    added = [found[pk] for pk in dict.fromkeys(proposal_ids) if pk in found and pk not in here]
    for position, proposal in enumerate(added, start=last + 1):
        if proposal.state != ProposalState.COUNCIL or has_result(proposal):
            raise Refusal("not_before_council", name=proposal.recipient_name)
        if proposal.pk in voted:  # it came back to the council: its votes of this session are of the earlier text
            raise Refusal("voted_here_before", name=proposal.recipient_name)
        try:
            with transaction.atomic():
                CouncilAgendaItem.objects.create(session=session, proposal=proposal, position=position)
        except IntegrityError as error:
            raise Refusal("on_another_agenda", name=proposal.recipient_name) from error
    if added:
        record(
            action="council.agenda",
            subject=session,
            by=by,
            now=now,
            campaign=session.campaign,
            after={"added": [proposal.pk for proposal in added]},
        )
    return len(added)


def leave_agenda(proposal: Proposal) -> None:
    """Take a proposal that goes back off the agenda it waits on; votes given on it stay as they are."""
    CouncilAgendaItem.objects.filter(proposal=proposal).exclude(state=VoteState.CLOSED).delete()


def has_result(proposal: Proposal) -> bool:
    """Whether the council has counted on the proposal as it was last submitted."""
    return CouncilTally.objects.filter(proposal=proposal, recorded_at__gte=proposal.submitted_at).exists()


@one_transaction
def take_off_agenda(*, session_id: int, proposal_id: int, by: User, now: dt.datetime) -> None:
    """Take a nominee off the agenda before anybody votes. Raises PermissionDenied, Refusal("session_voted")."""
    require(by, Permission.RECORD_COUNCIL, on=local_day(now))
    session = locked_session(session_id)
    item = session.agenda.select_for_update(of=("self",)).get(proposal=proposal_id)
    if item.state != VoteState.WAITING or CouncilVote.objects.filter(session=session, proposal=proposal_id).exists():
        raise Refusal("session_voted")
    item.delete()
    record(
        action="council.agenda",
        subject=session,
        by=by,
        now=now,
        campaign=session.campaign,
        after={"removed": [proposal_id]},
    )
