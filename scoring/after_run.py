"""What follows a finished run. Apps above register from their AppConfig, so that scoring never imports them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from .enums import RunTrigger

#: ``hook(campaign_ids, day, trigger, now)`` acts on the figures of a local day that runs of one trigger just
#: stored. It is called again when a worker dies in it, so its effect must be the same the second time.
Hook = Callable[[Sequence[int], dt.date, RunTrigger, dt.datetime], object]

_HOOKS: list[Hook] = []


def after_run(hook: Hook) -> Hook:
    """Register what is done after nightly, final and requested runs (not after the refreshes of the running day)."""
    if hook not in _HOOKS:
        _HOOKS.append(hook)
    return hook


def hooks() -> Sequence[Hook]:
    """Return the registered hooks in order."""
    return tuple(_HOOKS)
