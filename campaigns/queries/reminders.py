"""Who is to be reminded of what on a day: the ladder of each open campaign against its board."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from campaigns.calendar import local_day
from campaigns.enums import UNIT_ROLES, CampaignStatus, ReminderAudience, Role
from campaigns.models import Campaign, Holiday, Notice, Reminder, ReminderRule, RoleAssignment, User
from campaigns.reminder_ladder import is_quiet, rungs_of, speaking_day

from .follow_board import Cell, read_board


@dataclass(frozen=True, kw_only=True)
class Line:
    """One report that a person is reminded of."""

    cell: Cell
    audience: ReminderAudience
    rungs: tuple[int, ...]  # days from the due day whose reminders come together here


@dataclass(kw_only=True)
class Letter:
    """Everything one person is reminded of on the day."""

    person: User
    lines: list[Line] = field(default_factory=list)

    def of(self, audience: ReminderAudience) -> list[Line]:
        """Return the lines for one audience."""
        return [line for line in self.lines if line.audience == audience]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What goes out on a local day."""

    day: dt.date
    speaks_on: dt.date  # another day than ``day``: a quiet day, whose reminders come then
    letters: list[Letter]
    told: int  # people who had the day's message already

    @property
    def is_quiet(self) -> bool:
        return self.speaks_on != self.day


def digest_key(day: dt.date) -> str:
    """Return the key of a day's one message to a person."""
    return f"digest:{day.isoformat()}"


def read_plan(*, on: dt.date, now: dt.datetime) -> Plan:
    """Return who is to be reminded on the local day ``on``, by what is missing as of ``now``.

    What was sent before is left out, rung by rung and person by person; who had the day's message gets no second.
    """
    holidays = set(Holiday.objects.values_list("day", flat=True))
    if is_quiet(on, holidays):
        return Plan(day=on, speaks_on=speaking_day(on, holidays), letters=[], told=0)
    people = _People(on)
    letters: dict[int, Letter] = {}
    for campaign in Campaign.objects.filter(status=CampaignStatus.OPEN).order_by("starts_on", "code"):
        ladder = _ladder(campaign)
        if ladder:
            _add(letters, campaign, ladder, people, on=on, now=now, holidays=holidays)
    told = set(Notice.objects.filter(key=digest_key(on), person__in=letters).values_list("person_id", flat=True))
    return Plan(
        day=on,
        speaks_on=on,
        letters=sorted(
            (letter for pk, letter in letters.items() if pk not in told), key=lambda letter: letter.person.sort_key
        ),
        told=len(told),
    )


class _People:
    """Who leads or reports for which unit on a day, and who is staff. One query."""

    def __init__(self, on: dt.date) -> None:
        self.of_unit: dict[int, dict[int, User]] = defaultdict(dict)
        self.staff: dict[int, User] = {}
        rows = (
            RoleAssignment.objects.in_force(on=on)
            .filter(role__in=(*UNIT_ROLES, Role.INTERNAL_AFFAIRS), user__is_active=True)
            .select_related("user")
            .order_by("user__sort_key", "user_id")
        )
        for row in rows:
            if row.role == Role.INTERNAL_AFFAIRS:
                self.staff[row.user_id] = row.user
            elif row.unit_id is not None:
                self.of_unit[row.unit_id][row.user_id] = row.user

    def asked(self, cell: Cell, audience: ReminderAudience) -> list[User]:
        """Return whom a rung speaks to about a cell; nobody where nothing is left to do."""
        if audience == ReminderAudience.STAFF:
            return list(self.staff.values()) if cell.asks_staff else []
        return list(self.of_unit[cell.participant.unit_id].values()) if cell.asks_unit else []


def _ladder(campaign: Campaign) -> dict[ReminderAudience, list[int]]:
    ladder: dict[ReminderAudience, list[int]] = defaultdict(list)
    for rule in ReminderRule.objects.filter(campaign=campaign):
        ladder[ReminderAudience(rule.audience)].append(rule.days_from_due)
    return ladder


def _add(
    letters: dict[int, Letter],
    campaign: Campaign,
    ladder: dict[ReminderAudience, list[int]],
    people: _People,
    *,
    on: dt.date,
    now: dt.datetime,
    holidays: set[dt.date],
) -> None:
    sent = set(
        Reminder.objects.filter(period__campaign=campaign, days_from_due__isnull=False).values_list(
            "person_id", "participant_id", "period_id", "days_from_due"
        )
    )
    board = read_board(campaign=campaign, now=now)
    for audience, offsets in ladder.items():
        speaking = {
            period.pk: rungs_of(local_day(period.due_at), offsets, on=on, holidays=holidays) for period in board.periods
        }
        for cell in board.cells:
            for person in people.asked(cell, audience) if speaking[cell.period.pk] else ():
                key = (person.pk, cell.participant.pk, cell.period.pk)
                rungs = tuple(rung for rung in speaking[cell.period.pk] if (*key, rung) not in sent)
                if rungs:
                    letter = letters.setdefault(person.pk, Letter(person=person))
                    letter.lines.append(Line(cell=cell, audience=audience, rungs=rungs))
