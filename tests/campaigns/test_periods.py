"""Late exceptions and the page of one period: who may open what, when it closes, and that it costs the same for all."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from campaigns.actions.periods import approve_late_exception
from campaigns.actions.records import PlanRefused
from campaigns.enums import CampaignStatus, Role
from campaigns.models import AuditEntry, Campaign, LateException, Participant, Period, User
from campaigns.openness import Phase
from campaigns.period_words import phase_words
from campaigns.queries.period_desk import read_period_desk
from campaigns.queries.reporting_grid import exception_end
from tests.cast import client_of
from tests.factories import at, make_participant, make_person, make_report_waiver, make_unit

pytestmark = pytest.mark.django_db
NOW = at(60)


@pytest.fixture
def locked(campaign: Campaign) -> Period:
    """A period that is locked by now."""
    return Period.objects.filter(campaign=campaign, locks_at__lt=NOW).order_by("-ends_on").first()


def approve(unit: Participant, period: Period, by: User, **said: Any) -> LateException:
    said = {"ends_at": NOW + dt.timedelta(days=2), "reason": "Mất điện cả tuần", "now": NOW, **said}
    return approve_late_exception(participant_id=unit.pk, period_id=period.pk, by=by, **said)


def test_it_opens_the_period_for_one_unit_and_closes_itself(
    locked: Period, participant_a: Participant, participant_b: Participant, staff: User
) -> None:
    row = approve(participant_a, locked, staff)
    assert exception_end(participant_a, locked, now=NOW) == row.ends_at
    assert exception_end(participant_b, locked, now=NOW) is None
    assert exception_end(participant_a, locked, now=row.ends_at) is None
    entry = AuditEntry.objects.get(action="late_exception.approved")
    assert (entry.actor, entry.participant, entry.at) == (staff, participant_a, NOW)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"ends_at": NOW}, "quá khứ"),
        ({"ends_at": NOW - dt.timedelta(days=1)}, "quá khứ"),
        ({"reason": "  "}, "lý do"),
    ],
)
def test_it_is_not_dated_back_and_has_a_reason(
    locked: Period, participant_a: Participant, staff: User, said: dict[str, Any], words: str
) -> None:
    with translation.override("vi"), pytest.raises(PlanRefused, match=words):
        approve(participant_a, locked, staff, **said)
    assert not LateException.objects.exists()


def test_an_open_period_needs_none_and_one_to_come_opens_by_itself(
    campaign: Campaign, participant_a: Participant, staff: User
) -> None:
    running = Period.objects.filter(campaign=campaign).current(on=NOW.date()).get()
    with pytest.raises(PlanRefused):
        approve(participant_a, running, staff, ends_at=running.locks_at)
    coming = Period.objects.filter(campaign=campaign, starts_on__gt=NOW.date()).first()
    with pytest.raises(PlanRefused):
        approve(participant_a, coming, staff)


def test_a_second_one_ends_later(locked: Period, participant_a: Participant, staff: User, staff_two: User) -> None:
    first = approve(participant_a, locked, staff)
    with pytest.raises(PlanRefused):
        approve(participant_a, locked, staff_two)
    later = approve(participant_a, locked, staff_two, ends_at=first.ends_at + dt.timedelta(hours=1))
    assert exception_end(participant_a, locked, now=NOW) == later.ends_at


@pytest.mark.parametrize("name", ["leader_a", "chairman", "auditor", "superuser"])
def test_only_staff_approve(locked: Period, participant_a: Participant, cast: Any, name: str) -> None:
    with pytest.raises(PermissionDenied):
        approve(participant_a, locked, cast[name])


def test_not_for_ones_own_unit(locked: Period, staff_participant: Participant, staff: User) -> None:
    with pytest.raises(PermissionDenied):
        approve(staff_participant, locked, staff)


def test_a_closed_campaign_stays_closed(locked: Period, participant_a: Participant, staff: User) -> None:
    Campaign.objects.filter(pk=locked.campaign_id).update(
        status=CampaignStatus.CLOSED, closed_at=NOW, closing_day=NOW.date()
    )
    with pytest.raises(PlanRefused):
        approve(participant_a, locked, staff)


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        (Phase.UPCOMING, "Mở từ ngày"),
        (Phase.OPEN, "đúng hạn đến"),
        (Phase.LATE, "khóa lúc"),
        (Phase.EXCEPTION, "theo gia hạn"),
        (Phase.LOCKED, "Đã khóa từ"),
    ],
)
def test_every_state_is_said_in_words(phase: Phase, words: str) -> None:
    with translation.override("vi"):
        said = phase_words(phase, starts_on=NOW.date(), due_at=at(61), locks_at=at(62), exception_until=at(63), now=NOW)
    assert words in said
    assert "%(" not in said


def test_the_page_says_who_is_open_how_and_leads_to_the_forms(
    locked: Period, participant_a: Participant, participant_b: Participant, staff: User
) -> None:
    approve(participant_a, locked, staff)
    make_report_waiver(participant_b, locked, confirmed=False)
    with time_machine.travel(NOW, tick=False):
        text = client_of(staff).get(reverse("admin:campaigns_lateexception_period", args=[locked.pk])).content.decode()
    assert "Mất điện cả tuần" in text
    assert "còn 2 ngày" in text
    for name in ("campaigns_lateexception_enter", "campaigns_milestonewaiver_enter"):
        assert reverse(f"admin:{name}") in text
    desk = read_period_desk(locked, now=NOW)
    phases = {line.participant: line.phase for line in desk.lines}
    assert phases[participant_a] is Phase.EXCEPTION
    assert phases[participant_b] is Phase.LOCKED
    assert [row.participant for row in desk.waivers] == [participant_b]


def test_the_forms_come_filled_in_from_the_unit_and_period(
    locked: Period, participant_a: Participant, staff: User
) -> None:
    query = {"campaign": locked.campaign_id, "period": locked.pk, "participant": participant_a.pk}
    with time_machine.travel(NOW, tick=False):
        for name in ("lateexception", "reportwaiver"):
            text = client_of(staff).get(reverse(f"admin:campaigns_{name}_enter"), query).content.decode()
            assert f'<option value="{participant_a.pk}" selected>' in text
            assert f'<option value="{locked.pk}" selected>' in text


def test_staff_approve_by_the_form_and_come_back_to_the_period(
    locked: Period, participant_a: Participant, staff: User
) -> None:
    said = {"participant": participant_a.pk, "period": locked.pk, "ends_at": "30/12/2099 17:00", "reason": "Bão số 3"}
    with time_machine.travel(NOW, tick=False):
        address = f"{reverse('admin:campaigns_lateexception_enter')}?period={locked.pk}"
        answer = client_of(staff).post(address, said)
    assert answer["Location"] == reverse("admin:campaigns_lateexception_period", args=[locked.pk])
    assert LateException.objects.get().approved_by == staff


def test_the_page_costs_the_same_with_2_and_40_units(
    locked: Period, participant_a: Participant, staff: User, django_assert_num_queries: Any
) -> None:
    client, address = client_of(staff), reverse("admin:campaigns_lateexception_period", args=[locked.pk])
    with time_machine.travel(NOW, tick=False):
        client.get(address)
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        for number in range(38):
            unit = make_unit(f"PX{number}", name=f"Phường {number}")
            extra = make_participant(locked.campaign, unit=unit, bloc=participant_a.bloc)
            make_person(Role.UNIT_LEADER, unit=unit, username=f"px{number}")
            approve(extra, locked, staff)
        with django_assert_num_queries(len(few)):
            client.get(address)
