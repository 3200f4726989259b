"""Every form that takes a file, and every file meant to hurt: refused with a Vietnamese reason, nothing kept of it."""

import os
import re
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from awards.models import EarlierAward, Exemplar
from campaigns.actions.explanations import ask_explanation
from campaigns.files.refusals import Refusal
from campaigns.forms.idempotency import new_key
from campaigns.models import (
    Activity,
    Appeal,
    AuditEntry,
    DraftValue,
    EvidenceFile,
    OutboxMessage,
    Registration,
    ThreadMessage,
    WorkbookImport,
)
from tests.awards.makers import Office
from tests.database import as_owner
from tests.factories import at, day, make_area, make_indicator, make_measurement, make_target

from .files import corpus

pytestmark = pytest.mark.django_db
NOW = at(3)
#: Where a file comes in; a new door is entered here, and in ``send``.
DOORS = {
    "campaigns/views/evidence.py": "evidence of a value",
    "campaigns/views/sheets.py": "a period's sheet",
    "awards/views/evidence.py": "evidence of a proposal",
    "campaigns/admin/workbooks.py": "the campaign's workbook",
    "awards/admin/register.py": "a register of awards",
}
#: Pages that take files beside what is typed, all by the same check: where, what is typed, the box of the file.
WITH_A_FORM = {
    "an activity": (
        "hoat-dong/{participant}/moi/",
        {"title": "Ra quân", "held_on": str(day(2)), "people": "0"},
        "papers",
    ),
    "a registration": (
        "bao-cao/{participant}/dang-ky/",
        {"plan_number": "57/KH-UBND", "plan_date": "2026-01-01", "launched_on": "2026-01-01", "version": "0"},
        "file",
    ),
    "a story's picture": (
        "dien-hinh/moi/",
        {
            "kind": "collective",
            "name": "Tổ dân phố 1",
            "title": "Gương sáng",
            "story": "Kể",
            "version": "0",
            "picture_text": "Lối đi",
            "has_consent": "on",
        },
        "picture",
    ),
    "an appeal": ("kien-nghi/so-lieu/{value}/", {"grounds": "Biên bản ghi 45"}, "papers"),
    "an answer to a question": ("giai-trinh/{question}/tra-loi/", {"text": "Vì mưa", "version": "1"}, "papers"),
}
#: `make prove ONLY=doors` sends everything there; otherwise one file for each reason to refuse it.
EVERYTHING = os.environ.get("ASK_EVERYTHING") == "1"
#: Doors whose files go through the same check and store; WITH_A_FORM has those with a page of their own.
BY_THE_SAME_CHECK = {
    "campaigns/views/activities.py",
    "campaigns/views/appeals.py",
    "campaigns/views/thread_steps.py",
    "campaigns/views/registration.py",
    "campaigns/forms/files.py",
    "awards/forms/stories.py",
    "awards/views/stories.py",
}
#: Workbooks and templates, read under limits of their own: test_sheets.py and awards' templates.
READ_OTHERWISE = {"campaigns/views/sheets.py", "awards/admin/documents.py"}
#: Not doors: they look at the names of files before any view does, or say what was sent when nothing was done.
ON_THE_WAY = {
    "campaign_portal/middleware.py",
    "campaign_portal/busy.py",
    "campaign_portal/uploads.py",
    "campaigns/views/form_key.py",
}


@pytest.fixture(autouse=True)
def _clock(evidence_root, settings, tmp_path):
    settings.RUN_DIR = tmp_path / "run"
    settings.RUN_DIR.mkdir()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def send(participant_a, campaign, leader_a, staff, client):
    """``send(door)`` returns a function that sends a file there as somebody who may."""

    def door(which: str):
        if which == "evidence of a value":
            target = make_target(make_indicator(make_area(campaign, 1)), participant_a)
            period = campaign.periods.order_by("ends_on").first()
            client.force_login(leader_a)
            url = reverse("campaigns:evidence", args=[participant_a.pk, period.pk, target.pk])
        elif which == "a period's sheet":
            make_target(make_indicator(make_area(campaign, 1)), participant_a)
            client.force_login(leader_a)
            url = reverse("campaigns:sheet", args=[participant_a.pk, campaign.periods.order_by("ends_on").first().pk])
        elif which == "evidence of a proposal":
            office = Office(participant_a)
            office.with_outcome()
            client.force_login(office.leader)
            url = f"/khen-thuong/de-nghi/{office.draft().pk}/minh-chung/"
        else:
            client.force_login(staff)
            page = (
                "awards_earlieraward_upload" if which == "a register of awards" else "campaigns_workbookimport_preview"
            )
            url = reverse(f"admin:{page}")
        return lambda name, content: client.post(url, {"file": SimpleUploadedFile(name or "x", content)}, follow=True)

    return door


def kept_on_disk(*roots) -> list[Path]:
    return [path for root in roots for path in Path(root).rglob("*") if path.is_file()]


def test_every_door_is_known():
    found = set()
    for app in ("campaigns", "scoring", "awards", "campaign_portal"):
        for path in (Path(django_settings.BASE_DIR) / app).rglob("*.py"):
            if re.search(r"request\.FILES|UploadedFile", path.read_text("utf-8")):
                found.add(str(path.relative_to(django_settings.BASE_DIR)))
    assert found - ON_THE_WAY == DOORS.keys() | BY_THE_SAME_CHECK | READ_OTHERWISE


def test_rows_of_sent_files_are_written_in_one_place_behind_the_check():
    base = Path(django_settings.BASE_DIR)
    writers = {
        str(path.relative_to(base))
        for app in ("campaigns", "scoring", "awards")
        for path in (base / app).rglob("*.py")
        if "EvidenceFile.objects.create(" in path.read_text("utf-8")
    }
    assert writers == {"campaigns/actions/uploads.py"}


@pytest.mark.parametrize("door", ["evidence of a value", "evidence of a proposal"])
def test_no_door_keeps_a_hostile_file_and_each_says_why_in_vietnamese(door, send, evidence_root):
    post, wrong = send(door), {}
    before = EvidenceFile.objects.count()  # a proposal comes with the unit's papers
    with as_owner():
        OutboxMessage.objects.all().delete()
    sent = files_for(door)
    for key, (name, make, reason) in sent.items():
        response = post(name, make())
        said = str(Refusal(reason).label)
        # An empty file is refused by Django's own field, in its words.
        words = "rỗng" in response.text or said in response.text if reason == Refusal.EMPTY else said in response.text
        if response.status_code not in (200, 413, 422) or not words:
            wrong[key] = (response.status_code, said)
    assert wrong == {}
    assert kept_on_disk(evidence_root) == []
    assert EvidenceFile.objects.count() == before
    assert not OutboxMessage.objects.filter(topic="evidence.preview").exists()
    # What was looked into stands in the trail; too large and empty is refused before.
    assert AuditEntry.objects.filter(action="evidence.refused").count() >= len(sent) - 3
    assert post("Báo cáo.pdf", corpus.pdf()).status_code == 200  # and an ordinary one is taken
    assert EvidenceFile.objects.count() == before + 1


#: Doors that every hostile file is brought to; the others look at files by the same checks.
EVERY_FILE_TO = ("evidence of a value", "the campaign's workbook")


def files_for(door: str) -> dict[str, tuple]:
    """The files to send: all of them, or the first that each refusal was made for."""
    first = {reason: key for key, (_name, _make, reason) in reversed(corpus.HOSTILE.items())}
    every = EVERYTHING or door in EVERY_FILE_TO
    return {key: file for key, file in corpus.HOSTILE.items() if every or key in first.values()}


@pytest.mark.parametrize("door", WITH_A_FORM)
def test_no_page_with_a_form_keeps_a_hostile_file(
    door, client, participant_a, leader_a, staff, chairman, evidence_root
):
    client.force_login(leader_a)
    target = make_target(make_indicator(make_area(participant_a.campaign, 1)), participant_a)
    value = make_measurement(
        target, sent_at=at(1), verdict="adjusted", verified_value=41, verdict_by=staff, verdict_at=at(2)
    )
    question = ask_explanation(
        target_id=target.pk, question="Vì sao?", answer_by=day(10), key=new_key(), by=chairman, now=NOW
    )
    address, typed, box = WITH_A_FORM[door]
    address = "/" + address.format(participant=participant_a.pk, value=value.pk, question=question.pk)
    typed |= {"unit": str(participant_a.pk)}

    def post(name: str, content: bytes):
        return client.post(address, {**typed, "form_key": new_key(), box: SimpleUploadedFile(name or "x", content)})

    wrong, before = {}, rows_of(door).count()
    for key, (name, make, reason) in files_for(door).items():
        response = post(name, make())
        said = str(Refusal(reason).label)
        if response.status_code not in (413, 422) or not (said in response.text or reason == Refusal.EMPTY):
            wrong[key] = (response.status_code, said)
    assert wrong == {}
    assert (kept_on_disk(evidence_root), EvidenceFile.objects.count(), rows_of(door).count()) == ([], 0, before)
    assert post("Ảnh.png", corpus.png()).status_code == 302  # and an ordinary one is taken
    assert (EvidenceFile.objects.count(), rows_of(door).count()) == (1, before + 1)


def rows_of(door: str):
    kinds = {
        "an activity": Activity,
        "a registration": Registration,
        "a story's picture": Exemplar,
        "an appeal": Appeal,
        "an answer to a question": ThreadMessage,
    }
    return kinds[door].objects


@pytest.mark.parametrize("door", ["the campaign's workbook", "a period's sheet", "a register of awards"])
def test_a_workbooks_door_keeps_nothing_of_a_hostile_file(door, send, settings, evidence_root):
    post, wrong = send(door), {}
    for key, (name, make, _reason) in files_for(door).items():
        status = post(name, make()).status_code
        if status not in (413, 422):
            wrong[key] = status
    assert wrong == {}
    assert kept_on_disk(evidence_root, settings.RUN_DIR) == []
    assert not WorkbookImport.objects.exists()
    assert not DraftValue.objects.exists()
    assert not EarlierAward.objects.exists()


@pytest.mark.parametrize(
    "name", ["../../a.pdf", "a" * 400 + ".pdf", "NUL.pdf", "ả😀.pdf", "Ho\u0300a.pdf", "a\u202efdp.pdf"]
)
def test_strange_names_come_back_safe_and_in_one_header(name, send, client, evidence_root):
    send("evidence of a value")(name, corpus.pdf())
    file = EvidenceFile.objects.get()
    assert [path.name for path in kept_on_disk(evidence_root)] == [file.sha256]
    response = client.get(reverse("campaigns:evidence_download", args=[file.pk]))
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert response["Content-Disposition"].isascii()
    assert not {"/", "\\", "\u202e", "\u0300"} & set(file.name)
    assert len(file.name.encode()) <= 200


def test_a_refused_file_leaves_the_draft_as_it_was(send, client):
    post = send("evidence of a value")
    post("a.pdf", corpus.pdf())
    post("a.svg", b"<svg/>")
    assert DraftValue.objects.get().files.count() == 1


def test_a_body_over_the_limit_is_refused_before_it_is_read(send, settings):
    settings.UPLOAD_MAX_BODY_BYTES = 1_000
    response = send("evidence of a value")("a.pdf", corpus.pdf() + b"\n" * 2_000)
    assert response.status_code in (400, 413)
    assert not EvidenceFile.objects.exists()


def test_more_files_than_a_form_takes_are_refused(send, client, participant_a):
    send("evidence of a value")
    target, period = participant_a.targets.get(), participant_a.campaign.periods.order_by("ends_on").first()
    url = reverse("campaigns:evidence", args=[participant_a.pk, period.pk, target.pk])
    many = {"file": [SimpleUploadedFile(f"{number}.pdf", corpus.pdf()) for number in range(101)]}
    assert client.post(url, many).status_code == 400
    assert not EvidenceFile.objects.exists()
