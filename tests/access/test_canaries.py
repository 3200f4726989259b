"""Words planted in both units' rows never reach the other unit, wherever links lead; test_matrix.py asks the rest.

And they could: the unit's own people and those in charge do read them, and a scope that is left open is found.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.db.models import Q
from django.http import HttpResponse
from django.test import Client

from campaigns import visibility
from campaigns.actions.api_tokens import issue_token
from campaigns.enums import ApiScope
from campaigns.models import Activity, Appeal, EvidenceFile, Explanation, Participant, Submission

from .addresses import EVERYTHING, address_of, ask, client_of, routes
from .checks import marks
from .words import OWN
from .world import NOW, World

LINK = re.compile(r'(?:href|src|hx-get|action)="([^"]+)"')
#: A crawl takes most of a minute; on PostgreSQL test_matrix.py asks every address as the leader without the twin.
ONE_DATABASE = () if EVERYTHING else (pytest.mark.sqlite,)


def on_one_database(test: Any) -> Any:
    """Mark a crawl that `make test` leaves to SQLite."""
    for mark in ONE_DATABASE:
        test = mark(test)
    return test


#: A page may hold so many links before the crawl says that it runs away.
MOST_PAGES = 900


def links_of(response: HttpResponse, address: str) -> set[str]:
    """Return the addresses of this portal that a page leads to."""
    if "text/html" not in response.get("Content-Type", ""):
        return set()
    found = set()
    for link in LINK.findall(response.content.decode()):
        whole = urldefrag(urljoin(address, link.replace("&amp;", "&")))[0]
        parts = urlsplit(whole)
        without_end = parts.path.startswith("/admin/") and parts.query  # orders and filters multiply
        is_page = parts.path.startswith("/") and not parts.path.startswith(("/static/", "/accounts/log"))
        if is_page and not parts.netloc and not without_end:
            found.add(whole)
    return found


def marks_seen(world: World, role: str, *, follow: bool = True, until: str = "ZZX-") -> dict[str, set[str]]:
    """Crawl as one person from every address with both units' rows in it; return each word with where it stood.

    The crawl ends early where a word beginning with ``until`` is read.
    """
    client: Client = client_of(world, role)
    waiting = {address_of(route, world, twin, variant) for route, _pattern in routes() for twin in (world.a, world.b)
               for variant in ("proposal", "draft", "issued") if "log" not in route}  # fmt: skip
    done: set[str] = set()
    seen: dict[str, set[str]] = {}
    while waiting and not of(seen, until):
        address = waiting.pop()
        done.add(address)
        for headers in ({}, {"HX-Request": "true"}):
            response = ask(client, "GET", address, **headers)
            assert response.status_code < 500, address
            for mark in marks(response):
                seen.setdefault(mark, set()).add(address)
            if follow:
                waiting |= links_of(response, address) - done
            if response.status_code != 200:
                break  # what is refused is refused to htmx too: test_matrix.py asks
        assert len(done) < MOST_PAGES
    return seen


def of(seen: dict[str, set[str]], start: str) -> dict[str, set[str]]:
    return {mark: where for mark, where in seen.items() if mark.startswith(start)}


@on_one_database
@pytest.mark.parametrize("role", ["leader_a", "reporter_a"] if EVERYTHING else ["leader_a"])
def test_a_unit_reads_its_own_words_and_none_of_its_twins(world: World, role: str):
    seen = marks_seen(world, role)
    assert of(seen, "ZZB-") == {}
    # There was something to read: the same words of their own unit.
    assert seen.keys() >= {f"ZZA-{word}" for word in {*OWN, "PAPER-BYTES"}}  # the paper's address stands in a link only
    assert "ZZA-GROUNDS" not in seen


@on_one_database
@pytest.mark.parametrize("model", [Participant, EvidenceFile, Submission, Explanation, Appeal, Activity])
def test_a_scope_left_open_is_found(world: World, monkeypatch, model):
    # Each scope alone, so that the crawl is known to look where each one guards.
    monkeypatch.setitem(visibility._SCOPES, model, lambda access, user: Q())
    if model is Participant:
        monkeypatch.setattr("campaigns.views.reporting_access.can", lambda *args, **kwargs: True)
    assert of(marks_seen(world, "leader_a", follow=False, until="ZZB-"), "ZZB-") != {}


#: Pages that look something up by a word, with a part of what is planted: the whole would stand in the box asked from.
ASKED = ("nominee", "zz", "evidence", "story", "receipt")
LOOKING_UP = ("tim/", "khen-thuong/de-nghi/", "khen-thuong/so-khen-thuong/", "dien-hinh/", "minh-chung/", "nhat-ky/")


@on_one_database
def test_neither_a_search_nor_the_data_interface_gives_the_twins_words_away(world: World):
    leader = client_of(world, "leader_a")
    seen: dict[str, set[str]] = {}
    for path in LOOKING_UP:
        for word in ASKED:
            address = f"/{path}?q={word}"
            for mark in marks(ask(leader, "GET", address)):
                seen.setdefault(mark, set()).add(address)
    assert of(seen, "ZZB-") == {}
    assert "/tim/?q=nominee" in seen["ZZA-NOMINEE"]  # there was something to find
    _token, key = issue_token(
        name="Trục", owner_id=world.people["leader_a"].pk, scopes=list(ApiScope), last_day=NOW.date(),
        by=world.people["superuser"], now=NOW,
    )  # fmt: skip
    read = 0
    for route in (route for route, _pattern in routes() if route.startswith("api/v1/campaigns")):
        address = address_of(route, world).replace(world.a.participant.code, world.campaign.code)
        response = ask(Client(), "GET", address, Authorization=f"Bearer {key}")
        read += response.status_code == 200
        assert not {mark for mark in marks(response) if mark.startswith("ZZB-")}, address
    assert read == 4
