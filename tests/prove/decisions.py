"""One decision whatever the race: 200 verdicts at once, 50 rounds, and what happens without each guard.

Approvals, rejections and returns of one proposal are given by 200 threads at the same moment as the application's
role. Then the guards are taken away: each alone (the others still hold), and all together, which must break.
"""

from __future__ import annotations

import itertools
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from unittest import mock

from tests.prove import Figure, Stage

DATABASES = ("postgres",)
THREADS, ROUNDS, SABOTAGED = 200, 50, 10
INDEX = "decision_one_stands"
_names = itertools.count(1)


def run(stage: Stage) -> Iterator[Figure]:
    """Race with every guard, then without."""
    from tests.awards.makers import Office

    office = Office()
    counts = [_race(office, THREADS, number) for number in range(ROUNDS)]
    for what in ("decisions", "audit entries", "log rows", "notices of each person"):
        seen = sorted({count[what] for count in counts})
        yield Figure(f"{what} of {THREADS} verdicts, {ROUNDS} rounds", str(seen), "[1]", seen == [1])
    errors = sum(count["errors"] for count in counts)
    yield Figure("verdicts that failed with anything but a clear refusal", str(errors), "0", errors == 0)
    yield from _sabotage(stage, office)


def _sabotage(stage: Stage, office: Any) -> Iterator[Figure]:
    """Each guard alone may go; without all of them the race must show."""
    for name in ("lock", "index", "conditional update"):
        with ExitStack() as gone:
            _take_away(name, stage, gone)
            seen = sorted({_race(office, 40, 1000 + number)["decisions"] for number in range(SABOTAGED)})
        yield Figure(f"decisions without the {name} alone, {SABOTAGED} rounds", str(seen), "[1]", seen == [1])
    broken = 0
    for number in range(SABOTAGED):
        with ExitStack() as gone:
            for name in ("lock", "conditional update", "index"):
                _take_away(name, stage, gone)
            broken += _race(office, 40, 2000 + number)["decisions"] > 1
            _clean()
    yield Figure(
        "rounds with more than one decision without any guard",
        f"{broken}/{SABOTAGED}",
        f"{SABOTAGED}/{SABOTAGED}",
        broken == SABOTAGED,
    )


def _take_away(name: str, stage: Stage, gone: ExitStack) -> None:
    from awards.actions import decision, transition
    from awards.models import Proposal

    if name == "lock":

        def unlocked(proposal_id: int) -> Any:
            return Proposal.objects.select_related("participant__unit", "category", "campaign").get(pk=proposal_id)

        gone.enter_context(mock.patch.object(decision, "locked", unlocked))
    elif name == "conditional update":
        written = transition.write_state

        def unconditional(proposal: Any, step: Any, **arguments: Any) -> None:
            """Write as if nobody else had: the row is brought back to what this thread read."""
            Proposal.objects.filter(pk=proposal.pk).update(
                state=proposal.state, return_step=proposal.return_step, version=proposal.version
            )
            written(proposal, step, **arguments)

        gone.enter_context(mock.patch.object(decision, "write_state", unconditional))
    else:
        _owner(stage, f"DROP INDEX {INDEX}")
        gone.callback(
            _owner,
            stage,
            f"CREATE UNIQUE INDEX {INDEX} ON awards_decision (proposal_id) WHERE superseded_at IS NULL",
        )


def _owner(stage: Stage, statement: str) -> None:
    import psycopg2

    connection = psycopg2.connect(stage.environment["DATABASE_OWNER_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def _clean() -> None:
    """Leave at most one standing decision a proposal, so that the index can be built again."""
    from django.utils import timezone

    from awards.models import Decision

    standing: set[int] = set()
    for decision in Decision.objects.filter(superseded_at__isnull=True).order_by("pk"):
        if decision.proposal_id in standing:
            Decision.objects.write_once(decision.pk, empty="superseded_at", superseded_at=timezone.now())
        standing.add(decision.proposal_id)


def _race(office: Any, threads: int, number: int) -> Counter[str]:
    """Give that many mixed verdicts on a fresh proposal at once; count what they left."""
    from awards.models import Decision, ProposalEvent
    from campaigns.models import AuditEntry, Notice

    proposal = office.presented(recipient_name=f"Tập thể {next(_names)}")
    notices = Notice.objects.count()
    errors = _give(office, proposal, threads, random.Random(number))
    acts = ("approve", "reject", "return")
    audit = AuditEntry.objects.filter(subject_id=proposal.pk, action__in=[f"proposal.{act}" for act in acts])
    people = 2  # the unit's leader and its reporter
    return Counter(
        {
            "decisions": Decision.objects.filter(proposal=proposal).count(),
            "audit entries": audit.count(),
            "log rows": ProposalEvent.objects.filter(proposal=proposal, act__in=acts).count(),
            "notices of each person": (Notice.objects.count() - notices) // people,
            "errors": errors,
        }
    )


def _give(office: Any, proposal: Any, threads: int, chance: random.Random) -> int:
    from django.db import connections

    from awards.enums import Verdict
    from awards.workflow import Refusal
    from campaign_portal.busy import is_busy

    seen, barrier, failed = office.seen(proposal), threading.Barrier(threads), []
    verdicts = [chance.choice([Verdict.APPROVE, Verdict.REJECT, Verdict.RETURN]) for _ in range(threads)]

    def tap(number: int) -> None:
        try:
            barrier.wait(60)
            office.decide(proposal, verdicts[number], seen_digest=seen, key=f"tap-{proposal.pk}-{number}")
        except Refusal:
            pass
        except Exception as error:  # noqa: BLE001  # counted: it is a figure
            if not is_busy(error):  # a page answers 409, "somebody else is saving": as clear as any refusal
                failed.append(error)
        finally:
            connections.close_all()

    running = [threading.Thread(target=tap, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return len(failed)
