"""Every address × everybody × GET and POST, plain and by htmx: the status that matrix.tsv says, and never a 5xx."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Q
from django.http import HttpResponse

from campaigns import permissions
from campaigns.models import Incident

from .addresses import EVERYTHING, address_of, ask, client_of, routes
from .world import ROLES, World

TABLE = Path(__file__).parent / "matrix.tsv"
HTMX = {"HX-Request": "true"}
PARTS = 10  # thousands of requests, shared out among the processes that test
#: Addresses that answer nobody with 200 to requests without a body, with the reason.
NEVER_200 = {
    "accounts/2fa/authenticate/": "only half-way through signing in",
    "accounts/2fa/reauthenticate/": "nobody here has a second factor",
    "accounts/2fa/totp/deactivate/": "nobody here has a second factor",
    "accounts/2fa/totp/activate/": "asks for the password again first",
    "accounts/2fa/recovery-codes/": "nobody here has a second factor",
    "accounts/2fa/recovery-codes/generate/": "asks for the password again first",
    "accounts/2fa/recovery-codes/download/": "nobody here has a second factor",
    "admin/autocomplete/": "no list of the administration offers one",
    "khen-thuong/de-nghi/<int:pk>/sua/": "unit A's proposal lies before the chairman; its draft is in test_canaries.py",
    "tham-dinh/<int:pk>/dinh-chinh/": "the substitute's, for values of the staff's own unit",
    "ngon-ngu/": "takes a language",
    "cong-khai/bang-diem/": "the organiser has not opened the board; test_public.py opens it",
    "khen-thuong/danh-sach/<int:pk>/thu-tien/": "the award is not revoked",
    "khen-thuong/de-nghi/han-muc/": "counts for the award that a form names",
    "khen-thuong/cho-quyet-dinh/duyet-nhieu/": "approves what its summary's form names; test_views.py does it",
    "admin/r/<path:content_type_id>/<path:object_id>/": "no row has a page on another site",
}

Table = dict[tuple[str, str], dict[str, str]]


def read_table(text: str) -> Table:
    """Return the expected statuses by route and method; ``{a,b}`` in a route stands for one row each."""
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    assert lines[0] == ["route", "method", *ROLES]
    table: Table = {}
    for route, method, *statuses in lines[1:]:
        assert len(statuses) == len(ROLES), route
        for one in expanded(route):
            key = ("" if one == "(home)" else one, method)
            assert key not in table, f"two rows for {key}"
            table[key] = dict(zip(ROLES, statuses, strict=True))
    return table


def expanded(route: str) -> list[str]:
    """Return the routes that a row with ``{a,b}`` in it stands for."""
    braces = re.search(r"\{([a-z,]+)\}", route)
    if braces is None:
        return [route]
    return [route.replace(braces[0], word) for word in braces[1].split(",")]


def status_of(response: HttpResponse) -> str:
    """Return a status as the table writes it."""
    if response.status_code != 302:
        return str(response.status_code)
    return "in" if re.match(r"/(accounts|admin)/login/", response["Location"]) else "to"


#: People whose requests between them run every query; who may do what is decided in Python.
READERS = ("leader_a", "leader_b", "staff", "chairman", "auditor")


def asked_as() -> tuple[str, ...]:
    """Everybody on SQLite; on PostgreSQL those who reach every query."""
    return tuple(ROLES) if EVERYTHING or connection.vendor == "sqlite" else READERS


def by_htmx_too(status: str) -> bool:
    """Whether to ask by htmx as well: what is refused plainly is refused before anything looks at the header."""
    return EVERYTHING or (connection.vendor == "sqlite" and status not in {"in", "403", "404", "405"})


def deviations(world: World, table: Table, asked: list[str]) -> tuple[list[str], int]:
    """Ask these addresses as everybody; return what differs from the table, and how many plain requests that took."""
    clients = {role: client_of(world, role) for role in asked_as()}
    found, count = [], 0
    for route in asked:
        for method in ("GET", "POST"):
            plain = table.get((route, method))
            if plain is None:
                found.append(f"{method} {route}: no row")
                continue
            by_htmx = table.get((route, f"{method} hx"), plain)
            address = address_of(route, world)
            for role, client in clients.items():
                differs = by_htmx[role] != plain[role]
                for headers in ({}, HTMX) if differs or by_htmx_too(plain[role]) else ({},):
                    expected = by_htmx[role] if headers else plain[role]
                    status = status_of(ask(client, method, address, **headers))
                    count += not headers
                    if status != expected or status[0] == "5":
                        how = " by htmx" if headers else ""
                        found.append(f"{method} {address} as {role}{how}: {status}, not {expected}")
    return found, count


@pytest.mark.parametrize("part", range(PARTS))
def test_every_address_answers_everybody_as_the_table_says(world: World, part: int):
    asked = [route for route, _pattern in routes()][part::PARTS]
    found, count = deviations(world, read_table(TABLE.read_text("utf-8")), asked)
    assert found == []
    assert count == len(asked) * 2 * len(asked_as())


def test_the_table_has_no_row_for_an_address_that_is_gone():
    known = {route for route, _pattern in routes()}
    assert {route for route, _method in read_table(TABLE.read_text("utf-8"))} - known == set()


def test_every_address_is_open_to_somebody():
    # A table full of refusals would pass where a page is broken for all.
    table = read_table(TABLE.read_text("utf-8"))
    opened = {route for (route, _method), row in table.items() if {"200", "to", "409", "422"} & set(row.values())}
    shut = {route for route, _method in table} - opened
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


def test_a_missing_row_and_a_wrong_status_are_found(world: World):
    table = read_table(TABLE.read_text("utf-8"))
    del table["suc-khoe/", "POST"]
    table["suc-khoe/", "GET"] = dict.fromkeys(ROLES, "404")
    found, _count = deviations(world, table, ["suc-khoe/"])
    assert len(found) == 1 + len(asked_as())


def test_an_incidents_scope_left_open_is_found(world: World, monkeypatch):
    # Its words are behind the target's scope too: what shows is a refusal where nothing should exist.
    monkeypatch.setitem(permissions._SCOPES, Incident, lambda access, user: Q())
    withdrawal = next(route for route, _pattern in routes() if route.startswith("vu-viec/") and "rut" in route)
    found, _count = deviations(world, read_table(TABLE.read_text("utf-8")), [withdrawal])
    assert any((not line.startswith("POST") and "leader_b" in line) or "verifier" in line for line in found)


def test_a_unit_scope_left_open_is_found(world: World, monkeypatch):
    monkeypatch.setattr("campaigns.views.reporting_access.can", lambda *args, **kwargs: True)
    receipts = "bao-cao/<int:participant>/bien-nhan/"
    found, _count = deviations(world, read_table(TABLE.read_text("utf-8")), [receipts])
    assert any("leader_b" in line for line in found)
