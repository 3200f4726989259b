"""The audit trail under 100 writers at once, and after every kind of change by the owner of the database.

100 threads write 5 entries each as the application's role; then every column of 200 random entries is changed, one
at a time, by the superuser with the triggers silenced, and the check must name the entry.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections.abc import Iterator
from typing import Any

from tests.prove import Figure, Stage

DATABASES = ("postgres",)
THREADS, ENTRIES, ROWS = 100, 5, 200

#: Another value for each column; ``None`` where the column may be empty.
CHANGES = {
    "at": "at + interval '1 microsecond'",
    "actor_id": "NULL",
    "action": "'another.act'",
    "subject_type": "'campaigns.unit'",
    "subject_id": "coalesce(subject_id, 0) + 1",
    "campaign_id": "NULL",
    "participant_id": "NULL",
    "payload_digest": "repeat('f', 64)",
    "previous_hash": "repeat('e', 64)",
    "hash": "repeat('d', 64)",
    "sequence": "sequence + 100000",
}


def run(stage: Stage) -> Iterator[Figure]:
    """Write, check, change, check again."""
    from campaigns.models import AuditEntry
    from campaigns.queries.audit import verify

    failed = _write_at_once()
    trail, wanted = verify(), THREADS * ENTRIES
    followers = AuditEntry.objects.values("previous_hash").distinct().count()
    yield Figure("writers that failed", str(failed), "0", failed == 0)
    yield Figure("entries written", str(trail.entries), str(wanted), trail.entries == wanted)
    yield Figure("forks", str(wanted - followers), "0", followers == wanted)
    yield Figure("false alarms on the untouched trail", str(int(trail.fault is not None)), "0", trail.fault is None)
    yield from _changes(stage)


def _write_at_once() -> int:
    from django.db import connections, transaction

    from campaigns.actions import audit
    from tests import factories as make

    participant, person = make.make_participant(), make.make_user()
    barrier, failed = threading.Barrier(THREADS), []

    def write() -> None:
        try:
            barrier.wait(60)
            for number in range(ENTRIES):
                with transaction.atomic():
                    audit.record(
                        action="proof.act",
                        subject=participant,
                        by=person,
                        now=dt.datetime.now(dt.UTC),
                        participant=participant,
                        after={"number": number},
                    )
        except Exception as error:  # noqa: BLE001  # counted: a refused writer is a figure
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return len(failed)


def _changes(stage: Stage) -> Iterator[Figure]:
    import psycopg2

    from campaigns.queries.audit import verify

    owner = psycopg2.connect(stage.environment["DATABASE_OWNER_URL"])
    owner.autocommit = True
    tried = found = named = 0
    with owner.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        chosen = random.Random(20260701).sample(range(1, THREADS * ENTRIES + 1), ROWS)
        for number in chosen:
            for column, change in CHANGES.items():
                before = _row(cursor, number)
                cursor.execute(f"UPDATE campaigns_auditentry SET {column} = {change} WHERE sequence = %s", [number])
                fault = verify().fault
                _restore(cursor, before)
                tried += 1
                found += fault is not None and fault.sequence == number
                named += fault is not None and fault.column == column
    owner.close()
    yield Figure("single columns changed and found at their entry", f"{found} of {tried}", "all", found == tried)
    yield Figure("of these, the changed column named", f"{named} of {tried}", "all but some", named > tried * 0.7)
    left = verify().fault
    yield Figure("false alarms after all was put back", str(int(left is not None)), "0", left is None)


def _row(cursor: Any, number: int) -> dict[str, Any]:
    cursor.execute("SELECT * FROM campaigns_auditentry WHERE sequence = %s", [number])
    return dict(zip([column.name for column in cursor.description], cursor.fetchone(), strict=True))


def _restore(cursor: Any, row: dict[str, Any]) -> None:
    columns = [name for name in row if name != "id"]
    cursor.execute(
        f"UPDATE campaigns_auditentry SET {', '.join(f'{name} = %s' for name in columns)} WHERE id = %s",
        [*(row[name] for name in columns), row["id"]],
    )
