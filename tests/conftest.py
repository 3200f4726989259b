"""Fixtures every test may use. The servers behind them are in servers.py."""

import functools
import gc
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from playwright.sync_api import Browser, Page, sync_playwright
from xdist.scheduler import LoadScopeScheduling

from awards import law, models
from tests.servers import CHROMIUM_ARGUMENTS, RedisServer, chromium_program

pytest_plugins = ["tests.cast", "tests.database"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what speaks about the other database, and on PostgreSQL what asks no database: SQLite's run asked it."""
    on_postgres = os.environ.get("TEST_DATABASE") == "postgres"
    for item in items:
        if item.get_closest_marker("postgres") and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="says something about PostgreSQL only"))
        if item.get_closest_marker("sqlite") and on_postgres:
            item.add_marker(pytest.mark.skip(reason="says something about SQLite only"))
        elif on_postgres and os.environ.get("ASK_EVERYTHING") != "1" and not asks_a_database(item):
            item.add_marker(pytest.mark.skip(reason="asks no database: run on SQLite"))


#: Fixtures that open a database or a server; a test that gets one, by whatever way, runs on both databases. The
#: making of the database is none of them: every session asks for it (tests/database.py).
SERVED = {
    "db",
    "transactional_db",
    "live_server",
    "django_db_reset_sequences",
    "redis_server",
    "redis_url",
}
#: Tests that reach a database by another process or by its driver, which no fixture shows.
BY_OTHER_WAYS = re.compile(
    r"\b(subprocess|psycopg2?|TEST_DATABASE|DATABASE_URL|killing|honcho|connections?|getfixturevalue)\b"
)


def asks_a_database(item: pytest.Item) -> bool:
    """Whether a test may answer otherwise on another database; in doubt it may."""
    if item.get_closest_marker("postgres") or item.get_closest_marker("django_db"):
        return True
    case = getattr(item, "cls", None)
    if case is not None and issubclass(case, TransactionTestCase):
        return True
    return bool(SERVED & set(getattr(item, "fixturenames", ()))) or reaches_by_other_ways(item.path)


@functools.cache
def reaches_by_other_ways(file: Path) -> bool:
    """Whether a file of tests names a means of reaching a database that no fixture shows."""
    return BY_OTHER_WAYS.search(file.read_text("utf-8")) is not None


class TogetherByClass(LoadScopeScheduling):
    """Tests of a class share a dear beginning and stay in one process; all else goes where there is room."""

    def _split_scope(self, nodeid: str) -> str:
        place = nodeid.partition("[")[0]
        return place.rpartition("::")[0] if place.count("::") == 2 else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> TogetherByClass:
    """Give out tests by the class above, whatever ``--dist`` says."""
    return TogetherByClass(config, log)


def pytest_configure() -> None:
    """Look for cycles rarely: tests make many short-lived objects, and each look costs more than it frees."""
    gc.set_threshold(100_000, 50, 100)


def pytest_report_header() -> str:
    """Name the database in the first lines of every run, and what is left to the other one."""
    left = "; tests that ask no database are left to SQLite's run" if connection.vendor == "postgresql" else ""
    return f"database: {connection.vendor}{left}"


#: The database's name before a test database takes its place.
NOT_OF_TESTS = connection.settings_dict["NAME"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """The shipped figures are there also where --no-migrations made the tables (quicker for a few files)."""
    if connection.settings_dict["NAME"] == NOT_OF_TESTS:  # no test of this run asks a database: there is none
        return
    with django_db_blocker.unblock():
        law.ensure(lambda name: getattr(models, name).objects)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Rate limits live in the cache and outlast a rolled back test."""
    cache.clear()


@pytest.fixture
def evidence_root(settings, tmp_path: Path) -> Path:
    """An empty evidence store of this test's own."""
    root = tmp_path / "evidence"
    root.mkdir()
    settings.EVIDENCE_ROOT = root
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": str(root)}}
    settings.STORAGES = storages
    return root


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A real redis-server a test may kill and start again (it must leave it running)."""
    folder = Path(tempfile.mkdtemp(prefix="portal-redis-"))
    server = RedisServer(folder)
    server.start()
    yield server
    server.kill()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def redis_url(redis_server: RedisServer) -> str:
    """Address of the running redis-server; TEST_REDIS_URL names a given one."""
    return os.environ.get("TEST_REDIS_URL") or redis_server.url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, one for the whole run. Missing, it fails: a test that did not run proves nothing."""
    program = chromium_program()
    if program is None:
        pytest.fail("Chromium is missing. Install it: apt-get install --no-install-recommends chromium", pytrace=False)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser, live_server) -> Iterator[Page]:
    """A fresh tab on the live server, Vietnamese size and locale; a policy violation or script error fails the test.

    ``page.problems`` collects console errors; a test that provokes one on purpose empties the list.
    """
    context = browser.new_context(
        base_url=live_server.url,
        locale="en-US",
        timezone_id="Asia/Ho_Chi_Minh",
        viewport={"width": 1280, "height": 900},
    )
    tab = context.new_page()
    tab.set_default_timeout(15_000)
    problems: list[str] = []
    tab.problems = problems  # type: ignore[attr-defined]  # for tests that provoke one on purpose
    tab.on("pageerror", lambda error: problems.append(f"script error: {error}"))
    tab.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield tab
    context.close()
    assert problems == []


@pytest.fixture
def sign_in(page: Page, live_server, client, settings):
    """``sign_in(user)``: the tab continues as that person, without the form."""

    def as_user(user) -> Page:
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": live_server.url, "httpOnly": True}]
        )
        return page

    return as_user


@pytest.fixture
def accessibility(page: Page):
    """``accessibility()``: serious and critical findings of axe on the page as shown, by rule and element."""
    from axe_playwright_python.sync_playwright import Axe  # 0.5 MB of script, only browser tests need it

    def findings() -> list[str]:
        response = Axe().run(page).response
        return [
            f"{violation['id']}: {node['target']}"
            for violation in response["violations"]
            if violation["impact"] in {"serious", "critical"}
            for node in violation["nodes"]
        ]

    return findings
