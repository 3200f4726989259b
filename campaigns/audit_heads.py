"""Heads of the audit trail kept outside the database, a line a day: what shows a trail rewritten as a whole.

A line is ``2026-11-27T06:30:00+07:00 SEQ:HASH``. The file only grows; a copy of it on another machine is what makes
it worth something, because who can rewrite the database may rewrite the file beside it.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path

from campaigns.calendar import LOCAL

_HEAD = re.compile(r"(\d+):([0-9a-f]{64})")


def parse_head(text: str) -> tuple[int, str]:
    """Read ``SEQ:HASH`` as a check printed it. Raises ValueError."""
    match = _HEAD.fullmatch(text.strip())
    if match is None:
        raise ValueError("a head is SEQ:HASH, as an earlier check printed it")
    return int(match[1]), match[2]


def read_heads(file: Path) -> list[tuple[int, str]]:
    """Return every head that was written into ``file``. Raises ValueError with the number of a line that is none."""
    heads = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        try:
            heads.append(parse_head(line.rpartition(" ")[2]))
        except ValueError as error:
            raise ValueError(f"{file}, line {number}: {error}") from error
    return heads


def add_head(file: Path, head: str, *, now: dt.datetime) -> None:
    """Append today's head, on the disk when this returns; one that stands there last is not repeated."""
    earlier = read_heads(file) if file.exists() else []
    if earlier and earlier[-1] == parse_head(head):
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as out:
        out.write(f"{now.astimezone(LOCAL).isoformat(timespec='seconds')} {head}\n")
        out.flush()
        os.fsync(out.fileno())
