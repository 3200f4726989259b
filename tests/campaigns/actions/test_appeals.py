"""Appeals: lodged by the unit, settled by somebody who had no part in it; every refusal; what comes of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from campaigns.actions.appeals import lodge_on_score, lodge_on_value, settle_appeal, withdraw_appeal, write_in_appeal
from campaigns.actions.corrections import correct_measurement
from campaigns.actions.threads import SentFile, ThreadRefused
from campaigns.actions.verification import give_verdict
from campaigns.enums import CampaignStatus, Role, ThreadState, VerdictOutcome
from campaigns.models import Appeal, AuditEntry, EvidenceFile, Measurement, Notice, Participant, User
from campaigns.queries.appeals import appeals_for, uncorrected
from campaigns.thread_rules import ThreadRefusal
from campaigns.visibility import visible_to
from tests.campaigns.files import corpus
from tests.factories import (
    at,
    day,
    give_role,
    make_area,
    make_indicator,
    make_measurement,
    make_person,
    make_points,
    make_target,
)

pytestmark = pytest.mark.django_db
NOW = at(60)


@pytest.fixture
def value(campaign, participant_a, staff) -> Measurement:
    """A value of unit A that ``staff`` adjusted."""
    target = make_target(make_indicator(make_area(campaign), "CT1"), participant_a)
    return make_measurement(target, verdict="adjusted", verified_value=41, verdict_by=staff, verdict_at=at(10))


def lodge(value: Measurement, by: User, **changes: Any) -> Appeal:
    said = {"grounds": "Biên bản ghi 45", "key": "k" * 20, "now": NOW, **changes}
    return lodge_on_value(measurement_id=value.pk, by=by, **said)


def lodge_score(unit: Participant, by: User, **changes: Any) -> Appeal:
    said = {"day": day(58), "grounds": "Điểm trừ sai", "key": "k" * 20, "now": NOW, **changes}
    return lodge_on_score(participant_id=unit.pk, by=by, **said)


def settle(appeal: Appeal, by: User, **changes: Any) -> Appeal:
    said = {"upheld": True, "outcome": "Đúng như biên bản", "seen": appeal.version, "key": "s" * 20, "now": at(61)}
    return settle_appeal(appeal_id=appeal.pk, by=by, **{**said, **changes})


def refusal(call) -> ThreadRefusal:
    with pytest.raises(ThreadRefused) as refused:
        call()
    return refused.value.code


def test_an_appeal_on_a_value_runs_to_its_correction_by_two_people(
    value, leader_a, reporter_a, staff, staff_two, campaign, evidence_root
):
    appeal = lodge(value, leader_a, files=[SentFile("bien-ban.pdf", corpus.pdf())])
    assert (appeal.state, appeal.answer_by) == (ThreadState.OPEN, day(67))  # five working days after a Thursday
    assert appeal.messages.get().files.get() == EvidenceFile.objects.get(participant=appeal.participant)
    assert set(Notice.objects.values_list("person", flat=True)) == {staff_two.pk}  # not the first checker

    appeal = settle(appeal, staff_two)
    assert (appeal.state, appeal.settled_by, appeal.outcome) == (ThreadState.UPHELD, staff_two, "Đúng như biên bản")
    told = Notice.objects.filter(key=f"appeal:{appeal.pk}:settled")
    assert set(told.values_list("person", flat=True)) == {leader_a.pk, reporter_a.pk}
    assert list(uncorrected(campaign)) == [appeal]

    corrected = correct_measurement(
        measurement_id=value.pk, value=Decimal(45), reason="Theo kiến nghị", by=staff_two, now=at(62)
    )
    assert not uncorrected(campaign).exists()
    give_verdict(measurement_id=corrected.pk, outcome=VerdictOutcome.ACCEPTED, by=staff, now=at(63))
    acts = AuditEntry.objects.filter(subject_type="campaigns.appeal").order_by("sequence")
    assert list(acts.values_list("action", flat=True)) == ["appeal.lodged", "appeal.upheld"]


@pytest.mark.parametrize("name", ["reporter_a", "leader_b", "staff", "chairman", "auditor", "viewer"])
def test_only_the_units_leader_lodges(request, value, participant_a, name):
    person = request.getfixturevalue(name)
    with pytest.raises(PermissionDenied):
        lodge(value, person)
    with pytest.raises(PermissionDenied):
        lodge_score(participant_a, person)
    assert not Appeal.objects.exists()


def test_what_is_not_appealed(value, leader_a, participant_a, campaign):
    waiting = make_measurement(value.target, campaign.periods.order_by("ends_on")[3])
    returned = make_measurement(value.target, campaign.periods.order_by("ends_on")[4], verdict="returned")
    for one in (waiting, returned):
        assert refusal(lambda one=one: lodge(one, leader_a)) is ThreadRefusal.NOT_VERIFIED
    assert refusal(lambda: lodge(value, leader_a, grounds="  ")) is ThreadRefusal.TEXT_MISSING
    for number in (0, 61):  # before the campaign, and a day that has not come
        assert refusal(lambda number=number: lodge_score(participant_a, leader_a, day=day(number))) is (
            ThreadRefusal.NO_SUCH_SCORE
        )
    make_measurement(value.target, value.period, verdict="accepted", sent_at=at(20))  # the later one holds
    assert refusal(lambda: lodge(value, leader_a)) is ThreadRefusal.NOT_VERIFIED
    campaign.status, campaign.closed_at, campaign.closing_day = CampaignStatus.CLOSED, NOW, day(60)
    campaign.save()
    assert refusal(lambda: lodge_score(participant_a, leader_a)) is ThreadRefusal.CAMPAIGN_NOT_OPEN
    assert not Appeal.objects.exists()
    assert not AuditEntry.objects.exists()


def test_one_appeal_at_a_time_runs_on_a_value_and_on_a_days_score(value, leader_a, participant_a):
    first, second = lodge(value, leader_a), lodge_score(participant_a, leader_a, key="d" * 20)
    assert lodge(value, leader_a) == first  # the same form again
    assert refusal(lambda: lodge(value, leader_a, key="e" * 20)) is ThreadRefusal.RUNS_ALREADY
    assert refusal(lambda: lodge_score(participant_a, leader_a, key="f" * 20)) is ThreadRefusal.RUNS_ALREADY
    lodge_score(participant_a, leader_a, key="g" * 20, day=day(57))
    for columns in ({"measurement": value}, {"score_day": day(58)}):
        with pytest.raises(IntegrityError), transaction.atomic():  # whatever writes past the action
            Appeal.objects.create(
                participant=participant_a, grounds="?", lodged_by=leader_a, lodged_at=NOW, answer_by=day(65), **columns
            )
    assert first.pk != second.pk


def test_whoever_verified_the_value_does_not_settle_the_appeal(value, leader_a, staff, staff_two, chairman, campaign):
    appeal = lodge(value, leader_a)
    assert refusal(lambda: settle(appeal, staff)) is ThreadRefusal.FIRST_CHECKER
    assert Appeal.objects.get().state == ThreadState.OPEN
    on = NOW.date()
    assert not appeals_for(staff, campaign, on=on).exists()
    assert list(appeals_for(staff_two, campaign, on=on)) == list(appeals_for(chairman, campaign, on=on)) == [appeal]
    assert settle(appeal, chairman, upheld=False).state == ThreadState.DISMISSED


def test_neither_who_entered_a_correction_nor_whose_verdict_it_mends_settles_it(
    value, leader_a, staff, staff_two, chairman, campaign
):
    third = make_person(Role.INTERNAL_AFFAIRS, username="third")
    correction = correct_measurement(measurement_id=value.pk, value=Decimal(44), reason="Sửa", by=staff_two, now=at(20))
    give_verdict(measurement_id=correction.pk, outcome=VerdictOutcome.ACCEPTED, by=third, now=at(21))
    appeal = lodge(correction, leader_a)
    for person in (staff, staff_two, third):
        assert refusal(lambda person=person: settle(appeal, person)) is ThreadRefusal.FIRST_CHECKER
        assert not appeals_for(person, campaign, on=NOW.date()).exists()
    assert settle(appeal, chairman).state == ThreadState.UPHELD


def test_whoever_verified_what_a_score_is_made_of_does_not_settle_it(
    value, leader_a, participant_a, staff, staff_two, chairman, campaign
):
    appeal = lodge_score(participant_a, leader_a)
    assert refusal(lambda: settle(appeal, staff)) is ThreadRefusal.FIRST_CHECKER
    assert list(appeals_for(staff_two, campaign, on=NOW.date())) == [appeal]
    make_points(participant_a, holds_from=day(50), entered_by=staff_two, confirmed_by=staff, confirmed_at=at(50))
    assert refusal(lambda: settle(appeal, staff_two)) is ThreadRefusal.FIRST_CHECKER
    assert not appeals_for(staff_two, campaign, on=NOW.date()).exists()
    assert settle(appeal, chairman).state == ThreadState.UPHELD


def test_an_appeal_is_never_settled_within_the_unit_nor_by_whoever_reported_it(
    value, leader_a, staff_two, unit_a, provider_participant, provider_unit, campaign
):
    appeal = lodge(value, leader_a)
    give_role(staff_two, Role.UNIT_REPORTER, unit=unit_a)
    assert refusal(lambda: settle(appeal, staff_two)) is ThreadRefusal.OWN_UNIT
    assert not appeals_for(staff_two, campaign, on=NOW.date()).exists()
    of_tax = make_person(Role.INTERNAL_AFFAIRS, username="of_tax", unit=provider_unit)
    assert list(appeals_for(of_tax, campaign, on=NOW.date())) == [appeal]
    indicator = value.target.indicator
    indicator.provider = provider_participant
    indicator.save()
    assert refusal(lambda: settle(appeal, of_tax)) is ThreadRefusal.OWN_UNIT
    assert not appeals_for(of_tax, campaign, on=NOW.date()).exists()


@pytest.mark.parametrize("name", ["leader_a", "reporter_a", "leader_b", "auditor", "viewer", "superuser", "provider"])
def test_others_do_not_settle(request, value, leader_a, campaign, name):
    appeal, person = lodge(value, leader_a), request.getfixturevalue(name)
    with pytest.raises(PermissionDenied):
        settle(appeal, person)
    assert not appeals_for(person, campaign, on=NOW.date()).exists()


def test_the_substitute_unit_sees_and_settles_the_appeal_of_the_staffs_own_unit(
    value, campaign, staff, staff_two, staff_unit, staff_participant, provider, provider_participant, evidence_root
):
    campaign.substitute_verifier = provider_participant.unit
    campaign.save()
    head = make_person(Role.UNIT_LEADER, unit=staff_unit, username="head")
    own = make_measurement(make_target(value.target.indicator, staff_participant), verdict="accepted")
    appeal = lodge(own, head, files=[SentFile("bien-ban.pdf", corpus.pdf())])
    assert set(Notice.objects.values_list("person", flat=True)) == {provider.pk}
    assert refusal(lambda: settle(appeal, staff_two)) is ThreadRefusal.OWN_UNIT
    assert list(visible_to(provider, Appeal)) == [appeal]
    assert list(visible_to(provider, EvidenceFile)) == list(EvidenceFile.objects.all())
    assert list(appeals_for(provider, campaign, on=NOW.date())) == [appeal]
    assert settle(appeal, provider).settled_by == provider


def test_both_sides_write_until_it_is_settled(value, leader_a, reporter_a, staff_two, chairman, evidence_root):
    appeal = lodge(value, leader_a)

    def write(by: User, key: str, seen: int, **more: Any) -> Appeal:
        return write_in_appeal(
            appeal_id=appeal.pk, text="Cần biên bản", seen=seen, key=key * 20, by=by, now=NOW, **more
        )

    write(staff_two, "w", 1)
    assert Notice.objects.filter(person=leader_a, title__startswith="Hỏi thêm").count() == 1
    assert refusal(lambda: write(leader_a, "x", 1)) is ThreadRefusal.CHANGED
    answered = write(leader_a, "x", 2, files=[SentFile("bien-ban.pdf", corpus.pdf())])
    assert Notice.objects.filter(person=staff_two, title__startswith="Đơn vị trao đổi").count() == 1
    assert EvidenceFile.objects.count() == 1
    with pytest.raises(PermissionDenied):
        write(reporter_a, "y", 3)
    settle(answered, staff_two)
    assert refusal(lambda: write(leader_a, "z", 4)) is ThreadRefusal.NOT_NOW


def test_the_unit_withdraws_its_appeal_with_a_reason(value, leader_a, staff_two):
    appeal = lodge(value, leader_a)
    call = {"appeal_id": appeal.pk, "seen": 1, "key": "r" * 20, "now": NOW}
    with pytest.raises(PermissionDenied):
        withdraw_appeal(text="Thôi", by=staff_two, **call)
    assert refusal(lambda: withdraw_appeal(text="", by=leader_a, **call)) is ThreadRefusal.TEXT_MISSING
    assert withdraw_appeal(text="Đã rõ", by=leader_a, **call).state == ThreadState.WITHDRAWN
    assert refusal(lambda: settle(appeal, staff_two)) is ThreadRefusal.NOT_NOW
    lodge(value, leader_a, key="n" * 20)  # it may be lodged again


def test_an_outcome_needs_its_words_and_is_given_once(value, leader_a, staff_two, chairman):
    appeal = lodge(value, leader_a)
    assert refusal(lambda: settle(appeal, staff_two, outcome=" ")) is ThreadRefusal.TEXT_MISSING
    settle(appeal, staff_two)
    settle(appeal, staff_two)  # the same form again
    assert refusal(lambda: settle(appeal, chairman, upheld=False)) is ThreadRefusal.NOT_NOW
    assert AuditEntry.objects.filter(action="appeal.upheld").count() == 1
    assert not AuditEntry.objects.filter(action="appeal.dismissed").exists()
