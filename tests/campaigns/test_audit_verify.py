"""The audit trail cannot be touched unseen: every change, gap, insertion and cut is found and named."""

from __future__ import annotations

import datetime as dt
import json
import threading
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, models, transaction

from campaigns import append_only
from campaigns.actions import audit
from campaigns.models import AuditEntry, AuditHead, AuditPayload, Participant, User
from campaigns.queries import audit as audit_query
from campaigns.queries.audit import verify
from tests import factories as make

pytestmark = pytest.mark.owner

NOW = make.at(10)


def write(count: int = 1, **columns: Any) -> list[AuditEntry]:
    entries = []
    for number in range(count):
        with transaction.atomic():
            given = {"action": "report.submitted", "subject": None, "by": None, **columns}
            entries.append(audit.record(now=NOW + dt.timedelta(seconds=number), after={"n": number}, **given))
    return entries


def rewrite(queryset: models.QuerySet[Any], **columns: Any) -> None:
    """Change rows as somebody who owns the database could."""
    with append_only.lifted(connection):
        models.QuerySet.update(queryset, **columns)


def fault(**arguments: Any) -> tuple[int, str, str] | None:
    found = verify(**arguments).fault
    return None if found is None else (found.sequence, found.kind, found.column)


@pytest.fixture
def trail(participant_a: Participant, staff: User) -> list[AuditEntry]:
    """Seven entries; the fourth has something in every column, and its act stands elsewhere too."""
    write(2)
    write(1, action="verdict.given")
    write(1, action="verdict.given", subject=participant_a, by=staff, participant=participant_a)
    write(3)
    return list(AuditEntry.objects.order_by("sequence"))


@pytest.mark.django_db
def test_an_untouched_trail_is_whole(trail: list[AuditEntry]) -> None:
    found = verify()
    assert (found.fault, found.entries, found.erased) == (None, 7, 0)
    assert found.head == f"7:{trail[-1].hash}"


@pytest.mark.django_db
def test_an_empty_trail_is_whole() -> None:
    assert verify() == audit_query.Trail(0, 0, f"0:{audit_query.GENESIS}", None)


@pytest.mark.django_db
@pytest.mark.parametrize("batch", [1, 2, 7, 100])
def test_batches_do_not_matter(trail: list[AuditEntry], monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(audit_query, "_BATCH", batch)
    assert verify().entries == 7
    rewrite(AuditEntry.objects.filter(sequence=6), action="verdict.given")
    assert fault() == (6, "changed", "action")


CHANGES: dict[str, Any] = {
    "at": NOW + dt.timedelta(microseconds=1),
    "actor": None,
    "action": "report.submitted",
    "subject_type": "campaigns.unit",
    "subject_id": 999,
    "campaign": None,
    "participant": None,
    "payload_digest": "f" * 64,
    "previous_hash": "f" * 64,
    "hash": "f" * 64,
}


#: Columns named otherwise than their field.
ATTRIBUTE = {"actor": "actor_id", "campaign": "campaign_id", "participant": "participant_id"}


@pytest.mark.django_db
@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_column_is_found_and_named(trail: list[AuditEntry], column: str) -> None:
    rewrite(AuditEntry.objects.filter(sequence=4), **{column: CHANGES[column]})
    assert fault() == (4, "changed", ATTRIBUTE.get(column, column))


@pytest.mark.django_db
def test_a_change_nothing_explains_is_found_all_the_same(trail: list[AuditEntry]) -> None:
    rewrite(AuditEntry.objects.filter(sequence=4), action="report.submitted", actor=None)
    assert fault() == (4, "changed", "at")


@pytest.mark.django_db
def test_every_column_of_an_entry_is_covered() -> None:
    others = {"id", "sequence"}  # the key is no statement; a changed number has its own test
    assert {field.name for field in AuditEntry._meta.concrete_fields} == CHANGES.keys() | others


@pytest.mark.django_db
def test_a_changed_number_is_found(trail: list[AuditEntry]) -> None:
    rewrite(AuditEntry.objects.filter(sequence=7), sequence=8)
    assert fault() == (7, "changed", "sequence")
    rewrite(AuditHead.objects.all(), sequence=8)
    assert fault() == (7, "changed", "sequence")


@pytest.mark.django_db
@pytest.mark.parametrize("columns", [{"content": "{}"}, {"salt": "0" * 32}, {"content": ""}, {"salt": ""}])
def test_a_changed_payload_is_found(trail: list[AuditEntry], columns: dict[str, str]) -> None:
    rewrite(AuditPayload.objects.filter(entry__sequence=4), **columns)
    assert fault() == (4, "payload_changed", "content")


@pytest.mark.django_db
def test_an_erased_payload_is_said_and_is_no_damage(trail: list[AuditEntry]) -> None:
    rewrite(AuditPayload.objects.filter(entry__sequence=4), content="", salt="")
    found = verify()
    assert (found.fault, found.entries, found.erased) == (None, 7, 1)
    rewrite(AuditEntry.objects.filter(sequence=4), action="report.submitted")  # the chain still holds it
    assert fault() == (4, "changed", "action")


def _delete(queryset: models.QuerySet[Any]) -> None:
    with append_only.lifted(connection):
        AuditPayload.objects.filter(entry__in=queryset).delete()
        queryset.delete()


@pytest.mark.django_db
def test_a_lost_payload_is_damage(trail: list[AuditEntry]) -> None:
    with append_only.lifted(connection):
        AuditPayload.objects.filter(entry__sequence=4).delete()
    assert fault() == (4, "payload_missing", "")


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 4])
def test_a_missing_entry_is_found(trail: list[AuditEntry], number: int) -> None:
    _delete(AuditEntry.objects.filter(sequence=number))
    assert fault() == (number, "missing", "")


@pytest.mark.django_db
def test_a_cut_tail_is_found(trail: list[AuditEntry]) -> None:
    _delete(AuditEntry.objects.filter(sequence__gte=6))
    assert fault() == (6, "cut", "")


@pytest.mark.django_db
def test_a_tail_cut_together_with_its_head_is_found_by_an_exported_head(trail: list[AuditEntry]) -> None:
    exported = (7, trail[-1].hash)
    assert fault(heads=[exported]) is None
    _delete(AuditEntry.objects.filter(sequence__gte=6))
    rewrite(AuditHead.objects.all(), sequence=5, hash=trail[4].hash)
    assert fault() is None  # the chain alone cannot know
    assert fault(heads=[exported]) == (6, "cut", "")
    write(2)  # nor does going on hide it
    assert fault() is None
    assert fault(heads=[exported]) == (7, "rewritten", "")


@pytest.mark.django_db
def test_two_swapped_entries_are_found(trail: list[AuditEntry]) -> None:
    rewrite(AuditEntry.objects.filter(sequence=3), sequence=100)
    rewrite(AuditEntry.objects.filter(sequence=5), sequence=3)
    rewrite(AuditEntry.objects.filter(sequence=100), sequence=5)
    assert fault() is not None
    assert fault()[0] == 3  # type: ignore[index]


@pytest.mark.django_db
def test_an_inserted_entry_is_found(trail: list[AuditEntry]) -> None:
    forged = AuditEntry(
        sequence=8, at=NOW, action="x", subject_type="", payload_digest="", previous_hash=trail[-1].hash, hash="e" * 64
    )
    forged.save()
    assert fault() == (8, "inserted", "")


@pytest.mark.django_db
@pytest.mark.parametrize(("sequence", "kind"), [(0, "inserted"), (-5, "inserted")])
def test_an_entry_before_the_first_is_found(trail: list[AuditEntry], sequence: int, kind: str) -> None:
    AuditEntry.objects.create(
        sequence=sequence, at=NOW, action="x", subject_type="", payload_digest="", previous_hash="d" * 64, hash="e" * 64
    )
    assert fault() == (sequence, kind, "")


@pytest.mark.django_db
def test_a_chain_that_was_forked_is_found(trail: list[AuditEntry]) -> None:
    """An entry that is whole in itself and follows another entry than the one before it."""
    other = AuditEntry.objects.get(sequence=5)
    row = AuditEntry.objects.filter(pk=other.pk).values(*audit_query._COLUMNS).get()
    rewrite(
        AuditEntry.objects.filter(pk=other.pk),
        previous_hash="c" * 64,
        hash=audit_query._hash(row, previous="c" * 64),
    )
    assert fault() == (5, "inserted", "")


@pytest.mark.django_db
@pytest.mark.parametrize("columns", [{"hash": "f" * 64}, {"sequence": 9}, {"sequence": 5}])
def test_a_changed_head_is_found(trail: list[AuditEntry], columns: dict[str, Any]) -> None:
    rewrite(AuditHead.objects.all(), **columns)
    assert fault() in {(7, "changed", "head"), (8, "cut", ""), (6, "inserted", "")}


@pytest.mark.django_db
def test_a_missing_head_is_found(trail: list[AuditEntry]) -> None:
    with append_only.lifted(connection):
        AuditHead.objects.all().delete()
    assert fault() == (1, "inserted", "")
    with append_only.lifted(connection):
        _delete(AuditEntry.objects.all())
    assert fault() == (0, "changed", "head")


@pytest.mark.django_db
def test_a_chain_rewritten_as_a_whole_is_found_by_an_exported_head(trail: list[AuditEntry]) -> None:
    exported = [(entry.sequence, entry.hash) for entry in trail]
    previous = audit_query.GENESIS
    rewrite(AuditEntry.objects.filter(sequence=2), action="forged")
    for row in AuditEntry.objects.order_by("sequence").values(*audit_query._COLUMNS):
        digest = audit_query._hash(row, previous=previous)
        rewrite(AuditEntry.objects.filter(pk=row["pk"]), previous_hash=previous, hash=digest)
        previous = digest
    rewrite(AuditHead.objects.all(), hash=previous)
    assert fault() is None
    assert fault(heads=exported[:1]) is None
    assert fault(heads=exported[2:]) == (3, "rewritten", "")


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_make_one_chain() -> None:
    """No fork, no gap; the hundred threads of the long run are in tests/prove."""
    barrier, problems = threading.Barrier(8), []

    def work() -> None:
        try:
            barrier.wait(20)
            write(5)
        except Exception as error:  # noqa: BLE001  # a thread's fault must reach the assertion
            problems.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert (verify().fault, verify().entries) == (None, 40)


# --- the command ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_prints_the_head_and_takes_it_again(
    trail: list[AuditEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    head = f"7:{trail[-1].hash}"
    call_command("audit_verify")
    assert head in capsys.readouterr().out
    call_command("audit_verify", f"--head={head}", "--json")
    assert json.loads(capsys.readouterr().out) == {"ok": True, "entries": 7, "erased": 0, "head": head, "fault": None}


@pytest.mark.django_db
def test_the_command_fails_on_damage(trail: list[AuditEntry], capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(AuditEntry.objects.filter(sequence=4), action="report.submitted")
    with pytest.raises(CommandError) as failed:
        call_command("audit_verify", "--json")
    assert failed.value.returncode == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["fault"]["sequence"], said["fault"]["column"]) == (False, 4, "action")
    assert "4" in str(failed.value)


@pytest.mark.django_db
@pytest.mark.parametrize("head", ["7", "x:y", "7:abc"])
def test_the_command_refuses_what_is_no_head(head: str) -> None:
    with pytest.raises(CommandError, match="SEQ:HASH"):
        call_command("audit_verify", f"--head={head}")
