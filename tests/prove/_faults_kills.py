"""Web processes die while they answer: every act is entirely done or not at all, and once when sent again."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.prove import Figure
from tests.prove._portal import Answer, Browser, Portal
from tests.prove._town import Desk, Town

KILLS = 50


def kills(portal: Portal, town: Town) -> Iterator[Figure]:
    """The web server's processes are killed at 50 random moments of sending, verifying and deciding."""
    from tests.awards.makers import Office

    chance, office = random.Random(20260701), Office()
    chairman = Browser(portal, office.chairman)
    proposals = [office.presented(recipient_name=f"Tập thể {number}") for number in range(KILLS)]
    town.acts = type(town.acts)()
    first = len(portal.answers)
    decided: list[Answer] = []
    broken: Counter[str] = Counter()
    for number in range(KILLS):
        desk = town.desks[number % len(town.desks)]
        acts = _three_acts(town, desk, office, chairman, proposals[number], decided)
        start = len(portal.answers)
        threads = [threading.Thread(target=_closing(act)) for act in acts]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0, 0.25))
        _kill_workers(portal)
        for thread in threads:
            thread.join(120)
        broken.update(answer.what for answer in portal.answers[start:] if answer.status == 0)
    settled = town.settle()
    yield from _counted(town, portal, proposals, decided, broken, first, settled)


def _three_acts(
    town: Town, desk: Desk, office: Any, chairman: Browser, proposal: Any, decided: list[Answer]
) -> list[Callable[[], Any]]:
    """What three people do at the same moment; everything up to the last click is done before."""
    from django.urls import reverse
    from django.utils import timezone

    earlier = town.acts.sent[-1][1] if town.acts.sent else desk.send()
    form = {
        "verdict": "approve",
        "seen": office.seen(proposal, now=timezone.now()),
        "form_key": f"chu-tich-duyet-{proposal.pk:06d}",
    }
    address = reverse("awards:verdict", args=[proposal.pk])
    return [
        desk.send,
        lambda: town.give_back(earlier),
        lambda: decided.append(chairman.insist("decide", address, form)),
    ]


def _closing(act: Callable[[], Any]) -> Callable[[], None]:
    def run() -> None:
        from django.db import connections

        try:
            act()
        finally:
            connections.close_all()

    return run


def _kill_workers(portal: Portal) -> None:
    """Kill -9 every process of the web server but the first, which starts others."""
    pid = portal.processes["web"].pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for child in children:
        os.kill(int(child), signal.SIGKILL)


def _counted(
    town: Town,
    portal: Portal,
    proposals: list[Any],
    decided: list[Answer],
    broken: Counter[str],
    first: int,
    settled: float,
) -> Iterator[Figure]:
    from awards.models import Decision, ProposalEvent
    from campaigns.models import AuditEntry, Measurement, Notice, Submission

    harm = town.harm(town.acts)
    frightened = [one for one in portal.answers[first:] if one.status and not one.is_calm]
    for answer in frightened[:3] + town.acts.refused[:3]:
        print(f"      {answer.what} {answer.status}: {answer.text[:300]!r}", file=sys.stderr)
    sending = broken["send"] + broken["draft"] + broken["review"]
    yield Figure(
        f"web processes killed {KILLS} times: requests cut off",
        f"{sending} of sending, {broken['verdict']} of verifying, {broken['decide']} of deciding",
        "≥ 5 each",
        met=min(sending, broken["verdict"], broken["decide"]) >= 5,
    )
    yield Figure(
        "people sent the same form again: lost, doubled, waiting; not calm",
        f"{len(town.acts.sent)} sent, {len(town.acts.returned)} returned: {harm.lost}, {harm.doubled}, {harm.waiting}; "
        f"{len(frightened)}; done after {settled:.1f} s",
        "0, 0, 0; 0",
        met=harm.is_none and not frightened and len(town.acts.sent) >= KILLS,
    )
    keys = [proposal.pk for proposal in proposals]
    counts = {
        "decisions": Counter(Decision.objects.filter(proposal__in=keys).values_list("proposal", flat=True)),
        "trail": Counter(
            AuditEntry.objects.filter(action="proposal.approve", subject_id__in=keys).values_list(
                "subject_id", flat=True
            )
        ),
        "log": Counter(
            ProposalEvent.objects.filter(proposal__in=keys, act="approve").values_list("proposal", flat=True)
        ),
    }
    seen = {what: sorted({count[key] for key in keys}) for what, count in counts.items()}
    answered = Counter(answer.status for answer in decided)
    yield Figure(
        f"decisions, trail entries, log rows of each of {KILLS} proposals",
        f"{seen}; answers {dict(answered)}",
        "1 each; 302",
        met=all(one == [1] for one in seen.values()) and answered == {302: KILLS},
    )
    bare = Submission.objects.exclude(pk__in=AuditEntry.objects.filter(action="report.submitted").values("subject_id"))
    empty = Submission.objects.filter(measurements__isnull=True)
    silent = [
        pk
        for pk in Measurement.objects.filter(verdict="returned").values_list("pk", flat=True)
        if Notice.objects.filter(key=f"verdict:{pk}").count() != 2
    ]
    yield Figure(
        "of everything: submissions without trail, without value; verdicts without notices",
        f"{bare.count()}, {empty.count()}; {len(silent)}",
        "0, 0; 0",
        met=(bare.count(), empty.count(), len(silent)) == (0, 0, 0),
    )
