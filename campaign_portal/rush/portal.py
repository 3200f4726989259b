"""The portal under a load test: web server, worker and beat as an installation runs them, on this machine only."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests
from django.conf import settings

START_SECONDS = 60
NICE = ("nice", "-n", "10")  # as in portal-worker.service: people come first


@contextmanager
def portal(folder: Path, *, database_url: str) -> Iterator[str]:
    """Serve the database from a folder of its own while the block runs; yield the address. Raises TimeoutError."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "RUN_DIR": str(folder),
        "WEB_BIND": place,
        "PORTAL_URL": f"http://{place}",
        "TRUSTED_PROXY_COUNT": "1",  # each browser comes from an address of its own
        "WAKE_WORKER": "1",
        "LOG_LEVEL": "ERROR",
    }
    programs = Path(sys.executable).parent
    commands = [
        [str(programs / "gunicorn"), "-c", "deploy/gunicorn.conf.py", "campaign_portal.wsgi", "--log-level", "error"],
        [*NICE, str(programs / "celery"), "--quiet", "-A", "campaign_portal", "worker", "-c", "2", "-l", "ERROR"],
        [str(programs / "celery"), "--quiet", "-A", "campaign_portal", "beat", "-l", "ERROR", "--pidfile="],
    ]
    with (folder / "portal.log").open("wb") as log:
        running = [
            subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True
            )
            for command in commands
        ]
    try:
        _wait_for(f"http://{place}")
        yield f"http://{place}"
    finally:
        for process in running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in running:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _wait_for(base: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with suppress(requests.RequestException):
            if requests.get(f"{base}/suc-khoe/", timeout=2).status_code == 200:
                return
        time.sleep(0.2)
    raise TimeoutError("the portal did not answer")
