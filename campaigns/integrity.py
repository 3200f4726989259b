"""What must be true of the database after every migration: triggers, the chain's head row, the role's rights.

SQLite rebuilds a table to alter it and loses its triggers, and a new table has no grants: so this is done
again after each ``migrate``, not once in a migration.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connections

from campaigns import app_role, append_only
from campaigns.models import AuditHead


def after_migrate(sender: AppConfig, *, using: str, **signal: Any) -> None:
    """Bring the database back to what the code relies on (receiver of ``post_migrate``)."""
    connection = connections[using]
    if AuditHead._meta.db_table not in connection.introspection.table_names():
        return
    AuditHead.objects.using(using).get_or_create(pk=1)
    append_only.install(connection, complete=True)
    role = getattr(settings, "DATABASE_APP_ROLE", "")
    migrated = "plan" in signal  # flush sends the signal too, and takes no right away
    if role and migrated and connection.vendor == "postgresql" and app_role.exists(connection, role):
        app_role.grant(connection, role)
