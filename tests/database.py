"""Tests that commit end with empty tables: what forbids that is lifted just then, what migrations brought returns."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import TransactionTestCase

from awards import law, models
from campaigns import append_only


@pytest.fixture(scope="session", autouse=True)
def _emptying_tables_lifts_the_triggers() -> Iterator[None]:
    """The flush sends ``post_migrate``, which puts the triggers and the chain's head row back.

    Rows that a migration brought (the law's figures) are put back by hand: the next test in the same process
    would find a database that no installation has.
    """
    empty = BaseDatabaseOperations.execute_sql_flush
    tear_down = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # not in the stubs

    def without_triggers(self: BaseDatabaseOperations, statements: list[str]) -> None:
        append_only.drop(self.connection)
        empty(self, statements)

    def restored(self: TransactionTestCase) -> None:
        tear_down(self)
        for alias in self._databases_names(include_mirrors=False):  # type: ignore[attr-defined]
            assert append_only.missing(connections[alias]) == []
            law.ensure(lambda name, using=alias: getattr(models, name).objects.using(using))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", without_triggers)
        patch.setattr(TransactionTestCase, "_fixture_teardown", restored)
        yield
