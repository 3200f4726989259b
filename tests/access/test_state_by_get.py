"""Looking changes nothing: GETs leave every row as it was, unsafe methods are refused where there is no form."""

from __future__ import annotations

import hashlib

import pytest
from django.apps import apps
from django.db import connection

from .addresses import address_of, ask, client_of, routes
from .test_matrix import TABLE, read_table
from .world import World

# What a view writes does not depend on where: one database is asked.
pytestmark = pytest.mark.sqlite

#: Tables a GET may write: the session, and what sign-in counts.
OWN_TABLES = {"django_session", "axes_accessattempt", "axes_accesslog", "axes_accessfailurelog"}
#: People who between them open every page.
LOOKERS = ("leader_a", "verifier", "staff", "secretary", "chairman", "superuser")


def fingerprints() -> dict[str, tuple[int, str]]:
    """Return the row count and a digest of every table."""
    found = {}
    with connection.cursor() as cursor:
        known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
        stored = set(connection.introspection.table_names(cursor))  # a run's stages are tables for its time only
        for table in sorted((known & stored) - OWN_TABLES):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # names of our own tables
            rows = sorted(repr(row) for row in cursor.fetchall())
            found[table] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return found


def look_at_everything(world: World, role: str) -> int:
    """GET every address as one person, without undoing anything; return how many answered 200."""
    client, opened = client_of(world, role), 0
    for route, _pattern in routes():
        if "logout" in route:
            continue
        opened += client.get(address_of(route, world)).status_code == 200
    return opened


def test_looking_changes_no_row(world: World):
    before = fingerprints()
    for role in LOOKERS:
        assert look_at_everything(world, role) > 10
        changed = {table for table, print_ in fingerprints().items() if print_ != before[table]}
        # ``last_login`` is written by signing in, before the first GET.
        assert changed <= {"campaigns_user"}, role
        before = fingerprints()


def test_a_row_written_by_looking_is_found(world: World, monkeypatch):
    def writing(request, **asked):
        world.rows["announcement"].__class__.objects.filter(pk=world.rows["announcement"].pk).update(title="Đã xem")
        return []

    before = fingerprints()
    monkeypatch.setattr("campaign_portal.views.all_work", writing)
    client_of(world, "viewer").get("/")
    assert {table for table, print_ in fingerprints().items() if print_ != before[table]} - {"campaigns_user"} == {
        "campaigns_announcement"
    }


def test_pages_without_a_form_refuse_every_unsafe_method(world: World):
    table, client, asked = read_table(TABLE.read_text("utf-8")), client_of(world, "staff"), 0
    for route, _pattern in routes():
        if table[route, "POST"]["staff"] == "405":
            asked += 1
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                assert ask(client, method, address_of(route, world)).status_code == 405, (method, route)
    assert asked > 20


@pytest.mark.parametrize("role", ["leader_a", "staff"])
def test_no_unsafe_request_passes_without_its_token(world: World, role):
    client, free = client_of(world, role, enforce_csrf_checks=True), []
    for route, _pattern in routes():
        for headers in ({}, {"HX-Request": "true"}, {"Origin": "https://evil.example"}):
            response = ask(client, "POST", address_of(route, world), **headers)
            if response.status_code != 403:
                free.append((route, response.status_code))
    # A page that takes no POST may say so before it asks for the token; nothing runs there.
    assert [one for one in free if one[1] != 405] == []
