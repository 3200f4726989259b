"""The last hour of a week through HTTP: ten people draft and send, two officers verify, all at once.

Nothing is lost, nothing is overwritten silently, and nobody meets a server error.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.urls import reverse

from campaigns.enums import Role
from campaigns.models import AuditEntry, DraftValue, Measurement, Submission, Target, User
from campaigns.queries.audit import verify
from tests.factories import (
    at,
    make_area,
    make_indicator,
    make_measurement,
    make_participant,
    make_person,
    make_report,
    make_submission,
    make_target,
    make_unit,
)

NOW = at(10)  # inside the second period; the first one's values wait for their verdicts
UNITS, TARGETS = 5, 4


class Rush:
    """The units with their people, and what every answer was."""

    def __init__(self, campaign: Any, bloc: Any) -> None:
        self.first, self.second = campaign.periods.order_by("ends_on")[:2]
        area = make_area(campaign, 1)
        indicators = [make_indicator(area, f"CT{number}") for number in range(TARGETS)]
        self.units, self.people, self.waiting = [], [], []
        for number in range(UNITS):
            unit = make_participant(campaign, unit=make_unit(f"P{number}", name=f"Phường {number}"), bloc=bloc)
            leader = make_person(Role.UNIT_LEADER, unit=unit.unit, username=f"truong{number}")
            reporter = make_person(Role.UNIT_REPORTER, unit=unit.unit, username=f"baocao{number}")
            targets = [make_target(indicator, unit) for indicator in indicators]
            sent = make_submission(make_report(unit, self.first, updated_by=reporter), sent_by=leader)
            self.waiting += [
                make_measurement(target, self.first, submission=sent, sent_by=leader, value=40) for target in targets
            ]
            self.units.append((unit, targets))
            self.people.append((leader, reporter))
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.saved: dict[tuple[int, str], str] = {}  # (target, who) → what the portal said it has saved
        self.failed: list[BaseException] = []
        self._lock = threading.Lock()

    def note(self, what: str, status: int) -> int:
        with self._lock:
            self.statuses[what, status] += 1
        return status

    def at_once(self, acts: list[Callable[[], None]]) -> None:
        """Run the acts in threads with connections of their own, from the same moment."""
        barrier = threading.Barrier(len(acts))

        def run(act: Callable[[], None]) -> None:
            try:
                barrier.wait(60)
                act()
            except BaseException as error:  # noqa: BLE001  # shown by the test
                self.failed.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)

    def draft(self, number: int, person: User, base: int) -> Callable[[], None]:
        """Type into every box of the unit, each time over the version that the box was last shown with."""
        unit, targets = self.units[number]
        client = signed_in(person)

        def act() -> None:
            for turn in range(3):
                for place, target in enumerate(targets):
                    address = reverse("campaigns:box", args=[unit.pk, self.second.pk, target.pk])
                    version = version_on(client.get(address).content.decode(), target)
                    typed = str(base + 10 * turn + place)
                    answer = client.post(
                        address,
                        {f"o{target.pk}-typed": typed, f"o{target.pk}-version": version, f"o{target.pk}-note": "gấp"},
                        headers={"HX-Request": "true"},
                    )
                    if self.note("draft", answer.status_code) == 200:
                        with self._lock:
                            self.saved[target.pk, person.username] = typed

        return act

    def send(self, number: int) -> Callable[[], None]:
        """Look at the review and send, again while somebody else is just typing."""
        unit, _targets = self.units[number]
        client = signed_in(self.people[number][0])

        def act() -> None:
            for _try in range(8):
                page = client.get(reverse("campaigns:review", args=[unit.pk, self.second.pk])).content.decode()
                said = {name: value_on(page, name) for name in ("form_key", "seen")}
                answer = client.post(reverse("campaigns:submit", args=[unit.pk, self.second.pk]), {**TEXTS, **said})
                if self.note("send", answer.status_code) == 302:
                    return

        return act

    def verify(self, officer: User) -> Callable[[], None]:
        """Accept every value of the queue; what the colleague was first with is refused by name."""
        client = signed_in(officer)

        def act() -> None:
            for row in self.waiting:
                address = reverse("admin:campaigns_verification_verdict", args=[row.pk])
                answer = client.post(address, {"outcome": "accepted"}, headers={"HX-Request": "true"})
                self.note("verdict", answer.status_code)

        return act


TEXTS = {"results": "Đạt", "difficulties": "Không", "proposals": "Không"}


def signed_in(person: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def version_on(page: str, target: Target) -> str:
    return value_on(page, f"o{target.pk}-version")


def value_on(page: str, name: str) -> str:
    field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    value = re.search(r'value="([^"]*)"', field[0]) if field else None
    return value[1] if value else "0"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_officers_and_ten_reporters_at_once(
    campaign: Any, bloc: Any, staff: User, staff_two: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, logger="django.request")
    with time_machine.travel(NOW, tick=True):
        rush = Rush(campaign, bloc)
        drafting = [
            rush.draft(number, person, base)
            for number, pair in enumerate(rush.people)
            for person, base in zip(pair, (1, 5), strict=True)
        ]
        rush.at_once([*drafting, rush.verify(staff), rush.verify(staff_two)])
        _nothing_lost_in_the_drafts(rush)
        # The leaders send while their reporters go on typing.
        again = [rush.draft(number, pair[1], 60) for number, pair in enumerate(rush.people)]
        rush.at_once([*again, *(rush.send(number) for number in range(UNITS))])
    assert rush.failed == []
    assert {status for (_what, status) in rush.statuses if status >= 500} == set()
    _every_value_was_judged_once(rush)
    _what_was_sent_is_what_the_receipts_say(rush)
    assert verify().fault is None


def _nothing_lost_in_the_drafts(rush: Rush) -> None:
    """Each box holds what somebody was told is saved, and somebody did save each."""
    for _unit, targets in rush.units:
        for target in targets:
            told = {typed for (key, _who), typed in rush.saved.items() if key == target.pk}
            assert DraftValue.objects.get(target=target).typed in told
    drafts = sum(count for (what, _status), count in rush.statuses.items() if what == "draft")
    kept = sum(DraftValue.objects.values_list("version", flat=True))
    assert rush.statuses["draft", 200] + rush.statuses["draft", 409] == drafts
    assert kept == rush.statuses["draft", 200]  # one version a saving: none was overwritten unseen


def _every_value_was_judged_once(rush: Rush) -> None:
    judged = Measurement.objects.filter(pk__in=[row.pk for row in rush.waiting])
    assert set(judged.values_list("verdict", flat=True)) == {"accepted"}
    assert AuditEntry.objects.filter(action="measurement.accepted").count() == UNITS * TARGETS
    assert rush.statuses["verdict", 200] == UNITS * TARGETS
    assert rush.statuses["verdict", 200] + rush.statuses["verdict", 409] == 2 * UNITS * TARGETS


def _what_was_sent_is_what_the_receipts_say(rush: Rush) -> None:
    sent = Submission.objects.filter(report__period=rush.second)
    assert sent.count() == rush.statuses["send", 302]
    for submission in sent:
        assert submission.measurements.count() > 0
    values = Measurement.objects.filter(period=rush.second)
    assert values.count() == sum(submission.measurements.count() for submission in sent)
