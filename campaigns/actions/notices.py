"""Notices: what happened, to the people it concerns, each in their own language, once; by e-mail to who wants it.

Call one of ``tell_people``, ``tell_units``, ``tell_roles`` in the transaction of the act, before the act is
audited. The notice stands in the portal with the act; the e-mail follows through the outbox, so what is rolled
back sends nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from django.db.models import Q
from django.utils import translation

from campaigns.calendar import local_day
from campaigns.enums import UNIT_ROLES, NoticeChannel, NoticeKind, Role
from campaigns.models import Notice, NoticePreference, RoleAssignment, User
from campaigns.notice_rules import channel_of, kind_of

from .mail import collect_later

#: Returns title and text in the language that is active when it is called.
Words = Callable[[], tuple[str, str]]


def people_of(units: Iterable[int], *, on: dt.date) -> list[User]:
    """Return the leaders and reporters of the units (ids) on a local day."""
    rows = RoleAssignment.objects.in_force(on=on).filter(role__in=UNIT_ROLES, unit_id__in=set(units))
    return list(User.objects.filter(pk__in=rows.values("user_id"), is_active=True))


def people_by_unit(units: Iterable[int], *, on: dt.date) -> dict[int, list[User]]:
    """Return the leaders and reporters of each unit (by id) on a local day; a unit without any is left out."""
    rows = (
        RoleAssignment.objects.in_force(on=on)
        .filter(role__in=UNIT_ROLES, unit_id__in=set(units), user__is_active=True)
        .select_related("user")
        .order_by("user__sort_key", "user_id")
    )
    found: dict[int, list[User]] = {}
    for row in rows:
        people = found.setdefault(row.unit_id or 0, [])
        if row.user not in people:
            people.append(row.user)
    return found


def holders_of(roles: Iterable[Role], *, on: dt.date) -> list[User]:
    """Return the people who hold one of the roles on a local day."""
    rows = RoleAssignment.objects.in_force(on=on).filter(role__in=list(roles))
    return list(User.objects.filter(pk__in=rows.values("user_id"), is_active=True))


def tell_people(
    *,
    people: Iterable[User],
    key: str,
    words: Words,
    url: str = "",
    now: dt.datetime,
    kind: NoticeKind | None = None,
) -> int:
    """Leave a notice for each of the people, and send it by e-mail to who wants that; return how many were new.

    ``key`` names the event, such as ``"verdict:17"``: a person is told of it once, however often this runs. ``words``
    is called once a language and returns title and text (plain; an address of the portal on a line of its own).
    ``url`` is the path of the page it is about. ``kind`` decides what people may choose about it (``notice_rules``; a
    duty always stands in the portal); without one the word before the key's colon says it.
    """
    kind = kind or kind_of(key)
    wanted = {person.pk: person for person in people if person.is_active}
    told = Notice.objects.filter(person__in=wanted, key=key).values_list("person_id", flat=True)
    chosen = dict(
        NoticePreference.objects.filter(person__in=wanted, kind=kind).values_list("person_id", "channel").order_by()
    )
    said: dict[str, tuple[str, str]] = {}
    rows = []
    for pk in wanted.keys() - set(told):
        person, channel = wanted[pk], channel_of(kind, chosen.get(pk))
        if channel == NoticeChannel.NONE:
            continue
        if person.language not in said:
            with translation.override(person.language):
                said[person.language] = words()
        title, text = said[person.language]
        rows.append(
            Notice(
                person=person,
                kind=kind,
                key=key,
                title=title[:300],
                text=text,
                url=url,
                by_mail=channel == NoticeChannel.MAIL and bool(person.email),
                created_at=now,
            )
        )
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.by_mail for row in rows):
        collect_later(now=now)
    return len(rows)


def tell_units(
    *,
    units: Iterable[int],
    key: str,
    words: Words,
    url: str = "",
    now: dt.datetime,
    kind: NoticeKind | None = None,
) -> int:
    """Tell everybody who leads or reports for the units (ids of ``Unit``); otherwise as ``tell_people``."""
    return tell_people(people=people_of(units, on=local_day(now)), kind=kind, key=key, words=words, url=url, now=now)


def tell_roles(
    *,
    roles: Iterable[Role],
    key: str,
    words: Words,
    url: str = "",
    now: dt.datetime,
    kind: NoticeKind | None = None,
) -> int:
    """Tell everybody who holds one of the roles, such as Internal Affairs staff; otherwise as ``tell_people``."""
    return tell_people(people=holders_of(roles, on=local_day(now)), kind=kind, key=key, words=words, url=url, now=now)


def tell_keepers(*, key: str, words: Words, url: str = "", now: dt.datetime, kind: NoticeKind | None = None) -> int:
    """Tell those who look after the portal, Internal Affairs staff and superusers; otherwise as ``tell_people``."""
    staff = RoleAssignment.objects.in_force(on=local_day(now)).filter(role=Role.INTERNAL_AFFAIRS)
    people = User.objects.filter(Q(pk__in=staff.values("user_id")) | Q(is_superuser=True), is_active=True)
    return tell_people(people=people, key=key, words=words, url=url, now=now, kind=kind)
