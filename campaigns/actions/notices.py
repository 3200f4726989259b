"""In-app notices: what happened, to the people it concerns, each in their own language, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from django.db.models import Q
from django.utils import translation

from campaigns.calendar import local_day
from campaigns.enums import UNIT_ROLES, Role
from campaigns.models import Notice, RoleAssignment, User


def people_of(units: Iterable[int], *, on: dt.date) -> list[User]:
    """Return the leaders and reporters of the units on a local day."""
    rows = RoleAssignment.objects.in_force(on=on).filter(role__in=UNIT_ROLES, unit_id__in=set(units))
    return list(User.objects.filter(pk__in=rows.values("user_id"), is_active=True))


def tell_units(
    *, units: Iterable[int], key: str, words: Callable[[], tuple[str, str]], url: str, now: dt.datetime
) -> int:
    """Leave a notice for everybody who leads or reports for the units; return how many were new.

    ``words`` is called once a language and returns title and text. ``key`` names the event: a person is told of
    it once.
    """
    return tell_people(people=people_of(units, on=local_day(now)), key=key, words=words, url=url, now=now)


def tell_keepers(*, key: str, words: Callable[[], tuple[str, str]], url: str, now: dt.datetime) -> int:
    """Leave a notice for those who look after the portal: Internal Affairs staff and superusers. As ``tell_units``."""
    staff = RoleAssignment.objects.in_force(on=local_day(now)).filter(role=Role.INTERNAL_AFFAIRS)
    people = User.objects.filter(Q(pk__in=staff.values("user_id")) | Q(is_superuser=True), is_active=True)
    return tell_people(people=people, key=key, words=words, url=url, now=now)


def tell_people(
    *, people: Iterable[User], key: str, words: Callable[[], tuple[str, str]], url: str, now: dt.datetime
) -> int:
    """Leave a notice for each of these people, as ``tell_units`` does; return how many were new."""
    said: dict[str, tuple[str, str]] = {}
    rows = []
    for person in people:
        if person.language not in said:
            with translation.override(person.language):
                said[person.language] = words()
        title, text = said[person.language]
        rows.append(Notice(person=person, key=key, title=title[:300], text=text, url=url, created_at=now))
    return len(Notice.objects.bulk_create(rows, ignore_conflicts=True))
