"""Reports at the last second, forms sent many times, many hands in one box, and every field a chairman is shown"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.prove import Figure, Stage

DATABASES = ("postgres", "sqlite")
SENDINGS, SENDERS = 1_000, 25
KEYS, COPIES = 100, 20
WRITERS = {"postgres": 100, "sqlite": 50}
KILLS = 8
#: A process that holds a form's key and never comes to an end.
HOLDER = """
import sys, time, django
django.setup()
from django.utils import timezone
from campaigns.actions.idempotency import act_once
from campaigns.models import User
def act():
    print("held", flush=True)
    time.sleep(600)
act_once(actor=User.objects.get(pk=int(sys.argv[1])), key=sys.argv[2], request="x", now=timezone.now(), act=act)
"""


def run(stage: Stage) -> Iterator[Figure]:
    """On SQLite, which writes one transaction at a time, only what is said of it: nobody is told that it is locked."""
    if stage.database == "postgres":
        yield from _deadline()
        yield from _keys()
        yield _killed(stage)
    yield from _edits(WRITERS[stage.database])
    yield from _fields()


def _deadline() -> Iterator[Figure]:
    from tests.races import around_the_lock

    found = around_the_lock(SENDINGS, threads=SENDERS)
    print(f"      {found}", file=sys.stderr)
    yield Figure(
        f"{found.sent} reports within 2 s around 00:00 of 1 January: taken at or after it; refused before it",
        f"{found.accepted_late}; {found.refused_early} ({found.accepted} taken, {found.refused} refused)",
        f"0; 0 of {SENDINGS}",
        met=(found.sent, found.accepted_late, found.refused_early) == (SENDINGS, 0, 0) and not found.failed,
    )
    yield Figure(
        "of those taken: without a receipt of its own, without its value; refused without a trace",
        f"{found.without_receipt}, {found.without_value}; {found.refused - found.traces}",
        "0, 0; 0",
        met=(found.without_receipt, found.without_value, found.refused - found.traces) == (0, 0, 0),
    )


def _keys() -> Iterator[Figure]:
    from tests.races import same_form

    found = same_form(KEYS, copies=COPIES)
    for failure in found.failed[:3]:
        print(f"      {failure}", file=sys.stderr)
    yield Figure(
        f"{KEYS} forms posted {COPIES} times at once: reports of each; answers that name another report; that failed",
        f"{sorted(found.acts)}; {found.different}; {len(found.failed)} of {2 * KEYS * COPIES}",
        "[1]; 0; 0",
        met=dict(found.acts) == {1: KEYS} and found.different == 0 and not found.failed,
    )
    yield Figure(
        "the same key with other content: taken; refused with 422",
        f"{found.other_taken}; {found.other_refused}",
        f"0; {KEYS * COPIES}",
        met=(found.other_taken, found.other_refused) == (0, KEYS * COPIES),
    )


def _killed(stage: Stage) -> Figure:
    """Processes that hold a key are killed; the form is sent again, until it is taken."""
    from django.db import OperationalError
    from django.utils import timezone

    from campaigns.actions.idempotency import act_once
    from tests.factories import make_user

    person, waited = make_user(), []
    for number in range(KILLS):
        key = f"khoa-bi-giu-{number}"
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(person.pk), key], env=stage.environment, stdout=subprocess.PIPE
        )
        assert holder.stdout is not None
        holder.stdout.readline()  # it holds the key
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        started = time.monotonic()
        while True:
            try:
                act_once(actor=person, key=key, request="x", now=timezone.now(), act=lambda: {"done": True})
                break
            except OperationalError:  # the key is still held
                time.sleep(0.1)
        waited.append(time.monotonic() - started)
    return Figure(
        f"processes killed while they hold a form's key: stuck keys of {KILLS}; longest wait",
        f"0; {max(waited):.2f} s",
        "0; at most 60 s",
        met=max(waited) <= 60,
    )


def _edits(writers: int) -> Iterator[Figure]:
    from tests.races import one_box, one_proposal

    for what, found in (
        (f"{writers} people in one box, 3 savings each", one_box(writers, turns=3)),
        (f"{writers} people at one proposal", one_proposal(writers)),
    ):
        for failure in found.failed[:3]:
            print(f"      {failure}", file=sys.stderr)
        yield Figure(
            f"{what}: overwritten unseen; failed",
            f"{found.silent}; {len(found.failed)} ({found.saved} saved, {found.refused} told of the other value, "
            f"{found.waited} told to come again)",
            "0; 0",
            met=found.silent == 0 and not found.failed and found.versions == found.saved,
        )


def _fields() -> Iterator[Figure]:
    from django.db import connection, transaction

    from tests.awards import shown_fields

    if connection.vendor == "postgresql":
        return  # who serves requests may not forge a record here: the test suite does it as the owner
    with transaction.atomic():
        office, proposal = shown_fields.whole_proposal()
        shown = shown_fields.content(proposal)
        names = shown_fields.all_fields(shown)
        wrong = {
            name: problem
            for name in sorted(names)
            if (problem := shown_fields.refused(office, proposal, name, shown=shown))
        }
        transaction.set_rollback(True)
    yield Figure(
        "fields a chairman is shown that were changed before the decision, one at a time: refused",
        f"{len(names) - len(wrong)} of {len(names)}{f'; {wrong}' if wrong else ''}",
        "all",
        met=not wrong and len(names) > 40,
    )
