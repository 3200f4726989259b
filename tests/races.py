"""Many at once at one door: the last second of a period, the same form again and again, one box typed by everybody.

Each race returns what came of it; tests play few, ``tests/prove/records.py`` many.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import time_machine
from django.conf import settings
from django.db import OperationalError, connections
from django.test import Client
from django.urls import reverse
from django.utils import translation

from awards.actions import proposals
from awards.models import Proposal, ProposalEvent
from awards.workflow import Refusal
from campaigns.actions.drafts import DraftEntry, ReportingRefused, ReportTexts, StaleDraft, save_draft
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.reporting import shown_digest, submit_report
from campaigns.calendar import local_moment
from campaigns.enums import EntryKind, Role
from campaigns.models import (
    AuditEntry,
    Campaign,
    DraftValue,
    IdempotencyKey,
    Measurement,
    Participant,
    Period,
    Submission,
    Target,
    User,
)
from campaigns.queries.reporting_grid import read_grid
from tests.awards.makers import Office, data
from tests.factories import (
    at,
    make_area,
    make_campaign,
    make_indicator,
    make_participant,
    make_period,
    make_person,
    make_target,
)


def at_once(acts: Sequence[Callable[[], None]]) -> list[BaseException]:
    """Run the acts in threads with connections of their own, from the same moment; return what they raised."""
    barrier, failed = threading.Barrier(len(acts)), []

    def play(act: Callable[[], None]) -> None:
        try:
            barrier.wait(120)
            act()
        except BaseException as error:  # noqa: BLE001  # counted and shown by whoever asked
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=play, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(600)
    return failed


@dataclass
class Desk:
    """One unit with its leader, one target a sending."""

    participant: Participant
    period: Period
    leader: User
    targets: list[Target]

    def type(self, target: Target, typed: str, *, now: dt.datetime, version: int = 0) -> DraftValue | None:
        return save_draft(
            participant=self.unit(), period=self.period, target=target.pk, version=version, by=self.leader, now=now,
            entry=DraftEntry(kind=EntryKind.NUMBER, typed=typed, note="gấp"),
        )  # fmt: skip

    def unit(self) -> Participant:
        """The participant as the next request reads it."""
        return Participant.objects.select_related("unit", "campaign").get(pk=self.participant.pk)

    def shown(self, *, now: dt.datetime) -> str:
        return shown_digest(read_grid(participant=self.unit(), period=self.period, now=now))

    def post(self, key: str, *, seen: str, results: str = "Đạt") -> int:
        """Send it as a browser does, at the clock's time; return the receipt. Raises IdempotencyMismatch told so."""
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = self.session
        said = {"results": results, "difficulties": "Không", "proposals": "Không", "seen": seen, "form_key": key}
        answer = client.post(reverse("campaigns:submit", args=[self.participant.pk, self.period.pk]), said)
        if answer.status_code == 302:
            return int(answer["Location"].strip("/").rpartition("/")[2])
        told, mismatch = answer.content.decode(), IdempotencyMismatch()
        if answer.status_code == 422 and mismatch.messages[0] in told:
            raise mismatch
        raise AssertionError(f"{answer.status_code}: {told[:400]}")

    @cached_property
    def session(self) -> str:
        """The key of the leader's session, as their browser keeps it."""
        client = Client()
        client.force_login(self.leader, backend="django.contrib.auth.backends.ModelBackend")
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    def send(self, key: str, *, seen: str, now: dt.datetime, results: str = "Đạt") -> Submission:
        return submit_report(
            participant=self.unit(), period=self.period, texts=ReportTexts(results, "Không", "Không"), notes={},
            seen=seen, key=key, by=self.leader, now=now,
        )  # fmt: skip


def desks(campaign: Campaign, period: Period, *, units: int, targets: int) -> list[Desk]:
    """So many units that report so many targets each."""
    area = make_area(campaign)
    indicators = [make_indicator(area) for _ in range(targets)]
    found = []
    for _ in range(units):
        participant = make_participant(campaign)
        leader = make_person(Role.UNIT_LEADER, unit=participant.unit)
        found.append(Desk(participant, period, leader, [make_target(one, participant) for one in indicators]))
    return found


# --- the last second -----------------------------------------------------------------------------------------


@dataclass
class Deadline:
    """What came of reports sent around a lock."""

    sent: int = 0
    accepted_late: int = 0  # taken at or after the lock
    refused_early: int = 0  # refused before it
    without_receipt: int = 0
    without_value: int = 0
    accepted: int = 0
    refused: int = 0
    traces: int = 0  # entries of the trail that say "refused"
    failed: list[str] = field(default_factory=list)


def around_the_lock(count: int, *, threads: int, spread: float = 2.0) -> Deadline:
    """Send so many reports within ``spread`` seconds around a period's lock at the year's last midnight.

    Each request has the moment at which the server received it; some have the very moment of the lock, or the
    microsecond before it. The lock is 00:00 of 1 January in Asia/Ho_Chi_Minh, 17:00 of 31 December in UTC.
    """
    lock = local_moment(dt.date(2027, 1, 1))
    campaign = make_campaign(starts_on=dt.date(2026, 12, 25), days=20, periods=False)
    period = make_period(campaign, ends_on=dt.date(2026, 12, 31), due_at=lock - dt.timedelta(hours=7), locks_at=lock)
    make_period(campaign, starts_on=dt.date(2027, 1, 1), ends_on=campaign.ends_on)
    places = desks(campaign, period, units=threads, targets=count // threads)
    before_the_trail = AuditEntry.objects.filter(action="workflow.refused").count()
    found, guard, chance = Deadline(), threading.Lock(), random.Random(20261231)
    micro = dt.timedelta(microseconds=1)
    edges = [dt.timedelta(0), -micro, micro]

    def moments() -> list[dt.datetime]:
        some = [dt.timedelta(seconds=chance.uniform(-spread, spread)) for _ in range(count // threads)]
        return [lock + one for one in (edges + some)[: count // threads]]

    def sender(desk: Desk, times: list[dt.datetime]) -> Callable[[], None]:
        def act() -> None:
            for target, now in zip(desk.targets, times, strict=True):
                draft = DraftValue.objects.filter(report__participant=desk.participant, target__in=desk.targets)
                for left in draft.exclude(kind=EntryKind.EMPTY):  # what the lock kept from being sent
                    empty = DraftEntry()
                    save_draft(
                        participant=desk.unit(), period=period, target=left.target_id, entry=empty,
                        version=left.version, by=desk.leader, now=lock - dt.timedelta(hours=1),
                    )  # fmt: skip
                desk.type(target, "40", now=lock - dt.timedelta(hours=1))
                seen, key = desk.shown(now=lock - dt.timedelta(hours=1)), f"han-{target.pk}"
                try:
                    receipt = desk.send(key, seen=seen, now=now)
                except ReportingRefused:
                    with guard:
                        found.refused += 1
                        found.refused_early += now < lock
                    continue
                stored = Submission.objects.get(pk=receipt.pk)
                with guard:
                    found.accepted += 1
                    found.accepted_late += stored.sent_at >= lock or now >= lock
                    found.without_receipt += not stored.number
                    found.without_value += stored.measurements.count() != 1

        return act

    errors = at_once([sender(desk, moments()) for desk in places])
    found.sent, found.failed = found.accepted + found.refused, [repr(error) for error in errors]
    found.accepted_late += Measurement.objects.filter(period=period, sent_at__gte=lock).count()
    numbers = Submission.objects.filter(report__period=period).values_list("number", flat=True)
    found.without_receipt += len(numbers) - len(set(numbers)) + abs(len(numbers) - found.accepted)
    found.traces = AuditEntry.objects.filter(action="workflow.refused").count() - before_the_trail
    return found


# --- the same form again -------------------------------------------------------------------------------------


@dataclass
class Keys:
    """What came of forms sent many times at once."""

    keys: int = 0
    answers: int = 0
    acts: Counter[int] = field(default_factory=Counter)  # how many submissions a key made → how many keys
    different: int = 0  # answers that named another submission than the key's
    other_taken: int = 0  # the same key with other content that was not refused
    other_refused: int = 0
    failed: list[str] = field(default_factory=list)


def same_form(keys: int, *, copies: int) -> Keys:
    """Each key is sent ``copies`` times at once, as a browser sends it, then as often at once with other content."""
    campaign = make_campaign()
    period = campaign.periods.order_by("ends_on")[0]
    (desk,) = desks(campaign, period, units=1, targets=keys)
    now, found, guard = at(3), Keys(keys=keys), threading.Lock()
    with time_machine.travel(now, tick=False), translation.override("vi"):
        assert desk.session  # before everybody asks for it at once
        for number, target in enumerate(desk.targets):
            desk.type(target, "40", now=now)
            seen, key = desk.shown(now=now), f"lap-{number:016}"
            answers: list[int] = []

            def send(seen: str = seen, key: str = key, answers: list[int] = answers) -> None:
                sent = desk.post(key, seen=seen)
                with guard:
                    answers.append(sent)

            def other(seen: str = seen, key: str = key) -> None:
                try:
                    desk.post(key, seen=seen, results="Khác")
                except IdempotencyMismatch:
                    with guard:
                        found.other_refused += 1
                else:
                    with guard:
                        found.other_taken += 1

            found.failed += [repr(error) for error in at_once([send] * copies)]
            made = Submission.objects.filter(measurements__target=target).distinct().count()
            found.acts[made] += 1
            found.answers += len(answers)
            found.different += len(set(answers)) - 1
            found.failed += [repr(error) for error in at_once([other] * copies)]
    stuck = IdempotencyKey.objects.filter(actor=desk.leader, result__isnull=True).count()
    if stuck:
        found.failed.append(f"{stuck} keys without a result")
    return found


# --- one box, many hands -------------------------------------------------------------------------------------

R = TypeVar("R")


@dataclass
class Edits:
    """What came of many people changing one thing at once."""

    saved: int = 0
    refused: int = 0  # with both values
    versions: int = 0  # by how much the record's version grew
    silent: int = 0  # savings that were overwritten by somebody who had not seen them
    waited: int = 0  # told to come again in a moment: the row was held for longer than a request waits
    failed: list[str] = field(default_factory=list)

    def patiently(self, act: Callable[[], R]) -> R:
        """Do it, and again where a page would say that the portal is busy; SQLite's "database is locked" is a fault."""
        while True:
            try:
                return act()
            except OperationalError as busy:
                if "lock timeout" not in str(busy):
                    raise
                self.waited += 1


def one_box(writers: int, *, turns: int = 1) -> Edits:
    """Everybody types another value into one box, over the version they were shown before all began."""
    campaign = make_campaign()
    (desk,) = desks(campaign, campaign.periods.order_by("ends_on")[0], units=1, targets=1)
    target, now, found, guard = desk.targets[0], at(3), Edits(), threading.Lock()
    desk.type(target, "1", now=now)
    over: list[tuple[int, int]] = []  # over which version each saving was made, and which it made

    def act(number: int) -> Callable[[], None]:
        def save() -> None:
            seen = 1
            for turn in range(turns):
                typed = str(1000 * (turn + 1) + number)
                try:
                    draft = found.patiently(
                        lambda typed=typed, seen=seen: desk.type(target, typed, now=now, version=seen)
                    )
                except StaleDraft as stale:
                    seen, both = stale.current.version, {stale.typed.typed, stale.current.typed}
                    with guard:
                        found.refused += typed in both and len(both) == 2
                else:
                    assert draft is not None
                    with guard:
                        found.saved += 1
                        over.append((seen, draft.version))
                    seen = draft.version

        return save

    found.failed = [repr(error) for error in at_once([act(number) for number in range(writers)])]
    found.versions = DraftValue.objects.get(target=target).version - 1
    found.silent = sum(made != before + 1 for before, made in over) + len(over) - len({before for before, _ in over})
    return found


def one_proposal(writers: int) -> Edits:
    """Everybody changes one proposal, as they were all shown it; the second and every later one is told."""
    office, found, guard = Office(), Edits(), threading.Lock()
    draft = office.draft(recipient_name="Tập thể một")
    version = Proposal.objects.get(pk=draft.pk).version
    texts: list[str] = []

    def act(number: int) -> Callable[[], None]:
        def save() -> None:
            said = data(recipient_name="Tập thể một", report=f"Báo cáo {number}")
            try:
                found.patiently(
                    lambda: proposals.edit(
                        proposal_id=draft.pk, version=version, data=said, by=office.reporter, now=at(48)
                    )
                )
            except Refusal as refusal:
                with guard:
                    found.refused += refusal.code == "stale_version"
            else:
                with guard:
                    found.saved += 1
                    texts.append(said.report)

        return save

    found.failed = [repr(error) for error in at_once([act(number) for number in range(writers)])]
    stored = Proposal.objects.get(pk=draft.pk)
    found.versions = stored.version - version
    found.silent = int(texts != [stored.report])
    found.silent += abs(ProposalEvent.objects.filter(proposal=draft, act="edit", detail__has_key="changed").count() - 1)
    return found
