"""No stored file is forgotten by the nightly look."""

import datetime as dt

import pytest
from django.apps import apps

from awards.models import PublicPlan
from campaigns import evidence
from campaigns.actions import evidence_scan
from campaigns.enums import Role
from campaigns.models import AuditPayload, EvidenceFault
from campaigns.queries import stored_contents
from tests.factories import at, make_campaign, make_person

#: Columns of a SHA-256 that name no content of the store's own shelf.
OTHERS = {
    "campaigns.Preview": "drawn from a content, which is looked at; the pictures with it",
    "campaigns.PreviewPage": "the same",
    "campaigns.EvidenceFault": "what the look itself found",
    "campaigns.WorkbookImport": "the workbook is read and not kept",
}


def test_every_column_that_names_a_content_is_looked_at() -> None:
    found = {
        model._meta.label: field.name
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name.endswith("sha256") and model._meta.label not in OTHERS
    }
    assert stored_contents.columns() == found


def test_a_second_column_of_a_model_is_refused() -> None:
    with pytest.raises(ValueError, match="PublicPlan"):
        stored_contents.register("awards.PublicPlan", "other")


@pytest.mark.django_db
def test_the_published_plan_is_looked_at_too() -> None:
    sha256 = evidence.store(b"%PDF-1.7 plan")
    plan = PublicPlan.objects.create(
        campaign=make_campaign(), file_name="ke-hoach.pdf", file_type="application/pdf", file_size=13,
        file_sha256=sha256, changed_by=make_person(Role.PUBLISHER), changed_at=at(1),
    )  # fmt: skip
    assert list(stored_contents.hashes(after="")) == [sha256]
    evidence.path_of(sha256).unlink()

    def clock() -> dt.datetime:
        return at(2)

    assert evidence_scan.scan(after="", clock=clock) == "1 files looked at, 1 damaged."
    assert EvidenceFault.objects.get().sha256 == sha256
    assert str(plan) in AuditPayload.objects.get(entry__action="evidence.damaged").content
