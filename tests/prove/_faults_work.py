"""Work that kills or fails for ever is given up and seen; two beats do everything once; midnight is ours."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator

from tests.prove import Figure
from tests.prove._faults_broker import told
from tests.prove._portal import LEASE_SECONDS, Portal
from tests.prove._town import Town

#: A worker that knows three kinds of poison; nobody handles a fourth. Its time limit is shorter than the lease.
POISONED = f"""
import os, time, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign_portal.settings")
django.setup()
from campaigns.outbox_registry import handles
@handles("poison.raise")
def fail(message, clock): raise RuntimeError("poison")
@handles("poison.crash")
def crash(message, clock): os._exit(9)
@handles("poison.hang")
def hang(message, clock): time.sleep(3600)
from campaign_portal.celery import app
from celery.worker.request import Request
# Whoever rings sends the limit of an installation along; here work that hangs is killed within its lease as well.
Request.time_limits = property(lambda self: ({LEASE_SECONDS - 1}, None), lambda self, sent: None)
app.start(["worker", "-c", "2", "-l", "CRITICAL", "--without-gossip", "--without-mingle"])
"""
POISON = ("poison.raise", "poison.crash", "poison.hang", "poison.unknown")
#: Worker or beat whose clock runs from another moment on.
SHIFTED = """
import sys, datetime, time_machine
time_machine.travel(datetime.datetime.fromisoformat(sys.argv[1]), tick=True).start()
from campaign_portal.celery import app
app.start(sys.argv[2:])
"""
QUIET = ("-l", "CRITICAL")


def poison(portal: Portal, town: Town) -> Iterator[Figure]:
    """Four pieces of poison among a town's work."""
    from django.utils import timezone

    from campaigns.models import OutboxMessage

    portal.stop("worker")
    portal.start("worker", "-c", POISONED)
    now = timezone.now()
    for topic in POISON:
        OutboxMessage.objects.create(topic=topic, key="1", created_at=now, available_at=now)
    bad = OutboxMessage.objects.filter(topic__in=POISON)
    started = time.monotonic()
    with town.load() as load:
        time.sleep(8)
    settled = town.settle_but(bad)
    while bad.exclude(state="dead").exists() and time.monotonic() - started < 90:
        town.hurry(bad)
        time.sleep(0.5)
    seconds = time.monotonic() - started
    parked = {row.topic: (row.state, row.attempts, row.last_error[:60]) for row in bad}
    doctor = subprocess.run(
        [sys.executable, "manage.py", "doctor", "--json"], env=portal.environment, capture_output=True, text=True
    ).stdout
    seen = next((one["words"] for one in json.loads(doctor) if f"{len(POISON)} việc đã bỏ cuộc" in one["words"]), "")
    words = "; ".join(
        f"{topic.removeprefix('poison.')} {row[0]} after {row[1]}" for topic, row in sorted(parked.items())
    )
    expected = {("poison.raise", 3), ("poison.crash", 3), ("poison.hang", 3), ("poison.unknown", 1)}
    met = {(topic, row[1]) for topic, row in parked.items() if row[0] == "dead"} == expected and bool(seen)
    yield Figure(
        "poison is given up and the doctor says so",
        f"{words}; {seconds:.0f} s; doctor: {seen or 'nothing'}",
        "raise, crash, hang dead after 3, unknown after 1; seen",
        met,
    )
    bad.update(state="done")  # looked at, as an administrator does
    portal.stop("worker")
    portal.start_worker()
    yield told(f"others while four messages are poison (lease {LEASE_SECONDS} s)", town, load, settled)


def two_beats(portal: Portal, town: Town) -> Iterator[Figure]:
    """Two beats ring the whole timetable every two seconds: reminders, nights and scans happen once."""
    from campaigns.calendar import local_day
    from campaigns.models import Reminder
    from campaigns.reminder_ladder import is_quiet
    from scoring.models import ScoreRun

    portal.stop("beat")
    today = local_day(dt.datetime.now(dt.UTC))
    _due_today(town, today)
    with town.load() as load:
        for name in ("beat", "beat2"):
            portal.start_beat(name, "all", 2)
        time.sleep(14)
        for name in ("beat", "beat2"):
            portal.stop(name)
        portal.start_beat()
    settled = town.settle()
    yield told("two beats, each ringing everything every 2 s", town, load, settled)
    nights = Counter(
        ScoreRun.objects.filter(trigger="nightly", status="done", campaign=town.campaign).values_list("campaign", "day")
    )
    wanted = {(town.campaign.pk, today - dt.timedelta(days=n)) for n in (1, 2, 3)}
    told_of = Counter(Reminder.objects.filter(day=today).values_list("person", "participant", "period"))
    quiet = is_quiet(today, set())  # then nobody is to be reminded
    yield Figure(
        "nights of the three days that ended; reminders of a report due today to two people",
        f"{sorted(nights.values())}; {sorted(told_of.values())}{' (a quiet day)' if quiet else ''}",
        "[1, 1, 1]; [1, 1], [] on a quiet day",
        met=set(nights) == wanted
        and set(nights.values()) == {1}
        and sorted(told_of.values()) == ([] if quiet else [1, 1]),
    )


def _due_today(town: Town, today: dt.date) -> None:
    """Give a unit a report that is due today, in a campaign of its own that reminds on that day."""
    from campaigns.enums import ReminderAudience
    from campaigns.models import ReminderRule
    from tests import factories as make

    campaign = make.make_campaign("SU-CO-HAN", starts_on=today - dt.timedelta(days=7), days=30)
    participant = make.make_participant(campaign, unit=town.desks[0].unit.unit)
    make.make_target(make.make_indicator(make.make_area(campaign)), participant)
    ReminderRule.objects.create(campaign=campaign, audience=ReminderAudience.UNIT, days_from_due=0)


def midnight(portal: Portal, town: Town) -> Iterator[Figure]:
    """Worker and beat cross local midnight on the real timetable: the day that ended here is scored, once."""
    from campaigns.calendar import local_day, local_moment
    from campaigns.models import Heartbeat
    from scoring.models import ScoreRun

    today = local_day(dt.datetime.now(dt.UTC))
    night = ScoreRun.objects.filter(trigger="nightly", campaign=town.campaign)
    for name in ("beat", "worker"):
        portal.stop(name)
    evening = local_moment(today, dt.time(23, 57))
    _shifted(portal, "worker", evening, "worker", "-c", "2", "--without-gossip", "--without-mingle", *QUIET)
    started = time.monotonic()
    portal.ring("scoring.tasks.nightly")
    portal.ring("campaigns.tasks.sweep_outbox")
    while not Heartbeat.objects.filter(at__gte=evening).exists() and time.monotonic() - started < 40:
        time.sleep(0.5)
    time.sleep(3)
    early = night.filter(day=today).count()
    past = set(night.filter(status="done").values_list("day", flat=True))
    portal.stop("worker")
    tomorrow = local_moment(today + dt.timedelta(days=1), dt.time(0, 14, 50))
    _shifted(portal, "worker", tomorrow, "worker", "-c", "2", "--without-gossip", "--without-mingle", *QUIET)
    _shifted(portal, "beat", tomorrow, "--quiet", "beat", "--pidfile=", "-s", str(portal.folder / "midnight"), *QUIET)
    while not night.filter(day=today, status="done").exists() and time.monotonic() - started < 90:
        time.sleep(0.5)
    time.sleep(2)
    days = Counter(night.filter(status="done").values_list("day", flat=True))
    after = night.filter(day__gt=today).count()
    for name in ("beat", "worker"):
        portal.stop(name)
    yield Figure(
        "local midnight: nights of the running day at 23:57; of it, of later days after 00:15 (UTC 17:15)",
        f"{early}; {days[today]}, {after} ({len(past)} earlier nights there)",
        "0; 1, 0",
        met=early == 0 and days[today] == 1 and after == 0 and len(past) >= 3 and set(days.values()) == {1},
    )


def _shifted(portal: Portal, name: str, moment: dt.datetime, *arguments: str) -> None:
    portal.start(name, "-c", SHIFTED, moment.isoformat(), *arguments)
