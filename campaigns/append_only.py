"""Records that are kept as they were written, refused by the database itself: triggers on both databases.

One table of rules. Whatever writes past the models (a shell, a forgotten ``.update()``, a borrowed password)
meets the trigger; on PostgreSQL the application role has no right to it either (``app_role.py``).
An app above adds its own tables with ``protect(…)`` from its AppConfig.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

VERDICT_COLUMNS = (
    "verdict",
    "verdict_at",
    "verdict_by_id",
    "verdict_by_name",
    "verified_value",
    "verified_completed_on",
    "verdict_reason",
)
_WITHDRAWAL = ("withdrawn_at", "withdrawn_by_id", "withdrawal_reason")
_WITHDRAWN_ONCE = "OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL"


@dataclass(frozen=True)
class Rule:
    """How one table may still change after a row is inserted. Rows are never deleted."""

    table: str
    writable: tuple[str, ...] = ()  # the only columns an UPDATE may touch
    condition: str = ""  # SQL over OLD and NEW that must hold for such an UPDATE
    by_application: bool = True  # whether the application role may do it, or the owner of the tables only


RULES: dict[str, Rule] = {}


def protect(*rules: Rule) -> None:
    """Register tables whose rows are never deleted and change only as their rule says. One rule a table."""
    for rule in rules:
        if RULES.setdefault(rule.table, rule) != rule:
            raise ValueError(f"{rule.table} has another rule already")


protect(
    Rule("campaigns_measurement", VERDICT_COLUMNS, "OLD.verdict = '' AND NEW.verdict <> ''"),
    Rule("campaigns_submission"),
    Rule("campaigns_measurementevidence"),
    Rule("campaigns_evidencefile"),
    Rule("campaigns_targetrevision", ("superseded_from",), "OLD.superseded_from IS NULL"),
    Rule("campaigns_reopening"),
    Rule("campaigns_reminder"),
    Rule("campaigns_threadmessage"),
    Rule("campaigns_threadmessage_files"),
    Rule("campaigns_incident", _WITHDRAWAL, _WITHDRAWN_ONCE),
    Rule("campaigns_activity", _WITHDRAWAL, _WITHDRAWN_ONCE),
    Rule("campaigns_activity_files"),
    Rule("campaigns_auditentry"),
    # Erasing by law empties a payload and its salt (which would let a short payload be guessed), and is the owner's.
    Rule("campaigns_auditpayload", ("content", "salt"), "NEW.content = '' AND NEW.salt = ''", by_application=False),
    Rule("campaigns_audithead", ("sequence", "hash"), "NEW.sequence = OLD.sequence + 1"),
)

_REFUSE = """
CREATE OR REPLACE FUNCTION portal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append-only: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def install(connection: BaseDatabaseWrapper, *, complete: bool = False) -> int:
    """Create the triggers anew on every protected table that exists; return how many tables have them now.

    The columns are read from the database, so that a column added later is frozen by itself. In a migration a table
    may still lack columns that its rule names: it gets its triggers after the last one, when everything must be
    there (``complete``: raises ValueError for a rule that names a column its table does not have).
    """
    drop(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_REFUSE)
        rules = [rule for rule in _present(connection, cursor) if complete or not _unknown(connection, cursor, rule)]
        for rule in rules:
            for statement in _statements(connection, cursor, rule):
                cursor.execute(statement)
    return len(rules)


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers: for a migration that must rewrite rows, and between tests."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for rule in _present(connection, cursor):
            for name in _names(rule):
                on = f" ON {quote(rule.table)}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {quote(name)}{on}")


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let a migration (run by the owner of the tables) rewrite protected rows."""
    drop(connection)
    try:
        yield
    finally:
        install(connection)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of triggers that should exist and do not."""
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = {row[0] for row in cursor.fetchall()}
        rules = _present(connection, cursor)
    kinds = slice(None) if connection.vendor == "postgresql" else slice(2)
    return sorted({name for rule in rules for name in _names(rule)[kinds]} - found)


def _names(rule: Rule) -> tuple[str, str, str]:
    return f"{rule.table}_no_update", f"{rule.table}_no_delete", f"{rule.table}_no_truncate"


def _present(connection: BaseDatabaseWrapper, cursor: Any) -> list[Rule]:
    tables = set(connection.introspection.table_names(cursor))
    return [rule for rule in RULES.values() if rule.table in tables]


def _statements(connection: BaseDatabaseWrapper, cursor: Any, rule: Rule) -> Iterator[str]:
    quote = connection.ops.quote_name
    table, (update, delete, truncate) = quote(rule.table), _names(rule)
    allowed = _allowed(connection, cursor, rule)
    if connection.vendor == "postgresql":
        call = "EXECUTE FUNCTION portal_append_only()"
        yield f"CREATE TRIGGER {quote(update)} BEFORE UPDATE ON {table} FOR EACH ROW WHEN (NOT ({allowed})) {call}"
        yield f"CREATE TRIGGER {quote(delete)} BEFORE DELETE ON {table} FOR EACH ROW {call}"
        yield f"CREATE TRIGGER {quote(truncate)} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}"
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, 'append-only: {rule.table}'); END"
    yield f"CREATE TRIGGER {quote(update)} BEFORE UPDATE ON {table} WHEN NOT ({allowed}) {refuse}"
    yield f"CREATE TRIGGER {quote(delete)} BEFORE DELETE ON {table} {refuse}"


def _allowed(connection: BaseDatabaseWrapper, cursor: Any, rule: Rule) -> str:
    """SQL that holds for an UPDATE the rule allows: every other column unchanged, and the rule's condition."""
    if not rule.writable:
        return "1 = 0"
    same = "IS NOT DISTINCT FROM" if connection.vendor == "postgresql" else "IS"
    columns = [column.name for column in connection.introspection.get_table_description(cursor, rule.table)]
    if unknown := _unknown(connection, cursor, rule):
        raise ValueError(f"{rule.table} has no column {', '.join(sorted(unknown))}")
    frozen = [connection.ops.quote_name(column) for column in columns if column not in rule.writable]
    return " AND ".join([*(f"NEW.{column} {same} OLD.{column}" for column in frozen), f"({rule.condition})"])


def _unknown(connection: BaseDatabaseWrapper, cursor: Any, rule: Rule) -> set[str]:
    """Columns that the rule names and the table does not have."""
    columns = connection.introspection.get_table_description(cursor, rule.table)
    return set(rule.writable) - {column.name for column in columns}
