"""The database or the cache is away: a calm page, and signing in that goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.cache.backends.redis import RedisCache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError
from django.test import RequestFactory
from kombu.transport import redis as kombu_redis

import campaign_portal.celery  # noqa: F401  # what it sets on kombu is looked at
from campaign_portal.away import is_away
from campaign_portal.cache import SharedOrOwn
from campaign_portal.errors import server_error
from tests.servers import RedisServer, free_port


class Refused(psycopg2.OperationalError):
    """As the driver raises it; the code is the server's, or None where there is no server."""

    def __init__(self, code: str | None) -> None:
        super().__init__("refused")
        self.code = code

    @property
    def pgcode(self) -> str | None:  # type: ignore[override]
        return self.code


def failed(kind: Any, cause: Exception | None) -> Exception:
    error: Exception = kind("failed")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("code", [None, "08006", "57P01", "57P03", "53300"])
def test_a_server_that_cannot_be_reached_is_away(code: str | None) -> None:
    assert is_away(failed(OperationalError, Refused(code)))
    assert is_away(failed(InterfaceError, Refused(code)))
    assert is_away(failed(DatabaseError, Refused(code)))  # the server closed the connection unexpectedly


@pytest.mark.parametrize(
    "error",
    [
        None,
        ValueError("failed"),
        failed(OperationalError, Refused("57014")),  # a statement that took too long
        failed(OperationalError, Refused("55P03")),  # a lock: somebody else is saving
        failed(ProgrammingError, Refused(None)),  # a value the driver cannot write
        failed(OperationalError, ValueError("no such table")),  # SQLite
    ],
)
def test_every_other_error_is_one_to_be_looked_at(error: Exception | None) -> None:
    assert not is_away(error)


def answer(path: str, **headers: str) -> Any:
    try:
        raise failed(OperationalError, Refused(None))
    except OperationalError:
        return server_error(RequestFactory().post(path, headers=headers))


def test_the_page_says_in_vietnamese_to_try_again() -> None:
    page = answer("/bao-cao/")
    assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert "Cổng tạm thời chưa truy cập được" in page.content.decode()
    assert "refused" not in page.content.decode()


def test_htmx_keeps_the_page_and_the_interface_gets_a_problem() -> None:
    part = answer("/bao-cao/", **{"HX-Request": "true"})
    assert (part.status_code, part["HX-Reswap"]) == (503, "none")
    assert "tạm thời" in json.loads(part["HX-Trigger"])["portal:refused"]["sentence"]
    assert answer("/api/v1/x").status_code == 503


@pytest.mark.django_db
def test_a_large_file_on_a_full_disk_is_answered_calmly(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: object, raw_data: bytes, start: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", full)
    large = SimpleUploadedFile("anh.pdf", b"0" * 3_000_000)
    page = client.post("/accounts/login/", {"file": large, "login": "ai"})
    assert page.status_code == 507
    assert "đã đầy" in page.content.decode()
    large.seek(0)
    part = client.post("/accounts/login/", {"file": large}, headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Reswap"]) == (507, "none")  # the box stays, with what stood beside it
    assert "đã đầy" in json.loads(part["HX-Trigger"])["portal:refused"]["sentence"]
    small = client.post("/accounts/login/", {"file": SimpleUploadedFile("anh.pdf", b"0" * 1_000), "login": "ai"})
    assert small.status_code == 200


# --- Redis ------------------------------------------------------------------------------------------------


def test_without_redis_a_process_remembers_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SharedOrOwn, "_away_until", 0.0)
    nobody = f"redis://127.0.0.1:{free_port()}/1"
    with pytest.raises(Exception, match="Connection refused"):
        RedisCache(nobody, {}).get("key")  # what it would be like otherwise
    cache = SharedOrOwn(nobody, {})
    assert [cache.add("key", 1), cache.add("key", 2)] == [True, False]
    assert (cache.get("key"), cache.incr("key"), cache.get("other", "none")) == (1, 2, "none")
    cache.set_many({"a": 1, "b": 2})
    assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
    assert [cache.delete("key"), cache.has_key("key")] == [True, False]


def test_with_redis_all_processes_remember_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SharedOrOwn, "_away_until", 0.0)
    server = RedisServer(tmp_path)
    server.start()
    try:
        SharedOrOwn(server.url, {}).set("key", "shared")
        assert RedisCache(server.url, {}).get("key") == "shared"
    finally:
        server.kill()


def test_a_worker_gives_no_message_back_over_a_lost_connection() -> None:
    """kombu would, and the worker would end by the error of it: tests/prove/faults.py kills the broker for real."""
    assert kombu_redis.Channel.do_restore is False


def test_nobody_waits_for_a_broker_that_is_away(tmp_path: Path) -> None:
    """With the real settings, in a process of its own: these are read once."""
    program = (
        "import time, django; django.setup(); from campaigns import wake; started = time.monotonic();"
        "wake.wake_worker(); print(time.monotonic() - started, wake._silent_until > 0)"
    )
    nobody = {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0", "WAKE_WORKER": "1", "LOG_LEVEL": "CRITICAL"}
    own = {"DJANGO_SETTINGS_MODULE": "campaign_portal.settings", "DATABASE_URL": f"sqlite:///{tmp_path}/db"}
    said = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **own, **nobody}, capture_output=True, text=True, check=True
    ).stdout.split()
    assert float(said[0]) < 2
    assert said[1] == "True"
