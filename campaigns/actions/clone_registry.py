"""What the apps above copy when a campaign is made after an earlier one."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from campaigns.models import Campaign, User


class Copier(Protocol):
    """Copies what one app keeps of a campaign's settings."""

    def __call__(self, *, source: Campaign, target: Campaign, by: User, now: dt.datetime) -> int:
        """Copy from ``source`` to ``target`` (in preparation, its plan already written); return how many rows.

        Runs in the transaction of the cloning and raises what should undo it. Dates move by
        ``target.starts_on - source.starts_on``.
        """


_COPIERS: dict[str, Copier] = {}


def register(noun: str, copier: Copier) -> None:
    """Add a copier (from an AppConfig.ready); ``noun`` names its rows in the trail. Raises ValueError for a second."""
    if _COPIERS.setdefault(noun, copier) is not copier:
        raise ValueError(f"{noun} has a copier already")


def copiers() -> dict[str, Copier]:
    """Return the copiers by noun, in the order in which they were registered."""
    return dict(_COPIERS)
