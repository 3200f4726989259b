"""The outbox: written with the act, claimed once, retried, given up in the open; nothing is lost or doubled."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connections, transaction

from campaigns import outbox_registry, wake, worker_identity
from campaigns.actions import outbox_work
from campaigns.actions.outbox import enqueue
from campaigns.models import Holiday, Notice, OutboxMessage
from campaigns.outbox_registry import Message, NotYet, handles, sweeps
from tests import factories as make

NOW = make.at(10)


def at(moment: dt.datetime) -> Callable[[], dt.datetime]:
    return lambda: moment


def later(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


def row(**columns: Any) -> OutboxMessage:
    return OutboxMessage.objects.get(**columns)


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Topics and sweeps of this module only."""
    monkeypatch.setattr(outbox_registry, "_HANDLERS", {})
    monkeypatch.setattr(outbox_registry, "_SWEEPS", {})


@pytest.fixture
def done() -> list[Message]:
    """What the handler of topic ``note`` was given."""
    messages: list[Message] = []

    @handles("note")
    def note(message: Message, clock: object) -> str:
        messages.append(message)
        return "noted"

    return messages


# --- asking -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_burst_is_one_piece_of_work(done: list[Message]) -> None:
    for second in range(5):
        enqueue(topic="note", key="7", now=later(second), delay=30)
    enqueue(topic="note", key="8", now=NOW, delay=30)
    assert list(OutboxMessage.objects.order_by("pk").values_list("key", "available_at")) == [
        ("7", later(30)),
        ("8", later(30)),
    ]


@pytest.mark.django_db
def test_work_asked_for_while_it_is_being_done_is_done_again(done: list[Message]) -> None:
    enqueue(topic="note", key="7", now=NOW)
    assert outbox_work.claim(now=NOW) is not None
    enqueue(topic="note", key="7", now=NOW)
    assert sorted(OutboxMessage.objects.values_list("state", flat=True)) == ["claimed", "pending"]


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_asks_for_nothing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[int] = []
    monkeypatch.setattr("campaigns.actions.outbox.wake_worker", rung.append)

    def fail_after_asking() -> None:
        with transaction.atomic():
            enqueue(topic="note", key="7", now=NOW)
            raise RuntimeError("the act failed")

    with pytest.raises(RuntimeError, match="the act failed"):
        fail_after_asking()
    assert (rung, OutboxMessage.objects.count()) == ([], 0)
    with transaction.atomic():
        enqueue(topic="note", key="7", now=NOW, delay=30)
        assert rung == []
    assert rung == [30]


@pytest.mark.django_db
def test_a_broker_that_is_away_stops_nobody(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WAKE_WORKER = True
    asked: list[str] = []

    def refuse(name: str, **_: Any) -> None:
        asked.append(name)
        raise ConnectionError("no broker")

    monkeypatch.setattr(wake.current_app, "send_task", refuse)
    monkeypatch.setattr(wake, "_silent_until", 0.0)
    wake.wake_worker()
    wake.wake_worker()  # whoever comes next does not wait for it again
    assert asked == ["campaigns.tasks.drain_outbox"]


# --- doing ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_due_work_is_done_once_oldest_first(done: list[Message]) -> None:
    enqueue(topic="note", key="late", now=NOW, delay=60)
    enqueue(topic="note", key="second", now=later(1))
    enqueue(topic="note", key="first", now=NOW, payload={"a": 1})
    assert outbox_work.drain(clock=at(later(2))) == "2 done."
    assert done == [Message("note", "first", {"a": 1}, 1), Message("note", "second", {}, 1)]
    assert outbox_work.drain(clock=at(later(2))) == "No work was due."
    first = row(key="first")
    assert (first.state, first.finished_at, first.lease_owner, first.lease_until) == ("done", later(2), "", None)
    assert row(key="late").state == "pending"


@pytest.mark.django_db
def test_a_failure_is_retried_with_growing_pauses_and_then_given_up() -> None:
    attempts: list[int] = []

    @handles("fails")
    def fail(message: Message, clock: object) -> str:
        attempts.append(message.attempt)
        raise ValueError("the printer is on fire")

    enqueue(topic="fails", key="7", now=NOW)
    assert outbox_work.drain(clock=at(NOW)) == "1 retried."
    assert (row().state, row().available_at, row().last_error) == (
        "pending",
        later(30),
        "ValueError: the printer is on fire",
    )
    assert outbox_work.drain(clock=at(later(29))) == "No work was due."
    assert outbox_work.drain(clock=at(later(30))) == "1 retried."
    assert row().available_at == later(30 + 120)
    assert outbox_work.drain(clock=at(later(150))) == "1 dead."
    assert outbox_work.drain(clock=at(later(9999))) == "No work was due."
    assert (row().state, row().finished_at, attempts) == ("dead", later(150), [1, 2, 3])


@pytest.mark.django_db
def test_one_failure_does_not_stop_the_others(done: list[Message]) -> None:
    @handles("fails")
    def fail(message: Message, clock: object) -> str:
        raise ValueError

    enqueue(topic="fails", key="1", now=NOW)
    enqueue(topic="note", key="2", now=later(1))
    assert outbox_work.drain(clock=at(later(1))) == "1 done; 1 retried."


@pytest.mark.django_db
def test_a_topic_nobody_handles_is_given_up_in_the_open() -> None:
    enqueue(topic="unknown", key="7", now=NOW)
    assert outbox_work.drain(clock=at(NOW)) == "1 dead."
    assert row().last_error == "Nobody handles the topic unknown."


@pytest.mark.django_db
def test_work_that_cannot_be_done_yet_waits_uncounted() -> None:
    @handles("waits")
    def wait(message: Message, clock: object) -> str:
        raise NotYet("the other run is at work", seconds=5)

    enqueue(topic="waits", key="7", now=NOW)
    for turn in range(10):
        assert outbox_work.drain(clock=at(later(turn * 5))) == "1 waiting."
    assert (row().state, row().attempts, row().available_at) == ("pending", 0, later(50))


@pytest.mark.django_db
def test_a_retry_that_meets_the_same_pending_work_leaves_it_to_that() -> None:
    @handles("fails")
    def fail(message: Message, clock: object) -> str:
        enqueue(topic="fails", key=message.key, now=later(1), payload={"newer": True})
        raise ValueError

    enqueue(topic="fails", key="7", now=NOW)
    assert outbox_work.drain(clock=at(NOW)) == "1 coalesced."
    assert list(OutboxMessage.objects.order_by("pk").values_list("state", "payload")) == [
        ("done", {}),
        ("pending", {"newer": True}),
    ]


@pytest.mark.django_db
def test_only_the_asked_topics_are_worked(done: list[Message]) -> None:
    enqueue(topic="note", key="7", now=NOW)
    assert outbox_work.drain(clock=at(NOW), topics=["other"]) == "No work was due."
    assert outbox_work.drain(clock=at(NOW), topics=["note"]) == "1 done."


# --- lost workers -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_claim_of_a_lost_worker_is_returned_when_its_lease_runs_out(done: list[Message]) -> None:
    enqueue(topic="note", key="7", now=NOW)
    outbox_work.claim(now=NOW)
    lease = outbox_work.lease()
    assert outbox_work.sweep(clock=at(NOW + lease)) == "No work was due."
    assert outbox_work.sweep(clock=at(NOW + lease + dt.timedelta(seconds=1))) == "1 lost claims returned. 1 done."
    assert done == [Message("note", "7", {}, 2)]


@pytest.mark.django_db
def test_work_that_takes_its_process_down_is_given_up() -> None:
    """The worker (here: this process) outlives the claim three times."""
    enqueue(topic="note", key="7", now=NOW)
    moment = NOW
    for _ in range(3):
        assert outbox_work.claim(now=moment) is not None
        moment += outbox_work.lease() + dt.timedelta(seconds=1)
        assert outbox_work.expire_leases(now=moment) == 1
    assert outbox_work.claim(now=moment) is None
    assert (row().state, row().last_error, row().attempts) == ("dead", "The worker was lost.", 3)


@pytest.mark.django_db
def test_work_whose_worker_was_killed_is_not_blamed_for_it(
    done: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueue(topic="note", key="7", now=NOW)
    moment = NOW
    for attempt in range(outbox_work.MAX_LOSSES):
        assert row().state == "pending", attempt
        with monkeypatch.context() as patch:
            patch.setattr(outbox_work, "new_owner", lambda: "another-host:1@1:2:abc")
            assert outbox_work.claim(now=moment) is not None
        moment += outbox_work.lease() + dt.timedelta(seconds=1)
        outbox_work.expire_leases(now=moment)
    assert (row().state, row().attempts) == ("dead", outbox_work.MAX_LOSSES)


def test_a_worker_is_known_by_its_process_and_its_beginning() -> None:
    owner = worker_identity.new_owner()
    assert worker_identity.outlived(owner)
    host, worker, process, chance = owner.split(":")
    number, started = worker.split("@")
    assert process == number == str(os.getpid())
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for other in (
        f"elsewhere:{worker}:{process}:{chance}",
        f"{host}:{number}@{int(started) + 1}:{process}:{chance}",  # the number was given to another process
        f"{host}:{ended.pid}@{started}:{process}:{chance}",
        f"{host}:{number}@:{process}:{chance}",
        "",
        "nonsense",
    ):
        assert not worker_identity.outlived(other), other
    assert len(owner) <= OutboxMessage._meta.get_field("lease_owner").max_length


@pytest.mark.django_db
def test_a_slow_worker_does_not_end_what_somebody_else_has_now(done: list[Message]) -> None:
    enqueue(topic="note", key="7", now=NOW)
    slow = outbox_work.claim(now=NOW)
    assert slow is not None
    moment = NOW + outbox_work.lease() * 2
    outbox_work.expire_leases(now=moment)
    other = outbox_work.claim(now=moment)
    assert other is not None
    assert outbox_work._settle(slow, outbox_work.OutboxState.DONE, moment, "") == "lost"
    assert (row().state, row().lease_owner) == ("claimed", other.lease_owner)


def test_a_lease_outlasts_the_longest_task(settings: Any) -> None:
    assert outbox_work.lease() > dt.timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)


def test_no_two_claims_have_one_owner() -> None:
    assert len({worker_identity.new_owner() for _ in range(1000)}) == 1000


# --- sweeping ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_sweep_looks_after_what_others_registered_even_if_one_fails() -> None:
    @sweeps("broken")
    def broken(clock: object) -> str:
        raise ValueError

    @sweeps("runs")
    def runs(clock: object) -> str:
        return "2 runs done."

    assert outbox_work.sweep(clock=at(NOW)) == "No work was due. The sweep of broken failed. 2 runs done."
    assert outbox_work.work(clock=at(NOW)) == "No work was due. The sweep of broken failed. 2 runs done."


def test_a_topic_and_a_sweep_have_one_owner() -> None:
    for register in (handles, sweeps):
        register("once")(lambda *_: "first")
        with pytest.raises(ValueError, match="already"):
            register("once")(lambda *_: "second")
    assert outbox_registry.topics() == ["once"]


@pytest.mark.django_db
def test_the_command_does_the_workers_work_without_celery(done: list[Message]) -> None:
    enqueue(topic="note", key="7", now=NOW)
    with time_machine.travel(later(1)):
        assert call_command("run_outbox", once=True) == "1 done."


# --- several workers --------------------------------------------------------------------------------------


def _in_threads(count: int, act: Callable[[int], None]) -> None:
    """Run ``act`` in so many threads that begin together; a fault in one fails the test."""
    barrier, problems = threading.Barrier(count), []

    def run(number: int) -> None:
        try:
            barrier.wait(20)
            act(number)
        except Exception as error:  # noqa: BLE001  # a thread's fault must reach the assertion
            problems.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []


@pytest.mark.django_db(transaction=True)
def test_several_workers_do_each_message_once() -> None:
    counted: Counter[str] = Counter()

    @handles("count")
    def count(message: Message, clock: object) -> str:
        counted[message.key] += 1
        return "counted"

    for number in range(30):
        enqueue(topic="count", key=str(number), now=NOW)
    _in_threads(4, lambda _: outbox_work.drain(clock=at(NOW)) and None)
    while outbox_work.drain(clock=at(NOW)) != "No work was due.":  # what one skipped while another looked at it
        pass
    assert counted == {str(number): 1 for number in range(30)}
    assert set(OutboxMessage.objects.values_list("state", "attempts")) == {("done", 1)}


@pytest.mark.django_db(transaction=True)
def test_many_acts_at_once_lose_no_work() -> None:
    """Acts and workers race on one coalesced message: after the dust settles the last work saw every act."""
    seen: list[int] = []

    @handles("refresh")
    def refresh(message: Message, clock: object) -> str:
        seen.append(Holiday.objects.count())
        return "refreshed"

    def act(number: int) -> None:
        if number % 3 == 0:
            outbox_work.drain(clock=at(NOW))
            return
        with transaction.atomic():
            Holiday.objects.create(day=make.day(number), name="Tết")
            enqueue(topic="refresh", key="7", now=NOW)

    _in_threads(12, act)
    outbox_work.drain(clock=at(NOW))
    assert Holiday.objects.count() == 8
    assert seen[-1] == 8


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_coalesced_work_waits_for_the_act_that_asked_for_it() -> None:
    """The message was pending already; a worker must not do it while the newest act is still invisible."""
    seen: list[int] = []

    @handles("refresh")
    def refresh(message: Message, clock: object) -> str:
        seen.append(Notice.objects.count())
        return "refreshed"

    enqueue(topic="refresh", key="7", now=NOW)
    with transaction.atomic():
        Notice.objects.create(person=make.make_user(), key="k", title="t", created_at=NOW)
        enqueue(topic="refresh", key="7", now=NOW)
        _in_threads(1, lambda _: outbox_work.drain(clock=at(NOW)) and None)
        assert seen == []
    assert outbox_work.drain(clock=at(NOW)) == "1 done."
    assert seen == [1]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_acts_on_one_campaign_do_not_wait_for_each_others_message() -> None:
    enqueue(topic="refresh", key="7", now=NOW)
    passed: list[int] = []

    def ask(number: int) -> None:
        with transaction.atomic():
            enqueue(topic="refresh", key="7", now=NOW)
            passed.append(number)

    with transaction.atomic():
        enqueue(topic="refresh", key="7", now=NOW)
        _in_threads(3, ask)
        assert sorted(passed) == [0, 1, 2]
