"""``manage.py erase_person NAME --document NUMBER --reason TEXT``: pseudonymise a person who has left, by law."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from campaign_portal.retention import erase_person
from campaigns.actions.records import PlanRefused
from campaigns.models import User


class Command(BaseCommand):
    help = (
        "Give the account of a person who has left a pseudonym and delete their letters, notices and sign-ins. Names "
        "in records stay. It cannot be undone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--document", required=True, help="number of the document that orders it")
        parser.add_argument("--reason", required=True)

    def handle(self, *, username: str, document: str, reason: str, **_options: Any) -> str:
        try:
            person = erase_person(username=username, document_number=document, reason=reason, now=timezone.now())
        except User.DoesNotExist as missing:
            raise CommandError(f"Nobody signs in as {username}.") from missing
        except PlanRefused as refused:
            raise CommandError(str(refused)) from refused
        return f"{username} is {person.username} now."
