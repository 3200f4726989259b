"""What the application's own PostgreSQL role may do: a role that owns no table.

The owner (``DATABASE_OWNER_URL``) migrates; the role (``DATABASE_URL``) serves requests and works. It reads and
inserts, changes only what may change, deletes only what is listed here, and can neither truncate a table nor
switch a trigger off, because both belong to the owner. Protected tables (``append_only.py``) get column grants.
"""

from __future__ import annotations

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from campaigns.append_only import RULES

#: Tables whose rows the application deletes: what is typed and not sent, a plan in preparation, sign-in state, what a
#: person keeps for themselves, pictures that are drawn anew.
DELETABLE: set[str] = {
    "campaigns_draftvalue",
    "campaigns_draftvalue_files",
    "campaigns_area",
    "campaigns_bloc",
    "campaigns_indicator",
    "campaigns_participant",
    "campaigns_period",
    "campaigns_target",
    "campaigns_reminderrule",
    "campaigns_holiday",
    "campaigns_savedview",
    "campaigns_noticepreference",
    "campaigns_preview",
    "campaigns_previewpage",
    "campaigns_user_groups",
    "campaigns_user_user_permissions",
    "auth_group",
    "auth_group_permissions",
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "usersessions_usersession",
    "socialaccount_socialaccount",
    "axes_accessattempt",
    "axes_accessattemptexpiration",
    "axes_accessfailurelog",
    "django_session",
}

#: Tables only a migration writes.
READ_ONLY = {"django_migrations", "django_content_type", "auth_permission"}

#: Logs of other packages: written once.
INSERT_ONLY = {"django_admin_log"}


def may_delete(*tables: str) -> None:
    """Register further tables whose rows the application deletes (an app above calls it from its AppConfig)."""
    DELETABLE.update(tables)


def rights(table: str) -> list[str]:
    """Return what the application may do with a table, as SQL privileges."""
    if table in READ_ONLY:
        return ["SELECT"]
    rule = RULES.get(table)
    if rule is not None:
        columns = ", ".join(f'"{column}"' for column in rule.writable) if rule.by_application else ""
        return ["SELECT", "INSERT", *([f"UPDATE ({columns})"] if columns else [])]
    if table in INSERT_ONLY:
        return ["SELECT", "INSERT"]
    return ["SELECT", "INSERT", "UPDATE", *(["DELETE"] if table in DELETABLE else [])]


def exists(connection: BaseDatabaseWrapper, role: str) -> bool:
    """Whether the server knows the role."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        return cursor.fetchone() is not None


def create(connection: BaseDatabaseWrapper, role: str, *, password: str = "") -> bool:
    """Create the role, or set its password again; return whether it is new."""
    new = not exists(connection, role)
    name = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        if new:
            cursor.execute(f"CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION")
        if password:
            cursor.execute(f"ALTER ROLE {name} PASSWORD %s", [password])
    return new


def too_powerful(connection: BaseDatabaseWrapper, role: str) -> str:
    """Return why the role must not serve requests, or an empty text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreaterole OR rolbypassrls FROM pg_roles WHERE rolname = %s", [role])
        row = cursor.fetchone()
        if row and row[0]:
            return "it is a superuser, creates roles or bypasses row security"
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace"
            " AND c.relkind IN ('r', 'p') AND pg_has_role(%s, c.relowner, 'MEMBER') ORDER BY 1 LIMIT 1",
            [role],
        )
        owned = cursor.fetchone()
        return f"it owns {owned[0]}, or is a member of the role that does" if owned else ""


def grant(connection: BaseDatabaseWrapper, role: str) -> int:
    """Give the role exactly its rights on every table, taking away all others first; return the number of tables.

    One transaction: requests never meet a table without rights. Raises ValueError for a role that would not be bound.
    """
    reason = too_powerful(connection, role)
    if reason:
        raise ValueError(f"{role} cannot be the application's role: {reason}.")
    name, quote = connection.ops.quote_name(role), connection.ops.quote_name
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_database()")
        schema, database = (quote(part) for part in cursor.fetchone())
        cursor.execute(f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name}")  # column grants go with them
        cursor.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {name}")
        cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {name}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}")
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute(f"GRANT {', '.join(rights(table))} ON {quote(table)} TO {name}")
    return len(tables)
