"""Create an administrator's account at the machine: Django's command of that name, in Vietnamese and in the trail."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from campaigns.actions.audit import origin
from campaigns.actions.people import create_administrator
from campaigns.models import User

#: What is asked of the account, by column; the last may stay empty.
ASKED = ("username", "full_name", "email")


class Command(BaseCommand):
    help = (
        "Create an administrator's account, who creates the others. With --noinput what is not said is read from "
        "DJANGO_SUPERUSER_USERNAME, _FULL_NAME, _EMAIL and _PASSWORD. No rule for passwords can be passed over."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name in ASKED:
            parser.add_argument(f"--{name.replace('_', '-')}")
        parser.add_argument("--noinput", "--no-input", action="store_false", dest="interactive", help="ask nothing")

    def handle(self, *, interactive: bool, **options: Any) -> None:
        with translation.override("vi"):
            if interactive and not sys.stdin.isatty():
                raise CommandError(_("Nobody can be asked here: use a terminal, or --noinput."))
            person = User(language="vi")
            for name in ASKED:
                self._fill(person, name, options[name], interactive=interactive)
            self._set_password(person, interactive=interactive)
            try:
                with origin(command="createsuperuser"):
                    create_administrator(person=person, now=timezone.now())
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
            self.stdout.write(_("%(name)s can sign in now.") % {"name": person})

    def _fill(self, person: User, name: str, said: str | None, *, interactive: bool) -> None:
        """Give the account one value that holds, asked for again until it does. Raises CommandError unasked."""
        field = next(field for field in User._meta.concrete_fields if field.name == name)
        label, others = capfirst(str(field.verbose_name)), {field.name for field in User._meta.fields} - {name}
        while True:
            if said is None:
                said = input(f"{label}: ") if interactive else os.environ.get(f"DJANGO_SUPERUSER_{name.upper()}", "")
            setattr(person, name, said.strip())
            try:
                person.clean_fields(exclude=others)
                person.validate_unique(exclude=others)
            except ValidationError as error:
                self._tell(f"{label}: {' '.join(error.messages)}", interactive=interactive, cause=error)
                said = None
            else:
                return

    def _set_password(self, person: User, *, interactive: bool) -> None:
        """Give the account a password that the portal's rules take. Raises CommandError where none can be asked for."""
        while True:
            if interactive:
                password = getpass(f"{_('Password')}: ")
                again = getpass(f"{_('Password again')}: ")
            else:
                password = again = os.environ.get("DJANGO_SUPERUSER_PASSWORD", "")
            try:
                if password != again:
                    raise ValidationError(_("The two passwords differ."))
                validate_password(password, person)
            except ValidationError as error:
                self._tell(" ".join(error.messages), interactive=interactive, cause=error)
            else:
                person.set_password(password)
                return

    def _tell(self, problem: str, *, interactive: bool, cause: ValidationError) -> None:
        """Say what does not hold to somebody who can mend it; without one it ends the command."""
        if not interactive:
            raise CommandError(problem) from cause
        self.stderr.write(problem)
