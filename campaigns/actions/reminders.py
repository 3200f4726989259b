"""Reminders: the day's one message by the ladder, and nudges that staff send themselves. Every one is recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.calendar import local_day
from campaigns.enums import NoticeKind
from campaigns.models import Campaign, Holiday, Period, Reminder, ReminderRun, User
from campaigns.permissions import Permission, require
from campaigns.queries.follow_board import Cell, owing, read_board
from campaigns.queries.reminders import Letter, digest_key, read_plan
from campaigns.reminder_ladder import is_quiet
from campaigns.vietnamese import normalise

from .audit import record
from .idempotency import act_once
from .locks import hold_campaign
from .notices import people_by_unit, tell_people
from .outbox import enqueue
from .reminder_words import cell_text, cell_title, digest_path, digest_words, grid_path

TOPIC = "reminders.send"
LONGEST_MESSAGE = 500


class NudgeRefused(Exception):
    """Nobody was reminded; the message says why in the reader's language."""


# --- by the ladder ---------------------------------------------------------------------------


@transaction.atomic
def ask_for_reminders(*, now: dt.datetime) -> str:
    """Ask the worker for the day's reminders. Asking twice is asking once. One sentence."""
    enqueue(topic=TOPIC, key=local_day(now).isoformat(), now=now)
    return f"Reminders of {local_day(now)} asked for."


@transaction.atomic
def send_reminders(*, now: dt.datetime) -> str:
    """Send the reminders of the local day of ``now``: one message a person, each rung once. One sentence.

    In order: the day's row is held, so that two runs follow each other; the plan leaves out what was sent, what is
    done, and who has had the day's message; each person gets a notice (and a letter, by preference); the reminders
    are recorded.
    """
    day = local_day(now)
    if is_quiet(day, set(Holiday.objects.values_list("day", flat=True))):
        return f"{day} is quiet; its reminders come on the next working day."
    ReminderRun.objects.get_or_create(day=day, defaults={"ran_at": now})
    run = ReminderRun.objects.select_for_update(of=("self",)).get(day=day)
    letters = read_plan(on=day, now=now).letters
    reminders = sum(_send(letter, day=day, now=now) for letter in letters)
    run.ran_at, run.people, run.reminders = now, run.people + len(letters), run.reminders + reminders
    run.save(update_fields=["ran_at", "people", "reminders"])
    return f"{len(letters)} people reminded of {reminders} reports."


def _send(letter: Letter, *, day: dt.date, now: dt.datetime) -> int:
    """Tell one person, and record every rung that spoke; return how many reports it was about."""
    tell_people(
        people=[letter.person],
        kind=NoticeKind.REMINDER,
        key=digest_key(day),
        words=lambda: digest_words(letter, now=now),
        url=digest_path(letter),
        now=now,
    )
    with translation.override(letter.person.language):
        rows = [
            Reminder(
                person=letter.person,
                participant=line.cell.participant,
                period=line.cell.period,
                days_from_due=rung,
                day=day,
                text=cell_title(line.cell),
                sent_at=now,
            )
            for line in letter.lines
            for rung in line.rungs
        ]
    # Somebody who leads a unit and is staff may meet the same rung twice.
    Reminder.objects.bulk_create({(row.participant_id, row.period_id, row.days_from_due): row for row in rows}.values())
    return len({(line.cell.participant.pk, line.cell.period.pk) for line in letter.lines})


# --- by hand ---------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A nudge as it would be sent to one unit."""

    cell: Cell
    people: list[User]  # who gets it
    title: str
    text: str


def draft_nudges(
    *, campaign: Campaign, period: Period, now: dt.datetime, only: Collection[int] | None = None, message: str = ""
) -> list[Draft]:
    """Return what a nudge would say to whom: every unit that lacks something for the period, or ``only`` these."""
    units = None if only is None else owing(campaign).filter(pk__in=only)
    cells = [
        cell for cell in read_board(campaign=campaign, now=now, units=units, periods=[period]).cells if cell.asks_unit
    ]
    return _drafts(cells, message=message, now=now)


def _drafts(cells: Sequence[Cell], *, message: str, now: dt.datetime) -> list[Draft]:
    by_unit = people_by_unit({cell.participant.unit_id for cell in cells}, on=local_day(now))
    return [
        Draft(
            cell=cell,
            people=by_unit.get(cell.participant.unit_id, []),
            title=cell_title(cell),
            text=nudge_text(cell, message=message, now=now),
        )
        for cell in cells
    ]


def nudge_text(cell: Cell, *, message: str, now: dt.datetime) -> str:
    """Return the text of a nudge: what staff add, then exactly what is missing."""
    return "\n\n".join(filter(None, [message, cell_text(cell, now=now)]))


def nudge(
    *,
    campaign: Campaign,
    period: Period,
    participants: Collection[int],
    message: str = "",
    key: str,
    by: User,
    now: dt.datetime,
) -> list[int]:
    """Remind units of what they still have to send for a period; return the ids of the units that were reminded.

    A unit that has sent everything meanwhile, has a waiver, or has nobody to remind is left out. Each unit's leaders
    and reporters get a notice (and a letter, by preference); reminders and the trail keep who, what and when. ``key``
    makes sending the same form twice one act. Raises PermissionDenied, NudgeRefused, IdempotencyMismatch.
    """
    require(by, Permission.FOLLOW_UP, on=local_day(now))
    message = normalise(message)[:LONGEST_MESSAGE]
    chosen = sorted(set(participants))

    def act() -> dict[str, list[int]]:
        if not hold_campaign(campaign.pk).is_open:
            raise NudgeRefused(_("The campaign is not running; nobody is reminded."))
        drafts = draft_nudges(campaign=campaign, period=period, now=now, only=chosen, message=message)
        sent = [draft for draft in drafts if draft.people]
        if not sent:
            raise NudgeRefused(
                _("Nobody was reminded: the chosen units have sent everything, or nobody leads or reports for them.")
            )
        for draft in sent:
            _nudge_unit(draft, message=message, key=key, by=by, now=now)
        for draft in sent:
            _leave(draft, message=message, by=by, now=now)
        return {"units": [draft.cell.participant.pk for draft in sent]}

    request = {"act": "reminder.nudge", "period": period.pk, "units": chosen, "message": message}
    return list(act_once(actor=by, key=key, request=request, now=now, act=act)["units"])


def _nudge_unit(draft: Draft, *, message: str, key: str, by: User, now: dt.datetime) -> None:
    cell = draft.cell
    tell_people(
        people=draft.people,
        kind=NoticeKind.REMINDER,
        key=f"nudge:{key}:{cell.participant.pk}:{cell.period.pk}",
        words=lambda: (cell_title(cell), nudge_text(cell, message=message, now=now)),
        url=grid_path(cell),
        now=now,
    )
    Reminder.objects.bulk_create(
        Reminder(
            person=person,
            participant=cell.participant,
            period=cell.period,
            day=local_day(now),
            text=draft.text,
            sent_by=by,
            sent_at=now,
        )
        for person in draft.people
    )


def _leave(draft: Draft, *, message: str, by: User, now: dt.datetime) -> None:
    record(
        action="reminder.sent",
        subject=draft.cell.period,
        by=by,
        now=now,
        participant=draft.cell.participant,
        after={
            "period": draft.cell.period.code,
            "person": ", ".join(person.full_name for person in draft.people),
            "values": draft.cell.lacking,
        },
        reason=message,
    )
