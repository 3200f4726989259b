"""The mail server is away, refuses, is slow, dies half-way, dies after it took the letter: each letter arrives."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

from tests.prove import Figure
from tests.prove._faults_broker import told
from tests.prove._portal import Portal
from tests.prove._town import Town
from tests.smtp import Mood

LETTERS = 10  # two people of each of five units


def run(portal: Portal, town: Town) -> Iterator[Figure]:
    """Ten letters meet every fault in turn; people go on working and scores go on being made."""
    from campaigns.models import Mail

    before, copies = Mail.objects.count(), Counter(portal.smtp.taken)
    portal.smtp.stop()
    with town.load() as load:
        time.sleep(1)
        while len(set(_units(town))) < 5 and len(load.answers) < 400:
            time.sleep(0.2)
    _attempt(town, before, 1)
    attempts = ["away"]
    for mood in (Mood.BUSY, Mood.SLOW, Mood.DIES, Mood.DIES_AFTER):
        portal.smtp.mood = mood
        if mood is Mood.BUSY:
            portal.smtp.start()
        attempts.append(mood.name.lower().replace("_", " "))
        _attempt(town, before, len(attempts))
        if mood is Mood.SLOW:
            yield _others_go_on(town)
    letters = Mail.objects.filter(pk__gt=_nth(before))
    tried = sorted(set(letters.values_list("attempts", flat=True)))
    sent_early = letters.filter(state="sent").count()
    portal.smtp.mood = Mood.WELL
    settled = town.settle()
    arrived = {pk: portal.smtp.taken.count(key) - copies[key] for pk, key in letters.values_list("pk", "message_id")}
    states = Counter(letters.values_list("state", flat=True))
    also = f"; {len(arrived)} letters met {', '.join(attempts)} ({tried} attempts)"
    figure = told("SMTP away, refusing, slow, dying", town, load, settled, also=also, copies=2)
    yield figure
    per_letter = sorted(set(arrived.values()))
    yield Figure(
        "letters through it all; copies of each under its one Message-ID",
        f"{states['sent']} of {len(arrived)} sent; {per_letter}; {sent_early} called sent too early",
        "all; 2 (one of a server that died after taking it); 0",
        met=states["sent"] == len(arrived) >= LETTERS and per_letter == [2] and sent_early == 0,
    )


def _units(town: Town) -> list[int]:
    from campaigns.models import Measurement

    return list(Measurement.objects.filter(pk__in=town.acts.returned).values_list("target__participant", flat=True))


def _nth(number: int) -> int:
    from campaigns.models import Mail

    keys = list(Mail.objects.order_by("pk").values_list("pk", flat=True)[:number])
    return keys[-1] if keys else 0


def _attempt(town: Town, before: int, number: int) -> None:
    """Let every letter be tried for the ``number``-th time: its pause is over, once."""
    from campaigns.models import Mail, Notice, OutboxMessage

    until = time.monotonic() + 40
    letters = Mail.objects.filter(pk__gt=_nth(before))
    while time.monotonic() < until:
        unwritten = Notice.objects.filter(by_mail=True, mail__isnull=True).exists()
        late = letters.filter(attempts__lt=number)
        if not unwritten and not late.exists() and letters.exists():
            if not OutboxMessage.objects.filter(state="claimed", topic="mail.send").exists():
                return
        else:
            due = OutboxMessage.objects.exclude(topic="mail.send") | OutboxMessage.objects.filter(
                topic="mail.send", key__in=[str(pk) for pk in late.values_list("pk", flat=True)]
            )
            town.hurry(due)
        time.sleep(0.3)
    raise TimeoutError(f"letters were not tried {number} times")


def _others_go_on(town: Town) -> Figure:
    """While letters wait, a value sent is scored."""
    from campaigns.models import OutboxMessage, Submission
    from scoring.models import ScoreRun

    started = time.monotonic()
    sent = Submission.objects.get(pk=town.desks[0].send()).sent_at
    runs = ScoreRun.objects.filter(status="done", trigger="event", requested_at__gte=sent)
    while not runs.exists() and time.monotonic() - started < 40:
        town.hurry(OutboxMessage.objects.filter(topic="score.refresh"))
        time.sleep(0.3)
    seconds = time.monotonic() - started
    return Figure("a value sent while letters wait is scored", f"{seconds:.1f} s", "≤ 30 s", seconds <= 30)
