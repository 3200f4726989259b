"""Tests that commit end with empty tables: what forbids that is lifted just then, what migrations brought returns."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.signals import connection_created
from django.test import TransactionTestCase

from awards import law, models
from campaigns import append_only


@contextmanager
def as_owner() -> Iterator[None]:
    """Act as the owner of the tables for what only the owner may do: migrate, empty, forge for a proof."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        before = cursor.fetchone()[0]
        cursor.execute("RESET ROLE")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {before}")


@pytest.fixture(scope="session", autouse=True)
def _emptying_tables_lifts_the_triggers() -> Iterator[None]:
    """The flush sends ``post_migrate``, which puts the triggers and the chain's head row back.

    Rows that a migration brought (the law's figures) are put back by hand: the next test in the same process
    would find a database that no installation has.
    """
    empty = BaseDatabaseOperations.execute_sql_flush
    tear_down = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # not in the stubs

    def without_triggers(self: BaseDatabaseOperations, statements: list[str]) -> None:
        with as_owner():
            append_only.drop(self.connection)
            empty(self, statements)

    def restored(self: TransactionTestCase) -> None:
        with as_owner():
            tear_down(self)
        for alias in self._databases_names(include_mirrors=False):  # type: ignore[attr-defined]
            assert append_only.missing(connections[alias]) == []
            law.ensure(lambda name, using=alias: getattr(models, name).objects.using(using))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", without_triggers)
        patch.setattr(TransactionTestCase, "_fixture_teardown", restored)
        yield


# --- on PostgreSQL tests act as the role that serves requests ------------------------------------------------


def become_the_application(connection: Any, **_: Any) -> None:
    """Give a new connection the rights an installation's has: tables belong to another role (signal receiver)."""
    if connection.vendor == "postgresql" and not _owner_acts:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {os.environ['DATABASE_APP_ROLE']}")


_owner_acts: list[str] = []  # the running test, where it is marked ``owner``


@pytest.fixture(scope="session", autouse=True)
def _work_is_done_by_the_application(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """From here on: the database is there, made by its owner."""
    with django_db_blocker.unblock():
        connections.close_all()
    connection_created.connect(become_the_application)
    yield
    connection_created.disconnect(become_the_application)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a test marked ``owner`` act as the owner from its first fixture on: what it does, no request could."""
    if connection.vendor == "postgresql" and item.get_closest_marker("owner"):
        _owner_acts.append(item.nodeid)
        connections.close_all()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """The next test is the application's again."""
    if _owner_acts:
        _owner_acts.clear()
        connections.close_all()
