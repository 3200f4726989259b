"""The hour itself: everybody at once, and afterwards what they were told held against the database."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from campaign_portal.rush.people import Answer, Browser, Leader, Officer, Told
from campaign_portal.rush.scene import Scene
from campaigns.models import AuditEntry, EvidenceFile, Measurement, OutboxMessage, Submission
from campaigns.queries.audit import verify
from scoring.models import ScoreRun

GOAL_SECONDS = 1.5
#: A leader needs about two minutes; who comes later than this share of the time would not be ready.
LAST_COMES_AT = 0.55
SETTLE_SECONDS = 120


@dataclass(frozen=True)
class Kind:
    """All requests of one kind."""

    what: str
    count: int
    median: float  # seconds
    slow: float  # 95 % are within
    slower: float  # 99 %
    slowest: float


class Hour:
    """Leaders and officers against one address."""

    def __init__(self, base: str, scene: Scene, *, seconds: float) -> None:
        self.base, self.scene, self.seconds = base, scene, seconds
        self.answers: list[Answer] = []
        self.told = Told()
        self._lock = threading.Lock()

    def play(self) -> None:
        """Let everybody come, work and go; officers leave when the last leader has."""
        over, chance = threading.Event(), random.Random(1)
        leaders = [
            threading.Thread(
                target=Leader(
                    desk,
                    Browser(self.base, number, self._keep),
                    self.told,
                    number=number,
                    comes_at=chance.uniform(0, self.seconds * LAST_COMES_AT),
                )
            )
            for number, desk in enumerate(self.scene.desks)
        ]
        officers = [
            threading.Thread(
                target=Officer(name, Browser(self.base, 5_000 + n, self._keep), self.told, number=n, over=over)
            )
            for n, name in enumerate(self.scene.officers)
        ]
        for thread in [*leaders, *officers]:
            thread.start()
        for thread in leaders:
            thread.join()
        over.set()
        for thread in officers:
            thread.join()

    def _keep(self, answer: Answer) -> None:
        with self._lock:
            self.answers.append(answer)

    def kinds(self) -> Iterator[Kind]:
        """What each kind of request took, and all together under "all"."""
        whats = list(dict.fromkeys(answer.what for answer in self.answers))
        for what in [*whats, "all"]:
            seconds = sorted(one.seconds for one in self.answers if what in (one.what, "all"))
            cuts = statistics.quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else seconds * 99
            yield Kind(what, len(seconds), statistics.median(seconds), cuts[94], cuts[98], seconds[-1])

    def failures(self) -> dict[int, int]:
        """Answers of 500 or above by status; 0 stands for none at all."""
        return dict(Counter(one.status for one in self.answers if one.status >= 500 or one.status == 0))

    def settle(self) -> float:
        """Wait until the worker has done what was asked of it; return the seconds."""
        started = time.monotonic()
        while time.monotonic() - started < SETTLE_SECONDS:
            open_runs = ScoreRun.objects.filter(status__in=["queued", "running"]).exists()
            due = OutboxMessage.objects.filter(state__in=["pending", "claimed"], available_at__lte=timezone.now())
            if not open_runs and not due.exists():
                break
            time.sleep(0.5)
        return time.monotonic() - started

    def absent(self) -> list[str]:
        """Leaders who never came to the end of their report, whatever stopped them."""
        missing = max(0, len(self.scene.desks) - len(self.told.submissions))
        return [f"{missing} leaders without a receipt"] if missing else []

    def differences(self) -> list[str]:
        """What is not in the database as people were told: nothing, if all is well."""
        told, found = self.told, list(self.told.refused)
        sent = Counter(Submission.objects.values_list("pk", flat=True))
        found += [f"submission {pk}: {sent[pk]}" for pk in told.submissions if sent[pk] != 1]
        of_today = Measurement.objects.filter(submission__in=told.submissions)
        values: dict[int, list[Decimal | None]] = {}
        for target, value in of_today.values_list("target", "value"):
            values.setdefault(target, []).append(value)
        for target, typed in told.values.items():
            wanted = [Decimal(typed.replace(",", "."))]
            if values.pop(target, []) != wanted:
                found.append(f"value of target {target}")
        found += [f"target {target}: a value nobody sent" for target in values]
        trail = Counter(AuditEntry.objects.filter(action="report.submitted").values_list("subject_id", flat=True))
        found += [f"trail of submission {pk}: {trail[pk]}" for pk in told.submissions if trail[pk] != 1]
        judged = Counter(AuditEntry.objects.filter(action="measurement.accepted").values_list("subject_id", flat=True))
        found += [f"trail of verdict {pk}: {judged[pk]}" for pk in told.verdicts if judged[pk] != 1]
        accepted = set(Measurement.objects.filter(verdict="accepted").values_list("pk", flat=True))
        found += [f"verdict {pk}" for pk in told.verdicts if pk not in accepted]
        if (files := EvidenceFile.objects.count()) != told.files:
            found.append(f"{files} files of {told.files}")
        if (fault := verify().fault) is not None:
            found.append(f"trail: {fault}")
        return found
