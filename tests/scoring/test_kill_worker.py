"""kill -9 of the whole worker in the middle of its work: nothing is lost, nothing is doubled.

Three kills here; fifty in ``make prove`` (tests/prove/kill_worker.py).
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from tests.killing import DAMAGE, in_a_process


def _environment(folder: Path) -> dict[str, str]:
    """The environment of a portal that works on this test's database."""
    dropped = {"REDIS_URL", "CACHE_REDIS_URL", "DATABASE_OWNER_URL", "WORK_LEASE_SECONDS"}
    environment = {name: value for name, value in os.environ.items() if name not in dropped}
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        address = f"sqlite:///{name}"
    else:
        address = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
    return {**environment, "DATABASE_URL": address, "RUN_DIR": str(folder / "run")}


def _damage(environment: dict[str, str]) -> dict[str, int]:
    figures = in_a_process(3, 20260701, environment=environment, timeout=240)
    assert figures["runs"] > 30
    assert figures["claims that died"] > 0, "no kill met work half done: the test proved nothing"
    return {name: figures[name] for name in DAMAGE if figures[name]}


@pytest.mark.sqlite  # the embedded default
@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_or_doubled_with_the_filesystem_as_broker(tmp_path: Path) -> None:
    assert _damage(_environment(tmp_path)) == {}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_or_doubled_with_redis_as_broker(tmp_path: Path, redis_url: str) -> None:
    assert _damage({**_environment(tmp_path), "REDIS_URL": redis_url}) == {}
