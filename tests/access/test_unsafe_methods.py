"""Unsafe methods are refused where there is no form, and everywhere without the token."""

from __future__ import annotations

import pytest

from .addresses import EVERYTHING, address_of, ask, client_of, routes
from .table import table
from .world import ROLES, World

# What a view writes does not depend on where: one database is asked.
pytestmark = pytest.mark.sqlite
#: Browsers report breaches of the policy by themselves, with no token to send: a log line, no other effect.
WITHOUT_A_TOKEN = {("csp/", 204)}


def test_pages_without_a_form_refuse_every_unsafe_method(world: World):
    expected, client, asked = table(), client_of(world, "staff"), 0
    for route, _pattern in routes():
        if expected[route, "POST"]["staff"] == "405":
            asked += 1
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                assert ask(client, method, address_of(route, world)).status_code == 405, (method, route)
    assert asked > 20


@pytest.mark.parametrize("role", list(ROLES) if EVERYTHING else ["leader_a", "staff"])
def test_no_unsafe_request_passes_without_its_token(world: World, role):
    client, free = client_of(world, role, enforce_csrf_checks=True), []
    for route, _pattern in routes():
        for headers in ({}, {"HX-Request": "true"}, {"Origin": "https://evil.example"}):
            response = ask(client, "POST", address_of(route, world), **headers)
            if response.status_code != 403:
                free.append((route, response.status_code))
    # A page that takes no POST may say so before it asks for the token; nothing runs there.
    assert {one for one in free if one[1] != 405} == WITHOUT_A_TOKEN
