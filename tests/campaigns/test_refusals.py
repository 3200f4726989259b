"""An act that was not to be done leaves one entry in the trail, whatever transaction is around it, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from campaigns.actions.campaign import close_campaign, reopen_campaign
from campaigns.actions.corrections import correct_measurement
from campaigns.actions.drafts import ReportingRefused
from campaigns.actions.idempotency import act_once
from campaigns.actions.verification import VerdictRefused, give_verdict
from campaigns.audit_words import ACTIONS
from campaigns.enums import VerdictOutcome
from campaigns.models import AuditEntry, AuditPayload, IdempotencyKey, Measurement, User
from campaigns.workflow import IllegalTransition
from tests.factories import at, make_measurement, make_target

from .actions.reports import Desk

pytestmark = pytest.mark.django_db


def traces() -> list[tuple[str, int | None, str]]:
    """What the trail says was refused: which act, to whom, by which rule."""
    rows = AuditEntry.objects.filter(action="workflow.refused").order_by("sequence")
    found = []
    for row in rows:
        content = AuditPayload.objects.get(entry=row).content
        found.append((row.subject_type, row.actor_id, content.partition('"code":"')[2].partition('"')[0]))
    return found


@pytest.fixture
def value(participant_a: Any) -> Measurement:
    return make_measurement(make_target(participant=participant_a), value=40)


def accept(value: Measurement, by: User, now: Any = None) -> Measurement:
    return give_verdict(measurement_id=value.pk, outcome=VerdictOutcome.ACCEPTED, by=by, now=now or at(8))


def test_a_verdict_by_who_may_give_none(value: Measurement, leader_b: User) -> None:
    with pytest.raises(PermissionDenied):
        accept(value, leader_b)
    assert traces() == [("campaigns.measurement", leader_b.pk, "permission_denied")]
    value.refresh_from_db()
    assert value.verdict == ""


def test_a_value_that_is_corrected_before_it_was_verified(value: Measurement, staff: User) -> None:
    with pytest.raises(VerdictRefused):
        correct_measurement(measurement_id=value.pk, value=1, reason="Nhầm", by=staff, now=at(8))  # type: ignore[arg-type]
    assert traces() == [("campaigns.measurement", staff.pk, "not_verified")]


def test_what_was_filled_in_wrongly_or_a_race_that_was_lost_is_nobodys_attempt(
    value: Measurement, staff: User, staff_two: User
) -> None:
    with pytest.raises(VerdictRefused):
        give_verdict(measurement_id=value.pk, outcome=VerdictOutcome.RETURNED, by=staff, now=at(8))
    accept(value, staff)
    with pytest.raises(VerdictRefused):
        accept(value, staff_two)
    assert traces() == []


def test_a_campaign_is_closed_before_its_last_report_is_due_or_reopened_while_it_runs(
    value: Measurement, staff: User
) -> None:
    campaign = value.target.campaign
    with pytest.raises(IllegalTransition):
        close_campaign(campaign_id=campaign.pk, by=staff, now=at(20))
    with pytest.raises(IllegalTransition):
        reopen_campaign(campaign_id=campaign.pk, by=staff, now=at(20), reason="Theo kiến nghị")
    subject = "campaigns.campaign"
    assert traces() == [(subject, staff.pk, "not_due"), (subject, staff.pk, "wrong_status")]


def test_a_report_after_the_lock(value: Measurement, leader_a: User) -> None:
    target = value.target
    desk = Desk(target.participant, value.period, leader_a)
    desk.type(target, "50")
    seen = desk.seen()
    desk.now = value.period.locks_at  # type: ignore[assignment]
    with pytest.raises(ReportingRefused):
        desk.send(seen=seen)
    assert traces() == [("campaigns.participant", leader_a.pk, "closed")]


def test_the_trace_stays_where_the_forms_key_goes(value: Measurement, leader_b: User) -> None:
    """A form's key and its act are one transaction: what is refused uses no key, and still leaves its trace."""

    def act() -> dict[str, Any]:
        return {"measurement": accept(value, leader_b).pk}

    with pytest.raises(PermissionDenied):
        act_once(actor=leader_b, key="mot-khoa", request="x", now=at(8), act=act)
    assert not IdempotencyKey.objects.exists()
    assert traces() == [("campaigns.measurement", leader_b.pk, "permission_denied")]


def test_the_trail_has_words_for_it() -> None:
    assert "workflow.refused" in ACTIONS
