"""The tables of a campaign's and a thread's steps, written a second time, and what the one writer of each leaves."""

from __future__ import annotations

import json

import pytest
from django.db import transaction

from campaigns.enums import CampaignStatus, ThreadState
from campaigns.models import AuditEntry, Campaign, Explanation
from campaigns.workflow import (
    CAMPAIGN_TRANSITIONS,
    NEEDS_REASON,
    THREAD_TRANSITIONS,
    CampaignAct,
    IllegalTransition,
    ThreadAct,
    may_move,
    may_move_thread,
    move_campaign,
    move_thread,
    require_move,
)
from tests.factories import at, day, make_campaign, make_target, make_user

CAMPAIGN = {
    ("campaign.opened", "preparation"): "open",
    ("campaign.back_to_preparation", "open"): "preparation",
    ("campaign.closed", "open"): "closed",
    ("campaign.reopened", "closed"): "open",
}
THREAD = {
    ("explanation.answered", "open"): "answered",
    ("explanation.answered", "answered"): "answered",
    ("explanation.asked_further", "answered"): "open",
    ("explanation.closed", "answered"): "closed",
    ("explanation.taken_back", "open"): "withdrawn",
    ("appeal.written", "open"): "open",
    ("appeal.upheld", "open"): "upheld",
    ("appeal.dismissed", "open"): "dismissed",
    ("appeal.withdrawn", "open"): "withdrawn",
}


def contents() -> list[tuple[str, dict[str, object]]]:
    """The trail: each act with what was kept of it."""
    rows = AuditEntry.objects.order_by("sequence").select_related("payload")
    return [(entry.action, json.loads(entry.payload.content)) for entry in rows]


def test_the_tables_are_these() -> None:
    assert {(act.value, state.value): to.value for (act, state), to in CAMPAIGN_TRANSITIONS.items()} == CAMPAIGN
    assert {(act.value, state.value): to.value for (act, state), to in THREAD_TRANSITIONS.items()} == THREAD
    assert {act.value for act in NEEDS_REASON} == {"campaign.back_to_preparation", "campaign.reopened"}


@pytest.mark.parametrize("status", CampaignStatus)
@pytest.mark.parametrize("act", CampaignAct)
def test_a_campaign_moves_as_its_table_says(act: CampaignAct, status: CampaignStatus) -> None:
    campaign, wanted = Campaign(status=status), CAMPAIGN.get((act.value, status.value))
    assert may_move(campaign, act) is (wanted is not None)
    if wanted is not None:
        assert require_move(campaign, act, reason="Sai trọng số").value == wanted
        return
    with pytest.raises(IllegalTransition, match=f"“{status.label}”"):
        require_move(campaign, act, reason="Sai trọng số")


@pytest.mark.parametrize("act", CampaignAct)
@pytest.mark.parametrize("reason", ["", "  "])
def test_going_back_and_reopening_need_a_reason(act: CampaignAct, reason: str) -> None:
    source = next(state for of, state in CAMPAIGN if of == act.value)
    campaign = Campaign(status=source)
    if act in (CampaignAct.BACK_TO_PREPARATION, CampaignAct.REOPEN):
        with pytest.raises(IllegalTransition, match="lý do"):
            require_move(campaign, act, reason=reason)
    else:
        assert require_move(campaign, act, reason=reason) == CAMPAIGN[act.value, source]


@pytest.mark.parametrize("state", ThreadState)
@pytest.mark.parametrize("act", ThreadAct)
def test_a_thread_moves_as_its_table_says(act: ThreadAct, state: ThreadState) -> None:
    assert may_move_thread(Explanation(state=state), act) is ((act.value, state.value) in THREAD)


@pytest.mark.django_db
def test_a_move_writes_status_version_columns_and_one_entry() -> None:
    campaign, person = make_campaign(status=CampaignStatus.OPEN), make_user("staff")
    version = campaign.version
    with transaction.atomic():
        columns = {"closed_at": at(95), "closing_day": day(90)}
        move_campaign(campaign, CampaignAct.CLOSE, by=person, now=at(95), reason=" Xong ", **columns)
    stored = Campaign.objects.get(pk=campaign.pk)
    for seen in (campaign, stored):
        assert (seen.status, seen.version, seen.closing_day) == (CampaignStatus.CLOSED, version + 1, day(90))
    [(act, content)] = contents()
    entry = AuditEntry.objects.get()
    assert (act, entry.campaign, entry.actor, entry.at) == ("campaign.closed", campaign, person, at(95))
    assert (entry.subject_type, entry.subject_id) == ("campaigns.campaign", campaign.pk)
    assert content["before"] == {"status": "open", "closed_at": None, "closing_day": None}
    assert content["after"].keys() == {"status", "closed_at", "closing_day"}
    assert (content["after"]["status"], content["after"]["closing_day"]) == ("closed", day(90).isoformat())
    assert content["reason"] == "Xong"


@pytest.mark.django_db
def test_who_comes_second_is_told_and_writes_nothing() -> None:
    campaign = make_campaign(status=CampaignStatus.OPEN)
    Campaign.objects.filter(pk=campaign.pk).update(status=CampaignStatus.PREPARATION)
    with pytest.raises(IllegalTransition, match="Người khác"):
        move_campaign(campaign, CampaignAct.CLOSE, by=None, now=at(95))
    assert contents() == []


@pytest.mark.django_db
def test_a_threads_move_writes_state_version_columns_and_one_entry() -> None:
    target, person = make_target(), make_user("chairman")
    thread = Explanation.objects.create(
        target=target, question="Vì sao?", asked_by=person, asked_at=at(40), answer_by=day(43), state="answered"
    )
    with transaction.atomic():
        move_thread(
            thread,
            ThreadAct.ASK_FURTHER,
            participant=target.participant,
            by=person,
            now=at(44),
            text="Còn gì nữa?",
            answer_by=day(47),
        )
    stored = Explanation.objects.get()
    assert (stored.state, stored.version, stored.answer_by) == (ThreadState.OPEN, 2, day(47))
    [(act, content)] = contents()
    entry = AuditEntry.objects.get()
    assert (act, entry.actor, entry.at) == ("explanation.asked_further", person, at(44))
    assert (entry.participant, entry.subject_id) == (target.participant, thread.pk)
    assert content["before"] == {"thread_state": "answered"}
    assert content["after"] == {"thread_state": "open", "answer_by": day(47).isoformat(), "text": "Còn gì nữa?"}


@pytest.mark.django_db
def test_what_stands_in_the_row_anyway_is_not_told_twice() -> None:
    target, person = make_target(), make_user("chairman")
    thread = Explanation.objects.create(
        target=target, question="Vì sao?", asked_by=person, asked_at=at(40), answer_by=day(43), state="answered"
    )
    with transaction.atomic():
        columns = {"closed_by": person, "closed_at": at(45)}
        move_thread(thread, ThreadAct.CLOSE, participant=target.participant, by=person, now=at(45), **columns)
    stored = Explanation.objects.get()
    assert (stored.state, stored.closed_by, stored.closed_at) == (ThreadState.CLOSED, person, at(45))
    assert contents()[0][1]["after"] == {"thread_state": "closed", "text": ""}
    with pytest.raises(IllegalTransition, match=f"“{ThreadState.CLOSED.label}”"):
        move_thread(stored, ThreadAct.CLOSE, participant=target.participant, by=person, now=at(46))
    assert len(contents()) == 1
