"""Is the portal well? Each check looks at one thing and says in a sentence what is wrong and what to do.

``manage.py doctor`` prints them for who runs the portal; ``/suc-khoe/san-sang/`` says yes or no to a monitor.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaign_portal.backup import backups
from campaigns.calendar import local_day
from campaigns.display import local_date, local_datetime
from campaigns.enums import CampaignStatus, MailState, OutboxState
from campaigns.models import Campaign, EvidenceFault, Heartbeat, Mail, OutboxMessage
from campaigns.queries.audit import verify
from scoring.snapshots import last_snapshot

#: The sweeper runs every half minute; after this the worker or beat is taken for dead.
SILENCE = dt.timedelta(minutes=5)
LEAST_FREE = 1_000_000_000  # bytes
MOST_DRIFT = dt.timedelta(seconds=5)
BACKUP_AGE = dt.timedelta(hours=30)


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    name: str
    is_well: bool
    words: str  # what is so, or what is wrong and how to mend it


Check = Callable[[dt.datetime], tuple[bool, str]]


def examine(*, now: dt.datetime, whole_trail: bool = False) -> Iterator[Finding]:
    """Look at everything, the cheap first; without a database only what needs none."""
    yield _look(_("configuration"), _configuration, now)
    database = _look(_("database"), _database, now)
    yield database
    yield _look(_("disk"), _disk, now)
    if not database.is_well:
        return
    checks: list[tuple[str, Check]] = [
        (_("schema"), _schema),
        (_("clock"), _clock),
        (_("worker"), _worker),
        (_("queue"), _queue),
        (_("scores"), _scores),
        (_("letters"), _letters),
        (_("evidence"), _evidence),
        (_("backups"), _backups),
    ]
    if whole_trail:
        checks.append((_("audit trail"), _trail))
    for name, check in checks:
        yield _look(name, check, now)


def is_ready(*, now: dt.datetime) -> bool:
    """Whether the portal can serve and its worker lives: database, schema, heartbeat."""
    return all(_look("", check, now).is_well for check in (_database, _schema, _worker))


def _look(name: str, check: Check, now: dt.datetime) -> Finding:
    try:
        return Finding(name, *check(now))
    except (DatabaseError, OSError) as error:
        return Finding(
            name, False, f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"
        )


def _configuration(now: dt.datetime) -> tuple[bool, str]:
    said = run_checks(include_deployment_checks=not settings.LOCAL)
    found = [message for message in said if message.level >= WARNING and not message.is_silenced()]
    if found:
        return False, "; ".join(f"{message.id}: {message.msg}" for message in found)
    return True, _("local default") if settings.LOCAL else _("an installation, no warning")


def _database(now: dt.datetime) -> tuple[bool, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        if connection.vendor == "postgresql" and not settings.LOCAL:
            cursor.execute("SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'campaigns_auditentry'")
            row = cursor.fetchone()
            if row and row[0]:
                return False, _("The role that serves requests owns the tables: see operations.md, Two database roles.")
    return True, connection.vendor


def _schema(now: dt.datetime) -> tuple[bool, str]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return False, _("%(count)s migrations wait: run manage.py migrate.") % {"count": len(waiting)}
    return True, _("up to date")


def _clock(now: dt.datetime) -> tuple[bool, str]:
    if connection.vendor != "postgresql":
        return True, _("the database has this machine's clock")
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        drift = abs(cursor.fetchone()[0] - dt.datetime.now(dt.UTC))
    said = {"seconds": f"{drift.total_seconds():.1f}"}
    return drift <= MOST_DRIFT, _("%(seconds)s s from the database's clock") % said


def _worker(now: dt.datetime) -> tuple[bool, str]:
    beat = Heartbeat.objects.first()
    if beat is None or now - beat.at > SILENCE:
        when = local_datetime(beat.at) if beat else pgettext("heartbeat", "never")
        return False, _("The sweeper last ran: %(when)s. Start worker and beat, look at the broker.") % {"when": when}
    return True, _("swept at %(when)s") % {"when": local_datetime(beat.at)}


def _queue(now: dt.datetime) -> tuple[bool, str]:
    dead = OutboxMessage.objects.filter(state=OutboxState.DEAD).count()
    late = OutboxMessage.objects.filter(state=OutboxState.PENDING, available_at__lt=now - SILENCE).count()
    if dead or late:
        return False, _("%(dead)s messages were given up, %(late)s wait too long.") % {"dead": dead, "late": late}
    return True, _("nothing waits too long")


def _scores(now: dt.datetime) -> tuple[bool, str]:
    yesterday = local_day(now) - dt.timedelta(days=1)
    behind = []
    for campaign in Campaign.objects.filter(status=CampaignStatus.OPEN, starts_on__lte=yesterday):
        last = last_snapshot(campaign)
        if last is None or last.day < min(yesterday, campaign.ends_on):
            behind.append(f"{campaign.code} ({local_date(last.day) if last else _('never')})")
    if behind:
        return False, _("Not scored up to yesterday: %(campaigns)s.") % {"campaigns": ", ".join(behind)}
    return True, _("every running campaign is scored up to yesterday")


def _letters(now: dt.datetime) -> tuple[bool, str]:
    failed = Mail.objects.filter(state=MailState.FAILED).count()
    return not failed, _("%(count)s letters were given up") % {"count": failed}


def _evidence(now: dt.datetime) -> tuple[bool, str]:
    damaged = EvidenceFault.objects.filter(mended_at__isnull=True).count()
    return not damaged, _("%(count)s damaged files") % {"count": damaged}


def _disk(now: dt.datetime) -> tuple[bool, str]:
    root = Path(settings.EVIDENCE_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=root):
        free = shutil.disk_usage(root).free
    said = {"free": f"{free / 1e9:.1f}", "root": root}
    return free >= LEAST_FREE, _("%(free)s GB free under %(root)s") % said


def _backups(now: dt.datetime) -> tuple[bool, str]:
    if not settings.BACKUP_ROOT:
        return settings.LOCAL, _("BACKUP_ROOT is not set: nobody knows whether there are copies.")
    found = backups(Path(settings.BACKUP_ROOT))
    if not found:
        return False, _("No copy under %(root)s: run manage.py backup.") % {"root": settings.BACKUP_ROOT}
    made = dt.datetime.fromtimestamp(os.stat(found[0]).st_mtime, dt.UTC)
    return now - made <= BACKUP_AGE, _("%(count)s copies, the latest of %(when)s") % {
        "count": len(found),
        "when": local_datetime(made),
    }


def _trail(now: dt.datetime) -> tuple[bool, str]:
    trail = verify()
    if trail.fault is not None:
        return False, trail.fault.sentence
    return True, _("%(count)s entries are whole") % {"count": trail.entries}
