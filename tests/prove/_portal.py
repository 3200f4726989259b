"""The portal as it runs in an office, for faults: real web server, worker and beat around servers one may hurt."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tests.prove import Stage
from tests.servers import RedisServer, free_port
from tests.smtp import SmtpSink

LEASE_SECONDS = 6
SWEEP_SECONDS = 5  # the timetable says 30: the same beat, faster, so that a proof ends today
#: What beat runs: the whole timetable every so many seconds, or the real one where none is given.
BEAT = """
import sys
from campaign_portal.celery import app
if sys.argv[1] != "as it is":
    for entry in app.conf.beat_schedule.values():
        if sys.argv[1] == "all" or entry["task"].endswith("sweep_outbox"):
            entry["schedule"] = float(sys.argv[2])
app.start(["--quiet", "beat", "--pidfile=", "-s", sys.argv[3], "-l", "CRITICAL"])
"""
WEB = (
    "gunicorn", "campaign_portal.wsgi", "--worker-class", "gthread", "--workers", "2", "--threads", "4",
    "--preload", "--no-control-socket", "--log-level", "critical", "--graceful-timeout", "4",
)  # fmt: skip
WORKER = (
    "celery", "-A", "campaign_portal", "worker", "-c", "2", "-l", "CRITICAL", "--without-gossip", "--without-mingle",
)  # fmt: skip
#: Of the pages that say: come back in a moment; the disk is full.
CALM_WORDS = ("Cổng tạm thời chưa truy cập được", "đã đầy")  # 503, 507


@dataclass(frozen=True)
class Answer:
    """What a person's browser got."""

    what: str  # the act it belongs to
    status: int  # 0: the connection broke
    text: str
    headers: dict[str, str]
    seconds: float

    @property
    def is_calm(self) -> bool:
        """Whether nobody is frightened: no inside shown, and a failure only as a page in Vietnamese that says so."""
        if "Traceback" in self.text:
            return False
        if self.status >= 500:
            return self.status in (503, 507) and any(words in self.text for words in CALM_WORDS)
        return self.status >= 200

    @property
    def is_final(self) -> bool:
        """Whether it says how the act ended; a page that says when to try again does not."""
        return 0 < self.status < 500 and "Retry-After" not in self.headers

    @property
    def place(self) -> str:
        """Where a redirect leads."""
        return self.headers.get("Location", "")


class Portal:
    """Its processes, its Redis (broker and cache) and its mail server; PostgreSQL is the stage's."""

    def __init__(self, stage: Stage) -> None:
        self.folder = stage.folder
        self.redis, self.smtp = RedisServer(stage.folder), SmtpSink()
        self.port = free_port()
        self.environment = stage.environment | {
            "REDIS_URL": self.redis.url,
            "CACHE_REDIS_URL": self.redis.url.removesuffix("/0") + "/1",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.smtp.port}",
            "EMAIL_TIMEOUT": "1",
            "WORK_LEASE_SECONDS": str(LEASE_SECONDS),
            "WAKE_WORKER": "1",
            "LOG_LEVEL": "ERROR",
            "PYTHONWARNINGS": "ignore",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.answers: list[Answer] = []
        self._lock = threading.Lock()

    def start(self, name: str, *command: str, **popen: Any) -> subprocess.Popen[bytes]:
        """Start a process group under a name; what it says goes to a file of that name."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *command],
                env=self.environment,
                start_new_session=True,
                stdout=log,
                stderr=log,
                **popen,
            )
        return self.processes[name]

    def start_web(self, **popen: Any) -> None:
        """Start the web server and wait until it answers."""
        self.start("web", "-m", *WEB, "--bind", f"127.0.0.1:{self.port}", **popen)
        self.wait_for_web()

    def wait_for_web(self) -> None:
        """Wait until the web server answers. Raises TimeoutError."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(OSError, http.client.HTTPException):
                if self._exchange("GET", "/suc-khoe/", {}, b"")[0] == 200:
                    return
            time.sleep(0.05)
        raise TimeoutError("the web server did not answer")

    def start_worker(self) -> None:
        """Start a worker with two processes."""
        self.start("worker", "-m", *WORKER)

    def start_beat(self, name: str = "beat", which: str = "sweep", seconds: float = SWEEP_SECONDS) -> None:
        """Start a beat that rings the sweep, or ``all`` of the timetable, every so many seconds."""
        self.start(name, "-c", BEAT, which, str(seconds), str(self.folder / f"{name}-schedule"))

    def stop(self, name: str) -> None:
        """Kill -9 a process with all it started."""
        process = self.processes.pop(name, None)
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def close(self) -> None:
        """Stop everything."""
        for name in list(self.processes):
            self.stop(name)
        self.smtp.stop()
        self.redis.kill()

    def ring(self, task: str) -> None:
        """Send the worker a task, as beat does."""
        from celery import current_app
        from kombu import Connection

        with Connection(self.redis.url) as connection:
            current_app.send_task(task, connection=connection, ignore_result=True, retry=False)

    def ask(self, what: str, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        """Send one request as a browser would, and keep the answer."""
        started = time.monotonic()
        try:
            status, text, said = self._exchange(method, path, headers, body)
        except (OSError, http.client.HTTPException) as error:
            status, text, said = 0, f"{type(error).__name__}: {error}", {}
        answer = Answer(what, status, text, said, time.monotonic() - started)
        with self._lock:
            self.answers.append(answer)
        return answer

    def _exchange(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, str, dict[str, str]]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        try:
            link.request(method, path, body or None, {"Connection": "close", **headers})
            answer = link.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace"), dict(answer.getheaders())
        finally:
            link.close()


class Browser:
    """One person at the portal; signed in without the form unless they use it themselves."""

    def __init__(self, portal: Portal, person: Any = None) -> None:
        self.portal, self.person = portal, person
        self.token = uuid.uuid4().hex  # of forms; 32 characters, as Django's
        self.cookie = f"sid={self._session()}" if person is not None else ""

    def _session(self) -> str:
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.backends.db import SessionStore

        session, now = SessionStore(), int(time.time())
        session.update(
            {
                SESSION_KEY: str(self.person.pk),
                BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
                HASH_SESSION_KEY: self.person.get_session_auth_hash(),
                "_csrftoken": self.token,
                "signed_in_at": now,
                "seen_at": now + 3_600,
            }
        )
        session.save()
        return str(session.session_key)

    def sign_in(self, password: str) -> Answer:
        """Sign in by the form, as a new browser."""
        link = self.portal.ask("sign in", "GET", "/accounts/login/", {})
        cookie = link.headers.get("Set-Cookie", "").partition(";")[0]
        self.cookie, self.token = cookie, value_on(link.text, "csrfmiddlewaretoken")
        return self.post("sign in", "/accounts/login/", {"login": self.person.username, "password": password})

    def get(self, what: str, path: str) -> Answer:
        """Open a page."""
        return self.portal.ask(what, "GET", path, {"Cookie": self.cookie})

    def post(
        self, what: str, path: str, fields: dict[str, str], file: tuple[str, bytes] | None = None, *, htmx: bool = False
    ) -> Answer:
        """Send a form, with a file where one is given."""
        border = uuid.uuid4().hex
        parts = [
            f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in {"csrfmiddlewaretoken": self.token, **fields}.items()
        ]
        if file is not None:
            head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{file[0]}"\r\n'
            parts += [head.encode(), b"Content-Type: application/octet-stream\r\n\r\n", file[1], b"\r\n"]
        headers = {"Cookie": self.cookie, "Content-Type": f"multipart/form-data; boundary={border}"}
        if htmx:
            headers["HX-Request"] = "true"
        return self.portal.ask(what, "POST", path, headers, b"".join([*parts, f"--{border}--\r\n".encode()]))

    def insist(
        self, what: str, path: str, fields: dict[str, str], *, htmx: bool = False, seconds: float = 60
    ) -> Answer:
        """Send the same form again until it is said how it ended, as a person does who is asked to try later."""
        until = time.monotonic() + seconds
        while True:
            answer = self.post(what, path, fields, htmx=htmx)
            if answer.is_final or time.monotonic() > until:
                return answer
            time.sleep(0.4)


def value_on(page: str, name: str) -> str:
    """Return the value of a field of a page, "0" where it has none."""
    field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    value = re.search(r'value="([^"]*)"', field[0]) if field else None
    return value[1] if value else "0"
