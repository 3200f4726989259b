"""Invitations: a person sets their own first password through a link that works once, for three days.

The link is worked out from the account and kept nowhere: not in a letter waiting to be sent, not in a copy.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from campaigns.enums import Role
from campaigns.models import Organiser, User
from campaigns.outbox_registry import Clock, NotYet
from campaigns.permissions import Permission, require

from .audit import record
from .outbox import enqueue
from .people import end_sessions, give_role, save_person
from .records import PlanRefused

TOPIC = "person.invitation"
VALID = dt.timedelta(hours=72)


class InvitationTokens(PasswordResetTokenGenerator):
    """Django's signed tokens, bound to the one invitation that is open; used up by the password they set."""

    key_salt = "campaigns.invitation"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.invited_at}{user.is_active}"

    def check_token(self, user: Any, token: str | None) -> bool:
        """Whether the token is that of the person's open invitation, of which ``is_open`` says until when."""
        return bool(user and user.is_active and user.invited_at and super().check_token(user, token))


tokens = InvitationTokens()


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """One account to be made: who, how to sign in, what they will do."""

    full_name: str
    username: str
    position: str = ""
    email: str = ""
    role: Role | None = None
    unit_id: int | None = None


def is_open(person: User, *, now: dt.datetime) -> bool:
    """Whether the person's invitation still lets them choose a password."""
    return person.invited_at is not None and now < person.invited_at + VALID


def link_of(person: User) -> str:
    """Return the whole address of the person's open invitation."""
    name = urlsafe_base64_encode(force_bytes(person.pk))
    path = reverse("account_invitation", kwargs={"uidb64": name, "token": tokens.make_token(person)})
    return f"{settings.PORTAL_URL.rstrip('/')}{path}"


@transaction.atomic
def invite(*, person_id: int, by: User, now: dt.datetime) -> User:
    """Open an invitation, closing any before it; the link goes by mail, if there is an address, and to the caller.

    A person who has a password keeps it until they choose another. Raises PermissionDenied, PlanRefused (an account
    that is switched off, one's own), User.DoesNotExist.
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    person = User.objects.select_for_update(of=("self",)).get(pk=person_id)
    if not person.is_active:
        raise PlanRefused(_("The account is switched off."))
    if person.pk == by.pk:
        raise PlanRefused(_("Change your own password by the menu."))
    person.invited_at = now
    person.save(update_fields=["invited_at"])
    if person.email:
        enqueue(topic=TOPIC, key=str(person.pk), now=now)
    record(action="person.invited", subject=person, by=by, now=now, after={"by_mail": bool(person.email)})
    return person


@transaction.atomic
def invite_newcomers(*, people: Iterable[Newcomer], valid_from: dt.date, by: User, now: dt.datetime) -> list[User]:
    """Make several accounts with their roles and invite each: all of them or none.

    Raises PermissionDenied, PlanRefused, ValidationError.
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    made = []
    for newcomer in people:
        account = User(
            full_name=newcomer.full_name,
            username=newcomer.username,
            position=newcomer.position,
            email=newcomer.email,
        )
        account.set_unusable_password()
        person = save_person(person=account, by=by, now=now)
        if newcomer.role is not None:
            give_role(
                person_id=person.pk, role=newcomer.role, unit_id=newcomer.unit_id, valid_from=valid_from, by=by, now=now
            )
        made.append(invite(person_id=person.pk, by=by, now=now))
    return made


@transaction.atomic
def choose_password(*, person_id: int, token: str, password: str, now: dt.datetime) -> User:
    """Set the password a person has chosen (validated by the caller's form) and close the invitation.

    Every session of before ends. Raises PlanRefused (the link is used up, too old, or not theirs).
    """
    person = User.objects.select_for_update(of=("self",)).get(pk=person_id)
    if not is_open(person, now=now) or not tokens.check_token(person, token):
        raise PlanRefused(_("The link has been used or is too old. Ask for a new one."))
    person.set_password(password)
    person.invited_at = None
    person.save(update_fields=["password", "invited_at"])
    end_sessions(person)
    record(action="person.password_chosen", subject=person, by=person, now=now)
    return person


def send_letter(*, person_id: int, clock: Clock) -> str:
    """Send the link of an invitation that is open. Raises NotYet while the mail server is away."""
    person = User.objects.get(pk=person_id)
    if not (person.is_active and person.email and is_open(person, now=clock())):
        return "The invitation is not open any more."
    with translation.override(person.language):
        organiser = Organiser.objects.first()
        context = {"person": person, "link": link_of(person), "organiser": organiser, "until": _until(person)}
        subject = _("Your account of the emulation portal")
        text = render_to_string("mail/invitation.txt", context, using="text")
    try:
        send_mail(subject, text, None, [person.email])
    except OSError as error:
        raise NotYet(f"{type(error).__name__}", seconds=120) from error
    return f"Invitation of {person_id} sent."


def _until(person: User) -> dt.datetime | None:
    return person.invited_at + VALID if person.invited_at else None
