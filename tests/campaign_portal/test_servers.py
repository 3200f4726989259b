"""The test servers are what they claim to be."""

import os
import threading

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone
from redis import Redis

from campaigns import append_only
from tests.servers import APP_ROLE

pytestmark = pytest.mark.owner


def test_the_database_is_the_one_asked_for(db):
    expected = "postgresql" if os.environ.get("TEST_DATABASE") == "postgres" else "sqlite"
    assert connection.vendor == expected


@pytest.mark.sqlite
def test_sqlite_runs_in_a_file_as_in_service(db):
    with connection.cursor() as cursor:
        answers = {
            pragma: cursor.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in ("journal_mode", "foreign_keys")
        }
    assert answers == {"journal_mode": "wal", "foreign_keys": 1}
    assert connection.is_in_memory_db() is False


@pytest.mark.django_db(transaction=True)
def test_threads_write_through_connections_of_their_own():
    failures: list[Exception] = []

    def write(number: int) -> None:
        try:
            for turn in range(5):
                with transaction.atomic():
                    Session.objects.count()
                    Session.objects.create(session_key=f"{number}-{turn}", expire_date=timezone.now())
        except Exception as error:  # noqa: BLE001  # reported by the assertion below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (failures, Session.objects.count()) == ([], 30)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_the_triggers_stand_again_after_the_tables_were_emptied(turn):
    assert append_only.missing(connection) == []


@pytest.mark.postgres
def test_postgresql_has_the_limits_of_the_settings_and_a_role_that_owns_nothing(db):
    with connection.cursor() as cursor:
        limits = {}
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(f"SHOW {name}")
            limits[name] = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = %s", [APP_ROLE])
        owned = cursor.fetchone()[0]
    assert limits == {
        "statement_timeout": "15s",
        "lock_timeout": "3s",
        "idle_in_transaction_session_timeout": "30s",
    }
    assert owned == 0
    assert settings.DATABASE_APP_ROLE == APP_ROLE


def test_redis_is_a_real_server(redis_url):
    with Redis.from_url(redis_url) as client:
        assert client.ping() is True
        assert client.info("server")["redis_mode"] == "standalone"
