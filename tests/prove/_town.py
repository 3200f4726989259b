"""A small town at work while something breaks: units send, an officer returns, and everything is counted."""

from __future__ import annotations

import datetime as dt
import itertools
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.prove._portal import Answer, Browser, Portal, value_on

UNITS, TARGETS = 5, 120


@dataclass
class Acts:
    """What people were told is done, to be found again."""

    sent: list[tuple[int, int]] = field(default_factory=list)  # (target, submission)
    returned: list[int] = field(default_factory=list)  # measurements
    refused: list[Answer] = field(default_factory=list)  # forms that should have been taken


@dataclass(frozen=True)
class Harm:
    """What is not as people were told; everything must be 0."""

    lost: int
    doubled: int
    waiting: int  # work that nobody did

    @property
    def is_none(self) -> bool:
        return self == Harm(0, 0, 0)


class Desk:
    """One unit: who sends, and the targets not yet reported."""

    def __init__(self, town: Town, number: int) -> None:
        from campaigns.enums import Role
        from tests import factories as make

        self.town = town
        self.unit = make.make_participant(town.campaign, unit=make.make_unit(f"P{number}", name=f"Phường {number}"))
        people = [(Role.UNIT_LEADER, "truong"), (Role.UNIT_REPORTER, "baocao")]
        self.people = [
            make.make_person(role, unit=self.unit.unit, username=f"{name}{number}", email=f"{name}{number}@example.vn")
            for role, name in people
        ]
        self.targets = iter([make.make_target(indicator, self.unit) for indicator in town.indicators])
        self.browser = Browser(town.portal, self.people[0])

    def send(self) -> int | None:
        """Type one value, look at the review, send it; return the submission as the receipt names it."""
        from django.urls import reverse

        period, target = self.town.period.pk, next(self.targets)
        box = reverse("campaigns:box", args=[self.unit.pk, period, target.pk])
        typed = {f"o{target.pk}-typed": "40", f"o{target.pk}-version": "0", f"o{target.pk}-note": "gấp"}
        drafted = self.browser.insist("draft", box, typed, htmx=True)
        if drafted.status != 200:
            return self._refused(drafted)
        form = self.review()
        answer = self.browser.insist("send", reverse("campaigns:submit", args=[self.unit.pk, period]), form)
        if answer.status != 302 or "bien-nhan" not in answer.place:
            return self._refused(answer)
        submission = int(answer.place.rstrip("/").rpartition("/")[2])
        self.town.acts.sent.append((target.pk, submission))
        return submission

    def review(self) -> dict[str, str]:
        """Open the review page (again, until it comes) and return its form, filled in."""
        from django.urls import reverse

        address = reverse("campaigns:review", args=[self.unit.pk, self.town.period.pk])
        until = time.monotonic() + 60
        while (page := self.browser.get("review", address)).status != 200 and time.monotonic() < until:
            time.sleep(0.4)
        texts = {"results": "Đạt", "difficulties": "Không", "proposals": "Không"}
        return texts | {name: value_on(page.text, name) for name in ("form_key", "seen")}

    def _refused(self, answer: Answer) -> None:
        self.town.acts.refused.append(answer)


class Town:
    """The campaign and its people."""

    def __init__(self, portal: Portal) -> None:
        from campaigns.calendar import local_day
        from campaigns.enums import Role
        from tests import factories as make

        self.portal, self.acts = portal, Acts()
        make.make_organiser()
        today = local_day(dt.datetime.now(dt.UTC))
        self.campaign = make.make_campaign("SU-CO", starts_on=today - dt.timedelta(days=3), days=60)
        self.period = self.campaign.periods.get(starts_on__lte=today, ends_on__gte=today)
        area = make.make_area(self.campaign)
        self.indicators = [make.make_indicator(area, f"CT{number:03d}") for number in range(TARGETS)]
        self.desks = [Desk(self, number) for number in range(UNITS)]
        staff_unit = make.make_unit("PNV", name="Phòng Nội vụ")
        self.password = "mot-mat-khau-rat-dai-cho-su-co"
        self.officer = make.make_person(
            Role.INTERNAL_AFFAIRS, unit=staff_unit, username="canbo", password=self.password
        )
        self.office = Browser(portal, self.officer)

    def give_back(self, submission: int) -> None:
        """The officer returns the one value of a submission."""
        from django.urls import reverse

        from campaigns.models import Measurement

        pk = Measurement.objects.values_list("pk", flat=True).get(submission=submission)
        form = {"outcome": "returned", "reason": "Số liệu chưa khớp hồ sơ"}
        answer = self.office.insist(
            "verdict", reverse("admin:campaigns_verification_verdict", args=[pk]), form, htmx=True
        )
        if answer.status == 200:
            self.acts.returned.append(pk)
        else:
            self.acts.refused.append(answer)

    def sign_in(self) -> Answer:
        """The officer signs in by the form, in another browser."""
        return Browser(self.portal, self.officer).sign_in(self.password)

    def work(self, rounds: int) -> None:
        """Some acts one after another, without a fault meanwhile."""
        for desk in itertools.islice(itertools.cycle(self.desks), rounds):
            submission = desk.send()
            if submission is not None:
                self.give_back(submission)

    def waiting(self) -> int:
        """Work that is asked for and not done."""
        from campaigns.models import Notice, OutboxMessage
        from scoring.models import ScoreRun

        return (
            OutboxMessage.objects.filter(state__in=["pending", "claimed"]).count()
            + ScoreRun.objects.filter(status__in=["queued", "running"]).count()
            + Notice.objects.filter(by_mail=True, mail__isnull=True).count()
        )

    def settle(self, seconds: float = 60) -> float:
        """Wait until all work is done; return the seconds it took. Pauses of the outbox are cut short."""
        started = time.monotonic()
        while self.waiting() and time.monotonic() - started < seconds:
            self.hurry()
            time.sleep(0.3)
        return time.monotonic() - started

    def settle_but(self, bad: Any) -> float:
        """As ``settle``, not counting the messages ``bad``."""
        started = time.monotonic()
        while self.waiting() > bad.filter(state__in=["pending", "claimed"]).count() and time.monotonic() < started + 60:
            self.hurry()
            time.sleep(0.3)
        return time.monotonic() - started

    def hurry(self, rows: Any = None) -> None:
        """Let what waits for its moment (all, or these messages) be due, as if the minutes had passed."""
        from django.utils import timezone

        from campaigns.models import OutboxMessage

        now = timezone.now()
        rows = OutboxMessage.objects.all() if rows is None else rows
        rows.filter(state="pending", available_at__gt=now).update(available_at=now)

    def harm(self, acts: Acts, *, copies: int = 1) -> Harm:
        """Hold what people were told against the database and the mail server (``copies`` of a letter at most)."""
        from campaigns.models import AuditEntry, Measurement, Notice, OutboxMessage
        from scoring.models import ScoreRun

        seen: list[int] = []  # how often each thing is there that should be there once
        values = Counter(Measurement.objects.values_list("target", "submission"))
        targets = Counter(Measurement.objects.values_list("target", flat=True))
        trail = Counter(AuditEntry.objects.values_list("action", "subject_id"))
        for target, submission in acts.sent:
            seen += [values[target, submission], targets[target], trail["report.submitted", submission]]
        verdicts = dict(Measurement.objects.values_list("pk", "verdict"))
        notices: dict[str, list[Any]] = {}
        for notice in Notice.objects.select_related("mail"):
            notices.setdefault(notice.key, []).append(notice)
        taken, letters = Counter(self.portal.smtp.taken), set()
        for pk in acts.returned:
            told = notices.get(f"verdict:{pk}", [])
            seen += [int(verdicts.get(pk) == "returned"), trail["measurement.returned", pk], len(told) / 2]
            letters |= {notice.mail for notice in told}
        for letter in letters:
            there = taken[letter.message_id] if letter is not None and letter.state == "sent" else 0
            seen.append(there if there <= 1 or there > copies else 1)
        last = Measurement.objects.order_by("-sent_at").values_list("sent_at", flat=True).first()
        if acts.sent:
            seen.append(int(ScoreRun.objects.filter(status="done", trigger="event", requested_at__gte=last).exists()))
        dead = OutboxMessage.objects.filter(state="dead").count()
        lost = sum(one < 1 for one in seen) + len(acts.refused) + dead
        return Harm(lost, sum(one > 1 for one in seen), self.waiting())

    def trail_faults(self) -> int:
        """Whether the audit chain is broken: 1, or 0."""
        from campaigns.queries.audit import verify

        return int(verify().fault is not None)

    def wrong_scores(self) -> int:
        """Rows that a computation of the running day from the records, now and undisturbed, would change."""
        from django.db import transaction
        from django.utils import timezone

        from campaigns.calendar import local_day
        from scoring.models import ScoreRun
        from scoring.queries import write_scores

        now = timezone.now()
        run = ScoreRun.objects.filter(campaign=self.campaign, status="done").order_by("-pk").first()
        assert run is not None
        with transaction.atomic():
            figures = write_scores(
                campaign_ids=[self.campaign.pk], day=local_day(now), cut_off=now, run_ids={self.campaign.pk: run.pk}
            )
            transaction.set_rollback(True)
        return int(figures.rows_written)

    def load(self) -> Load:
        """People at work until it is left."""
        return Load(self)


class Load:
    """Every unit sends and the officer returns, until the block ends; acts begun are ended."""

    def __init__(self, town: Town) -> None:
        self.town, self.over = town, threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(self._send, desk)) for desk in town.desks]
        self.threads.append(threading.Thread(target=self._run, args=(self._return,)))
        self.failed: list[BaseException] = []

    def __enter__(self) -> Load:
        self.town.acts = Acts()
        self.first = len(self.town.portal.answers)
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(120)
        if self.failed and _[0] is None:
            raise self.failed[0]

    def _run(self, act: Any, *arguments: Any) -> None:
        from django.db import connections

        try:
            while not self.over.wait(0.5):
                act(*arguments)
        except BaseException as error:  # noqa: BLE001  # raised again where the block ends
            self.failed.append(error)
        finally:
            connections.close_all()

    def _send(self, desk: Desk) -> None:
        desk.send()

    def _return(self) -> None:
        from django.db import Error, connection

        sent, done = self.town.acts.sent, len(self.town.acts.returned)
        if len(sent) > 2 * done:
            try:
                self.town.give_back(sent[2 * done][1])
            except Error:  # this proof's own look at a database that is away
                connection.close()

    @property
    def answers(self) -> list[Answer]:
        """Every answer since the block began."""
        return self.town.portal.answers[self.first :]


def worst_of_twenty(answers: list[Answer]) -> float:
    """Return the 95th percentile of the answers' seconds; 0 for fewer than two."""
    seconds = [answer.seconds for answer in answers if answer.status]
    return statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else 0.0
