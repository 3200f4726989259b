"""The pages of documents: who may have what written, who gets what, and at what cost."""

from __future__ import annotations

import io

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.actions.certificates import request_certificates
from awards.actions.documents import Source, write_document
from awards.models import Award, DocumentTemplate, Dossier, GeneratedDocument
from campaigns.enums import Role
from tests.factories import at, make_organiser, make_person

from .makers import Office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_root")]
NOW = at(60)


@pytest.fixture
def office() -> Office:
    make_organiser()
    found = Office()
    found.issued()
    return found


def ask_for(client, kind: str, word: str, row) -> object:
    return client.post(reverse("awards:document_write"), {"kind": kind, "source": word, "pk": row.pk})


def test_a_form_sent_twice_writes_one_document_that_only_can_be_saved(client, office: Office):
    client.force_login(office.staff)
    dossier = Dossier.objects.get()
    for _time in range(2):
        response = ask_for(client, "submission", "dossier", dossier)
        assert (response.status_code, response["Location"]) == (302, reverse("awards:dossier", args=[dossier.pk]))
    document = GeneratedDocument.objects.get()
    response = client.get(reverse("awards:document", args=[document.pk]))
    assert response["Content-Disposition"].startswith('attachment; filename="to-trinh')
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store, private"
    assert document.name in client.get(reverse("awards:dossier", args=[dossier.pk])).content.decode()


def test_a_unit_has_its_own_reports_and_nothing_of_the_procedure(client, office: Office):
    proposal = Award.objects.get().proposal
    own = write_document(kind="achievement", source=Source("proposal", proposal), by=office.reporter, now=NOW)
    inner = write_document(kind="submission", source=Source("dossier", Dossier.objects.get()), by=office.staff, now=NOW)
    outsider = Office(category=office.category).reporter
    for person, document, status in (
        (office.reporter, own, 200),
        (office.reporter, inner, 404),
        (outsider, own, 404),
        (office.secretary, inner, 200),
    ):
        client.force_login(person)
        assert client.get(reverse("awards:document", args=[document.pk])).status_code == status


def test_the_council_does_not_have_the_briefing(client, office: Office):
    period = office.campaign.periods.order_by("ends_on").first()
    briefing = write_document(kind="briefing", source=Source("period", period), by=office.chairman, now=NOW)
    for person, status in ((office.chairman, 200), (office.staff, 200), (office.secretary, 404)):
        client.force_login(person)
        assert client.get(reverse("awards:document", args=[briefing.pk])).status_code == status
        listed = briefing.name in client.get(reverse("awards:documents")).content.decode()
        assert listed is (status == 200)


def test_who_sees_but_may_not_write_is_refused(client, office: Office):
    client.force_login(make_person(Role.AUDITOR))
    assert ask_for(client, "submission", "dossier", Dossier.objects.get()).status_code == 403
    client.force_login(office.leader)
    assert ask_for(client, "submission", "dossier", Dossier.objects.get()).status_code == 404
    assert GeneratedDocument.objects.count() == 0


def test_the_list_costs_the_same_however_many_documents_there_are(client, office: Office):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse("awards:documents")).status_code == 200
        return len(queries)

    client.force_login(office.staff)
    periods = list(office.campaign.periods.order_by("ends_on")[:4])
    write_document(kind="briefing", source=Source("period", periods[0]), by=office.chairman, now=NOW)
    client.get(reverse("awards:documents"))
    one = cost()
    for period in periods[1:]:
        write_document(kind="briefing", source=Source("period", period), by=office.chairman, now=NOW)
    assert (GeneratedDocument.objects.count(), cost()) == (4, one)


def test_the_progress_of_certificates_can_be_left_and_found_again(client, office: Office):
    issue = Award.objects.get().issue
    job = request_certificates(issue_id=issue.pk, by=office.staff, now=NOW)
    client.force_login(office.staff)
    page = client.get(reverse("awards:issued", args=[issue.pk])).content.decode()
    assert f'data-hx-get="{reverse("awards:certificate_job", args=[job.pk])}"' in page
    part = client.get(reverse("awards:certificate_job", args=[job.pk]), headers={"HX-Request": "true"})
    assert '<progress class="job-progress" max="1" value="0"' in part.content.decode()
    plain = client.get(reverse("awards:certificate_job", args=[job.pk]))
    assert plain["Location"] == reverse("awards:issued", args=[issue.pk])


def test_a_kept_document_is_never_changed(office: Office):
    write_document(kind="submission", source=Source("dossier", Dossier.objects.get()), by=office.staff, now=NOW)
    for statement in (
        "UPDATE awards_generateddocument SET data = '{}'",
        "DELETE FROM awards_generateddocument",
        "UPDATE awards_documenttemplate SET sha256 = 'x'",
        "DELETE FROM awards_documenttemplate",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


# --- administration --------------------------------------------------------------------------------------


def word_file(text: str) -> SimpleUploadedFile:
    document, content = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(content)
    return SimpleUploadedFile("mau.docx", content.getvalue())


def test_an_uploaded_template_is_refused_by_name_or_used(client, office: Office):
    client.force_login(make_person(Role.INTERNAL_AFFAIRS, is_staff=True))
    url = reverse("admin:awards_documenttemplate_upload")
    typed = {"kind": "refusal", "name": "Mẫu", "form_number": ""}
    refused = client.post(url, {**typed, "file": word_file("{{ten}} {{ly_do}} {{so_cccd}}")})
    assert refused.status_code == 422
    assert "so_cccd" in refused.content.decode()
    assert not DocumentTemplate.objects.filter(kind="refusal", version_number=2).exists()
    assert client.post(url, {**typed, "file": word_file("{{ten}} {{ly_do}}")}).status_code == 302
    assert DocumentTemplate.objects.get(kind="refusal", is_active=True).version_number == 2


def test_the_blank_is_previewed_and_a_box_outside_it_is_refused(client, office: Office):
    client.force_login(make_person(Role.INTERNAL_AFFAIRS, is_staff=True))
    page = client.get(reverse("admin:awards_documenttemplate_blank"))
    typed = {}
    for form in (page.context["forms"].paper, *(form for _label, form in page.context["forms"].rows)):
        for field in form:
            value = field.value()
            if value not in (None, False):
                typed[field.html_name] = "on" if value is True else str(value).replace(".", ",")
    picture = client.get(reverse("admin:awards_documenttemplate_picture"), typed)
    assert (picture["Content-Type"], picture.content[:4]) == ("image/png", b"\x89PNG")
    moved = client.get(reverse("admin:awards_documenttemplate_picture"), {**typed, "ten-y": "40"})
    assert moved.content != picture.content
    url = reverse("admin:awards_documenttemplate_blank")
    assert client.post(url, {**typed, "ten-x": "300"}).status_code == 422
    assert client.post(url, {**typed, "ten-y": "40"}).status_code == 302
    stored = DocumentTemplate.objects.get(kind="certificate", is_active=True).layout
    assert (stored["boxes"]["ten"]["y"], stored["boxes"]["ten"]["bold"]) == (40, True)
