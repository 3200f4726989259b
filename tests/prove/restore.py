"""Everything is lost: a copy taken while fifty people write comes back whole into an empty database, within minutes

A hundred units with the reports of thirteen weeks, and files. A copy of a quiet moment must come back equal in every
column; one taken among writers must hold what its manifest says, with an unbroken trail and every file it names.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.prove import Figure, Stage
from tests.prove.__main__ import with_part
from tests.prove.upgrade import OF_DJANGO, child
from tests.servers import postgres_programs

DATABASES = ("postgres", "sqlite")
UNITS, FILES, WRITERS = 100, 500, 50
BUILD = f"from scoring.benchmark import Size, build; build(Size('hundred units', 1, units={UNITS}))"
LACKING = """
from campaigns import evidence
from campaigns.models import EvidenceFile
print(sum(not evidence.is_whole(one) for one in EvidenceFile.objects.values_list("sha256", flat=True)))
"""


def run(stage: Stage) -> Iterator[Figure]:
    """Copy, lose, bring back; once quiet, once among writers."""
    environment = stage.environment | {"EVIDENCE_ROOT": str(stage.folder / "evidence"), "PORTAL_AS_OWNER": "1"}
    if stage.database == "postgres":
        environment["POSTGRES_BIN"] = str(postgres_programs())
    _shell(environment, BUILD)
    os.environ["EVIDENCE_ROOT"] = environment["EVIDENCE_ROOT"]
    writers = Writers(environment["EVIDENCE_ROOT"])
    for number in range(FILES):
        writers.act(number)
    before = child(environment, "look")
    copy, taking = _copy(stage, environment)
    restored, bringing = _restored(stage, environment, copy, "quiet")
    after = child(restored, "look")
    count = sum(before["rows"].values())
    yield Figure(
        f"seconds to take and to bring back {count} rows and {FILES} files",
        f"{taking:.0f}, {bringing:.0f}",
        "≤ 600",
        taking + bringing <= 600,
    )
    compared = [name for name in before["columns"] if not name.startswith(OF_DJANGO)]
    other = [name for name in compared if before["columns"][name][1] != after["columns"].get(name, ["", ""])[1]]
    yield Figure(
        "columns whose values differ", f"{len(other)} of {len(compared)} {', '.join(other[:4])}", "0", not other
    )
    rules = [name for name in before["rules"] if before["rules"][name] != after["rules"].get(name)]
    yield Figure(
        "tables with other rules; triggers that lack", f"{len(rules)}; {len(after['lacking'])}", "0; 0",
        not rules and not after["lacking"],
    )  # fmt: skip
    with writers:
        time.sleep(2)
        copy, taking = _copy(stage, environment)
    restored, _seconds = _restored(stage, environment, copy, "busy")
    rows = json.loads((copy / "manifest.json").read_text("utf-8"))["rows"]["campaigns_auditentry"]
    yield Figure(
        f"acts of {WRITERS} writers beside the copy; failures; entries in it",
        f"{writers.acts - FILES}; {len(writers.failures)} {writers.failures[:1] or ''}; {rows}",
        "some; 0; between",
        not writers.failures and FILES <= rows <= writers.acts and writers.acts > FILES + WRITERS,
    )
    lacking = int(_shell(restored, LACKING).split()[-1])
    verified = subprocess.run(
        [sys.executable, "manage.py", "audit_verify"], env=restored, capture_output=True, text=True, check=False
    )
    yield Figure(
        "files that rows name and that lack; the trail's check",
        f"{lacking}; exit status {verified.returncode}",
        "0; 0",
        lacking == 0 and verified.returncode == 0,
    )


class Writers:
    """Fifty people who act until they are told to stop, as the application's role."""

    def __init__(self, root: str) -> None:
        from django.conf import settings

        from tests import factories as make

        settings.EVIDENCE_ROOT = Path(root)
        self.unit, self.person = make.make_participant(), make.make_user("lan")
        self.acts, self.failures, self.over = 0, list[str](), threading.Event()
        self.lock = threading.Lock()
        self.threads: list[threading.Thread] = []

    def act(self, number: int) -> None:
        """Store a file, with its row and its entry."""
        from django.db import transaction
        from django.utils import timezone

        from campaigns import evidence
        from campaigns.actions.audit import record
        from tests import factories as make

        content = f"minh chứng {number}".encode()
        evidence.store(content)
        with transaction.atomic():
            make.make_file(self.unit, content=content, name=f"{number}.pdf", uploaded_by=self.person)
            record(action="test.act", subject=self.person, by=self.person, now=timezone.now(), after={"n": number})
        with self.lock:
            self.acts += 1

    def _go_on(self, first: int) -> None:
        from django.db import connections

        number = first
        try:
            while not self.over.is_set():
                number += 1
                self.act(number)
                time.sleep(0.05)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is a failure of the portal
            self.failures.append(repr(error)[:200])
        finally:
            connections.close_all()

    def __enter__(self) -> Writers:
        self.threads = [
            threading.Thread(target=self._go_on, args=(100_000 * (number + 1),)) for number in range(WRITERS)
        ]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()


def _copy(stage: Stage, environment: dict[str, str]) -> tuple[Path, float]:
    """Take a copy as an operator does; return it and how long it took."""
    folder = stage.folder / "copies"
    taken = set(folder.glob("portal-*"))
    started = time.monotonic()
    _manage(environment, "backup", str(folder))
    (copy,) = set(folder.glob("portal-*")) - taken
    return copy, time.monotonic() - started


def _restored(stage: Stage, environment: dict[str, str], copy: Path, name: str) -> tuple[dict[str, str], float]:
    """Bring a copy back into an empty database and an empty folder; return what leads to them, and the seconds."""
    place = environment | {"EVIDENCE_ROOT": str(stage.folder / name)}
    if stage.database == "sqlite":
        place["DATABASE_URL"] = f"sqlite:///{stage.folder}/{name}.sqlite3"
    else:
        import psycopg2

        link = psycopg2.connect(environment["DATABASE_OWNER_URL"])
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE restored_{name} TEMPLATE template0")
        link.close()
        for part in ("DATABASE_URL", "DATABASE_OWNER_URL"):
            place[part] = with_part(environment[part], database=f"restored_{name}")
    started = time.monotonic()
    _manage(place, "restore", str(copy))
    return place, time.monotonic() - started


def _manage(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments[0]}: {done.stderr[-2000:]}"


def _shell(environment: dict[str, str], what: str) -> str:
    code = f"import django; django.setup()\n{what}"
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout
