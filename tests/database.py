"""Between tests that commit, the tables are emptied: the triggers that forbid it are lifted just then."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import TransactionTestCase

from campaigns import append_only


@pytest.fixture(scope="session", autouse=True)
def _emptying_tables_lifts_the_triggers() -> Iterator[None]:
    """Flush sends ``post_migrate``, which puts the triggers and the chain's head row back."""
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # not in the stubs

    def lift_and_flush(self: TransactionTestCase) -> None:
        for alias in self._databases_names(include_mirrors=False):  # type: ignore[attr-defined]
            append_only.drop(connections[alias])
        flush(self)
        for alias in self._databases_names(include_mirrors=False):  # type: ignore[attr-defined]
            assert append_only.missing(connections[alias]) == []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lift_and_flush)
        yield
