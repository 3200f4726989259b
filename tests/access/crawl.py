"""One person asks for everything: every address by GET and POST, plain and by htmx; each request leaves no trace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.http import HttpResponse

from .addresses import EVERYTHING, address_of, ask, client_of, routes
from .world import World

HTMX = {"HX-Request": "true"}
#: Which of a unit's proposals stands in an address of ``khen-thuong/``.
VARIANTS = ("proposal", "draft", "issued")
#: Django's own lists and forms of the administration: nothing of theirs looks at htmx's header.
OF_DJANGO = re.compile(r"admin/(\w+/\w+/(add/|<path:object_id>/(change|delete|history)/)?)?$")


@dataclass(frozen=True)
class Answer:
    """What one person got for one request."""

    role: str
    route: str
    address: str
    method: str
    by_htmx: bool
    is_own: bool  # the address that the table speaks of: unit A's rows, its submitted proposal
    response: HttpResponse
    statements: tuple[str, ...]  # SQL that the request sent

    @property
    def status(self) -> str:
        """The status as the table writes it: ``in`` leads to signing in, ``to`` to another page."""
        if self.response.status_code != 302:
            return str(self.response.status_code)
        return "in" if re.match(r"/(accounts|admin)/login/", self.response["Location"]) else "to"

    @property
    def is_page(self) -> bool:
        return self.status == "200" and "text/html" in self.response.get("Content-Type", "")

    def __str__(self) -> str:
        return f"{self.method} {self.address} as {self.role}{' by htmx' if self.by_htmx else ''}"


def addresses(world: World, route: str) -> Iterator[str]:
    """Unit A's address first, then those with the twin's rows and other proposals in them; each once."""
    known: dict[str, None] = {address_of(route, world): None}
    if "log" not in route:
        for twin in (world.a, world.b):
            for variant in VARIANTS:
                known.setdefault(address_of(route, world, twin, variant))
    yield from known


def answers(world: World, role: str, only: list[str] | None = None) -> Iterator[Answer]:
    """Ask as one person for these routes, or for all.

    By htmx too, on one database and where the table speaks of the address; what is refused plainly is refused before
    anything looks at that header, and Django's own pages never do. `make prove` asks everything both ways.
    """
    once = connection.vendor != "sqlite" and not EVERYTHING
    client = client_of(world, role)
    for route in only if only is not None else [route for route, _pattern in routes()]:
        for number, address in enumerate(addresses(world, route)):
            for method in ("GET", "POST") if number == 0 else ("GET",):
                for by_htmx in (False, True):
                    statements: list[str] = []

                    def noting(execute, sql, params, many, context, kept=statements):
                        kept.append(sql)
                        return execute(sql, params, many, context)

                    with connection.execute_wrapper(noting):
                        response = ask(client, method, address, **(HTMX if by_htmx else {}))
                    answer = Answer(role, route, address, method, by_htmx, number == 0, response, tuple(statements))
                    yield answer
                    is_plain = number or answer.status in {"in", "403", "404", "405"} or OF_DJANGO.match(route)
                    if once or (is_plain and not EVERYTHING):
                        break
