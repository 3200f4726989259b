"""Everybody asks for everything, once, and every promise is held against each answer.

The status is the one that matrix.tsv says and never a 5xx; every answer carries the headers; no word of a unit
reaches who may not read it; looking writes nothing; a page asks the database few questions; a form that sends
carries the key that lets it act once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
from django.db import connection
from django.db.models import Q

from campaigns import visibility
from campaigns.models import Announcement, Incident

from .addresses import EVERYTHING, address_of, ask, client_of, routes
from .checks import MOST_STATEMENTS, header_faults, marks, senders, too_many_statements, writes
from .crawl import Answer, answers
from .table import Table, table
from .unkeyed import WITHOUT
from .words import forbidden, unread
from .world import ROLES, World

#: Addresses that answer nobody with 200 to requests without a body, with the reason.
NEVER_200 = {
    "accounts/2fa/authenticate/": "only half-way through signing in",
    "accounts/2fa/reauthenticate/": "nobody here has a second factor",
    "accounts/2fa/totp/deactivate/": "nobody here has a second factor",
    "accounts/2fa/totp/activate/": "asks for the password again first",
    "accounts/2fa/recovery-codes/": "nobody here has a second factor",
    "accounts/2fa/recovery-codes/generate/": "asks for the password again first",
    "accounts/2fa/recovery-codes/download/": "nobody here has a second factor",
    "accounts/sign-on/<provider_id>/": "no directory is configured; test_sign_on.py has one",
    "accounts/sign-on/<provider_id>/back/": "the same",
    "admin/autocomplete/": "no list of the administration offers one",
    "khen-thuong/de-nghi/<int:pk>/sua/": "unit A's proposal lies before the chairman; its draft is in test_canaries.py",
    "tham-dinh/<int:pk>/dinh-chinh/": "the substitute's, for values of the staff's own unit",
    "ngon-ngu/": "takes a language",
    "cong-khai/bang-diem/": "the organiser has not opened the board; test_public.py opens it",
    "khen-thuong/danh-sach/<int:pk>/thu-tien/": "the award is not revoked",
    "khen-thuong/de-nghi/han-muc/": "counts for the award that a form names",
    "khen-thuong/cho-quyet-dinh/duyet-nhieu/": "approves what its summary's form names; test_views.py does it",
    "admin/r/<path:content_type_id>/<path:object_id>/": "no row has a page on another site",
    **{
        f"api/v1/campaigns{part}": "opened by a key and not by a session (tests/campaign_portal/test_api.py)"
        for part in ("", "/<code>/units", "/<code>/scores", "/<code>/awards")
    },
    "csp/": "takes reports of browsers and says nothing",
    "api/v1/": "nothing",
    "api/v1/<path:rest>": "nothing, said as JSON",
}

#: People whose requests between them run every query; who may do what is decided in Python.
READERS = ("leader_a", "staff", "chairman", "auditor")


def asked_as() -> tuple[str, ...]:
    """Everybody on SQLite; on PostgreSQL those who reach every query."""
    return tuple(ROLES) if EVERYTHING or connection.vendor == "sqlite" else READERS


@dataclass
class Findings:
    """What is wrong with one person's answers, and what they were."""

    wrong: list[str] = field(default_factory=list)
    asked: int = 0  # requests that the table speaks of
    words: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # planted word → where it stood
    keyed: set[str] = field(default_factory=set)  # views that every form sends a key to
    lacking: dict[str, str] = field(default_factory=dict)  # view → where a form without a key stands


def findings(answered: Iterable[Answer], expected: Table) -> Findings:
    """Hold every promise against every answer."""
    found = Findings()
    for answer in answered:
        faults = header_faults(answer.response)
        if answer.is_own:
            found.asked += not answer.by_htmx
            faults += status_faults(answer, expected)
        elif answer.status[0] == "5":
            faults.append(answer.status)
        if wrote := writes(answer):
            faults.append(f"looking wrote {wrote}")
        if many := too_many_statements(answer):
            faults.append(many)
        for word in marks(answer.response):
            found.words[word].add(answer.address)
        for view, has_key in senders(answer).items():
            if has_key:
                found.keyed.add(view)
            else:
                found.lacking[view] = str(answer)
        found.wrong += [f"{answer}: {fault}" for fault in faults]
    return found


def status_faults(answer: Answer, expected: Table) -> list[str]:
    """Whether the answer is the one of the table, where ``GET hx`` and ``POST hx`` are rows if they differ."""
    plain = expected.get((answer.route, answer.method))
    if plain is None:
        return ["no row"]
    row = expected.get((answer.route, f"{answer.method} hx"), plain) if answer.by_htmx else plain
    wanted = row[answer.role]
    return [] if answer.status == wanted and wanted[0] != "5" else [f"{answer.status}, not {wanted}"]


@pytest.mark.parametrize("role", ROLES)
def test_everybody_gets_what_they_may_and_nothing_else(world: World, role: str):
    if role not in asked_as():
        pytest.skip("reaches no query that the readers do not; SQLite asks as everybody")
    found = findings(answers(world, role), table())
    assert found.wrong == [], "\n".join(found.wrong)
    assert found.asked == len(routes()) * 2
    assert forbidden(role, found.words) == []
    # There was something to read.
    assert unread(role, found.words) == set()
    unexplained = {view: where for view, where in found.lacking.items() if view not in WITHOUT}
    assert unexplained == {}
    assert found.keyed & (WITHOUT.keys() - {"components"}) == set()
    assert found.keyed or role in {"anonymous", "deactivated", "viewer", "council", "auditor"}


def test_the_table_has_no_row_for_an_address_that_is_gone():
    known = {route for route, _pattern in routes()}
    assert {route for route, _method in table()} - known == set()


def test_every_address_is_open_to_somebody():
    # A table full of refusals would pass where a page is broken for all.
    rows = table()
    opened = {route for (route, _method), row in rows.items() if {"200", "to", "409", "422"} & set(row.values())}
    shut = {route for route, _method in rows} - opened
    # Records are added by acts and never deleted; a plan's rows go only while it is prepared.
    of_django = {route for route in shut if re.fullmatch(r"admin/\w+/\w+/(add/|<path:object_id>/delete/)", route)}
    assert shut - of_django <= NEVER_200.keys()


def test_another_unit_gets_what_a_key_that_does_not_exist_gets(world: World):
    other = client_of(world, "leader_b")
    for route in ("bao-cao/<int:participant>/", "khen-thuong/de-nghi/<int:pk>/", "bien-nhan/<int:submission>/"):
        theirs = ask(other, "GET", address_of(route, world))
        nobodys = ask(other, "GET", "/" + re.sub(r"<int:\w+>", "987654321", route))
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        assert theirs.content == nobodys.content


# --- A planted fault is found ----------------------------------------------------------------


def faults(world: World, role: str, route: str, expected: Table | None = None) -> str:
    return "\n".join(findings(answers(world, role, [route]), expected or table()).wrong)


def test_a_missing_row_and_a_wrong_status_are_found(world: World):
    rows = table()
    del rows["suc-khoe/", "POST"]
    rows["suc-khoe/", "GET"] = dict.fromkeys(ROLES, "404")
    said = faults(world, "viewer", "suc-khoe/", rows)
    assert "POST /suc-khoe/ as viewer: no row" in said
    assert "GET /suc-khoe/ as viewer: 200, not 404" in said


def test_a_row_written_by_looking_and_many_questions_are_found(world: World, monkeypatch):
    def writing(request, **asked):
        for number in range(MOST_STATEMENTS):
            Announcement.objects.filter(pk=world.rows["announcement"].pk).update(title=f"Đã xem {number}")
        return []

    monkeypatch.setattr("campaign_portal.views.home.all_work", writing)
    said = faults(world, "viewer", "")
    assert "looking wrote" in said
    assert "statements" in said


def test_an_incidents_scope_left_open_is_found(world: World, monkeypatch):
    # Its words are behind the target's scope too: what shows is a refusal where nothing should exist.
    monkeypatch.setitem(visibility._SCOPES, Incident, lambda access, user: Q())
    withdrawal = next(route for route, _pattern in routes() if route.startswith("vu-viec/") and "rut" in route)
    assert "not" in faults(world, "leader_b", withdrawal) + faults(world, "verifier", withdrawal)


def test_a_unit_scope_left_open_is_found(world: World, monkeypatch):
    monkeypatch.setattr("campaigns.views.reporting_access.can", lambda *args, **kwargs: True)
    assert "200, not 404" in faults(world, "leader_b", "bao-cao/<int:participant>/bien-nhan/")
