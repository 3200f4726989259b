"""The overnight digest: who is told what the night did, once, and that the causes are the whole difference."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone

from campaigns.actions.outbox_work import drain
from campaigns.calendar import cut_off
from campaigns.enums import NoticeChannel, NoticeKind, Role
from campaigns.models import Campaign, Notice, NoticePreference, OutboxMessage, Participant, User
from scoring.actions.digest import TOPIC, ask_for_digests, send_digest
from scoring.enums import Basis, RunStatus, RunTrigger
from scoring.models import UnitScore
from tests.factories import make_organiser, make_person

from .generation import MEDIUM, days_of_interest, random_campaign
from .loading import load, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def night() -> tuple[Campaign, dt.date]:
    """A campaign and a day on which totals moved."""
    make_organiser()
    source = random_campaign(201, MEDIUM)
    campaign = load(source)
    for day in sorted(one for one in days_of_interest(source) if one > source.start):
        for one in (day - dt.timedelta(days=1), day):
            row = run(campaign, one)
            row.status, row.finished_at = RunStatus.DONE, timezone.now()
            row.save()
        if sum(bool(one) for one in differences(campaign, day).values()) > 1:
            return campaign, day
    raise AssertionError("no day moved anything")


def differences(campaign: Campaign, day: dt.date) -> dict[int, int]:
    """By unit, as the stored totals have it."""
    rows = UnitScore.objects.filter(campaign=campaign, basis=Basis.OFFICIAL)
    totals = {(row.participant_id, row.day): row.total_bp or 0 for row in rows}
    before = day - dt.timedelta(days=1)
    return {pk: totals[pk, day] - totals.get((pk, before), 0) for pk, on in totals if on == day}


def morning(day: dt.date) -> dt.datetime:
    return cut_off(day) + dt.timedelta(minutes=12)


def leader_of(participant: Participant) -> User:
    return make_person(Role.UNIT_LEADER, unit=participant.unit, username=f"l{participant.pk}", email="l@example.gov.vn")


def points_in(text: str) -> int:
    """The sum of the causes in a notice, in basis points."""
    found = re.findall(r": ([+−]?[\d.]+,\d\d)$", text, re.MULTILINE)
    return sum(int(one.replace("−", "-").replace("+", "").replace(".", "").replace(",", "")) for one in found)


def test_units_that_moved_are_told_with_causes_that_are_the_whole_difference(night: Any) -> None:
    campaign, day = night
    moved = {pk: bp for pk, bp in differences(campaign, day).items() if bp}
    still = [pk for pk, bp in differences(campaign, day).items() if not bp]
    units = {one.pk: one for one in Participant.objects.filter(campaign=campaign).select_related("unit")}
    leaders = {pk: leader_of(units[pk]) for pk in (*moved, *still[:1])}
    for _again in range(2):  # a worker may die after the effect
        assert send_digest(campaign_id=campaign.pk, day=day, now=morning(day)) == len(moved)
    for pk, bp in moved.items():
        notice = Notice.objects.get(person=leaders[pk])
        assert (notice.kind, notice.by_mail, points_in(notice.text)) == (NoticeKind.SCORE, True, bp)
        assert units[pk].name in notice.title
    for pk in still[:1]:
        assert not Notice.objects.filter(person=leaders[pk]).exists()


def test_staff_and_the_chairman_are_told_who_moved_most(night: Any) -> None:
    campaign, day = night
    people = [make_person(role) for role in (Role.INTERNAL_AFFAIRS, Role.CHAIRMAN)]
    outsider = make_person(Role.VIEWER)
    send_digest(campaign_id=campaign.pk, day=day, now=morning(day))
    moved = {pk: bp for pk, bp in differences(campaign, day).items() if bp}
    most = Participant.objects.get(pk=max(moved, key=lambda pk: (abs(moved[pk]), -pk)))
    for person in people:
        notice = Notice.objects.get(person=person)
        assert str(len(moved)) in notice.title
        assert len(notice.text.splitlines()) == min(len(moved), 10) + (len(moved) > 10)
        assert most.name in notice.text
    assert not Notice.objects.filter(person=outsider).exists()


def test_who_wants_no_digest_gets_none(night: Any) -> None:
    campaign, day = night
    chairman, staff = make_person(Role.CHAIRMAN, email="c@example.gov.vn"), make_person(Role.INTERNAL_AFFAIRS)
    NoticePreference.objects.create(person=chairman, kind=NoticeKind.SCORE, channel=NoticeChannel.NONE)
    NoticePreference.objects.create(person=staff, kind=NoticeKind.SCORE, channel=NoticeChannel.PORTAL)
    send_digest(campaign_id=campaign.pk, day=day, now=morning(day))
    assert not Notice.objects.filter(person=chairman).exists()
    assert not Notice.objects.get(person=staff).by_mail


def test_only_last_night_asks_for_it(night: Any) -> None:
    campaign, day = night
    ask_for_digests([campaign.pk], day - dt.timedelta(days=1), RunTrigger.NIGHTLY, morning(day))
    ask_for_digests([campaign.pk], day, RunTrigger.MANUAL, morning(day))
    assert not OutboxMessage.objects.filter(topic=TOPIC).exists()
    for _twice in range(2):
        ask_for_digests([campaign.pk], day, RunTrigger.NIGHTLY, morning(day))
    assert OutboxMessage.objects.filter(topic=TOPIC).count() == 1
    chairman = make_person(Role.CHAIRMAN)
    drain(clock=lambda: morning(day), topics=[TOPIC])
    assert Notice.objects.filter(person=chairman).count() == 1


def test_nothing_is_told_of_a_day_that_was_not_scored(night: Any) -> None:
    campaign, day = night
    make_person(Role.CHAIRMAN)
    assert send_digest(campaign_id=campaign.pk, day=day + dt.timedelta(days=300), now=morning(day)) == 0
    assert not Notice.objects.exists()
