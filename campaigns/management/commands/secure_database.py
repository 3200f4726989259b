"""``manage.py secure_database --role NAME``: create and bind the role the portal works as (PostgreSQL)."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from campaigns import app_role, append_only


class Command(BaseCommand):
    help = (
        "Create the PostgreSQL role the portal works as and give it exactly its rights: it owns no table, so it can "
        "neither change kept records nor switch their triggers off. Run it as the owner, once; it may be repeated."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", required=True, help="name of the application's role (the user of DATABASE_URL)")
        parser.add_argument("--password-env", metavar="VAR", help="environment variable that holds its password")

    def handle(self, *, role: str, password_env: str | None, **_: Any) -> str:
        if connection.vendor != "postgresql":
            raise CommandError("SQLite has no roles: there the triggers alone keep the records.")
        password = ""
        if password_env:
            password = os.environ.get(password_env, "")
            if not password:
                raise CommandError(f"The environment variable {password_env} is empty.")
        new = app_role.create(connection, role, password=password)
        append_only.install(connection, complete=True)
        try:
            tables = app_role.grant(connection, role)
        except ValueError as error:
            raise CommandError(str(error)) from error
        return f"Role {role} {'created' if new else 'kept'}; rights set on {tables} tables."
