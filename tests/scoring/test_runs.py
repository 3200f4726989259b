"""Runs: asked for once, executed once, one a campaign at a time, repaired after a lost worker, closed at the end."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from campaigns.actions import outbox_work
from campaigns.actions.outbox import enqueue
from campaigns.calendar import cut_off
from campaigns.enums import CampaignStatus
from campaigns.models import AuditEntry, Campaign, Measurement, OutboxMessage, User
from campaigns.worker_identity import new_owner
from scoring import after_run
from scoring.actions import nightly, requests, runs
from scoring.enums import RunStatus, RunTrigger
from scoring.models import ScoreRun, TargetScore, UnitScore
from tests import factories as make

NOON = make.at(10, 12)


def scored_campaign(code: str = "", **columns: Any) -> Campaign:
    """A campaign with two units, one target each, and accepted values of the first period."""
    campaign = make.make_campaign(code, **columns)
    indicator = make.make_indicator(make.make_area(campaign))
    for value in (50, 80):
        target = make.make_target(indicator, make.make_participant(campaign))
        make.make_measurement(target, value=value, verdict="accepted")
    return campaign


def at(moment: dt.datetime) -> Any:
    return lambda: moment


def nights(campaign: Campaign) -> list[tuple[int, str]]:
    """The campaign's nights as (day number, status), in the order in which they were executed."""
    rows = ScoreRun.objects.filter(campaign=campaign, trigger=RunTrigger.NIGHTLY).order_by("finished_at", "pk")
    return [((row.day - campaign.starts_on).days + 1, row.status) for row in rows]


def close(campaign: Campaign, *, now: dt.datetime, day: dt.date) -> Campaign:
    Campaign.objects.filter(pk=campaign.pk).update(status=CampaignStatus.CLOSED, closed_at=now, closing_day=day)
    campaign.refresh_from_db()
    return campaign


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Campaigns (ids) whose scores cannot be written."""
    ids: set[int] = set()
    real = runs.queries.write_scores

    def write(**arguments: Any) -> Any:
        figures = real(**arguments)
        if ids & set(arguments["campaign_ids"]):
            raise RuntimeError("the figures cannot be written")
        return figures

    monkeypatch.setattr(runs.queries, "write_scores", write)
    return ids


@pytest.fixture(autouse=True)
def _nothing_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scoring's own tests do not depend on what the apps above do after a run."""
    monkeypatch.setattr(after_run, "_HOOKS", [])


@pytest.fixture
def followed(_nothing_follows: None) -> list[tuple[list[int], dt.date, str]]:
    """What the hook after a run was called with."""
    calls: list[tuple[list[int], dt.date, str]] = []

    def hook(campaign_ids: Any, day: dt.date, trigger: RunTrigger, now: dt.datetime) -> None:
        calls.append((list(campaign_ids), day, str(trigger)))

    after_run.after_run(hook)
    return calls


# --- asking -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_asking_twice_is_asking_once(staff: User) -> None:
    campaign = scored_campaign()
    asked = [
        requests.request_run(campaign=campaign, day=NOON.date(), trigger=RunTrigger.MANUAL, by=staff, now=NOON).pk
        for _ in range(2)
    ]
    assert asked == [ScoreRun.objects.get().pk] * 2
    assert list(AuditEntry.objects.values_list("action", "actor")) == [("scoring.run_requested", staff.pk)] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("person", ["leader_a", "chairman", "auditor", "superuser", "deactivated"])
def test_only_staff_ask(person: str, request: pytest.FixtureRequest) -> None:
    campaign = scored_campaign()
    with pytest.raises(PermissionDenied):
        requests.request_run(
            campaign=campaign,
            day=NOON.date(),
            trigger=RunTrigger.MANUAL,
            by=request.getfixturevalue(person),
            now=NOON,
        )
    assert not ScoreRun.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "trigger", "status"),
    [
        (make.day(0), RunTrigger.MANUAL, CampaignStatus.OPEN),  # before the first day
        (make.day(11), RunTrigger.MANUAL, CampaignStatus.OPEN),  # tomorrow
        (make.day(10), RunTrigger.NIGHTLY, CampaignStatus.OPEN),  # tonight has not come
        (make.day(10), RunTrigger.FINAL, CampaignStatus.OPEN),
        (make.day(5), RunTrigger.MANUAL, CampaignStatus.PREPARATION),
    ],
)
def test_a_day_that_is_not_to_be_scored_is_refused(day: dt.date, trigger: RunTrigger, status: CampaignStatus) -> None:
    campaign = scored_campaign(status=status)
    with pytest.raises(requests.RunRefused):
        requests.request_run(campaign=campaign, day=day, trigger=trigger, by=None, now=NOON)
    assert not ScoreRun.objects.exists()


# --- what a run does --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_run_of_the_running_day_counts_to_the_moment_of_computing() -> None:
    campaign = scored_campaign()
    make.make_measurement(campaign.targets.first(), campaign.periods.all()[1], value=90, sent_at=make.at(10, 11, 59))
    make.make_measurement(campaign.targets.last(), campaign.periods.all()[1], value=90, sent_at=make.at(10, 12, 1))
    run = requests.request_run(campaign=campaign, day=NOON.date(), trigger=RunTrigger.MANUAL, by=None, now=NOON)
    assert runs.work_queue(clock=at(NOON)) == "1 runs done."
    run.refresh_from_db()
    assert (run.status, run.cut_off, run.finished_at, run.attempts) == (RunStatus.DONE, NOON, NOON, 1)
    assert (run.rows_read, run.rows_written, len(run.checksum), run.lease_owner) == (2, 4, 64, "")
    provisional = UnitScore.objects.filter(basis="provisional").order_by("participant")
    assert [row.base_bp for row in provisional] == [9000, 8000]
    assert [row.base_bp for row in UnitScore.objects.filter(basis="official").order_by("participant")] == [5000, 8000]


@pytest.mark.django_db
def test_a_run_of_a_past_day_counts_to_its_midnight() -> None:
    campaign = scored_campaign()
    run = requests.request_run(campaign=campaign, day=make.day(8), trigger=RunTrigger.MANUAL, by=None, now=NOON)
    runs.work_queue(clock=at(NOON))
    run.refresh_from_db()
    assert run.cut_off == make.at(9, 0)


@pytest.mark.django_db
def test_a_rerun_that_finds_the_same_writes_nothing() -> None:
    campaign = scored_campaign()
    rows = []
    for _ in range(2):
        requests.request_run(campaign=campaign, day=make.day(8), trigger=RunTrigger.MANUAL, by=None, now=NOON)
        runs.work_queue(clock=at(NOON))
        rows.append(list(UnitScore.objects.order_by("pk").values()))
    first, second = ScoreRun.objects.order_by("pk")
    assert (first.rows_written, second.rows_written) == (4, 0)
    assert first.checksum == second.checksum
    assert rows[0] == rows[1]


@pytest.mark.django_db
def test_other_days_are_left_alone() -> None:
    campaign = scored_campaign()
    for number in (8, 9):
        requests.request_run(campaign=campaign, day=make.day(number), trigger=RunTrigger.MANUAL, by=None, now=NOON)
    runs.work_queue(clock=at(NOON))
    eighth = list(UnitScore.objects.filter(day=make.day(8)).order_by("pk").values())
    make.make_measurement(
        campaign.targets.first(), campaign.periods.first(), value=99, sent_at=make.at(8, 1), verdict="accepted",
        verdict_at=make.at(9, 9),
    )  # fmt: skip
    requests.request_run(campaign=campaign, day=make.day(9), trigger=RunTrigger.MANUAL, by=None, now=NOON)
    runs.work_queue(clock=at(NOON))
    assert list(UnitScore.objects.filter(day=make.day(8)).order_by("pk").values()) == eighth
    assert UnitScore.objects.filter(day=make.day(9), basis="official", base_bp=9900).count() == 1


# --- nights -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_missed_nights_are_caught_up_in_order() -> None:
    campaign = scored_campaign()
    clock = make.at(4, 0, 15)
    assert nightly.run_due_nights(clock=at(clock)).startswith("3 nights queued. 3 runs done")
    ticks = iter(range(10_000))
    ticking = lambda: make.at(8, 0, 15) + dt.timedelta(seconds=next(ticks))  # noqa: E731
    assert nightly.run_due_nights(clock=ticking) == "4 nights queued. 4 runs done."
    assert nights(campaign)[3:] == [(4, "done"), (5, "done"), (6, "done"), (7, "done")]
    assert {number for number, _ in nights(campaign)} == set(range(1, 8))


@pytest.mark.django_db
def test_a_night_of_many_campaigns_asks_other_workers_to_help(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bells: list[int] = []
    monkeypatch.setattr(nightly, "wake_worker", lambda: bells.append(1))
    scored_campaign()
    settings.SCORE_CHUNK = 1
    nightly.run_due_nights(clock=at(make.at(4, 0, 15)))
    assert len(bells) == 3
    nightly.run_due_nights(clock=at(make.at(4, 0, 15)))
    assert len(bells) == 3  # nothing was queued
    settings.SCORE_CHUNK = 50
    nightly.run_due_nights(clock=at(make.at(5, 0, 15)))
    assert len(bells) == 3  # one worker's work


@pytest.mark.django_db
def test_a_night_is_scored_once_however_often_it_is_asked_for() -> None:
    scored_campaign()
    clock = at(make.at(3, 0, 15))
    assert nightly.run_due_nights(clock=clock) == "2 nights queued. 2 runs done."
    before = list(ScoreRun.objects.order_by("pk").values())
    assert nightly.run_due_nights(clock=clock) == "0 nights queued."
    assert list(ScoreRun.objects.order_by("pk").values()) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (make.at(5, 23, 59, 59), 4),  # 16:59:59 UTC: the fifth day is still running
        (make.at(6, 0, 0, 0), 5),  # 17:00 UTC of the fifth day
        (make.at(6, 6, 59), 5),  # 23:59 UTC of the fifth day
        (make.at(6, 7, 0), 5),  # midnight UTC changes nothing
    ],
)
def test_the_day_ends_at_local_midnight(moment: dt.datetime, expected: int) -> None:
    campaign = scored_campaign()
    nightly.run_due_nights(clock=at(moment))
    assert {number for number, _ in nights(campaign)} == set(range(1, expected + 1))
    assert {run.cut_off for run in ScoreRun.objects.filter(day=make.day(4))} == {make.at(5, 0)}


@pytest.mark.django_db
def test_records_around_midnight_fall_on_their_local_day() -> None:
    campaign = make.make_campaign()
    participant = make.make_participant(campaign)
    period = campaign.periods.first()
    indicators = [make.make_indicator(make.make_area(campaign)) for _ in range(2)]
    for indicator, moment in zip(indicators, (make.at(8, 23, 59, 59), make.at(9, 0, 0, 0)), strict=True):
        make.make_measurement(
            make.make_target(indicator, participant), period, value=100, sent_at=make.at(8, 9), verdict="accepted",
            verdict_at=moment,
        )  # fmt: skip
    nightly.run_due_nights(clock=at(make.at(10, 0, 15)))
    official = UnitScore.objects.filter(basis="official").order_by("day")
    assert {row.day: row.base_bp for row in official}[make.day(8)] == 5000
    assert {row.day: row.base_bp for row in official}[make.day(9)] == 10000


@pytest.mark.django_db
def test_nights_before_the_first_day_and_of_plans_in_preparation_are_not_scored() -> None:
    scored_campaign(status=CampaignStatus.PREPARATION)
    scored_campaign(starts_on=make.day(3))
    assert nightly.run_due_nights(clock=at(make.at(3, 0, 15))) == "0 nights queued."


@pytest.mark.django_db
def test_nights_go_on_after_the_last_day_until_the_campaign_is_closed() -> None:
    campaign = scored_campaign(days=7)
    nightly.run_due_nights(clock=at(make.at(10, 0, 15)))
    assert len(nights(campaign)) == 9


@pytest.mark.django_db
def test_campaigns_of_one_night_go_in_chunks(settings: Any, django_assert_max_num_queries: Any) -> None:
    settings.SCORE_CHUNK = 2
    codes = [scored_campaign().code for _ in range(5)]
    assert nightly.run_due_nights(clock=at(make.at(2, 0, 15))) == "5 nights queued. 5 runs done."
    done = ScoreRun.objects.good()
    assert sorted(done.values_list("campaign__code", flat=True)) == codes
    assert all((run.rows_read, run.rows_written) == (2, 4) for run in done)
    assert len({run.checksum for run in done}) == 5
    for run in done:
        assert set(UnitScore.objects.filter(campaign=run.campaign).values_list("run", flat=True)) == {run.pk}


@pytest.mark.django_db
def test_one_broken_campaign_does_not_hold_the_others_up(broken: set[int]) -> None:
    first, second, third = (scored_campaign() for _ in range(3))
    broken.add(second.pk)
    nightly.run_due_nights(clock=at(make.at(2, 0, 15)))
    assert nights(first) == nights(third) == [(1, "done")]
    run = ScoreRun.objects.get(campaign=second)
    assert (run.status, run.attempts, run.error) == ("queued", 1, "RuntimeError: the figures cannot be written")
    assert not UnitScore.objects.filter(campaign=second).exists()

    for _ in range(2):  # each sweep tries once more
        outbox_work.sweep(clock=at(make.at(2, 0, 16)))
    run.refresh_from_db()
    assert (run.status, run.attempts) == ("failed", 3)

    broken.clear()
    nightly.run_due_nights(clock=at(make.at(3, 0, 15)))
    assert nights(second) == [(1, "done"), (2, "done")]


@pytest.mark.django_db
def test_a_night_that_fails_keeps_later_nights_waiting(broken: set[int]) -> None:
    campaign = scored_campaign()
    broken.add(campaign.pk)
    nightly.run_due_nights(clock=at(make.at(4, 0, 15)))
    assert sorted(ScoreRun.objects.values_list("day", "attempts")) == [
        (make.day(1), 1),
        (make.day(2), 0),
        (make.day(3), 0),
    ]


@pytest.mark.django_db
def test_a_plan_opened_again_is_scored_from_its_first_day_again() -> None:
    campaign = scored_campaign()
    nightly.run_due_nights(clock=at(make.at(3, 0, 15)))
    Campaign.objects.update(opened_at=make.at(3, 9))
    assert nightly.run_due_nights(clock=at(make.at(4, 0, 15))) == "3 nights queued. 3 runs done."
    assert ScoreRun.objects.filter(campaign=campaign).count() == 3


# --- lost workers -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_killed_run_leaves_the_snapshot_whole_and_is_taken_up() -> None:
    campaign = scored_campaign()
    nightly.run_due_nights(clock=at(make.at(2, 0, 15)))
    snapshot = list(UnitScore.objects.order_by("pk").values())
    killed = requests.request_run(campaign=campaign, day=make.day(1), trigger=RunTrigger.MANUAL, by=None, now=NOON)
    assert runs.claim(run_ids=[killed.pk], owner="lost:1:a", now=NOON) == [killed.pk]
    assert list(UnitScore.objects.order_by("pk").values()) == snapshot

    before_expiry = NOON + outbox_work.lease() - dt.timedelta(seconds=1)
    assert runs.resume(clock=at(before_expiry)) == ""
    after_expiry = NOON + outbox_work.lease() + dt.timedelta(seconds=1)
    assert runs.resume(clock=at(after_expiry)) == "1 interrupted runs taken up. 1 runs done."
    killed.refresh_from_db()
    assert (killed.status, killed.attempts) == ("done", 2)


@pytest.mark.django_db
def test_a_worker_whose_lease_was_lost_writes_nothing() -> None:
    """It was slow, not dead: the run is somebody else's by now."""
    campaign = scored_campaign()
    run = requests.request_run(campaign=campaign, day=make.day(8), trigger=RunTrigger.MANUAL, by=None, now=NOON)
    assert runs.claim(run_ids=[run.pk], owner="slow", now=NOON) == [run.pk]
    late = NOON + outbox_work.lease() + dt.timedelta(seconds=1)
    runs.expire_leases(now=late)
    assert runs._compute([run.pk], "slow", at(late)) == []
    assert not UnitScore.objects.exists()
    assert ScoreRun.objects.get().status == "queued"


@pytest.mark.django_db
def test_a_run_that_takes_its_process_down_is_given_up_and_others_flow() -> None:
    poison, good = scored_campaign(), scored_campaign()
    run = requests.request_run(campaign=poison, day=make.day(8), trigger=RunTrigger.MANUAL, by=None, now=NOON)
    moment = NOON
    for _ in range(3):
        assert runs.claim(run_ids=[run.pk], owner=new_owner(), now=moment) == [run.pk]
        moment += outbox_work.lease() + dt.timedelta(seconds=1)
        assert runs.expire_leases(now=moment) == 1
    requests.request_run(campaign=good, day=make.day(8), trigger=RunTrigger.MANUAL, by=None, now=NOON)
    assert runs.resume(clock=at(moment)) == "1 runs done."
    run.refresh_from_db()
    assert (run.status, run.error) == ("failed", "The worker was lost.")


@pytest.mark.django_db
def test_a_run_whose_worker_was_killed_is_not_blamed_for_it() -> None:
    run = requests.request_run(
        campaign=scored_campaign(), day=make.day(8), trigger=RunTrigger.MANUAL, by=None, now=NOON
    )
    moment = NOON
    for number in range(outbox_work.MAX_LOSSES - 1):
        assert runs.claim(run_ids=[run.pk], owner=f"gone:1@1:2:{number}", now=moment) == [run.pk]
        moment += outbox_work.lease() + dt.timedelta(seconds=1)
        assert runs.expire_leases(now=moment) == 1
    assert runs.resume(clock=at(moment)) == "1 runs done."
    run.refresh_from_db()
    assert (run.status, run.attempts, run.error) == ("done", 10, "")


@pytest.mark.django_db
def test_a_second_run_of_a_campaign_waits() -> None:
    campaign = scored_campaign()
    first, second = (
        requests.request_run(campaign=campaign, day=make.day(number), trigger=RunTrigger.MANUAL, by=None, now=NOON)
        for number in (8, 9)
    )
    assert runs.claim(run_ids=[first.pk], owner="first", now=NOON) == [first.pk]
    assert runs.claim(run_ids=[second.pk], owner="second", now=NOON) == []
    assert runs.work_queue(clock=at(NOON)) == ""
    assert runs._compute([first.pk], "first", at(NOON)) == [first.pk]
    assert runs.work_queue(clock=at(NOON)) == "1 runs done."


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_do_one_run_nor_two_of_a_campaign() -> None:
    campaigns = [scored_campaign() for _ in range(4)]
    for campaign in campaigns:
        requests.queue_missing_nights(now=make.at(6, 0, 15), campaign=campaign)
    barrier, problems = threading.Barrier(3), []

    def work() -> None:
        try:
            barrier.wait(10)
            for _ in range(40):
                runs.work_queue(clock=lambda: make.at(6, 0, 15))
                if not ScoreRun.objects.exclude(status="done").exists():
                    break
        except Exception as error:  # noqa: BLE001  # a thread's fault must reach the assertion
            problems.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert problems == []
    assert set(ScoreRun.objects.values_list("status", "attempts")) == {("done", 1)}
    assert ScoreRun.objects.count() == 20
    assert UnitScore.objects.count() == 4 * 5 * 2 * 2


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_on_the_run_two_workers_would_have_interleaved(monkeypatch: pytest.MonkeyPatch) -> None:
    """The constraint is what the test above rests on: a second running row is refused by the database."""
    campaign = scored_campaign()
    first, second = (
        requests.request_run(campaign=campaign, day=make.day(number), trigger=RunTrigger.MANUAL, by=None, now=NOON)
        for number in (8, 9)
    )
    assert runs.claim(run_ids=[first.pk], owner="first", now=NOON) == [first.pk]
    # A worker that read "the campaign is free" before the first one claimed it:
    monkeypatch.setattr(runs, "claimable", lambda: ScoreRun.objects.filter(status=RunStatus.QUEUED))
    assert runs.claim(run_ids=[second.pk], owner="second", now=NOON) == []
    assert ScoreRun.objects.get(pk=second.pk).status == "queued"


# --- refresh, final run, closed campaigns ------------------------------------------------------------------


@pytest.mark.django_db
def test_a_refresh_scores_the_running_day_once_for_a_burst() -> None:
    campaign = scored_campaign()
    for second in range(5):
        enqueue(topic="score.refresh", key=str(campaign.pk), now=NOON + dt.timedelta(seconds=second), delay=30)
    assert outbox_work.drain(clock=at(NOON + dt.timedelta(seconds=29))) == "No work was due."
    due = NOON + dt.timedelta(seconds=30)
    assert outbox_work.work(clock=at(due)) == "1 done. 1 runs done."
    run = ScoreRun.objects.get()
    assert (run.trigger, run.status, run.day, run.cut_off) == ("event", "done", make.day(10), due)
    assert UnitScore.objects.filter(day=make.day(10)).count() == 4


@pytest.mark.django_db
def test_a_refresh_that_finds_the_campaign_busy_is_not_lost() -> None:
    campaign = scored_campaign()
    busy = requests.request_run(campaign=campaign, day=make.day(8), trigger=RunTrigger.MANUAL, by=None, now=NOON)
    assert runs.claim(run_ids=[busy.pk], owner="first", now=NOON) == [busy.pk]
    enqueue(topic="score.refresh", key=str(campaign.pk), now=NOON)
    outbox_work.work(clock=at(NOON))
    assert ScoreRun.objects.get(trigger="event").status == "queued"
    runs._compute([busy.pk], "first", at(NOON))
    outbox_work.sweep(clock=at(NOON))
    assert ScoreRun.objects.get(trigger="event").status == "done"


@pytest.mark.django_db
def test_the_final_run_is_the_closing_days_and_keeps_every_target() -> None:
    campaign = scored_campaign(days=7)
    nightly.run_due_nights(clock=at(make.at(20, 0, 15)))
    closed = close(campaign, now=make.at(22, 16), day=make.day(22))
    enqueue(topic="score.final", key=str(closed.pk), now=make.at(22, 16))
    outbox_work.work(clock=at(make.at(22, 16, 1)))

    assert nights(campaign) == [(number, "done") for number in range(1, 22)]  # the two missing ones first
    run = ScoreRun.objects.get(trigger="final")
    assert (run.status, run.day, run.cut_off) == ("done", make.day(22), cut_off(make.day(22)))
    assert run.rows_written == 8
    assert sorted(run.target_scores.values_list("basis", "achievement_bp", "value_e4", "weight_e2")) == [
        ("official", 5000, 500_000, 100),
        ("official", 8000, 800_000, 100),
        ("provisional", 5000, 500_000, 100),
        ("provisional", 8000, 800_000, 100),
    ]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_id, entry.actor) == ("scoring.final_run", run.pk, None)
    assert run.checksum in entry.payload.content


@pytest.mark.django_db
def test_nothing_computes_a_closed_campaign_again() -> None:
    campaign = close(scored_campaign(days=7), now=make.at(22, 16), day=make.day(22))
    later = make.at(23, 9)
    with pytest.raises(requests.RunRefused, match=campaign.code):  # closed, its final run still to come
        requests.request_run(campaign=campaign, day=make.day(22), trigger=RunTrigger.MANUAL, by=None, now=later)
    enqueue(topic="score.final", key=str(campaign.pk), now=later)
    outbox_work.work(clock=at(later))
    figures = list(UnitScore.objects.order_by("pk").values())
    before = ScoreRun.objects.count()

    for trigger in RunTrigger:
        with pytest.raises(requests.RunRefused, match=campaign.code):
            requests.request_run(campaign=campaign, day=make.day(22), trigger=trigger, by=None, now=later)
    for topic in ("score.final", "score.refresh"):
        enqueue(topic=topic, key=str(campaign.pk), now=later)
    outbox_work.sweep(clock=at(later))
    assert nightly.run_due_nights(clock=at(make.at(30, 0, 15))) == "0 nights queued."
    with time_machine.travel(later), pytest.raises(CommandError):
        call_command("recompute", campaign=campaign.code, date="2026-03-20")
    assert ScoreRun.objects.count() == before
    assert list(UnitScore.objects.order_by("pk").values()) == figures
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db
def test_a_run_that_waited_while_the_campaign_was_closed_is_refused() -> None:
    campaign = scored_campaign(days=7)
    run = requests.request_run(
        campaign=campaign, day=make.day(22), trigger=RunTrigger.MANUAL, by=None, now=make.at(22, 15)
    )
    close(campaign, now=make.at(22, 16), day=make.day(22))
    runs.work_queue(clock=at(make.at(22, 16)))
    run.refresh_from_db()
    assert run.status == "failed"
    assert campaign.code in run.error
    assert not UnitScore.objects.exists()


@pytest.mark.django_db
def test_a_campaign_reopened_and_closed_again_gets_another_final_run() -> None:
    campaign = close(scored_campaign(days=7), now=make.at(22, 16), day=make.day(22))
    requests.request_final_run(campaign=campaign, now=make.at(22, 16))
    runs.work_queue(clock=at(make.at(22, 16)))
    Campaign.objects.update(status=CampaignStatus.OPEN, closed_at=None, closing_day=None)
    campaign.refresh_from_db()
    make.make_points(campaign.participants.first(), holds_from=make.day(23))
    close(campaign, now=make.at(24, 16), day=make.day(24))
    requests.request_final_run(campaign=campaign, now=make.at(24, 16))
    runs.work_queue(clock=at(make.at(24, 16)))
    assert list(ScoreRun.objects.filter(trigger="final").order_by("pk").values_list("day", "status")) == [
        (make.day(22), "done"),
        (make.day(24), "done"),
    ]
    assert TargetScore.objects.count() == 8
    assert requests.is_sealed(campaign)


@pytest.mark.django_db
def test_what_follows_a_run_is_called_after_nights_and_requests_and_not_after_refreshes(followed: Any) -> None:
    campaign = scored_campaign()
    nightly.run_due_nights(clock=at(make.at(2, 0, 15)))
    enqueue(topic="score.refresh", key=str(campaign.pk), now=make.at(2, 9))
    requests.request_run(campaign=campaign, day=make.day(1), trigger=RunTrigger.MANUAL, by=None, now=make.at(2, 9))
    outbox_work.sweep(clock=at(make.at(2, 9)))
    outbox_work.sweep(clock=at(make.at(2, 9)))
    assert followed == [([campaign.pk], make.day(1), "nightly"), ([campaign.pk], make.day(1), "manual")]


@pytest.mark.django_db
def test_what_follows_a_run_is_not_lost_with_its_worker(followed: Any) -> None:
    """The message is written in the run's own transaction."""
    campaign = scored_campaign()
    requests.queue_missing_nights(now=make.at(2, 0, 15), campaign=campaign)
    runs.work_queue(clock=at(make.at(2, 0, 15)))  # here the worker dies
    assert followed == []
    outbox_work.sweep(clock=at(make.at(2, 0, 16)))
    assert followed == [([campaign.pk], make.day(1), "nightly")]


# --- the command ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_recompute_says_one_sentence_for_each_campaign(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = scored_campaign("PT-MOT"), scored_campaign("PT-HAI")
    scored_campaign("PT-BA", status=CampaignStatus.PREPARATION)
    with time_machine.travel(make.at(10, 14, 5), tick=False):
        call_command("recompute")
        assert timezone.now() == make.at(10, 14, 5)
    said = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in said] == [second.code, first.code]
    assert all("14:05 11/03/2026" in line for line in said)
    assert {(run.status, run.trigger, run.cut_off) for run in ScoreRun.objects.all()} == {
        ("done", "manual", make.at(10, 14, 5))
    }


@pytest.mark.django_db
def test_recompute_takes_a_campaign_and_a_day() -> None:
    scored_campaign("PT-MOT")
    scored_campaign("PT-HAI")
    with time_machine.travel(make.at(10, 14, 5)):
        call_command("recompute", campaign="PT-HAI", date="09/03/2026")
        assert list(ScoreRun.objects.values_list("campaign__code", "day")) == [("PT-HAI", dt.date(2026, 3, 9))]
        for wrong in ({"campaign": "PT-BA"}, {"date": "9.3"}, {"campaign": "PT-MOT", "date": "2027-01-01"}):
            with pytest.raises(CommandError):
                call_command("recompute", **wrong)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_run_raises_its_own_time_limit_and_only_its_own(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SCORING_STATEMENT_TIMEOUT_MS = 123_000
    seen: list[str] = []
    real = runs.queries.write_scores

    def write(**arguments: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            seen.append(cursor.fetchone()[0])
        return real(**arguments)

    monkeypatch.setattr(runs.queries, "write_scores", write)
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        usual = cursor.fetchone()[0]
    requests.request_run(campaign=scored_campaign(), day=make.day(8), trigger=RunTrigger.MANUAL, by=None, now=NOON)
    runs.work_queue(clock=at(NOON))
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert (seen, cursor.fetchone()[0]) == (["123s"], usual)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_sweep_leaves_a_living_workers_run_alone() -> None:
    """Its lease ran out, but its transaction holds the row."""
    campaign = scored_campaign()
    run = requests.request_run(campaign=campaign, day=make.day(8), trigger=RunTrigger.MANUAL, by=None, now=NOON)
    runs.claim(run_ids=[run.pk], owner="slow", now=NOON)
    late = NOON + outbox_work.lease() * 2
    expired: list[int] = []

    def sweep() -> None:
        try:
            expired.append(runs.expire_leases(now=late))
        finally:
            connections.close_all()

    with transaction.atomic():
        list(ScoreRun.objects.select_for_update().filter(pk=run.pk))
        other = threading.Thread(target=sweep)
        other.start()
        other.join(20)
        assert expired == [0]
    assert runs.expire_leases(now=late) == 1
    assert Measurement.objects.count() == 2
