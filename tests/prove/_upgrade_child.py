"""What the proof of upgrades asks of the database, as the owner of its tables: ``… back APP.NAME …`` or ``… look``."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from typing import Any

os.environ["PORTAL_AS_OWNER"] = "1"  # before the settings are read


def go_back(targets: list[str]) -> dict[str, Any]:
    """Take migrations back until each app stands at its named one; ``zero`` is not asked for."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    executor.migrate([tuple(target.split(".")) for target in targets])  # type: ignore[misc]  # pairs
    return look()


def look() -> dict[str, Any]:
    """Columns with a digest of their values, constraints and indexes, triggers that lack, what is applied."""
    from django.db import connection

    from campaigns import append_only

    columns, rows, rules = {}, {}, {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            described = connection.introspection.get_table_description(cursor, table)
            names = [column.name for column in described]
            quoted = ", ".join(connection.ops.quote_name(name) for name in names)
            cursor.execute(f"SELECT {quoted} FROM {connection.ops.quote_name(table)} ORDER BY 1")
            values = cursor.fetchall()
            rows[table] = len(values)
            for column, content in zip(
                described, zip(*values, strict=True) if values else [()] * len(names), strict=True
            ):
                kind = [str(column.type_code), column.null_ok, str(column.default)]
                columns[f"{table}.{column.name}"] = [kind, hashlib.sha256(repr(content).encode()).hexdigest()]
            found = connection.introspection.get_constraints(cursor, table)
            rules[table] = sorted(json.dumps([name, rule], sort_keys=True, default=str) for name, rule in found.items())
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        applied = [".".join(pair) for pair in cursor.fetchall()]
    return {
        "columns": columns,
        "rows": rows,
        "rules": rules,
        "lacking": append_only.missing(connection),
        "applied": applied,
    }


def plan() -> list[str]:
    """Our own migrations in the order in which they are applied."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    graph = MigrationExecutor(connection).loader.graph
    found: list[str] = []
    for leaf in graph.leaf_nodes():
        for app, name in graph.forwards_plan(leaf):
            if app in {"campaigns", "scoring", "awards"} and f"{app}.{name}" not in found:
                found.append(f"{app}.{name}")
    return found


if __name__ == "__main__":
    import django

    django.setup()
    asked = sys.argv[1]
    print(json.dumps(go_back(sys.argv[2:]) if asked == "back" else plan() if asked == "plan" else look()))
