"""Previews of evidence: what is drawn, within which limits, who sees it; damage on disk found and told."""

import io
import time

import pytest
import time_machine
from django.urls import reverse
from PIL import Image

from campaign_portal.celery import app
from campaigns import evidence, tasks
from campaigns.actions import evidence_scan, outbox_work
from campaigns.actions.previews import make_preview
from campaigns.actions.uploads import check_upload, keep_file
from campaigns.drawing import draw as drawing
from campaigns.drawing.draw import CannotDraw, draw
from campaigns.enums import FaultKind, OutboxState
from campaigns.files.checks import CONTENT_TYPES
from campaigns.models import AuditEntry, EvidenceFault, EvidenceFile, Notice, OutboxMessage, Preview, PreviewPage
from campaigns.queries.previews import _DRAWN, shown_files
from tests.database import as_owner
from tests.factories import at, make_file

from .files import corpus

pytestmark = pytest.mark.django_db
NOW = at(8)
PDF, PNG, JPG, DOCX = (CONTENT_TYPES[kind] for kind in ("pdf", "png", "jpg", "docx"))


@pytest.fixture(autouse=True)
def _clock(evidence_root):
    with time_machine.travel(NOW, tick=False):
        yield


def keep(participant, content, name="a.pdf", *, by):
    from django.db import transaction

    upload = check_upload(participant=participant, content=content, name=name, by=by, now=NOW)
    with transaction.atomic():
        return keep_file(participant=participant, upload=upload, by=by, now=NOW)


@pytest.fixture
def pdf(participant_a, reporter_a) -> EvidenceFile:
    return keep(participant_a, many_pages(3), "Biên bản.pdf", by=reporter_a)


def many_pages(count: int, *, box: str = "0 0 595 842") -> bytes:
    """A PDF of so many empty pages."""
    kids = b" ".join(b"%d 0 R" % (number + 10) for number in range(count))
    pages = b"".join(
        b"%d 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[%s]>>\nendobj\n" % (number + 10, box.encode())
        for number in range(count)
    )
    whole = corpus.pdf(pages)
    return whole.replace(b"/Kids[3 0 R]/Count 1", b"/Kids[%s]/Count %d" % (kids, count))


def work() -> str:
    return outbox_work.drain(clock=lambda: NOW)


def size_of(sha256: str) -> tuple[int, int]:
    with Image.open(io.BytesIO(evidence.read(sha256, shelf=evidence.PREVIEWS))) as picture:
        assert (picture.format, picture.info) == ("PNG", {})
        return picture.size


# --- drawing ---------------------------------------------------------------------------------


def test_pages_of_a_pdf_are_drawn_as_png(pdf):
    work()
    preview = Preview.objects.get(sha256=pdf.sha256)
    assert (preview.state, preview.page_count) == ("ready", 3)
    assert [page.number for page in preview.pages.all()] == [1, 2, 3]
    assert size_of(preview.pages.first().sha256) == (990, 1400)
    assert max(size_of(preview.small)) == drawing.SMALL_SIDE


def test_only_the_first_pages_of_a_long_file_are_drawn():
    drawn = draw(many_pages(30), content_type=PDF)
    assert (drawn.page_count, len(drawn.pages)) == (30, 8)


@pytest.mark.parametrize("box", ["0 0 14400 14400", "0 0 1 1", "0 0 9999999 2", "0 0 0 0"])
def test_a_page_that_says_it_is_huge_or_tiny_is_of_the_usual_size(box):
    picture = draw(many_pages(1, box=box), content_type=PDF).pages[0]
    assert max(picture.width, picture.height) <= drawing.LONGEST_SIDE


@pytest.mark.parametrize(("content", "kind"), [(corpus.png(3_000, 2_000), PNG), (corpus.jpg(3_000, 2_000), JPG)])
def test_a_picture_is_written_anew_and_smaller(content, kind):
    drawn = draw(content, content_type=kind)
    assert (drawn.page_count, drawn.pages[0].width, drawn.pages[0].height) == (1, 1400, 933)
    assert drawn.pages[0].content.startswith(b"\x89PNG")
    assert len(drawn.small.content) < 5_000


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\nrubbish", corpus.pdf()[:120], b"\0" * 5000])
def test_what_is_no_pdf_cannot_be_drawn(content):
    with pytest.raises(CannotDraw):
        draw(content, content_type=PDF)


def test_a_child_that_never_ends_is_ended(monkeypatch, tmp_path):
    child = tmp_path / "child.py"
    child.write_text("import time\ntime.sleep(60)")
    monkeypatch.setattr(drawing, "CHILD", child)
    monkeypatch.setattr(drawing, "CHILD_SECONDS", 1)
    started = time.perf_counter()
    with pytest.raises(CannotDraw):
        draw(corpus.pdf(), content_type=PDF)
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize(
    "greedy",
    [
        "bytearray(3 * 1024 ** 3)",
        "open('a', 'wb').write(bytes(64 * 1024 ** 2))",
        "[open('/dev/null') for _ in range(99)]",
    ],
)
def test_a_child_that_takes_too_much_is_refused_it_and_sees_no_secrets(monkeypatch, tmp_path, greedy):
    source = drawing.CHILD.read_text("utf-8").split('if __name__ == "__main__":')[0]
    child = tmp_path / "child.py"
    monkeypatch.setattr(drawing, "CHILD", child)
    monkeypatch.setenv("SECRET_KEY", "bi mat")
    harmless = "import os; assert 'SECRET_KEY' not in os.environ"
    end = "draw(sys.stdin.buffer.read(), Path(sys.argv[1])); sys.stdout.write('1')"
    child.write_text(f"{source}\nlimit(); {harmless}; {end}")
    assert draw(corpus.pdf(), content_type=PDF).page_count == 1
    child.write_text(f"{source}\nlimit(); kept = {greedy}; {end}")
    with pytest.raises(CannotDraw):
        draw(corpus.pdf(), content_type=PDF)


def test_a_file_that_cannot_be_drawn_is_remembered_as_a_download(participant_a, monkeypatch):
    file = make_file(participant_a, content=b"%PDF-1.7 rubbish")
    evidence.store(b"%PDF-1.7 rubbish")
    assert "cannot be drawn" in make_preview(sha256=file.sha256, now=NOW)
    assert shown_files([file])[file.pk].state == "plain"
    assert make_preview(sha256=file.sha256, now=NOW) == "Nothing to draw."


def test_the_same_content_is_drawn_once_and_other_types_never(participant_a, participant_b, reporter_a, leader_b):
    first = keep(participant_a, corpus.pdf(), by=reporter_a)
    second = keep(participant_b, corpus.pdf(), "b.pdf", by=leader_b)
    document = keep(participant_a, corpus.docx(), "a.docx", by=reporter_a)
    assert OutboxMessage.objects.filter(topic="evidence.preview").count() == 1
    states = {pk: one.state for pk, one in shown_files([first, second, document]).items()}
    assert states == {first.pk: "drawing", second.pk: "drawing", document.pk: "plain"}
    work()
    make_preview(sha256=first.sha256, now=NOW)
    assert (Preview.objects.count(), PreviewPage.objects.count()) == (1, 1)
    assert shown_files([first, second])[second.pk].state == "ready"
    assert drawing.DRAWN_TYPES == _DRAWN


# --- served ----------------------------------------------------------------------------------


def test_pictures_are_served_to_whoever_sees_the_file_and_run_nothing(pdf, leader_a, leader_b, staff, client):
    work()
    for number in (0, 1, 3):
        url = reverse("campaigns:evidence_page", args=[pdf.pk, number])
        for who, status in ((leader_a, 200), (staff, 200), (leader_b, 404)):
            client.force_login(who)
            response = client.get(url)
            assert response.status_code == status
            if status == 200:
                assert response["Content-Type"] == "image/png"
                assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
                assert (response["X-Content-Type-Options"], response["Cache-Control"]) == (
                    "nosniff",
                    "no-store, private",
                )
    client.force_login(staff)
    assert client.get(reverse("campaigns:evidence_page", args=[pdf.pk, 4])).status_code == 404


def test_the_part_says_that_a_preview_is_being_made_until_it_is_there(pdf, staff, client):
    client.force_login(staff)
    url = reverse("campaigns:evidence_preview", args=[pdf.pk])
    before = client.get(url, headers={"HX-Request": "true"}).text
    assert "đang tạo bản xem trước" in before
    assert f'data-hx-get="{url}"' in before
    work()
    after = client.get(url, headers={"HX-Request": "true"}).text
    assert "hx-get" not in after
    assert reverse("campaigns:evidence_page", args=[pdf.pk, 3]) in after
    assert "<html" in client.get(url).text


def keep_some(count, participant, *, by):
    return [keep(participant, corpus.pdf(b"%% %d\n" % number), f"{number}.pdf", by=by) for number in range(count)]


# --- damage ----------------------------------------------------------------------------------


def spoil(file, *, shelf=""):
    path = evidence.path_of(file if isinstance(file, str) else file.sha256, shelf=shelf)
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_download_of_changed_or_missing_evidence_is_409_and_those_in_charge_are_told(
    pdf, leader_a, leader_b, staff, superuser, client
):
    spoil(pdf)
    client.force_login(leader_a)
    response = client.get(reverse("campaigns:evidence_download", args=[pdf.pk]))
    assert response.status_code == 409
    assert b"%PDF" not in response.content
    work()
    fault = EvidenceFault.objects.get()
    assert (fault.sha256, fault.kind, fault.found_at) == (pdf.sha256, FaultKind.CHANGED, NOW)
    assert AuditEntry.objects.filter(action="evidence.damaged").count() == 1
    assert set(Notice.objects.filter(key=f"evidence:{fault.pk}").values_list("person", flat=True)) == {
        staff.pk,
        superuser.pk,
    }
    assert shown_files([pdf])[pdf.pk].state == "damaged"
    client.get(reverse("campaigns:evidence_download", args=[pdf.pk]))
    work()
    assert EvidenceFault.objects.count() == 1  # told once


def test_the_nightly_look_finds_every_changed_and_missing_file_and_nothing_else(participant_a, reporter_a, staff):
    files = [
        keep(participant_a, corpus.pdf(b"%% %d\n" % number), f"{number}.pdf", by=reporter_a) for number in range(100)
    ]
    for file in files[:60]:
        spoil(file)
    for file in files[60:90]:
        evidence.path_of(file.sha256).unlink()
    with as_owner():
        OutboxMessage.objects.all().delete()
    tasks.scan_evidence()
    tasks.scan_evidence()  # two beats ask for one scan
    assert OutboxMessage.objects.filter(topic="evidence.scan", state=OutboxState.PENDING).count() == 1
    outbox_work.drain(clock=lambda: NOW, topics=["evidence.scan"])
    found = dict(EvidenceFault.objects.values_list("sha256", "kind"))
    assert found == {file.sha256: "changed" for file in files[:60]} | {file.sha256: "missing" for file in files[60:90]}
    # The whole ones, whose previews were never made, are asked to be drawn.
    asked = set(OutboxMessage.objects.filter(topic="evidence.preview").values_list("key", flat=True))
    assert asked == {file.sha256 for file in files[90:]}


def test_a_file_brought_back_is_whole_again(pdf):
    content = evidence.read(pdf.sha256)
    spoil(pdf)
    assert evidence_scan.check_stored(sha256=pdf.sha256, now=NOW)
    evidence.store(content)
    assert not evidence_scan.check_stored(sha256=pdf.sha256, now=at(9))
    assert EvidenceFault.objects.get().mended_at == at(9)
    assert AuditEntry.objects.filter(action="evidence.mended").count() == 1
    spoil(pdf)
    assert evidence_scan.check_stored(sha256=pdf.sha256, now=at(10))
    assert EvidenceFault.objects.count() == 2


def test_a_large_store_is_looked_at_in_stretches(participant_a, reporter_a):
    files = [
        keep(participant_a, corpus.pdf(b"%% %d\n" % number), f"{number}.pdf", by=reporter_a) for number in range(5)
    ]
    spoil(max(files, key=lambda file: file.sha256))
    assert "the rest follows" in evidence_scan.scan(after="", clock=lambda: NOW, seconds=-1)
    message = OutboxMessage.objects.get(topic="evidence.scan")
    assert message.payload["after"] == min(file.sha256 for file in files)
    outbox_work.drain(clock=lambda: NOW, topics=["evidence.scan"])
    assert EvidenceFault.objects.count() == 1


def test_a_damaged_preview_is_drawn_anew(pdf, staff, client):
    work()
    picture = Preview.objects.get().small
    spoil(picture, shelf=evidence.PREVIEWS)
    client.force_login(staff)
    assert client.get(reverse("campaigns:evidence_page", args=[pdf.pk, 0])).status_code == 404
    evidence_scan.scan(after="", clock=lambda: NOW)
    assert not Preview.objects.exists()
    work()
    assert client.get(reverse("campaigns:evidence_page", args=[pdf.pk, 0])).status_code == 200
    assert not EvidenceFault.objects.exists()


def test_the_scan_stands_in_the_timetable():
    assert app.conf.beat_schedule["scan-evidence"]["task"] == tasks.scan_evidence.name


def test_staff_and_superuser_see_the_list_of_damage(pdf, staff, superuser, auditor, client):
    spoil(pdf)
    evidence_scan.check_stored(sha256=pdf.sha256, now=NOW)
    url = reverse("admin:campaigns_evidencefault_changelist")
    for person in (staff, superuser):
        client.force_login(person)
        page = client.get(url).text
        assert pdf.sha256 in page
        assert pdf.name not in page
