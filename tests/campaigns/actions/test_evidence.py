"""Attaching evidence: who, how much, what is stored, what is left behind when it is refused."""

import hashlib
import os
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from campaigns import evidence
from campaigns.actions import uploads
from campaigns.actions.drafts import ReportingRefused
from campaigns.actions.evidence import attach_evidence, detach_evidence
from campaigns.actions.uploads import EvidenceRefused, used_space
from campaigns.models import AuditEntry, DraftValue, EvidenceFile, Measurement, Target
from tests.campaigns.files import corpus
from tests.factories import make_area, make_file, make_indicator, make_target

from .reports import NOW, Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def target(campaign, participant_a):
    return make_target(make_indicator(make_area(campaign, 1), "CT1"), participant_a)


@pytest.fixture
def desk(participant_a, campaign, leader_a, evidence_root):
    return Desk(participant_a, campaign.periods.order_by("ends_on").first(), leader_a)


def attach(desk, target, content, name="a.pdf"):
    return attach_evidence(
        participant=desk.participant,
        period=desk.period,
        target=target.pk,
        content=content,
        name=name,
        by=desk.by,
        now=desk.now,
    )


def stored(root):
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def test_file_is_stored_under_its_hash_and_read_back(desk, target, evidence_root):
    content = corpus.pdf()
    file = attach(desk, target, content, "Báo cáo.pdf")
    assert stored(evidence_root) == [hashlib.sha256(content).hexdigest()] == [file.sha256]
    assert (file.name, file.size, file.participant) == ("Báo cáo.pdf", len(content), desk.participant)
    assert evidence.read(file.sha256) == content
    assert list(DraftValue.objects.get().files.all()) == [file]


def test_picture_is_stored_without_its_metadata_and_the_trail_keeps_the_first_digest(desk, target, evidence_root):
    photo = corpus.photo_with_place()
    file = attach(desk, target, photo, "IMG_1.JPG")
    assert b"CANARY-CAMERA" not in evidence.read(file.sha256)
    content = AuditEntry.objects.get(action="evidence.attached").payload.content
    assert hashlib.sha256(photo).hexdigest() in content
    assert file.sha256 in content


def test_attaching_does_not_disturb_a_typist(desk, target, evidence_root):
    attach(desk, target, corpus.pdf())
    assert desk.type(target, "60", version=0).version == 1


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [corpus.HOSTILE[key] for key in ("html called pdf", "docx with vbaProject", "pixel flood", "zip slip")],
)
def test_refused_file_leaves_nothing_but_a_line_in_the_trail(desk, target, evidence_root, name, make, reason):
    with pytest.raises(EvidenceRefused) as refused:
        attach(desk, target, make(), name)
    assert refused.value.message == reason.label
    assert stored(evidence_root) == []
    assert EvidenceFile.objects.count() == 0
    assert reason.value in AuditEntry.objects.get(action="evidence.refused").payload.content


@pytest.mark.parametrize("who", ["leader_b", "staff", "auditor", "deactivated"])
def test_nobody_else_attaches_or_takes_off(desk, target, evidence_root, who, request):
    file = attach(desk, target, corpus.pdf())
    other = replace(desk, by=request.getfixturevalue(who))
    with pytest.raises(PermissionDenied):
        attach(other, target, corpus.png(), "a.png")
    with pytest.raises(PermissionDenied):
        detach_evidence(
            participant=desk.participant, period=desk.period, target=target.pk, file=file.pk, by=other.by, now=NOW
        )
    assert list(DraftValue.objects.get().files.all()) == [file]


def test_same_file_is_one_row_and_counts_once(desk, target, evidence_root):
    first, again = attach(desk, target, corpus.pdf()), attach(desk, target, corpus.pdf())
    assert first == again
    renamed = attach(desk, target, corpus.pdf(), "b.pdf")
    assert renamed != first
    assert used_space(desk.participant) == first.size
    assert len(stored(evidence_root)) == 1


def test_ten_files_a_value(desk, target, evidence_root):
    for number in range(10):
        attach(desk, target, corpus.pdf(b"%% %d\n" % number), f"{number}.pdf")
    with pytest.raises(EvidenceRefused):
        attach(desk, target, corpus.pdf(b"% ten\n"), "10.pdf")
    assert len(stored(evidence_root)) == 10


def test_space_of_a_unit_ends(desk, target, evidence_root, monkeypatch):
    monkeypatch.setattr(uploads, "UNIT_QUOTA_BYTES", len(corpus.pdf()))
    attach(desk, target, corpus.pdf())
    with pytest.raises(EvidenceRefused):
        attach(desk, target, corpus.png(), "a.png")
    assert EvidenceFile.objects.count() == len(stored(evidence_root)) == 1


def test_locked_period_takes_no_file(desk, target, evidence_root):
    with pytest.raises(ReportingRefused):
        attach(replace(desk, now=desk.period.locks_at), target, corpus.pdf())
    assert stored(evidence_root) == []


def test_detached_file_is_kept(desk, target, evidence_root):
    file = attach(desk, target, corpus.pdf())
    arguments = {"participant": desk.participant, "period": desk.period, "by": desk.by, "now": NOW}
    detach_evidence(target=target.pk, file=file.pk, **arguments)
    assert DraftValue.objects.get().files.count() == 0
    assert EvidenceFile.objects.get() == file
    with pytest.raises(EvidenceFile.DoesNotExist):
        detach_evidence(target=target.pk, file=file.pk, **arguments)
    with pytest.raises(Target.DoesNotExist):
        detach_evidence(target=target.pk + 1, file=file.pk, **arguments)


def test_full_disk_leaves_neither_row_nor_file(desk, target, evidence_root, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(evidence.os, "fsync", full)
    with pytest.raises(evidence.EvidenceStoreFull):
        attach(desk, target, corpus.pdf())
    assert stored(evidence_root) == []
    assert EvidenceFile.objects.count() == 0


def test_change_on_disk_is_noticed(desk, target, evidence_root):
    file = attach(desk, target, corpus.pdf())
    path = evidence.path_of(file.sha256)
    content = bytearray(path.read_bytes())
    content[20] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)
    with pytest.raises(evidence.EvidenceDamaged):
        evidence.read(file.sha256)
    path.unlink()
    with pytest.raises(evidence.EvidenceDamaged):
        evidence.read(file.sha256)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "g" * 64, "0" * 63])
def test_only_hashes_are_places(name):
    with pytest.raises(ValueError, match="SHA-256"):
        evidence.path_of(name)


def test_row_of_a_file_that_was_never_stored_is_damaged(participant_a, evidence_root):
    with pytest.raises(evidence.EvidenceDamaged):
        evidence.read(make_file(participant_a).sha256)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_typing_attaching_and_sending_work_as_the_role_that_owns_nothing(desk, target, evidence_root):
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {os.environ['DATABASE_APP_ROLE']}")
    try:
        file = attach(desk, target, corpus.pdf())
        other = attach(desk, target, corpus.png(), "a.png")
        detach_evidence(
            participant=desk.participant, period=desk.period, target=target.pk, file=other.pk, by=desk.by, now=NOW
        )
        desk.type(target)
        desk.send()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
    assert [use.file for use in Measurement.objects.get().evidence.all()] == [file]
