"""The doctor and the addresses monitors ask: each illness is found, said in words, and makes the command fail."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from campaign_portal import health
from campaign_portal.health import examine, is_ready
from campaigns.actions import outbox_work
from campaigns.calendar import cut_off
from campaigns.enums import FaultKind, MailState, OutboxState
from campaigns.models import EvidenceFault, Heartbeat, Mail, OutboxMessage
from campaigns.queries.audit import Fault, Trail
from tests.awards.makers import make_run
from tests.database import as_owner
from tests.factories import at, day, make_campaign, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_root")]
NOW = at(50, 9)
COPY = "portal-20260101-010000"


@pytest.fixture(autouse=True)
def _well(settings: Any, tmp_path: Path) -> None:
    """A portal that is well: swept a moment ago, scored up to yesterday, copied this morning."""
    Heartbeat.objects.create(pk=1, at=NOW - dt.timedelta(seconds=20))
    make_run(make_campaign(), day(49), cut_off=cut_off(day(49)), finished_at=at(50, 0, 20))
    settings.BACKUP_ROOT = str(tmp_path)
    (tmp_path / COPY).mkdir()
    (tmp_path / COPY / "manifest.json").write_text("{}")
    made = NOW.timestamp() - 3600
    os.utime(tmp_path / COPY, (made, made))


def ill(**options: Any) -> list[str]:
    return [finding.words for finding in examine(now=NOW, **options) if not finding.is_well]


def test_a_portal_that_is_well_has_nothing_to_say() -> None:
    assert ill() == []
    assert ill(whole_trail=True) == []
    assert is_ready(now=NOW)


def test_a_silent_worker_is_found_and_a_sweep_ends_it() -> None:
    Heartbeat.objects.update(at=NOW - dt.timedelta(minutes=6))
    assert len(ill()) == 1
    assert not is_ready(now=NOW)
    outbox_work.sweep(clock=lambda: NOW)
    assert is_ready(now=NOW)


def test_work_that_was_given_up_or_waits_too_long_is_found() -> None:
    OutboxMessage.objects.create(topic="x", key="1", state=OutboxState.DEAD, created_at=NOW, available_at=NOW)
    (words,) = ill()
    assert words.startswith("1 ")
    OutboxMessage.objects.update(state=OutboxState.PENDING, available_at=NOW - dt.timedelta(hours=1))
    assert len(ill()) == 1


def test_a_night_that_was_not_scored_is_found() -> None:
    make_campaign("TD-CHUA-CHAM")
    (words,) = ill()
    assert "TD-CHUA-CHAM" in words


def test_letters_given_up_and_damaged_files_are_found() -> None:
    Mail.objects.create(
        person=make_user("lan"), address="a@example.gov.vn", subject="s", text="t", message_id="<1@x>",
        state=MailState.FAILED, created_at=NOW,
    )  # fmt: skip
    EvidenceFault.objects.create(sha256="0" * 64, kind=FaultKind.MISSING, found_at=NOW)
    assert len(ill()) == 2


def test_an_old_copy_and_none_at_all_are_found(settings: Any, tmp_path: Path) -> None:
    os.utime(tmp_path / COPY, (1, 1))
    assert len(ill()) == 1
    settings.BACKUP_ROOT = str(tmp_path / "nothing")
    (words,) = ill()
    assert "manage.py backup" in words
    settings.BACKUP_ROOT = ""
    settings.LOCAL = False
    is_well, words = health._backups(NOW)
    assert (is_well, "BACKUP_ROOT" in words) == (False, True)


def test_a_full_disk_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LEAST_FREE", 10**18)
    assert len(ill()) == 1


def test_without_a_database_the_doctor_still_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(now: dt.datetime) -> tuple[bool, str]:
        raise DatabaseError("connection refused\nsecret details")

    monkeypatch.setattr(health, "_database", away)
    assert ill() == ["DatabaseError: connection refused"]
    assert not is_ready(now=NOW)


def test_a_touched_trail_is_found_by_the_full_look(monkeypatch: pytest.MonkeyPatch) -> None:
    fault = Fault(7, "changed", "hash", "Bản ghi 7 đã bị sửa")
    monkeypatch.setattr(health, "verify", lambda: Trail(6, 0, "6:0", fault))
    assert ill() == []
    assert ill(whole_trail=True) == [fault.sentence]


def test_the_command_says_it_in_words_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    Heartbeat.objects.update(at=timezone.now() - dt.timedelta(days=1))
    with pytest.raises(CommandError, match="tiến trình nền"):
        call_command("doctor")
    assert "✗" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("doctor", json=True)
    found = json.loads(capsys.readouterr().out)
    assert set(found[0]) == {"name", "is_well", "words"}


def test_a_monitor_is_told_yes_or_no_and_nothing_else(client: Client) -> None:
    Heartbeat.objects.update(at=timezone.now())
    answer = client.get("/suc-khoe/san-sang/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})
    with as_owner():
        Heartbeat.objects.all().delete()
    answer = client.get("/suc-khoe/san-sang/")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready"})
