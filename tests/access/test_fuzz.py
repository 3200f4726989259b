"""Malformed requests, by seed: every address answers with a status below 500, whatever comes (safety.md, row 45).

``make test`` sends a few hundred, ``make prove ONLY=fuzz`` ten thousand on each database (FUZZ_REQUESTS).
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import transaction
from django.test import Client

from .addresses import address_of, client_of, routes
from .world import World

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "250"))
SEED = int(os.environ.get("FUZZ_SEED", "20261126"))
ROLES = ("anonymous", "leader_a", "staff", "secretary", "chairman", "publisher", "superuser")
#: What no form of ours sends.
NASTY = (
    "", "\x00", "a\x00b", "\ud800", "\u202ex", "9" * 400, "-9" * 9, "1e309", "NaN", "Infinity", "0x10", "٣", "²",
    "2026-02-30", "31/02/2026", "0001-01-01", "9999999-01-01", "25:61", "[]", "{}", '{"a":' * 500, "(.*)+$", "[", "\\",
    "'; DROP TABLE x; --", "%", "_", "../../etc/passwd", "<script>alert(1)</script>", "{{7*7}}", "null", "None", "true",
    "1,2,3", "1.234", "1.2.3", "−5", " ", "\t\r\n", "ạ" * 5000, "\U0001f600", "1" * 19, str(2**63), str(-(2**63)),
    "=1+1",
)  # fmt: skip
TYPES = ("text/plain", "multipart/form-data", "x/y; charset=zz", "application/xml")
LOOKUPS = ("__regex", "__startswith", "__isnull", "__gt", "__in", "__password", "__exact", "__year", "")
EXTRA = ("q", "page", "o", "e", "dot", "ngay", "tu", "khoi", "don-vi", "sap-xep", "co-so", "phong-trao", "_popup",
         "next", "form_key", "version", "id", "pk", "user__password", "title", "term", "app_label", "all",
         "p")  # fmt: skip


class Fuzzer:
    """One seeded stream of requests."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.clients = {role: client_of(world, role) for role in ROLES}
        self.routes = [route for route, _pattern in routes() if "logout" not in route]
        self.names: dict[tuple[str, str], list[str]] = {}

    def value(self) -> str:
        return self.random.choice(NASTY)

    def sent(self, role: str, route: str) -> tuple[str, dict[str, Any]]:
        """Return the arguments of one malformed request: its method and what goes with it."""
        known = self._names(role, route)
        pairs = [
            (self.random.choice(known) + self.random.choice(("", "", "", *LOOKUPS)), self.value())
            for _number in range(self.random.randrange(1, 7))
        ]
        shape = self.random.choice(("query", "query", "form", "form", "json", "cut", "type", "cookie", "path"))
        address = address_of(route, self.world)
        if shape == "path":
            address = re.sub(r"\d+(?=/)", lambda _found: quote(self.value(), errors="surrogatepass"), address, count=1)
        if shape in ("query", "path"):
            return "GET", {"path": f"{address}?{_encoded(pairs)}"}
        body: Callable[[], tuple[bytes, str]] = {
            "form": lambda: (_encoded(pairs).encode(), "application/x-www-form-urlencoded"),
            "json": lambda: (b'{"a":' * 3000, "application/json"),
            "cut": lambda: (_cut(pairs, self.random), "multipart/form-data; boundary=x"),
            "type": lambda: (self.random.randbytes(64), self.random.choice(TYPES)),
            "cookie": lambda: (b"", "application/x-www-form-urlencoded"),
        }[shape]
        data, content_type = body()
        more = {"HTTP_COOKIE": f"sid={quote(self.value()[:50], errors='surrogatepass')}"} if shape == "cookie" else {}
        return "POST", {"path": address, "data": data, "content_type": content_type, **more}

    def _names(self, role: str, route: str) -> list[str]:
        """Names of what the page's own forms send, and some that no page sends."""
        if (role, route) not in self.names:
            page = _ask(self.clients[role], "GET", {"path": address_of(route, self.world)})
            text = page.content.decode("utf-8", "replace") if "html" in page.headers.get("Content-Type", "") else ""
            self.names[role, route] = [*sorted(set(re.findall(r'name="([\w.-]{1,60})"', text))), *EXTRA]
        return self.names[role, route]


def _encoded(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs, errors="surrogatepass")


def _cut(pairs: list[tuple[str, str]], chance: random.Random) -> bytes:
    """A multipart body that stops in the middle."""
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="a.pdf"\r\n\r\n{value}\r\n'
        for name, value in pairs
    ]
    whole = "".join(parts).encode("utf-8", "surrogatepass")
    return whole[: chance.randrange(len(whole) + 1)]


def _ask(client: Client, method: str, sent: dict[str, Any]) -> Any:
    """Send it and undo whatever it did."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = client.generic(method, **sent)
        if response.streaming:
            response.content = b"".join(response.streaming_content)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def answered_wrongly(fuzzer: Fuzzer, requests: int, only: str = "") -> list[str]:
    """Send so many requests; return those answered with 500 or above, with what brings them back."""
    broken = []
    for number in range(requests):
        role, route = fuzzer.random.choice(ROLES), only or fuzzer.random.choice(fuzzer.routes)
        method, sent = fuzzer.sent(role, route)
        response = _ask(fuzzer.clients[role], method, sent)
        if response.status_code >= 500:
            reason = repr(getattr(response, "exc_info", (None, ""))[1])[:200]
            broken.append(f"{number}: {method} {route} as {role}: {response.status_code} {reason} {str(sent)[:300]}")
    return broken


def test_nothing_malformed_is_answered_with_an_error_of_ours(world: World) -> None:
    assert answered_wrongly(Fuzzer(world, SEED), REQUESTS) == []


def test_a_page_that_trips_over_its_input_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign_portal.views.search.search", lambda **asked: int(asked["asked"] or "0"))
    assert answered_wrongly(Fuzzer(world, SEED), 60, only="tim/") != []
