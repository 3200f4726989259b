#!/usr/bin/env python
"""Command line of the portal: ``manage.py COMMAND --help``."""

import os
import sys

#: Commands that change tables or purge rows; they connect as the owner of the tables
#: (DATABASE_OWNER_URL), everything else as the application role (DATABASE_URL).
OWNER_COMMANDS = {
    "migrate",
    "flush",
    "sqlmigrate",
    "test",
    "secure_database",
    "backup",
    "restore",
    "retention",
    "erase_person",
}


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign_portal.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("PORTAL_AS_OWNER", "1")
    from django.core.management import execute_from_command_line  # Django reads the environment set above

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
