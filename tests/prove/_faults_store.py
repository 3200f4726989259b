"""PostgreSQL restarts under load; the disk is full for evidence."""

from __future__ import annotations

import os
import pwd
import random
import resource
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.prove import Figure, Stage
from tests.prove._faults_broker import told
from tests.prove._portal import Browser, Portal
from tests.prove._town import Town

MOST_BYTES = 60_000  # a file may have in the web server whose disk is "full"


def postgres(stage: Stage, portal: Portal, town: Town) -> Iterator[Figure]:
    """PostgreSQL stops at once (as by a power cut), is away for three seconds, and recovers; people go on."""
    from django.db import connection

    from tests.servers import postgres_programs

    folder, program = _data_folder(stage), str(postgres_programs() / "pg_ctl")

    def control(*arguments: str) -> None:
        owner = pwd.getpwuid(folder.stat().st_uid).pw_name if os.geteuid() == 0 else None
        subprocess.run(
            [program, "-w", "-D", str(folder), *arguments],
            check=True,
            user=owner,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    with town.load() as load:
        time.sleep(2)
        control("stop", "-m", "immediate")
        time.sleep(3)
        control("-l", str(folder / "log"), "restart")
        time.sleep(3)
    connection.close()
    away = sum(answer.status == 503 for answer in load.answers)
    figure = told(
        "PostgreSQL stopped at once, back after 3 s", town, load, town.settle(), also=f"; {away} were told to try again"
    )
    yield figure
    yield Figure("people met the restart", str(away), "≥ 3", met=away >= 3)


def _data_folder(stage: Stage) -> Path:
    import psycopg2

    link = psycopg2.connect(stage.environment["DATABASE_OWNER_URL"])
    with link, link.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        return Path(cursor.fetchone()[0])


def disk(portal: Portal, town: Town) -> Iterator[Figure]:
    """No file may grow beyond 60 kB: evidence is refused by name and leaves nothing; afterwards it is taken."""
    from django.urls import reverse

    from campaigns.models import AuditEntry, EvidenceFile

    desk = town.desks[0]
    target = next(desk.targets)
    panel = reverse("campaigns:evidence", args=[desk.unit.pk, town.period.pk, target.pk])
    files = [_pdf(name, size) for name, size in (("vua", 200_000), ("lon", 4_000_000))]
    portal.stop("web")
    portal.start_web(preexec_fn=_small_files)
    with town.load() as load:
        full = [
            desk_browser.post("evidence", panel, {}, file)
            for desk_browser in (Browser(portal, desk.people[1]),)
            for file in files
            for _ in range(3)
        ]
        small = Browser(portal, desk.people[1]).post("evidence", panel, {}, _pdf("nho", 20_000))
        time.sleep(1)
    rows, left = EvidenceFile.objects.count(), _stored(portal)
    orphans = AuditEntry.objects.filter(action="evidence.attached").count() - rows
    portal.stop("web")
    portal.start_web()
    again = [Browser(portal, desk.people[1]).post("evidence", panel, {}, file) for file in files]
    yield told("disk full while evidence is uploaded", town, load, town.settle())
    statuses = [[answer.status for answer in answers] for answers in (full, [small], again)]
    yield Figure(
        "files of 0.2 and 4 MB on a full disk; one of 20 kB; the two afterwards",
        f"{statuses}; {rows} rows, {len(left)} files, {orphans} entries without row meanwhile",
        "all 507; 302; all 302; 1 row, 1 file, 0",
        met=statuses == [[507] * 6, [302], [302] * 2]
        and (rows, len(left), orphans) == (1, 1, 0)
        and EvidenceFile.objects.count() == len(_stored(portal)) == 3,
    )


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES, MOST_BYTES))


def _stored(portal: Portal) -> list[Path]:
    root = Path(portal.environment["RUN_DIR"]) / "evidence"
    return [path for path in root.rglob("*") if path.is_file() and "previews" not in path.parts]


def _pdf(name: str, size: int) -> tuple[str, bytes]:
    """A PDF of a little more than that many bytes, one page."""
    from fpdf import FPDF

    page = FPDF()
    page.add_page()
    page.set_font("Helvetica")
    page.cell(text=name)
    page.set_keywords(random.Random(size).randbytes(size // 2).hex())
    return f"{name}.pdf", bytes(page.output())
