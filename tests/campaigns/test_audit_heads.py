"""The heads of the audit trail that are kept outside the database: a line a day, and what they give away."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from campaigns.audit_heads import read_heads
from campaigns.models import AuditEntry, AuditHead
from campaigns.queries import audit as audit_query

from .test_audit_verify import rewrite, write

pytestmark = pytest.mark.owner


@pytest.fixture
def trail(db: None) -> list[AuditEntry]:
    return write(7)


def rewrite_from(number: int) -> None:
    """Change an entry and write the chain anew behind it, head included, as the owner of the database could."""
    rewrite(AuditEntry.objects.filter(sequence=number), action="forged")
    previous = AuditEntry.objects.get(sequence=number).previous_hash
    rows = AuditEntry.objects.filter(sequence__gte=number).order_by("sequence")
    for row in rows.values(*audit_query._COLUMNS):
        digest = audit_query._hash(row, previous=previous)
        rewrite(AuditEntry.objects.filter(pk=row["pk"]), previous_hash=previous, hash=digest)
        previous = digest
    rewrite(AuditHead.objects.all(), hash=previous)


@pytest.mark.django_db
def test_each_day_adds_its_head_to_the_file_once(trail: list[AuditEntry], tmp_path: Path) -> None:
    file = tmp_path / "kept" / "audit-heads.txt"
    for _ in range(2):  # a second look on the same day, with nothing new
        call_command("audit_verify", f"--export={file}")
    write(2)
    call_command("audit_verify", f"--export={file}")
    heads = read_heads(file)
    assert heads == [(7, trail[-1].hash), (9, AuditHead.objects.get().hash)]
    when, head = file.read_text().splitlines()[0].split(" ")
    assert (dt.datetime.fromisoformat(when).utcoffset(), head) == (dt.timedelta(hours=7), f"7:{trail[-1].hash}")


@pytest.mark.django_db
def test_a_chain_rewritten_after_the_export_is_noticed_by_a_copy_and_not_exported(
    trail: list[AuditEntry], tmp_path: Path
) -> None:
    file, copy = tmp_path / "audit-heads.txt", tmp_path / "elsewhere.txt"
    call_command("audit_verify", f"--export={file}")
    copy.write_text(file.read_text())
    rewrite_from(4)
    call_command("audit_verify")  # the chain alone cannot know
    for option in (f"--against={copy}", f"--export={file}"):
        with pytest.raises(CommandError, match="7"):
            call_command("audit_verify", option)
    assert file.read_text() == copy.read_text()
    file.unlink()  # whoever can rewrite the database may have the file beside it, too
    call_command("audit_verify", f"--export={file}")
    with pytest.raises(CommandError, match="7"):
        call_command("audit_verify", f"--against={copy}")


@pytest.mark.django_db
def test_an_entry_changed_after_the_export_is_noticed(trail: list[AuditEntry], tmp_path: Path) -> None:
    file = tmp_path / "audit-heads.txt"
    call_command("audit_verify", f"--export={file}")
    rewrite(AuditEntry.objects.filter(sequence=4), action="forged")
    with pytest.raises(CommandError, match="4"):
        call_command("audit_verify", f"--export={file}")


@pytest.mark.django_db
@pytest.mark.parametrize("content", ["no head\n", "2026-11-27 7:abc\n"])
def test_a_file_that_holds_no_heads_is_refused_with_its_line(tmp_path: Path, content: str) -> None:
    file = tmp_path / "heads.txt"
    file.write_text(content)
    with pytest.raises(CommandError, match="line 1"):
        call_command("audit_verify", f"--against={file}")
    with pytest.raises(CommandError, match=r"missing\.txt"):
        call_command("audit_verify", f"--against={tmp_path / 'missing.txt'}")


@pytest.mark.django_db
def test_files_that_contradict_each_other_are_no_proof_of_anything(trail: list[AuditEntry], tmp_path: Path) -> None:
    one, other = tmp_path / "one.txt", tmp_path / "other.txt"
    call_command("audit_verify", f"--export={one}")
    other.write_text(f"2026-11-27T06:30:00+07:00 7:{'f' * 64}\n")
    with pytest.raises(CommandError, match="7"):
        call_command("audit_verify", f"--against={other}", f"--against={one}")
