"""A copy taken while people write, everything back from it, and what is refused."""

from __future__ import annotations

import datetime as dt
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from campaign_portal import backup
from campaign_portal.backup import BackupRefused, keep_latest, make_backup, read_manifest, restore_backup
from campaigns import app_role, evidence
from campaigns.actions.audit import record
from campaigns.models import AuditEntry, EvidenceFile, User
from campaigns.queries.audit import verify
from tests.factories import make_file, make_participant, make_user
from tests.servers import postgres_programs

NOW = dt.datetime(2026, 11, 26, 1, 0, tzinfo=dt.UTC)
pytestmark = [
    pytest.mark.owner,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("evidence_root"),
]


@pytest.fixture(autouse=True)
def _programs_of_the_servers_version(settings: Any) -> None:
    if connection.vendor == "postgresql":
        settings.POSTGRES_BIN = str(postgres_programs())


@pytest.fixture(autouse=True)
def _the_application_has_its_rights_again(transactional_db: None) -> Iterator[None]:
    """What is brought back comes without grants; ``migrate`` gives them, which most tests here leave out."""
    yield
    if connection.vendor == "postgresql":
        app_role.grant(connection, os.environ["DATABASE_APP_ROLE"])


def act(number: int, unit: Any, by: User) -> None:
    """One act with its entry in the trail and a file, as people make them."""
    content = f"minh chứng {number}".encode()
    evidence.store(content)
    with transaction.atomic():
        make_file(unit, content=content, name=f"{number}.pdf", uploaded_by=by)
        record(action="test.act", subject=by, by=by, now=timezone.now(), after={"number": number})


def test_a_copy_taken_while_people_write_comes_back_whole(tmp_path: Path) -> None:
    unit, user = make_participant(), make_user("lan")
    for number in range(5):
        act(number, unit, user)
    stop = threading.Event()
    written = []

    def go_on(writer: int) -> None:
        try:
            number = writer * 1000
            while not stop.is_set() and number < writer * 1000 + 200:
                number += 1
                act(number, unit, user)
                written.append(number)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=go_on, args=(writer,)) for writer in (1, 2, 3)]
    for writer in writers:
        writer.start()
    try:
        while len(written) < 6:
            stop.wait(0.01)
        copy = make_backup(tmp_path / "copies", now=NOW)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    manifest = read_manifest(copy)
    assert 5 <= manifest.rows["campaigns_auditentry"] <= AuditEntry.objects.count()
    act(9999, unit, user)  # after the copy: gone when it is restored
    restore_backup(copy, force=True)
    assert AuditEntry.objects.count() == manifest.rows["campaigns_auditentry"]
    assert not EvidenceFile.objects.filter(name="9999.pdf").exists()
    assert verify().fault is None
    for file in EvidenceFile.objects.all():
        assert evidence.is_whole(file.sha256)
        assert f"{file.sha256[:2]}/{file.sha256[2:4]}/{file.sha256}" in manifest.evidence


def test_evidence_that_was_lost_comes_back(tmp_path: Path) -> None:
    unit, user = make_participant(), make_user("lan")
    act(1, unit, user)
    copy = make_backup(tmp_path, now=NOW)
    path = evidence.path_of(EvidenceFile.objects.get().sha256)
    path.unlink()
    restore_backup(copy, force=True)
    assert path.read_bytes() == "minh chứng 1".encode()


@pytest.mark.parametrize("what", ["manifest", "database", "evidence", "missing"])
def test_a_damaged_copy_is_refused_before_anything_is_touched(tmp_path: Path, what: str) -> None:
    unit, user = make_participant(), make_user("lan")
    act(1, unit, user)
    copy = make_backup(tmp_path, now=NOW)
    manifest = read_manifest(copy)
    victim = {
        "manifest": copy / "manifest.json",
        "database": next(copy.glob("database.*")),
        "evidence": copy / "evidence" / next(iter(manifest.evidence)),
        "missing": copy / "evidence" / next(iter(manifest.evidence)),
    }[what]
    victim.chmod(0o600)
    if what == "missing":
        victim.unlink()
    else:
        victim.write_bytes(victim.read_bytes()[:-3] + b"xyz")
    act(2, unit, user)
    with pytest.raises(BackupRefused):
        restore_backup(copy, force=True)
    assert EvidenceFile.objects.count() == 2


def test_a_database_in_use_is_not_replaced_unasked(tmp_path: Path) -> None:
    make_user("lan")
    copy = make_backup(tmp_path, now=NOW)
    with pytest.raises(BackupRefused, match="not empty"):
        restore_backup(copy)
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", copy)


def test_a_copy_that_was_interrupted_is_no_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_user("lan")

    def full(*_args: Any) -> dict[str, int]:
        raise OSError("disk full")

    monkeypatch.setattr(backup, "_copy_evidence", full)
    with pytest.raises(OSError, match="full"):
        make_backup(tmp_path, now=NOW)
    monkeypatch.undo()
    assert backup.backups(tmp_path) == []
    made = make_backup(tmp_path, now=NOW)
    assert backup.backups(tmp_path) == [made]


def test_the_latest_copies_are_kept(tmp_path: Path) -> None:
    make_user("lan")
    made = [make_backup(tmp_path, now=NOW + dt.timedelta(days=day)) for day in range(4)]
    (tmp_path / "something else").mkdir()
    assert keep_latest(tmp_path, 2) == [made[1], made[0]]
    assert backup.backups(tmp_path) == [made[3], made[2]]
    assert (tmp_path / "something else").is_dir()


def test_the_commands_say_what_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_user("lan")
    call_command("backup", tmp_path, keep=3)
    (copy,) = backup.backups(tmp_path)
    assert str(copy) in capsys.readouterr().out
    call_command("restore", copy, force=True)
    assert "the audit trail is whole" in capsys.readouterr().out
    assert json.loads((copy / "manifest.json").read_text())["format"] == 1
    assert oct(copy.stat().st_mode)[-3:] == "700"
    assert str(settings.EVIDENCE_ROOT) not in (copy / "manifest.json").read_text()
