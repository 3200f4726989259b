"""Faults while people work: broker, database, mail, disk, clock and processes fail under a small town at work.

Five units send values and an officer returns them all the time, through a real web server; a real worker and a real
beat do the work. What people were told is held against the database (values, trail, notices, scores) and against a
mail server that counts letters. Goals are safety rows 12, 13, 17, 18 and 21 to 26, 33.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.prove import Figure, Stage

if TYPE_CHECKING:
    from tests.prove._town import Acts, Town

DATABASES = ("postgres",)


def run(stage: Stage) -> Iterator[Figure]:
    """Break one thing after another; each leaves the portal as it found it. FAULTS=mail,disk plays only those."""
    from tests.prove import _faults_broker, _faults_kills, _faults_mail, _faults_store, _faults_work
    from tests.prove._portal import Portal
    from tests.prove._town import Town

    _commits_are_kept(stage)
    portal = Portal(stage)
    portal.redis.start()
    portal.smtp.start()
    town = Town(portal)
    plays = {
        "broker": lambda: _faults_broker.run(portal, town),
        "postgres": lambda: _faults_store.postgres(stage, portal, town),
        "mail": lambda: _faults_mail.run(portal, town),
        "poison": lambda: _faults_work.poison(portal, town),
        "beats": lambda: _faults_work.two_beats(portal, town),
        "disk": lambda: _faults_store.disk(portal, town),
        "kills": lambda: _faults_kills.kills(portal, town),
        "end": lambda: _at_the_end(town),
        "midnight": lambda: _faults_work.midnight(portal, town),
    }
    chosen = os.environ.get("FAULTS", ",".join(plays)).split(",")
    try:
        portal.start_web()
        portal.start_worker()
        portal.start_beat()
        for name in chosen:
            yield from plays[name]()
    finally:
        portal.close()


def _commits_are_kept(stage: Stage) -> None:
    """As in an installation: a commit that was answered is on its way to the disk. Tests have that off, for speed."""
    import psycopg2
    from django.db import connection

    link = psycopg2.connect(stage.environment["DATABASE_OWNER_URL"])
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{link.info.dbname}" SET synchronous_commit = on')
    link.close()
    connection.close()  # the next one has it


def _at_the_end(town: Town) -> Iterator[Figure]:
    """The trail is whole, the scores are the records' own, and this proof would notice what it denies."""
    from tests.prove._town import Acts

    faults, wrong = town.trail_faults(), town.wrong_scores()
    yield Figure(
        "faults of the audit trail; scores a new computation would change",
        f"{faults}; {wrong}",
        "0; 0",
        met=faults + wrong == 0,
    )
    noticed = _planted(town, Acts(sent=town.acts.sent[-3:], returned=town.acts.returned[-3:]))
    yield Figure(
        "planted: a lost value, a lost verdict, a doubled letter, a bare 500, a traceback: noticed",
        str(noticed),
        "5",
        met=noticed == 5,
    )


def _planted(town: Town, acts: Acts) -> int:
    """Return how many of five planted faults the counting notices; without any it must notice none."""
    from campaigns.models import Notice
    from tests.prove._portal import Answer
    from tests.prove._town import Acts

    assert town.harm(acts).is_none
    lost_value = Acts(sent=[*acts.sent, (acts.sent[0][0], 0)])
    lost_verdict = Acts(returned=[*acts.returned, 0])
    noticed = [town.harm(lost_value).lost > 0, town.harm(lost_verdict).lost > 0]
    letter = Notice.objects.get(key=f"verdict:{acts.returned[0]}", person__username__startswith="truong").mail
    assert letter is not None
    town.portal.smtp.taken.append(letter.message_id)
    noticed.append(town.harm(acts).doubled > 0)
    town.portal.smtp.taken.pop()
    noticed += [not Answer("page", *answer, {}, 0.1).is_calm for answer in ((500, ""), (200, "Traceback (most recent"))]
    return sum(noticed)
