"""The public page: only what was published, small, in a fixed number of queries, without a sign-in."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.models import Award, Exemplar, PublicPlan
from campaigns import evidence
from campaigns.enums import CampaignStatus, Role
from campaigns.models import Announcement
from tests.awards.makers import Office, make_run, make_score
from tests.factories import at, day, make_campaign, make_person

pytestmark = pytest.mark.django_db
PAGES = ("public", "public_stories", "public_awards")


def tell(campaign, number=0, **columns):
    told = {
        "kind": "collective", "name": f"Tổ {number}", "title": f"Gương {number}", "story": "Chuyện " * 80,
        "state": "published", "participant": campaign.participants.first(), "written_by": make_person(Role.PUBLISHER),
        "written_at": at(40), "reviewed_by": make_person(Role.INTERNAL_AFFAIRS), "published_at": at(41),
    } | columns  # fmt: skip
    return Exemplar.objects.create(campaign=campaign, **told)


@pytest.fixture
def office():
    found = Office()
    found.with_outcome()
    return found


def address(name, campaign=None):
    return reverse(f"awards:{name}") + (f"?phong-trao={campaign.code}" if campaign else "")


def queries_of(client, name):
    with CaptureQueriesContext(connection) as found:
        response = client.get(address(name))
    assert response.status_code == 200
    assert len(response.content) < 30_000, name
    return len(found)


def test_the_number_of_queries_does_not_grow_and_pages_stay_small(office):
    office.issued()
    campaign, client = office.campaign, Client()
    tell(campaign)
    before = {name: queries_of(client, name) for name in PAGES}
    for number in range(1, 30):
        tell(campaign, number)
        Announcement.objects.create(
            campaign=campaign, title=f"Tin {number}", text="Nội dung", is_public=True, published_at=at(20)
        )
    assert {name: queries_of(client, name) for name in PAGES} == before


def test_nothing_unpublished_stands_on_it(office):
    campaign = office.campaign
    office.presented(recipient_name="ZZZ-WAITING")
    issued = office.issued(recipient_name="Tập thể được khen")
    for state in ("draft", "review", "taken_down"):
        tell(campaign, title=f"ZZZ-{state}", state=state)
    seen = tell(campaign, title="Gương sáng")
    Announcement.objects.create(campaign=campaign, title="ZZZ-INTERNAL", text="Nội bộ", published_at=at(20))
    Announcement.objects.create(campaign=campaign, title="Công khai", text="x", is_public=True, published_at=at(20))
    PublicPlan.objects.create(
        campaign=campaign, text="ZZZ-PLAN", changed_by=office.staff, changed_at=at(20), file_name="a.pdf",
        file_type="application/pdf", file_size=9, file_sha256=evidence.store(b"%PDF-1.4\n"),
    )  # fmt: skip
    client = Client()
    whole = b"".join(client.get(address(name)).content for name in PAGES)
    assert b"ZZZ" not in whole
    for words in ("Gương sáng", "Tập thể được khen", "Công khai"):
        assert words.encode() in whole
    bonus = Award.objects.get(proposal=issued).bonus
    assert f"{bonus:,}".replace(",", ".").encode() not in whole
    assert client.get(address("public_plan_file")).status_code == 404
    assert client.get(reverse("awards:public_story", args=[seen.pk])).status_code == 200
    for hidden in Exemplar.objects.exclude(pk=seen.pk):
        for name in ("public_story", "public_picture", "public_small_picture"):
            assert client.get(reverse(f"awards:{name}", args=[hidden.pk])).status_code == 404


def test_a_campaign_in_preparation_does_not_exist(office):
    preparing = make_campaign("PT-MOI", status=CampaignStatus.PREPARATION)
    story = tell(preparing, participant=None)
    client = Client()
    assert {client.get(address(name, preparing)).status_code for name in (*PAGES, "public_board")} == {404}
    assert client.get(reverse("awards:public_story", args=[story.pk])).status_code == 404


def test_scores_are_shown_only_where_the_organiser_opens_the_board(office):
    campaign = office.campaign
    make_score(office.participant, make_run(campaign, day(50)), 8736, rank=1)
    client = Client()
    assert client.get(address("public_board")).status_code == 404
    assert "87,36" not in client.get(address("public")).content.decode()
    campaign.public_board = True
    campaign.save()
    page = client.get(address("public_board")).content.decode()
    assert "87,36" in page
    assert re.search(rf"{re.escape(office.participant.name)}", page)
    assert address("public_board") in client.get(address("public")).content.decode()


def test_the_plan_and_its_file_are_read_without_an_account(office):
    campaign = office.campaign
    PublicPlan.objects.create(
        campaign=campaign, text="Toàn văn kế hoạch", is_published=True, changed_by=office.staff, changed_at=at(20),
        file_name="ke-hoach.pdf", file_type="application/pdf", file_size=9, file_sha256=evidence.store(b"%PDF-1.4\n"),
    )  # fmt: skip
    client = Client()
    assert "Toàn văn kế hoạch" in client.get(address("public")).content.decode()
    file = client.get(address("public_plan_file"))
    assert file.content == b"%PDF-1.4\n"
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_the_sign_in_page_leads_there(client):
    assert address("public") in client.get(reverse("account_login")).content.decode()


def test_a_revoked_award_leaves_it(office):
    award = Award.objects.get(proposal=office.issued(recipient_name="Người bị thu hồi"))
    assert "Người bị thu hồi" in Client().get(address("public_awards")).content.decode()
    Award.objects.write_once(
        award.pk,
        empty="revoked_on",
        revoked_on=day(59),
        revocation_number="1/QĐ",
        revocation_reason="Khai sai",
        revoked_by=office.staff,
    )
    assert "Người bị thu hồi" not in Client().get(address("public_awards")).content.decode()
