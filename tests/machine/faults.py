"""One guard taken away at a time: what the machine must find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any
from unittest import mock

from awards.actions import decision, transition
from awards.workflow import STEPS
from campaigns import verdict_rules
from campaigns.actions import refusals, reporting
from campaigns.actions.idempotency import Earlier
from campaigns.models import Campaign, Measurement
from campaigns.models.report import MeasurementQuerySet
from campaigns.queries import reporting_grid
from campaigns.verdict_rules import Seat


class _Equal(str):
    """A digest that is equal to every other."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False


@contextmanager
def _no_key(**_: Any) -> Iterator[Earlier]:
    yield Earlier(None)


def _one_more(self: MeasurementQuerySet, pk: int, **columns: Any) -> bool:
    """An accepted value is one more than what was reported."""
    if columns["verdict"] == "accepted" and columns["verified_value"] is not None:
        columns["verified_value"] += 1
    return _WRITTEN(self, pk, **columns)


_WRITTEN = MeasurementQuerySet.write_verdict

#: What is broken, and how.
FAULTS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "a step is taken from anywhere": lambda: mock.patch.object(transition, "step_for", lambda act, **_: STEPS[act]),
    "who proposed appraises and decides": lambda: mock.patch.object(transition, "hands_of", return_value=frozenset()),
    "a changed dossier is decided": lambda: mock.patch.object(decision, "digest", return_value=_Equal()),
    "a step leaves no entry in the trail": lambda: mock.patch.object(transition, "record", return_value=None),
    "a refusal leaves no trace": lambda: mock.patch.object(refusals, "ILLEGAL", frozenset()),
    "reports are taken after the lock": lambda: mock.patch.object(reporting_grid, "takes_values", return_value=True),
    "a closed campaign takes reports and verdicts": lambda: mock.patch.object(
        Campaign, "is_open", property(lambda campaign: True)
    ),
    "who is a party verifies": lambda: mock.patch.object(verdict_rules, "_seat", return_value=Seat.STAFF),
    "a form sent again acts again": lambda: mock.patch.object(reporting, "once", _no_key),
    "a refusal rolls nothing back": lambda: mock.patch.object(
        reporting, "transaction", SimpleNamespace(atomic=nullcontext)
    ),
    "a score counts what nobody verified": lambda: mock.patch.object(
        type(Measurement.objects.all()), "write_verdict", _one_more
    ),
}
