"""``matrix.tsv``: the status that everybody gets for GET and POST of every address, as a test reads it."""

from __future__ import annotations

import re
from pathlib import Path

from .world import ROLES

TABLE = Path(__file__).parent / "matrix.tsv"
Table = dict[tuple[str, str], dict[str, str]]


def table() -> Table:
    """Return the committed table."""
    return read_table(TABLE.read_text("utf-8"))


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
