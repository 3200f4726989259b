"""A copy of everything, and everything back from it: the database first, then the evidence.

Evidence is only ever added and lies under the hash of its content, so every file that a row of the copied database
names is in a copy of the folder made afterwards, whatever is written meanwhile. The manifest says what the copy holds
(rows of each table, the head of the audit trail, hashes), all of one moment, and a restored portal is held against it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from campaigns.evidence import hash_of
from campaigns.models import AuditHead

MANIFEST, EVIDENCE, POSTGRES, SQLITE = "manifest.json", "evidence", "database.dump", "database.sqlite3"
FORMAT = 1
_PREFIX, _PARTIAL = "portal-", ".partial"


class BackupRefused(Exception):
    """Why nothing was written or restored, in one sentence."""


@dataclass(frozen=True)
class Manifest:
    """What a copy holds, all of one moment."""

    format: int
    made_at: str  # ISO, UTC
    database: str  # postgresql, sqlite
    database_sha256: str
    rows: dict[str, int]  # by table
    audit_head: str  # SEQ:HASH
    migrations: dict[str, str]  # the last one of each app
    evidence: dict[str, int]  # path under the folder → size; the name is the SHA-256 of the content

    def summary(self) -> str:
        rows, files, size = sum(self.rows.values()), len(self.evidence), sum(self.evidence.values())
        return f"{rows} rows, {files} files ({size} bytes), audit head {self.audit_head}"


# --- the copy ----------------------------------------------------------------------------------------------


def make_backup(folder: Path, *, now: dt.datetime) -> Path:
    """Write a copy into a new folder below ``folder`` and return it; it appears whole or not at all.

    Raises BackupRefused.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{_PREFIX}{now.astimezone(dt.UTC):%Y%m%d-%H%M%S}"
    target, partial = folder / name, folder / (name + _PARTIAL)
    if target.exists():
        raise BackupRefused(f"{target} is there already.")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    with _one_moment() as moment:
        rows, head, migrations = _row_counts(), _audit_head(), _last_migrations()
        file = _dump(partial, moment)
    evidence = _copy_evidence(Path(settings.EVIDENCE_ROOT), partial / EVIDENCE)
    manifest = Manifest(
        FORMAT, now.astimezone(dt.UTC).isoformat(), connection.vendor, hash_of(file), rows, head, migrations, evidence
    )
    (partial / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1, sort_keys=True), "utf-8")
    os.replace(partial, target)
    return target


def backups(folder: Path) -> list[Path]:
    """Return the whole copies below ``folder``, the latest first."""
    found = (path for path in folder.glob(f"{_PREFIX}*") if (path / MANIFEST).is_file())
    return sorted((path for path in found if not path.name.endswith(_PARTIAL)), reverse=True)


def keep_latest(folder: Path, count: int) -> list[Path]:
    """Remove all copies but the latest ``count``; return what was removed."""
    old = backups(folder)[count:]
    for path in old:
        shutil.rmtree(path)
    return old


@contextmanager
def _one_moment() -> Iterator[str]:
    """Hold one moment of the database; yield the name under which PostgreSQL lets its programs see the same.

    On SQLite the transaction itself holds writers back (IMMEDIATE); readers go on.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            yield ""
            return
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def _dump(folder: Path, moment: str) -> Path:
    if connection.vendor == "sqlite":
        file = folder / SQLITE
        _copy_sqlite(Path(settings.DATABASES["default"]["NAME"]), file)
        return file
    file = folder / POSTGRES
    _postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}", f"--file={file}")
    return file


def _copy_sqlite(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as there, sqlite3.connect(target) as here:
        there.backup(here)
    here.close()
    there.close()


def _copy_evidence(source: Path, target: Path) -> dict[str, int]:
    """Copy what is not there yet; return the size of every file under the folder."""
    target.mkdir(parents=True, exist_ok=True)
    sizes = {}
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        if not path.is_file() or len(path.name) != 64:
            continue  # what is just being written has another name
        relative = path.relative_to(source)
        copy = target / relative
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
        sizes[relative.as_posix()] = copy.stat().st_size
    return sizes


# --- what a moment holds -----------------------------------------------------------------------------------


def _row_counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        counts = {}
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608  # the catalogue's own names
            counts[table] = int(cursor.fetchone()[0])
    return counts


def _audit_head() -> str:
    head = AuditHead.objects.first()
    return f"{head.sequence}:{head.hash}" if head else "0:"


def _last_migrations() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, MAX(name) FROM django_migrations GROUP BY app ORDER BY app")
        return dict(cursor.fetchall())


# --- everything back ---------------------------------------------------------------------------------------


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest after checking every hash it names. Raises BackupRefused for the first fault."""
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise BackupRefused(f"{folder} has no readable manifest.") from error
    if manifest.format != FORMAT:
        raise BackupRefused(f"The copy has format {manifest.format}; this portal reads {FORMAT}.")
    file = folder / (SQLITE if manifest.database == "sqlite" else POSTGRES)
    if not file.is_file() or hash_of(file) != manifest.database_sha256:
        raise BackupRefused(f"{file} is missing or not what was written.")
    for relative in manifest.evidence:
        path = folder / EVIDENCE / relative
        if not path.is_file() or hash_of(path) != path.name:
            raise BackupRefused(f"{path} is missing or not what was written.")
    return manifest


def restore_backup(folder: Path, *, force: bool = False) -> Manifest:
    """Bring database and evidence back from a copy, and hold the rows against its manifest.

    The database must be empty, unless ``force`` says that what is in it may go. Evidence is added, never removed.
    Migrating to the current schema afterwards is the caller's. Raises BackupRefused.
    """
    manifest = read_manifest(folder)
    if manifest.database != connection.vendor:
        raise BackupRefused(f"The copy is of {manifest.database}, this database is {connection.vendor}.")
    if not force and _has_rows():
        raise BackupRefused("The database is not empty; --force replaces what is in it.")
    connection.close()
    if manifest.database == "sqlite":
        _restore_sqlite(folder / SQLITE)
    else:
        _postgres("pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction",
                  "--exit-on-error", f"--dbname={_dsn()}", str(folder / POSTGRES), named=False)  # fmt: skip
    _copy_evidence(folder / EVIDENCE, Path(settings.EVIDENCE_ROOT))
    found = _row_counts()
    if found != manifest.rows or _audit_head() != manifest.audit_head:
        different = sorted(table for table in {*found, *manifest.rows} if found.get(table) != manifest.rows.get(table))
        raise BackupRefused(f"What came back is not what the manifest names: {', '.join(different) or 'audit head'}.")
    return manifest


def _has_rows() -> bool:
    with connection.cursor() as cursor:
        if "campaigns_user" not in connection.introspection.table_names(cursor):
            return False
        cursor.execute("SELECT EXISTS (SELECT 1 FROM campaigns_user)")
        return bool(cursor.fetchone()[0])


def _restore_sqlite(copy: Path) -> None:
    target = Path(settings.DATABASES["default"]["NAME"])
    fresh = target.with_name(target.name + _PARTIAL)
    shutil.copyfile(copy, fresh)
    for leftover in ("-wal", "-shm"):  # of the database that goes
        target.with_name(target.name + leftover).unlink(missing_ok=True)
    os.replace(fresh, target)


# --- PostgreSQL's own programs -----------------------------------------------------------------------------


def _dsn() -> str:
    """Return how its programs reach the database; the password travels in the environment."""
    parameters = connection.get_connection_params()
    parts = {name: parameters.get(name) for name in ("host", "port", "user", "dbname")}
    return " ".join(f"{name}='{value}'" for name, value in parts.items() if value)


def _postgres(program: str, *arguments: str, named: bool = True) -> None:
    """Run a program of PostgreSQL. Raises BackupRefused with its last line where it fails."""
    found = Path(settings.POSTGRES_BIN) / program if settings.POSTGRES_BIN else Path(program)
    command = [str(found), *([f"--dbname={_dsn()}"] if named else []), *arguments]
    environment = os.environ | {"PGPASSWORD": str(connection.get_connection_params().get("password") or "")}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    except FileNotFoundError as error:
        raise BackupRefused(f"{program} is not installed (or POSTGRES_BIN names no folder that has it).") from error
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [""]
        raise BackupRefused(f"{program} failed: {lines[-1]}")
