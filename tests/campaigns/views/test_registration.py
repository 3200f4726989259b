"""A unit's registration: filled in by its own people, read by those in charge, kept with its file."""

import datetime as dt
import json

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.actions.registration import RegistrationData, register_unit
from campaigns.enums import CampaignStatus
from campaigns.forms.idempotency import new_key
from campaigns.models import AuditEntry, EvidenceFile, Registration
from campaigns.queries.registrations import registration_lines
from tests.campaigns.files.corpus import pdf
from tests.factories import at, day, make_participant, make_unit

pytestmark = pytest.mark.django_db
NOW = at(10)
PDF = pdf()


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def address(participant) -> str:
    return f"/bao-cao/{participant.pk}/dang-ky/"


def sent(version=0, **typed):
    usual = {
        "plan_number": "57/KH-UBND",
        "plan_date": "04/03/2026",
        "launched_on": "06/03/2026",
        "head_name": "Nguyễn Thị Ánh",
        "focal_name": "Trần Văn Bảo",
        "focal_contact": "0225 3 123 456",
        "deputy_name": "Lê Thị Chi",
    }
    return {**usual, "version": version, "form_key": new_key(), **typed}


def test_the_units_reporter_registers_plan_file_and_people(participant_a, reporter_a, client, evidence_root):
    client.force_login(reporter_a)
    assert 'value="57/KH-UBND"' not in client.get(address(participant_a)).content.decode()
    file = SimpleUploadedFile("Kế hoạch 57.pdf", PDF, "application/pdf")
    assert client.post(address(participant_a), sent(file=file)).status_code == 302
    row = Registration.objects.get(participant=participant_a)
    assert (row.plan_number, row.plan_date, row.launched_on) == ("57/KH-UBND", day(3), day(5))
    assert (row.head_name, row.deputy_name, row.version) == ("Nguyễn Thị Ánh", "Lê Thị Chi", 1)
    assert (row.updated_by, row.plan_file.name) == (reporter_a, "Kế hoạch 57.pdf")
    page = client.get(address(participant_a)).content.decode()
    assert "Kế hoạch 57.pdf" in page
    assert client.get(f"/minh-chung/{row.plan_file_id}/").content == PDF
    # Without another file the one that is there stays.
    assert client.post(address(participant_a), sent(1, plan_number="58/KH-UBND")).status_code == 302
    row.refresh_from_db()
    assert (row.plan_number, row.plan_file.name, row.version) == ("58/KH-UBND", "Kế hoạch 57.pdf", 2)
    changed = json.loads(AuditEntry.objects.filter(action="registration.saved").latest("sequence").payload.content)
    assert (changed["before"], changed["after"]) == ({"plan_number": "57/KH-UBND"}, {"plan_number": "58/KH-UBND"})


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"plan_date": ""}, "đi cùng nhau"),
        ({"plan_number": ""}, "đi cùng nhau"),
        ({"plan_date": "12/03/2026"}, "tương lai"),  # day 11
        ({"launched_on": "12/03/2026"}, "tương lai"),
        ({"launched_on": "hôm qua"}, ""),
    ],
)
def test_what_cannot_be_is_refused_and_kept_in_the_boxes(typed, says, participant_a, leader_a, client):
    client.force_login(leader_a)
    response = client.post(address(participant_a), sent(**typed))
    assert response.status_code == 422
    page = response.content.decode()
    assert says in page
    assert "Lê Thị Chi" in page
    assert not Registration.objects.exists()


def test_a_file_that_is_no_document_is_refused_in_words(participant_a, leader_a, client, evidence_root):
    client.force_login(leader_a)
    file = SimpleUploadedFile("ke-hoach.pdf", b"MZ\x90\x00", "application/pdf")
    assert client.post(address(participant_a), sent(file=file)).status_code == 422
    assert not Registration.objects.exists()
    assert not EvidenceFile.objects.exists()
    assert AuditEntry.objects.filter(action="evidence.refused").count() == 1


def test_the_second_of_two_is_shown_both_versions_and_may_save_again(participant_a, leader_a, reporter_a, client):
    client.force_login(leader_a)
    client.post(address(participant_a), sent())
    client.force_login(reporter_a)
    response = client.post(address(participant_a), sent(0, head_name="Người Khác"))
    page = response.content.decode()
    assert response.status_code == 409
    assert "Người Khác" in page
    assert "Nguyễn Thị Ánh" in page
    assert Registration.objects.get().head_name == "Nguyễn Thị Ánh"
    assert 'name="version" value="1"' in page
    assert client.post(address(participant_a), sent(1, head_name="Người Khác")).status_code == 302
    assert Registration.objects.get().head_name == "Người Khác"


def test_a_form_sent_twice_is_saved_once(participant_a, leader_a, client):
    client.force_login(leader_a)
    form = sent()
    assert [client.post(address(participant_a), form).status_code for _time in range(2)] == [302, 302]
    assert Registration.objects.get().version == 1
    assert AuditEntry.objects.filter(action="registration.saved").count() == 1


def test_others_do_not_find_it_and_those_in_charge_only_read(
    participant_a, leader_a, leader_b, staff, chairman, auditor, client
):
    key = new_key()
    register_unit(
        participant=participant_a, data=RegistrationData(focal_contact="0225 3 999 999"), version=0, key=key,
        by=leader_a, now=NOW,
    )  # fmt: skip
    client.force_login(leader_b)
    assert client.get(address(participant_a)).status_code == 404
    for person in (staff, chairman, auditor):
        client.force_login(person)
        page = client.get(address(participant_a)).content.decode()
        assert "0225 3 999 999" in page
        assert "name=&quot;plan_number" not in page
        assert 'name="plan_number"' not in page
        assert client.post(address(participant_a), sent(1)).status_code == 403


def test_a_closed_campaign_takes_no_registration(participant_a, leader_a, client):
    campaign = participant_a.campaign
    campaign.status, campaign.closed_at, campaign.closing_day = CampaignStatus.CLOSED, at(100), day(100)
    campaign.save()
    client.force_login(leader_a)
    assert 'name="plan_number"' not in client.get(address(participant_a)).content.decode()
    assert client.post(address(participant_a), sent()).status_code == 422
    assert not Registration.objects.exists()


def test_the_units_page_says_what_the_registration_lacks(participant_a, leader_a, client):
    client.force_login(leader_a)
    assert address(participant_a) in client.get(f"/bao-cao/{participant_a.pk}/").content.decode()
    assert "còn thiếu" in client.get(f"/bao-cao/{participant_a.pk}/").content.decode()


def test_staff_see_every_unit_with_what_is_missing(
    campaign, participant_a, staff, client, django_assert_num_queries, bloc
):
    Registration.objects.create(
        participant=participant_a, plan_number="1/KH", plan_date=day(2), launched_on=day(4), head_name="A",
        focal_name="B", focal_contact="C", deputy_name="D",
    )  # fmt: skip
    for number in range(12):
        make_participant(campaign, unit=make_unit(f"U{number}"), bloc=bloc)
    with django_assert_num_queries(2):
        lines = registration_lines(campaign)
    first = next(line for line in lines if line.participant == participant_a)
    assert (len(lines), first.days_to_launch, list(first.missing)) == (13, 4, ["tệp kế hoạch"])
    client.force_login(staff)
    page = client.get(f"/admin/campaigns/campaign/{campaign.pk}/dang-ky/")
    assert page.status_code == 200
    assert "1/KH" in page.content.decode()


def test_the_rule_of_the_own_plan_reads_what_was_registered(participant_a, leader_a):
    from awards.queries.facts import _own_plans  # the rule's own reading; awards stand above this app

    register_unit(
        participant=participant_a,
        data=RegistrationData(plan_number="9/KH", plan_date=day(3), launched_on=day(5)),
        version=0,
        key=new_key(),
        by=leader_a,
        now=NOW,
    )
    assert _own_plans(participant_a.campaign) == {participant_a.pk: day(3) + dt.timedelta(days=2)}
