"""E-mail: notices are put together into one letter a person, each letter is sent until a server takes it.

Two outbox topics: ``mail.collect`` writes the letters a little after the first notice, so that twenty returned
values are one letter; ``mail.send`` sends one. A letter keeps its Message-ID, so a server that got it before the
worker died drops the second copy.
"""

from __future__ import annotations

import datetime as dt
import smtplib
import uuid
from collections import defaultdict
from collections.abc import Collection
from email.utils import parseaddr

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.enums import MailState
from campaigns.models import Mail, Notice, Organiser, User
from campaigns.outbox_registry import Clock, NotYet
from campaigns.permissions import Permission, can

from .audit import record
from .outbox import enqueue, enqueue_each

COLLECT, SEND = "mail.collect", "mail.send"
COLLECT_AFTER = 120  # seconds: what happens in a burst goes into one letter
AT_ONCE = 500  # notices put into letters in one transaction
STALE = dt.timedelta(days=3)  # a notice that could not be put into a letter by then is only in the portal
#: Seconds before each further attempt: about fifteen hours of a mail server being away.
PAUSES = (60, 300, 900, 3_600, 7_200, 14_400, 28_800)
#: Who may see what became of e-mails and have one sent again.
KEEPERS = (Permission.FOLLOW_UP, Permission.MANAGE_ACCOUNTS)


def collect_later(*, now: dt.datetime) -> None:
    """Ask for letters to be written from the notices that wait for one."""
    enqueue(topic=COLLECT, key="all", now=now, delay=COLLECT_AFTER)


def collect(*, clock: Clock) -> str:
    """Write the letters of all notices that wait for one, one letter a person. One sentence."""
    letters = 0
    while True:
        with transaction.atomic():
            found = _waiting(now=clock())
            letters += len(_write_letters(found, now=clock()))
        if len(found) < AT_ONCE:
            return f"{letters} letters written."


def _waiting(*, now: dt.datetime) -> list[Notice]:
    rows = Notice.objects.filter(by_mail=True, mail__isnull=True)
    rows.filter(created_at__lt=now - STALE).update(by_mail=False)
    rows = rows.order_by("person_id", "pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(of=("self",), skip_locked=True)
    return list(rows.select_related("person")[:AT_ONCE])


def _write_letters(notices: Collection[Notice], *, now: dt.datetime) -> list[Mail]:
    by_person: dict[User, list[Notice]] = defaultdict(list)
    for notice in notices:
        by_person[notice.person].append(notice)
    letters = []
    for person, told in by_person.items():
        if not (person.is_active and person.email):
            Notice.objects.filter(pk__in=[notice.pk for notice in told]).update(by_mail=False)
            continue
        with translation.override(person.language):
            subject, text = letter_words(person, told)
        letter = Mail.objects.create(
            person=person,
            address=person.email,
            subject=subject,
            text=text,
            message_id=new_message_id(),
            created_at=now,
        )
        Notice.objects.filter(pk__in=[notice.pk for notice in told]).update(mail=letter)
        letters.append(letter)
    enqueue_each(topic=SEND, keys=[str(letter.pk) for letter in letters], now=now)
    return letters


def letter_words(person: User, told: list[Notice]) -> tuple[str, str]:
    """Return subject and text of the letter about these notices, in the language that is active."""
    organiser = Organiser.objects.first()
    sender = organiser.short_name if organiser else _("Emulation portal")
    title = told[0].title
    if len(told) > 1:
        others = ngettext("%(title)s (and %(count)d more)", "%(title)s (and %(count)d more)", len(told) - 1)
        title = others % {"title": title, "count": len(told) - 1}
    context = {
        "person": person,
        "notices": told,
        "organiser": organiser,
        "portal": settings.PORTAL_URL,
    }
    subject = " ".join(f"[{sender}] {title}".split())
    return subject[:300], render_to_string("mail/notices.txt", context, using="text")


def new_message_id() -> str:
    """Return a Message-ID of this installation, never given before."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    return f"<{uuid.uuid4().hex}@{domain}>"


def send(*, mail_id: int, clock: Clock) -> str:
    """Send a letter that waits. Tried again later when the server is away; given up when it refuses for good.

    The outbox lets one worker have it at a time. Raises NotYet.
    """
    letter = Mail.objects.get(pk=mail_id)
    if letter.state != MailState.WAITING:
        return f"Letter {mail_id} is {letter.state} already."
    letter.attempts += 1
    letter.save(update_fields=["attempts"])  # before sending: an attempt that takes its process down counts
    try:
        message_of(letter).send()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return _failed(letter, error)
    _settle(letter, MailState.SENT, sent_at=clock(), last_error="")
    return f"Letter {mail_id} sent."


def message_of(letter: Mail) -> EmailMessage:
    """Return the letter as it goes to the server."""
    headers = {"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"}
    return EmailMessage(letter.subject, letter.text, to=[letter.address], headers=headers)


def _failed(letter: Mail, error: Exception) -> str:
    words = f"{type(error).__name__}: {error}"[:500]
    if _is_final(error) or letter.attempts > len(PAUSES):
        _settle(letter, MailState.FAILED, last_error=words)
        return f"Letter {letter.pk} given up."
    letter.last_error = words
    letter.save(update_fields=["last_error"])
    raise NotYet(words, seconds=PAUSES[letter.attempts - 1])


def _is_final(error: Exception) -> bool:
    """Whether the server will never take this letter: the address or the content is refused with a 5xx."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, ValueError)  # a header or address that cannot be written


def _settle(letter: Mail, state: MailState, **columns: object) -> None:
    Mail.objects.filter(pk=letter.pk).update(state=state, **columns)


@transaction.atomic
def send_again(*, mail_id: int, by: User, now: dt.datetime) -> Mail:
    """Have a letter that was given up (or got stuck) sent again, to the person's address of today.

    It keeps its Message-ID. A letter that was sent stays as it is. Raises PermissionDenied.
    """
    if not any(can(by, permission) for permission in KEEPERS):
        raise PermissionDenied
    letter = Mail.objects.select_for_update(of=("self",)).select_related("person").get(pk=mail_id)
    if letter.state == MailState.SENT:
        return letter
    letter.state, letter.attempts, letter.last_error = MailState.WAITING, 0, ""
    letter.address = letter.person.email or letter.address
    letter.save(update_fields=["state", "attempts", "last_error", "address"])
    enqueue(topic=SEND, key=str(letter.pk), now=now)
    record(action="mail.sent_again", subject=None, by=by, now=now, after={"person": letter.person.full_name})
    return letter
