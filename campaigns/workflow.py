"""When an act is possible: tables of transitions, to be read aloud.

``move_campaign`` is the only writer of a campaign's status, ``move_thread`` of an explanation's or appeal's state.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from .actions.audit import record
from .enums import CampaignStatus, ThreadState
from .models import Appeal, Campaign, Explanation, Participant, User


class CampaignAct(StrEnum):
    """An act that changes a campaign's status; the value is its name in the audit trail."""

    OPEN = "campaign.opened"
    BACK_TO_PREPARATION = "campaign.back_to_preparation"
    CLOSE = "campaign.closed"
    REOPEN = "campaign.reopened"


CAMPAIGN_TRANSITIONS: dict[tuple[CampaignAct, CampaignStatus], CampaignStatus] = {
    (CampaignAct.OPEN, CampaignStatus.PREPARATION): CampaignStatus.OPEN,
    (CampaignAct.BACK_TO_PREPARATION, CampaignStatus.OPEN): CampaignStatus.PREPARATION,
    (CampaignAct.CLOSE, CampaignStatus.OPEN): CampaignStatus.CLOSED,
    (CampaignAct.REOPEN, CampaignStatus.CLOSED): CampaignStatus.OPEN,
}

#: Acts that ask for a reason, kept in the trail.
NEEDS_REASON = {CampaignAct.BACK_TO_PREPARATION, CampaignAct.REOPEN}


class IllegalTransition(Exception):
    """The act is not possible now; the text says why in the user's language, ``code`` by which rule (a view: 409)."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


def may_move(campaign: Campaign, act: CampaignAct) -> bool:
    """Whether the campaign's status allows the act; views mirror it to offer a button."""
    return (act, CampaignStatus(campaign.status)) in CAMPAIGN_TRANSITIONS


def require_move(campaign: Campaign, act: CampaignAct, *, reason: str = "") -> CampaignStatus:
    """Return the status that the act leads to. Raises IllegalTransition, also for a reason that is missing."""
    if not may_move(campaign, act):
        raise IllegalTransition(
            _("This cannot be done while the campaign is “%(status)s”.") % {"status": campaign.get_status_display()},
            "wrong_status",
        )
    if act in NEEDS_REASON and not reason.strip():
        raise IllegalTransition(_("A reason is needed."), "reason_missing")
    return CAMPAIGN_TRANSITIONS[act, CampaignStatus(campaign.status)]


def move_campaign(
    campaign: Campaign, act: CampaignAct, *, by: User | None, now: dt.datetime, reason: str = "", **columns: Any
) -> None:
    """Write the new status with the columns that go with it, and the audit entry. The row is locked by the caller.

    ``by=None`` is the portal's operator at the console.
    """
    target = require_move(campaign, act, reason=reason)
    before = {"status": campaign.status, **{name: getattr(campaign, name) for name in columns}}
    changes = {"status": target, "version": F("version") + 1, **columns}
    if not Campaign.objects.filter(pk=campaign.pk, status=campaign.status).update(**changes):
        raise IllegalTransition(_("Somebody else has changed the campaign meanwhile."))
    campaign.refresh_from_db(fields=["status", "version", *columns])
    record(
        action=act.value,
        subject=campaign,
        by=by,
        now=now,
        campaign=campaign,
        before=before,
        after={"status": target, **columns},
        reason=reason.strip(),
    )


class ThreadAct(StrEnum):
    """An act on an explanation or an appeal after it has begun; the value is its name in the audit trail."""

    ANSWER = "explanation.answered"
    ASK_FURTHER = "explanation.asked_further"
    CLOSE = "explanation.closed"
    TAKE_BACK = "explanation.taken_back"
    WRITE = "appeal.written"
    UPHOLD = "appeal.upheld"
    DISMISS = "appeal.dismissed"
    WITHDRAW = "appeal.withdrawn"


THREAD_TRANSITIONS: dict[tuple[ThreadAct, ThreadState], ThreadState] = {
    (ThreadAct.ANSWER, ThreadState.OPEN): ThreadState.ANSWERED,
    (ThreadAct.ANSWER, ThreadState.ANSWERED): ThreadState.ANSWERED,  # something to add
    (ThreadAct.ASK_FURTHER, ThreadState.ANSWERED): ThreadState.OPEN,
    (ThreadAct.CLOSE, ThreadState.ANSWERED): ThreadState.CLOSED,
    (ThreadAct.TAKE_BACK, ThreadState.OPEN): ThreadState.WITHDRAWN,
    (ThreadAct.WRITE, ThreadState.OPEN): ThreadState.OPEN,
    (ThreadAct.UPHOLD, ThreadState.OPEN): ThreadState.UPHELD,
    (ThreadAct.DISMISS, ThreadState.OPEN): ThreadState.DISMISSED,
    (ThreadAct.WITHDRAW, ThreadState.OPEN): ThreadState.WITHDRAWN,
}


#: Columns of a thread that its entry in the trail names; who and when stand there anyway.
_TOLD = ("answer_by", "outcome")


def may_move_thread(thread: Explanation | Appeal, act: ThreadAct) -> bool:
    """Whether the thread's state allows the act; views mirror it to offer a form."""
    return (act, ThreadState(thread.state)) in THREAD_TRANSITIONS


def move_thread(
    thread: Explanation | Appeal,
    act: ThreadAct,
    *,
    participant: Participant,
    by: User,
    now: dt.datetime,
    text: str = "",
    **columns: Any,
) -> None:
    """Write the new state with the columns that go with it, and the audit entry. The row is locked by the caller.

    Raises IllegalTransition where the state does not allow the act.
    """
    if not may_move_thread(thread, act):
        raise IllegalTransition(
            _("This cannot be done while it is “%(state)s”.") % {"state": thread.get_state_display()}
        )
    before, state = thread.state, THREAD_TRANSITIONS[act, ThreadState(thread.state)]
    for name, value in {"state": state, "version": thread.version + 1, **columns}.items():
        setattr(thread, name, value)
    thread.save(update_fields=["state", "version", *columns])
    record(
        action=act.value,
        subject=thread,
        by=by,
        now=now,
        participant=participant,
        before={"thread_state": before},
        after={"thread_state": state, **{name: columns[name] for name in _TOLD if name in columns}, "text": text},
    )
