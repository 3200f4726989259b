"""Which code handles which outbox topic, and what else a sweep looks after.

Apps above register from their AppConfig, so that the queue never imports them. The registry is closed: a
message of a topic nobody handles is given up and shows as such.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Message:
    """What a handler is told."""

    topic: str
    key: str  # what the work is about, in the topic's own form
    payload: dict[str, Any]
    attempt: int  # 1 for the first


class NotYet(Exception):
    """Raised by a handler whose work cannot be done now, through no fault: it is tried again later, uncounted."""

    def __init__(self, reason: str, *, seconds: int = 30) -> None:
        super().__init__(reason)
        self.seconds = seconds


#: Tells the moment; the task or command hands its clock on, so that long work knows when each step happens.
Clock = Callable[[], dt.datetime]
#: Does the work of one message and returns one sentence. It may run twice for one message (a worker can die
#: after the effect), so its effect must be the same the second time.
Handler = Callable[[Message, Clock], str]
#: Looks after unfinished work of another kind; returns one sentence, empty where nothing was to do.
Sweep = Callable[[Clock], str]

_HANDLERS: dict[str, Handler] = {}
_SWEEPS: dict[str, Sweep] = {}


def handles(topic: str) -> Callable[[Handler], Handler]:
    """Register the one handler of a topic. Raises ValueError for a second one."""

    def register(handler: Handler) -> Handler:
        if _HANDLERS.setdefault(topic, handler) is not handler:
            raise ValueError(f"{topic} is handled already")
        return handler

    return register


def handler_of(topic: str) -> Handler | None:
    """Return the handler of a topic, if it has one."""
    return _HANDLERS.get(topic)


def sweeps(name: str) -> Callable[[Sweep], Sweep]:
    """Register work for every sweep under a name. Raises ValueError for a second one of that name."""

    def register(sweep: Sweep) -> Sweep:
        if _SWEEPS.setdefault(name, sweep) is not sweep:
            raise ValueError(f"{name} is swept already")
        return sweep

    return register


def registered_sweeps() -> dict[str, Sweep]:
    """Return the registered sweeps by name."""
    return dict(_SWEEPS)


def topics() -> list[str]:
    """Return every topic that is handled."""
    return sorted(_HANDLERS)
