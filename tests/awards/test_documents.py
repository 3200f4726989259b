"""Documents: what is written, kept and given to whom; templates checked before use; certificates made by the worker."""

from __future__ import annotations

import datetime as dt
import io
import json

import docx
import pytest
from django.core.exceptions import PermissionDenied

from awards.actions import certificates as making
from awards.actions import issue
from awards.actions.documents import Source, content_of, write_document
from awards.actions.templates import TemplateRefused, add_template, template_in_use, use_template
from awards.documents.kinds import KINDS
from awards.documents.write import starting_template, write
from awards.enums import DocumentKind, JobState, Verdict
from awards.models import Award, CouncilSession, DocumentJob, DocumentTemplate, Dossier, GeneratedDocument
from awards.queries.register import next_golden_number
from awards.workflow import Refusal
from campaigns import evidence
from campaigns.documents.measure import failures
from campaigns.models import AuditEntry, OutboxMessage
from campaigns.outbox_registry import Message, handler_of
from tests.factories import at, make_organiser, make_submission

from .makers import Office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_root")]
NOW = at(60)


@pytest.fixture
def office() -> Office:
    make_organiser()
    return Office()


def text_of(document: GeneratedDocument) -> str:
    opened = docx.Document(io.BytesIO(evidence.read(document.file_sha256)))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in opened.paragraphs), *cells])


def written_again(document: GeneratedDocument) -> bytes:
    """A document's bytes made anew from its kept data and template."""
    return content_of(document.kind, json.loads(document.data), document.template)


def source_of(office: Office, kind: str) -> Source:
    """A row of which the kind can be written."""
    if kind == "refusal":
        proposal = office.presented()
        office.decide(proposal, Verdict.REJECT)
        proposal.refresh_from_db()
        return Source("proposal", proposal)
    proposal = office.issued()
    rows = {
        "submission": ("dossier", lambda: Dossier.objects.get()),
        "decision": ("dossier", lambda: Dossier.objects.get()),
        "minutes": ("session", lambda: CouncilSession.objects.get()),
        "achievement": ("proposal", lambda: proposal),
        "summary": ("campaign", lambda: office.campaign),
        "briefing": ("period", lambda: office.campaign.periods.order_by("ends_on").first()),
    }
    word, row = rows[kind]
    return Source(word, row())


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_document_keeps_the_decree_is_frozen_and_is_the_same_when_written_again(office: Office, kind: str):
    source = source_of(office, kind)
    document = write_document(
        kind=kind, source=source, by=office.chairman if kind == "briefing" else office.staff, now=NOW
    )
    content = evidence.read(document.file_sha256)
    assert failures(content) == []
    assert written_again(document) == content
    again = write_document(kind=kind, source=source, by=document.generated_by, now=NOW + dt.timedelta(hours=1))
    assert (again.pk, GeneratedDocument.objects.filter(kind=kind).count()) == (document.pk, 1)
    assert AuditEntry.objects.filter(action="document.written", subject_id=document.pk).count() == 1
    data = json.loads(document.data)
    texts = {name for name, value in data.items() if isinstance(value, str)}
    assert texts - KINDS[kind].names() <= {"la_ca_nhan", "so_chua_den_han"}
    assert {field.name for field in (*KINDS[kind].common, *KINDS[kind].fields)} <= texts


def test_the_decision_lists_who_gets_how_much_by_whom(office: Office):
    office.issued(recipient_name="Phường Hoà An")
    decision = Award.objects.get().issue
    text = text_of(write_document(kind="decision", source=Source("issue", decision), by=office.staff, now=NOW))
    award = Award.objects.get()
    assert "Số: 184/QĐ-UBND" in text
    assert "Phường Hoà An" in text
    assert f"{award.bonus:,}".replace(",", ".") in text
    assert "Căn cứ Luật Thi đua, khen thưởng ngày 15 tháng 6 năm 2022;" in text
    assert "Nguyễn Văn Chủ" in text
    assert "KT. CHỦ TỊCH" not in text


def test_a_vice_chairman_signs_for_the_chairman(office: Office):
    proposal = office.approved()
    signed = office.signed(signer_name="Lê Văn Phó", signer_title="Phó Chủ tịch")
    document = issue.issue(proposal_ids=[proposal.pk], signed=signed, by=office.staff, now=at(55))
    text = text_of(write_document(kind="decision", source=Source("issue", document), by=office.staff, now=NOW))
    assert "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH" in text


def test_the_briefing_says_what_units_signed(office: Office):
    period = office.campaign.periods.order_by("ends_on").first()
    from tests.factories import make_report

    report = make_report(office.participant, period, updated_by=office.reporter)
    make_submission(report, sent_by=office.leader, results="Thu ngân sách vượt.", difficulties="Thiếu mặt bằng.")
    text = text_of(write_document(kind="briefing", source=Source("period", period), by=office.chairman, now=NOW))
    assert f"- {office.participant.name}: Thu ngân sách vượt." in text
    assert f"- {office.participant.name}: Thiếu mặt bằng." in text


def test_who_may_not_write_is_refused(office: Office):
    proposal = office.issued()
    session, dossier = CouncilSession.objects.get(), Dossier.objects.get()
    for by, kind, source in (
        (office.leader, "submission", Source("dossier", dossier)),
        (office.chairman, "decision", Source("dossier", dossier)),
        (office.leader, "minutes", Source("session", session)),
        (office.secretary, "summary", Source("campaign", office.campaign)),
        (office.secretary, "briefing", Source("period", office.campaign.periods.first())),
        (office.chairman, "list", Source("issue", Award.objects.get().issue)),
        (Office(category=office.category).leader, "achievement", Source("proposal", proposal)),
    ):
        with pytest.raises(PermissionDenied):
            write_document(kind=kind, source=source, by=by, now=NOW)


def test_no_notice_is_written_of_a_proposal_that_was_not_refused(office: Office):
    with pytest.raises(Refusal) as refused:
        write_document(kind="refusal", source=Source("proposal", office.presented()), by=office.staff, now=NOW)
    assert refused.value.code == "nothing_to_write"


# --- templates -------------------------------------------------------------------------------------------


def own_template(*texts: str) -> bytes:
    document = docx.Document()
    for text in texts:
        document.add_paragraph(text)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def add(office: Office, content: bytes, *, kind: str = "refusal", name: str = "mau.docx") -> DocumentTemplate:
    return add_template(
        kind=kind, name="Mẫu của phòng", form_number="", content=content, file_name=name, by=office.staff, now=NOW
    )


@pytest.mark.parametrize(
    ("content", "code", "names"),
    [
        (own_template("{{ten}} {{ly_do}} {{so_can_cuoc}}"), "unknown", ["so_can_cuoc"]),
        (own_template("{{ten}}"), "missing", ["ly_do"]),
        (own_template("{{ten}} {{ly_do}} {{ 7*7 }}"), "odd", ["7*7"]),
        (
            own_template("{{ten}} {{ly_do}} {{can_cu.noi_dung}} {{noi_nhan.noi_dung}}"),
            "two_lists",
            ["can_cu", "noi_nhan"],
        ),
        (b"khong phai tep Word", "file", []),
    ],
)
def test_a_template_that_would_not_work_is_refused_by_name(office: Office, content: bytes, code: str, names: list[str]):
    with pytest.raises(TemplateRefused) as refused:
        add(office, content)
    assert (refused.value.code, refused.value.names) == (code, names)
    assert DocumentTemplate.objects.filter(version_number__gt=1).count() == 0


def test_a_template_of_ones_own_is_versioned_filled_and_can_be_put_back(office: Office):
    source = source_of(office, "refusal")
    first = write_document(kind="refusal", source=source, by=office.staff, now=NOW)
    made = add(office, own_template("Kính gửi {{kinh_gui}}: {{ten}} – {{ly_do}}"))
    second = write_document(kind="refusal", source=source, by=office.staff, now=NOW)
    assert (made.version_number, second.template_id) == (2, made.pk)
    assert text_of(second) == f"Kính gửi {office.participant.name}: Nguyễn Thị Hoà – Chưa đủ căn cứ"
    assert written_again(first) == evidence.read(first.file_sha256)
    use_template(template_id=first.template_id, by=office.staff, now=NOW)
    assert template_in_use("refusal", now=NOW).version_number == 1
    with pytest.raises(PermissionDenied):
        use_template(template_id=made.pk, by=office.chairman, now=NOW)


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_layout_to_begin_from_is_itself_a_template_that_works(office: Office, kind: str):
    add(office, starting_template(kind), kind=kind)
    assert failures(write(kind, KINDS[kind].sample(), body_size=13)) == []


# --- certificates ----------------------------------------------------------------------------------------


def clock() -> dt.datetime:
    return NOW


def test_certificates_are_made_by_the_worker_once_and_found_again(office: Office):
    office.issued()
    decision = Award.objects.get().issue
    assert making.number_awards(issue_id=decision.pk, first=127, by=office.staff, now=NOW) == 1
    job = making.request_certificates(issue_id=decision.pk, by=office.staff, now=NOW)
    assert making.request_certificates(issue_id=decision.pk, by=office.staff, now=NOW).pk == job.pk
    assert OutboxMessage.objects.filter(topic=making.TOPIC, key=str(job.pk)).count() == 1
    for _time in range(2):  # a worker may die after the effect and do it again
        handler_of(making.TOPIC)(Message(making.TOPIC, str(job.pk), {}, 1), clock)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.DONE, 1, 1)
    content = evidence.read(job.document.file_sha256)
    assert content.startswith(b"%PDF-")
    assert content == written_again(job.document)
    assert json.loads(job.document.data)["danh_sach"][0]["so_so_vang"] == "Số sổ vàng: 127"


def test_a_golden_book_number_is_given_once(office: Office):
    office.issued()
    award = Award.objects.get()
    making.number_awards(issue_id=award.issue_id, first=5, by=office.staff, now=NOW)
    assert making.number_awards(issue_id=award.issue_id, first=9, by=office.staff, now=NOW) == 0
    award.refresh_from_db()
    assert award.golden_book_number == "5"
    assert next_golden_number() == 6


def test_a_decision_names_every_submission_it_answers(office: Office):
    first, second = office.approved(recipient_name="Tập thể một"), office.approved(recipient_name="Tập thể hai")
    numbers = list(Dossier.objects.order_by("pk").values_list("number", flat=True))
    signed = issue.issue(proposal_ids=[first.pk, second.pk], signed=office.signed(), by=office.staff, now=at(55))
    document = write_document(kind="decision", source=Source("issue", signed), by=office.staff, now=NOW)
    data = json.loads(document.data)
    assert len(numbers) == 2
    assert all(f"số {number} ngày" in data["to_trinh"] for number in numbers)
    assert data["to_trinh"].startswith("các Tờ trình số ")


def test_minutes_wait_for_a_count(office: Office):
    session = office.session()
    with pytest.raises(Refusal) as refused:
        write_document(kind="minutes", source=Source("session", session), by=office.secretary, now=NOW)
    assert refused.value.code == "no_vote_yet"


def test_a_job_that_cannot_be_done_says_so_at_its_last_attempt(office: Office, monkeypatch):
    office.issued()
    job = making.request_certificates(issue_id=Award.objects.get().issue_id, by=office.staff, now=NOW)
    monkeypatch.setattr("awards.actions.certificates.keep", lambda **_: (_ for _ in ()).throw(OSError("full")))
    for attempt in (1, 3):
        with pytest.raises(OSError, match="full"):
            handler_of(making.TOPIC)(Message(making.TOPIC, str(job.pk), {}, attempt), clock)
        job.refresh_from_db()
        assert job.state == (JobState.FAILED if attempt == 3 else JobState.WORKING)
    assert DocumentJob.objects.get().problem == "OSError"


def test_the_list_is_a_pdf_written_the_same_twice(office: Office):
    office.issued()
    source = Source("issue", Award.objects.get().issue)
    document = write_document(kind=DocumentKind.LIST, source=source, by=office.staff, now=NOW)
    assert evidence.read(document.file_sha256).startswith(b"%PDF-")
    assert written_again(document) == evidence.read(document.file_sha256)
