"""Explanations: asked, answered, asked further, closed; every refusal; who is told; what the trail says."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from campaigns.actions.explanations import (
    answer_explanation,
    ask_explanation,
    ask_further,
    close_explanation,
    take_back_explanation,
)
from campaigns.actions.threads import SentFile, ThreadRefused
from campaigns.actions.uploads import EvidenceRefused
from campaigns.enums import CampaignStatus, Role, ThreadState
from campaigns.models import AuditEntry, EvidenceFile, Explanation, Notice, Target, ThreadMessage, User
from campaigns.thread_rules import ThreadRefusal
from tests.campaigns.files import corpus
from tests.factories import at, day, give_role, make_area, make_indicator, make_target

pytestmark = pytest.mark.django_db
NOW = at(60)
KEY = "k" * 20


@pytest.fixture
def target(campaign, participant_a) -> Target:
    return make_target(make_indicator(make_area(campaign), "CT1"), participant_a)


def ask(target: Target, by: User, **changes: Any) -> Explanation:
    said = {"question": "Vì sao chậm?", "answer_by": day(65), "key": KEY, "now": NOW, **changes}
    return ask_explanation(target_id=target.pk, by=by, **said)


def answer(thread: Explanation, by: User, **changes: Any) -> Explanation:
    said = {"text": "Vướng mặt bằng", "seen": thread.version, "key": "a" * 20, "now": at(61), **changes}
    return answer_explanation(explanation_id=thread.pk, by=by, **said)


def close(thread: Explanation, by: User, **changes: Any) -> Explanation:
    said = {"seen": thread.version, "key": "c" * 20, "now": at(62), **changes}
    return close_explanation(explanation_id=thread.pk, by=by, **said)


@pytest.mark.parametrize("asker", ["chairman", "vice_chairman", "staff"])
def test_a_question_runs_from_asked_to_closed(request, asker, target, leader_a, reporter_a, evidence_root):
    person = request.getfixturevalue(asker)
    thread = ask(target, person)
    assert (thread.state, thread.answer_by, thread.asked_by) == (ThreadState.OPEN, day(65), person)
    told = Notice.objects.filter(key=f"explanation:{thread.pk}:asked")
    assert set(told.values_list("person", flat=True)) == {leader_a.pk, reporter_a.pk}
    assert told[0].url == f"/giai-trinh/{thread.pk}/"

    thread = answer(thread, leader_a, files=[SentFile("bien-ban.pdf", corpus.pdf())])
    assert thread.state == ThreadState.ANSWERED
    assert [file.name for file in ThreadMessage.objects.get().files.all()] == ["bien-ban.pdf"]
    assert EvidenceFile.objects.get().participant == target.participant
    assert Notice.objects.get(person=person).title.startswith("Đơn vị đã giải trình")

    thread = ask_further(
        explanation_id=thread.pk,
        text="Đến khi nào?",
        answer_by=day(70),
        seen=thread.version,
        key="f" * 20,
        by=person,
        now=at(62),
    )
    assert (thread.state, thread.answer_by) == (ThreadState.OPEN, day(70))
    thread = answer(thread, leader_a, text="Ngày 10", key="b" * 20)
    thread = close(thread, person, text="Đồng ý")
    assert (thread.state, thread.closed_by, thread.closed_at) == (ThreadState.CLOSED, person, at(62))
    assert list(thread.messages.values_list("text", flat=True)) == [
        "Vướng mặt bằng",
        "Ngày 10",
        "Đến khi nào?",
        "Đồng ý",
    ]
    acts = AuditEntry.objects.filter(subject_type="campaigns.explanation").order_by("sequence")
    assert list(acts.values_list("action", flat=True)) == [
        "explanation.asked",
        "explanation.answered",
        "explanation.asked_further",
        "explanation.answered",
        "explanation.closed",
    ]
    assert {entry.participant_id for entry in acts} == {target.participant_id}
    ask(target, person, key="n" * 20)  # the next one may be asked


@pytest.mark.parametrize("name", ["leader_a", "reporter_a", "viewer", "auditor", "council_member", "superuser"])
def test_others_do_not_ask(request, target, name):
    with pytest.raises(PermissionDenied):
        ask(target, request.getfixturevalue(name))
    assert not Explanation.objects.exists()


def refusal(call) -> ThreadRefusal:
    with pytest.raises(ThreadRefused) as refused:
        call()
    return refused.value.code


def test_what_is_not_asked(target, chairman, staff, staff_participant, campaign):
    assert refusal(lambda: ask(target, chairman, question=" ")) is ThreadRefusal.TEXT_MISSING
    assert refusal(lambda: ask(target, chairman, question="x" * 5001)) is ThreadRefusal.TEXT_TOO_LONG
    assert refusal(lambda: ask(target, chairman, answer_by=day(59))) is ThreadRefusal.DATE_PAST
    assert refusal(lambda: ask(target, chairman, answer_by=day(121))) is ThreadRefusal.DATE_TOO_FAR
    own = make_target(target.indicator, staff_participant)
    assert refusal(lambda: ask(own, staff)) is ThreadRefusal.OWN_UNIT
    Target.objects.filter(pk=own.pk).update(ends_from=day(50), end_reason="Hủy")
    assert refusal(lambda: ask(own, chairman)) is ThreadRefusal.TARGET_NOT_IN_FORCE
    campaign.status, campaign.closed_at, campaign.closing_day = CampaignStatus.CLOSED, NOW, day(60)
    campaign.save()
    assert refusal(lambda: ask(target, chairman)) is ThreadRefusal.CAMPAIGN_NOT_OPEN
    assert not Explanation.objects.exists()
    assert not AuditEntry.objects.exists()
    assert not Notice.objects.exists()


def test_one_question_at_a_time_runs_on_a_target(target, chairman, staff):
    first = ask(target, chairman)
    assert refusal(lambda: ask(target, staff)) is ThreadRefusal.RUNS_ALREADY
    with pytest.raises(IntegrityError), transaction.atomic():  # whatever writes past the action
        Explanation.objects.create(
            target=target, question="?", asked_by=staff, asked_at=NOW, answer_by=day(65), state=ThreadState.ANSWERED
        )
    assert Explanation.objects.get() == first


def test_a_form_sent_twice_asks_once(target, chairman, leader_a):
    assert ask(target, chairman) == ask(target, chairman)
    assert Explanation.objects.count() == 1
    thread = answer(Explanation.objects.get(), leader_a)
    answer(Explanation.objects.get(), leader_a, seen=1)  # the same form again, as it was shown
    assert (ThreadMessage.objects.count(), thread.version) == (1, 2)


@pytest.mark.parametrize("name", ["reporter_a", "leader_b", "staff", "chairman", "auditor"])
def test_only_the_units_leader_answers(request, target, chairman, name):
    thread = ask(target, chairman)
    with pytest.raises(PermissionDenied):
        answer(thread, request.getfixturevalue(name))
    assert not ThreadMessage.objects.exists()


@pytest.mark.parametrize("name", ["leader_a", "auditor", "viewer"])
def test_the_unit_and_onlookers_do_not_close(request, target, chairman, leader_a, name):
    thread = answer(ask(target, chairman), leader_a)
    with pytest.raises(PermissionDenied):
        close(thread, request.getfixturevalue(name))


def test_whoever_asked_closes_and_another_once_that_person_may_no_longer_ask(target, vice_chairman, staff, leader_a):
    thread = answer(ask(target, vice_chairman), leader_a)
    assert refusal(lambda: close(thread, staff)) is ThreadRefusal.NOT_THE_ASKER
    vice_chairman.roles.update(valid_to=day(61))  # the delegation has ended
    assert close(thread, staff).closed_by == staff


def test_staff_do_not_steer_their_own_units_explanation(target, vice_chairman, staff, staff_participant):
    thread = ask(make_target(target.indicator, staff_participant), vice_chairman)
    with pytest.raises(PermissionDenied):
        close(thread, staff)


def test_a_question_is_taken_back_with_a_reason_and_only_before_the_answer(target, chairman, leader_a):
    thread = ask(target, chairman)
    call = {"explanation_id": thread.pk, "key": "t" * 20, "by": chairman, "now": NOW}
    assert refusal(lambda: take_back_explanation(text="", seen=1, **call)) is ThreadRefusal.TEXT_MISSING
    assert refusal(lambda: close(thread, chairman)) is ThreadRefusal.NOT_NOW  # not answered yet
    answered = answer(thread, leader_a)
    assert refusal(lambda: take_back_explanation(text="Nhầm", seen=2, **call)) is ThreadRefusal.NOT_NOW
    close(answered, chairman)
    second = ask(target, chairman, key="s" * 20)
    gone = take_back_explanation(text="Nhầm", seen=1, **{**call, "explanation_id": second.pk})
    assert gone.state == ThreadState.WITHDRAWN
    assert refusal(lambda: answer(gone, leader_a, key="z" * 20)) is ThreadRefusal.NOT_NOW


def test_what_was_written_meanwhile_is_read_first(target, chairman, leader_a):
    asked = ask(target, chairman)
    answered = answer(asked, leader_a)
    answer(answered, leader_a, text="Bổ sung", key="d" * 20)
    assert refusal(lambda: close(answered, chairman)) is ThreadRefusal.CHANGED
    assert Explanation.objects.get().state == ThreadState.ANSWERED


def test_a_file_that_is_not_taken_keeps_the_answer_from_being_sent_and_stands_in_the_trail(
    target, chairman, leader_a, evidence_root
):
    thread = ask(target, chairman)
    with pytest.raises(EvidenceRefused):
        answer(thread, leader_a, files=[SentFile("virus.exe", b"MZ" + b"\0" * 100)])
    too_many = [SentFile(f"{number}.pdf", corpus.pdf()) for number in range(11)]
    assert refusal(lambda: answer(thread, leader_a, files=too_many)) is ThreadRefusal.TOO_MANY_FILES
    assert not ThreadMessage.objects.exists()
    assert list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True)) == [
        "explanation.asked",
        "evidence.refused",
    ]


def test_overdue_is_an_unanswered_question_whose_day_has_passed(target, chairman, leader_a):
    thread = ask(target, chairman, answer_by=day(61))
    assert not thread.is_overdue(on=day(61))
    assert thread.is_overdue(on=day(62))
    assert list(Explanation.objects.overdue(on=day(62))) == [thread]
    assert not answer(thread, leader_a).is_overdue(on=day(80))
    assert not Explanation.objects.overdue(on=day(80)).exists()
    assert list(Explanation.objects.running()) == [thread]


def test_the_leader_of_another_unit_as_well_answers_for_the_right_one_only(target, chairman, leader_a, unit_b):
    give_role(leader_a, Role.UNIT_LEADER, unit=unit_b)
    assert answer(ask(target, chairman), leader_a).state == ThreadState.ANSWERED
