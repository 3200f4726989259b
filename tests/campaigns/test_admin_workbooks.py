"""The workbook in the administration: looked at first, then written, and by staff only."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from campaigns.models import Campaign, WorkbookImport
from campaigns.workbook.writer import write_template

pytestmark = pytest.mark.django_db
PREVIEW = "admin:campaigns_workbookimport_preview"
WRITE = "admin:campaigns_workbookimport_write"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.RUN_DIR = tmp_path


def upload(client, content: bytes, name="phong-trao.xlsx"):
    return client.post(reverse(PREVIEW), {"file": SimpleUploadedFile(name, content)})


@pytest.fixture
def workbook(campaign, participant_a, staff, client) -> bytes:
    """The campaign's own workbook, with another name for it."""
    client.force_login(staff)
    return client.get(reverse("admin:campaigns_workbookimport_download", args=[campaign.pk])).content


def test_the_same_workbook_changes_nothing(workbook, campaign, client):
    page = upload(client, workbook)
    assert page.status_code == 200
    assert page.context["found"].campaign_code == campaign.code
    assert page.context["change_count"] == 0


def test_a_workbook_is_written_only_after_its_preview(workbook, campaign, client):
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(workbook))
    sheet = book["Phong trào"]
    column = next(cell.column for cell in sheet[1] if cell.value and cell.value.startswith("Chủ đề"))
    sheet.cell(2, column).value = "Chủ đề từ tệp"
    changed = io.BytesIO()
    book.save(changed)
    assert client.post(reverse(WRITE), {"sha256": "a" * 64}).url == reverse(PREVIEW)
    page = upload(client, changed.getvalue())
    assert "Chủ đề từ tệp" in page.text
    assert Campaign.objects.get(pk=campaign.pk).theme == ""
    digest = client.session["workbook"]["sha256"]
    assert client.post(reverse(WRITE), {"sha256": digest}).status_code == 302
    assert Campaign.objects.get(pk=campaign.pk).theme == "Chủ đề từ tệp"
    assert client.post(reverse(WRITE), {"sha256": digest}).url == reverse(PREVIEW)  # once


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"no workbook", b""])
def test_what_is_no_workbook_is_refused_with_a_reason(staff, client, content):
    client.force_login(staff)
    page = upload(client, content)
    assert page.status_code == 422
    assert not WorkbookImport.objects.exists()


def test_the_template_is_served_and_refused_as_data(staff, client):
    client.force_login(staff)
    response = client.get(reverse("admin:campaigns_workbookimport_template"))
    expected = io.BytesIO()
    write_template(expected)
    assert response["Content-Disposition"].startswith("attachment")
    assert response.content[:2] == expected.getvalue()[:2] == b"PK"


def test_only_staff_have_the_pages(campaign, auditor, superuser, client):
    auditor.is_staff = True
    auditor.save()
    for person in (auditor, superuser):
        client.force_login(person)
        assert upload(client, b"x").status_code == 403
        assert client.post(reverse(WRITE), {"sha256": "a" * 64}).status_code == 403
        url = reverse("admin:campaigns_workbookimport_download", args=[campaign.pk])
        assert client.get(url).status_code == 403
