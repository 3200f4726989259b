"""How long what is no record is kept, and what is taken away of a person who has left (safety.md, row 53).

Reports, verdicts, scores, proposals, decisions, documents, evidence and the audit trail are records: no rule here
names them, and the database refuses to delete them. Both acts are run by the owner of the tables and leave an entry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.actions.audit import record
from campaigns.actions.people import end_sessions
from campaigns.actions.records import PlanRefused
from campaigns.enums import CampaignStatus, MailState, OutboxState
from campaigns.models import (
    AuditPayload,
    DraftValue,
    IdempotencyKey,
    Mail,
    Notice,
    NoticePreference,
    OutboxMessage,
    SavedView,
    User,
)
from campaigns.vietnamese import fold, normalise, sort_key


@dataclass(frozen=True)
class Kept:
    """One kind of rows that are no record: how long they are kept, and which are older than that."""

    key: str  # as the audit entry counts them
    words: str | Promise
    days: int
    older: Callable[[dt.datetime], QuerySet[Any]]


#: The whole table; docs/operations.md shows it, and a test compares.
KEPT = (
    Kept("sessions", gettext_lazy("sessions, after their end"), 0, lambda t: Session.objects.filter(expire_date__lt=t)),
    Kept(
        "session_list", gettext_lazy("the list of a person's sessions"), 7,
        lambda t: UserSession.objects.filter(last_seen_at__lt=t),
    ),
    Kept("form_keys", gettext_lazy("keys of forms that were sent"), 30, lambda t: _before(IdempotencyKey, t)),
    Kept(
        "failed_sign_ins", gettext_lazy("failed sign-ins"), 30,
        lambda t: AccessFailureLog.objects.filter(attempt_time__lt=t),
    ),
    Kept(
        "attempts", gettext_lazy("counts of failed sign-ins"), 30,
        lambda t: AccessAttempt.objects.filter(attempt_time__lt=t),
    ),
    Kept("sign_ins", gettext_lazy("sign-ins"), 365, lambda t: AccessLog.objects.filter(attempt_time__lt=t)),
    Kept(
        "finished_work", gettext_lazy("finished work of the worker"), 30,
        lambda t: OutboxMessage.objects.filter(state=OutboxState.DONE, finished_at__lt=t),
    ),
    Kept("read_notices", gettext_lazy("notices that were read"), 180, lambda t: Notice.objects.filter(read_at__lt=t)),
    Kept("notices", gettext_lazy("notices nobody read"), 730, lambda t: _before(Notice, t)),
    Kept(
        "letters", gettext_lazy("letters that were sent or given up"), 180,
        lambda t: _before(Mail, t).exclude(state=MailState.WAITING),
    ),
    Kept(
        "drafts", gettext_lazy("values typed and never sent, after the campaign's closing"), 365,
        lambda t: DraftValue.objects.filter(
            target__campaign__status=CampaignStatus.CLOSED, target__campaign__closed_at__lt=t, updated_at__lt=t
        ),
    ),
)  # fmt: skip


def _before(model: Any, moment: dt.datetime) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(created_at__lt=moment)
    return rows


def overdue(*, now: dt.datetime) -> dict[str, int]:
    """Return how many rows of each kind are older than they are kept."""
    return {kept.key: kept.older(now - dt.timedelta(days=kept.days)).count() for kept in KEPT}


@transaction.atomic
def purge(*, now: dt.datetime) -> dict[str, int]:
    """Delete what is older than it is kept; one audit entry says how many rows of each kind, if there were any."""
    gone = {}
    for kept in KEPT:
        rows = kept.older(now - dt.timedelta(days=kept.days))
        count = rows.count()
        if count:
            rows.delete()
            gone[kept.key] = count
    if gone:
        record(action="retention.purged", subject=None, by=None, now=now, after=gone)
    return gone


@transaction.atomic
def erase_person(*, username: str, document_number: str, reason: str, now: dt.datetime) -> User:
    """Take a person who has left out of what is no record, and give the account a pseudonym.

    Their name stays where it is part of a record (who signed, verified, was awarded). The contents of audit entries
    about the account itself are emptied, which the chain allows by its salted digests; what they did keeps its entry,
    now under the pseudonym. Raises User.DoesNotExist, PlanRefused (still active, or no document).
    """
    person = User.objects.select_for_update(of=("self",)).get(username=username)
    document_number, reason = normalise(document_number), normalise(reason)
    if person.is_active:
        raise PlanRefused(_("The person has an account in use: record first that they have left."))
    if not document_number or not reason:
        raise PlanRefused(_("An erasure needs a document number and a reason."))
    end_sessions(person)
    for rows in (
        Notice.objects.filter(person=person),
        Mail.objects.filter(person=person),
        NoticePreference.objects.filter(person=person),
        SavedView.objects.filter(person=person),
        IdempotencyKey.objects.filter(actor=person),
        Authenticator.objects.filter(user=person),
        SocialAccount.objects.filter(user=person),
        AccessAttempt.objects.filter(username=username),
        AccessFailureLog.objects.filter(username=username),
        AccessLog.objects.filter(username=username),
    ):
        rows.delete()
    about = {"entry__subject_type": User._meta.label_lower, "entry__subject_id": person.pk}
    emptied = AuditPayload.objects.filter(**about).exclude(content="").update(content="", salt="")
    name = f"Người dùng đã rời đơn vị {person.pk}"
    User.objects.filter(pk=person.pk).update(
        full_name=name,
        username=f"da-roi-{person.pk}",
        search_text=fold(name),
        sort_key=sort_key(name),
        email="",
        position="",
        last_login=None,
    )
    person.refresh_from_db()
    record(
        action="person.erased",
        subject=person,
        by=None,
        now=now,
        after={"document_number": document_number, "emptied_entries": emptied},
        reason=reason,
    )
    return person
